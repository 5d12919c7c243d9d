//! Take what there is: never less than zero.
//!
//! **Why it tempts**: the CHECK can never fire now, so there is one error less to think about.
//!
//! **Caught by**: `properties::whatever_happens_no_order_is_half_there`, stock out of balance.
//!
//! **Schedule**: `` (the calm day)
//!
//! **World**: `2 × pen by ann at 0ms; shelf 5 book, 1 pen`
//!
//! Two were ordered, one was there, and two are confirmed. "Is there one?" and "are there enough?" are the same
//! question only as long as everybody wants one.

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
        let there = "SELECT quantity FROM stock WHERE sku = ?1 AND quantity > 0";
        if tx.query(there, params![order.sku]).await?.is_empty() {
            return Ok(Answer::Cancelled);
        }
        let take = "UPDATE stock SET quantity = MAX(quantity - ?2, 0) WHERE sku = ?1";
        tx.execute(take, params![order.sku, order.quantity]).await?;
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        tx.execute(insert, values).await?;
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        tx.execute(history, params![order.id]).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
