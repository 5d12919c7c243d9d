//! Write the history after the commit.
//!
//! **Why it tempts**: order and stock are what matters; the history is only a log, and a short transaction is a good
//! transaction.
//!
//! **Caught by**: `accidents::any_statement_may_fail`, half an order.
//!
//! **Schedule**: `order1/db.insert history#1: fails`
//!
//! Two transactions are two boxes. There is a gap between them, and sooner or later something falls into it.

use lab::prelude::*;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![order.id]).await?.is_empty() {
            return Ok(Answer::Confirmed);
        }
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        tx.execute(insert, values).await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        match tx.execute(take, params![order.sku, order.quantity]).await {
            Err(DbError::Constraint(_)) => return Ok(Answer::Cancelled),
            taken => taken?,
        };
        tx.commit().await?;
        // The order stands. This is only for the record.
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        self.shop.db.execute(history, params![order.id]).await?;
        Ok(Answer::Confirmed)
    }
}
