//! Begin a transaction, and send one statement past it.
//!
//! **Why it tempts**: nobody does it on purpose. `db.execute` was there before the transaction, and it compiles.
//!
//! **Caught by**: `accidents::a_calm_day_confirms_at_once`, a legitimate request swallowed.
//!
//! **Schedule**: `` (the calm day)
//!
//! It runs on another connection, where it is a stranger: it waits 5 s for the lock that its own function holds,
//! and then gives up. Had it been the first statement, it would have been committed on its own.

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
        let Shop { db, .. } = &self.shop;
        let tx = db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![order.id]).await?.is_empty() {
            return Ok(Answer::Confirmed);
        }
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        tx.execute(insert, values).await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        match db.execute(take, params![order.sku, order.quantity]).await {
            Err(DbError::Constraint(_)) => return Ok(Answer::Cancelled),
            taken => taken?,
        };
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        tx.execute(history, params![order.id]).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
