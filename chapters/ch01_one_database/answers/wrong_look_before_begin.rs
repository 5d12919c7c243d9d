//! Look whether there is enough, then begin.
//!
//! **Why it tempts**: why hold a lock just to find out that there is nothing to sell? And all the writing is inside
//! the transaction.
//!
//! **Caught by**: `accidents::the_last_book_is_sold_once`, stock out of balance.
//!
//! **Schedule**: `` (the calm day)
//!
//! **World**: `last-book`
//!
//! What you read before the lock may be out of date once you hold it. Two customers read "1 left", both write "0
//! left", and one book is sold twice.

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
        let left = "SELECT quantity FROM stock WHERE sku = ?1";
        let left: i64 = db.query(left, params![order.sku]).await?[0].get("quantity");
        let tx = db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![order.id]).await?.is_empty() {
            return Ok(Answer::Confirmed);
        }
        let left = left - i64::from(order.quantity);
        if left < 0 {
            return Ok(Answer::Cancelled);
        }
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        tx.execute(insert, values).await?;
        let take = "UPDATE stock SET quantity = ?2 WHERE sku = ?1";
        tx.execute(take, params![order.sku, left]).await?;
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        tx.execute(history, params![order.id]).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
