//! The flow that the notebook is about: everything in one transaction. It is not an exercise; it is what most of us
//! would have written before chapter 2.

use saga_lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for each service.
const PATIENCE: Duration = Duration::from_millis(700);

/// Order → payment → inventory → shipping, between BEGIN and COMMIT.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            db,
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let tx = db.begin().await?;
        let insert = "INSERT INTO orders (id, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity, order.amount];
        tx.execute(insert, values).await?;

        timeout(PATIENCE, payment.charge(ChargeRequest::of(order), None)).await??;

        let key = self.shop.new_key();
        timeout(PATIENCE, inventory.reserve(order, &key)).await??;
        timeout(PATIENCE, shipping.request(order, None)).await??;
        timeout(PATIENCE, inventory.confirm(&key)).await??;

        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}
