//! Looks at the stock, then decides, all inside one transaction.
//!
//! Differs from the solution in who says no: not the CHECK, but a SELECT. That is safe because `begin` takes the write
//! lock, so nobody can sell the book between the look and the UPDATE. A refusal is stored, too: a second click gets the
//! same answer.

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
        let known = "SELECT status FROM orders WHERE id = ?1";
        if let Some(row) = tx.query(known, params![order.id]).await?.first() {
            return Ok(match row.get::<String>("status").as_str() {
                "confirmed" => Answer::Confirmed,
                _ => Answer::Cancelled,
            });
        }
        let left = "SELECT quantity FROM stock WHERE sku = ?1 AND quantity >= ?2";
        let left = tx.query(left, params![order.sku, order.quantity]).await?;
        let (status, event, answer) = if left.is_empty() {
            ("cancelled", "refused", Answer::Cancelled)
        } else {
            ("confirmed", "ordered", Answer::Confirmed)
        };
        let insert = "INSERT INTO orders (id, sku, quantity, status) VALUES (?1, ?2, ?3, ?4)";
        let values = params![order.id, order.sku, order.quantity, status];
        tx.execute(insert, values).await?;
        if answer == Answer::Confirmed {
            let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
            tx.execute(take, params![order.sku, order.quantity]).await?;
        }
        let event = params![order.id, event];
        tx.execute("INSERT INTO history VALUES (?1, ?2)", event)
            .await?;
        tx.commit().await?;
        Ok(answer)
    }
}
