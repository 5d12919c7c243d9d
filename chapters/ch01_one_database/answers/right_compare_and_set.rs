//! Looks at the stock without a lock, and takes from it only if it has not changed since.
//!
//! Differs from the solution in what keeps two customers apart: not a lock, but a check that the UPDATE repeats. If it
//! comes too late, the code looks again. If every writer locks the whole database anyway, that saves nothing; in other
//! databases, a good deal of the world's stock is kept this way.

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
        loop {
            if let Some(answer) = self.attempt(order).await? {
                return Ok(answer);
            }
        }
    }
}

impl Checkout {
    /// `None` if somebody else was faster.
    async fn attempt(&self, order: &Order) -> Result<Option<Answer>, Failure> {
        let shelf = "SELECT quantity FROM stock WHERE sku = ?1";
        let shelf = self.shop.db.query(shelf, params![order.sku]).await?;
        let there: i64 = shelf[0].get("quantity");
        let (answer, left) = match there - i64::from(order.quantity) {
            left @ 0.. => (Answer::Confirmed, left),
            _ => (Answer::Cancelled, there),
        };

        let tx = self.shop.db.begin().await?;
        let known = "SELECT status FROM orders WHERE id = ?1";
        if let Some(row) = tx.query(known, params![order.id]).await?.first() {
            return Ok(Some(match row.get::<String>("status").as_str() {
                "confirmed" => Answer::Confirmed,
                _ => Answer::Cancelled,
            }));
        }
        let swap = "UPDATE stock SET quantity = ?3 WHERE sku = ?1 AND quantity = ?2";
        let values = params![order.sku, there, left];
        if tx.execute(swap, values).await? == 0 {
            return Ok(None);
        }
        let insert = "INSERT INTO orders (id, sku, quantity, status) VALUES (?1, ?2, ?3, ?4)";
        let values = params![order.id, order.sku, order.quantity, answer];
        tx.execute(insert, values).await?;
        let history = "INSERT INTO history VALUES (?1, ?2)";
        tx.execute(history, params![order.id, answer]).await?;
        tx.commit().await?;
        Ok(Some(answer))
    }
}
