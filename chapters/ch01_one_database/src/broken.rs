use lab::prelude::*;

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
        let Shop { db, .. } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));

        db.execute(
            "INSERT INTO orders (id, sku, quantity, status)
             VALUES (?1, ?2, ?3, 'confirmed')",
            params![order.id, order.sku, order.quantity],
        )
        .await?;
        db.execute(
            "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1",
            params![order.sku, order.quantity],
        )
        .await?;
        db.execute(
            "INSERT INTO history (order_id, event) VALUES (?1, 'ordered')",
            params![order.id],
        )
        .await?;

        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}
