//! Write the history after the commit, and let `recover` take back any order without one.
//!
//! **Why it tempts**: it cancels instead of filling in, so no history is made up. A click in between has to wait,
//! and in the end every table is right.
//!
//! **Caught by**: `properties::two_customers_at_once_change_nothing`, a final word taken back.
//!
//! **Schedule**: `recover#1: crash before`
//!
//! **World**: `last-book`
//!
//! `confirmed` was in the books, and whoever read it before the job came by has already packed the parcel. What you
//! may still take back, do not call by a final name.

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
        let known = "SELECT status, EXISTS (SELECT 1 FROM history WHERE order_id = id) AS whole
                     FROM orders WHERE id = ?1";
        if let Some(row) = tx.query(known, params![order.id]).await?.first() {
            return Ok(match row.get::<String>("status").as_str() {
                "cancelled" => Answer::Cancelled,
                _ if row.get("whole") => Answer::Confirmed,
                _ => Answer::Pending,
            });
        }
        let take = "UPDATE stock SET quantity = quantity - ?2
                    WHERE sku = ?1 AND quantity >= ?2";
        let values = params![order.sku, order.quantity];
        if tx.execute(take, values).await? == 0 {
            return Ok(Answer::Cancelled);
        }
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        tx.execute(insert, values).await?;
        tx.commit().await?;
        let history = "INSERT INTO history SELECT id, 'ordered' FROM orders
                       WHERE id = ?1 AND status = 'confirmed'";
        match self.shop.db.execute(history, params![order.id]).await? {
            0 => Ok(Answer::Cancelled),
            _ => Ok(Answer::Confirmed),
        }
    }

    async fn recover(&self) -> Result<(), Failure> {
        let tx = self.shop.db.begin().await?;
        let half = "SELECT id FROM orders
                    WHERE status = 'confirmed' AND id NOT IN (SELECT order_id FROM history)";
        for row in tx.query(half, params![]).await? {
            let id: String = row.get("id");
            let put_back = "UPDATE stock SET quantity = stock.quantity + orders.quantity
                            FROM orders WHERE orders.id = ?1 AND stock.sku = orders.sku";
            tx.execute(put_back, params![id]).await?;
            let off = "UPDATE orders SET status = 'cancelled' WHERE id = ?1";
            tx.execute(off, params![id]).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
