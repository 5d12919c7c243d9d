//! Tries the whole transaction again when it fails.
//!
//! Differs from the solution in patience: an error page only after the third attempt. It may try again because the
//! transaction as a whole is idempotent: its first look finds the order that an earlier commit has made, even if
//! that commit reported an error.

use lab::prelude::*;

/// How often we try before the customer sees an error page.
const ATTEMPTS: u32 = 3;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let mut attempt = 1;
        loop {
            match self.write(order).await {
                Err(DbError::Io | DbError::Locked) if attempt < ATTEMPTS => attempt += 1,
                result => return Ok(result?),
            }
        }
    }
}

impl Checkout {
    async fn write(&self, order: &Order) -> Result<Answer, DbError> {
        let tx = self.shop.db.begin().await?;
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed') ON CONFLICT DO NOTHING";
        let values = params![order.id, order.sku, order.quantity];
        if tx.execute(insert, values).await? == 0 {
            return Ok(Answer::Confirmed);
        }
        tx.execute(
            "INSERT INTO history VALUES (?1, 'ordered')",
            params![order.id],
        )
        .await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        match tx.execute(take, params![order.sku, order.quantity]).await {
            Err(DbError::Constraint(_)) => return Ok(Answer::Cancelled),
            taken => taken?,
        };
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
