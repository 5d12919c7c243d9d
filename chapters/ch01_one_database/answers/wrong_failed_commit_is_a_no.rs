//! A commit that fails has not happened.
//!
//! **Why it tempts**: all or nothing: it was not all, so it must be nothing. And a clear answer is kinder than an
//! error page.
//!
//! **Caught by**: `accidents::a_commit_may_fail_after_it_took_effect`, a final word taken back.
//!
//! **Schedule**: `order1/db.commit#1: fails after`
//!
//! The commit took effect, and then the connection broke. All or nothing still holds. But *which of the two* it was
//! is a message, and messages get lost, even this one.

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
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        tx.execute(history, params![order.id]).await?;
        match tx.commit().await {
            Ok(()) => Ok(Answer::Confirmed),
            Err(_) => Ok(Answer::Cancelled),
        }
    }
}
