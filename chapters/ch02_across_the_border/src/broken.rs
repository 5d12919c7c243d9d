use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for the payment provider before we give up.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));

        let tx = db.begin().await?;
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, amount, status)
             VALUES (?1, ?2, ?3, ?4, 'confirmed')",
            params![order.id, order.sku, order.quantity, order.amount],
        )
        .await?;

        let charge = payment.charge(ChargeRequest::of(order), None);
        let charge = timeout(PATIENCE, charge).await??;
        self.shop
            .log(format!("✅ payment succeeded: {}", charge.id));

        tx.execute(
            "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1",
            params![order.sku, order.quantity],
        )
        .await?;
        tx.execute(
            "INSERT INTO history (order_id, event) VALUES (?1, 'ordered')",
            params![order.id],
        )
        .await?;
        tx.commit().await?;

        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}
