//! Cancel whatever is open when `recover` runs: it was left behind.
//!
//! **Why it tempts**: an order is open for a few milliseconds. If it is still open when the job comes by, a crash
//! must have hit it; and giving up is always possible.
//!
//! **Caught by**: `properties::whatever_happens_no_order_is_half_there`, a legitimate request swallowed.
//!
//! **Schedule**: `` (the calm day)
//!
//! **World**: `book by ann at 0ms; book by bob at 1m`
//!
//! Bob ordered in the very minute in which the job ran. His order was not left behind, it was in progress, and it
//! was cancelled on a day when nothing went wrong. Jobs run while people order: finish what is open, or leave alone
//! what somebody is working on.

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
        self.take_down(order).await?;
        self.finish(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let sweep = "UPDATE orders SET status = 'cancelled' WHERE status = 'open'";
        self.shop.db.execute(sweep, params![]).await?;
        Ok(())
    }
}

impl Checkout {
    /// Writes the order down as open, if it is new.
    async fn take_down(&self, order: &Order) -> Result<(), Failure> {
        let open = "INSERT OR IGNORE INTO orders (id, sku, quantity, status)
                    VALUES (?1, ?2, ?3, 'open')";
        let values = params![order.id, order.sku, order.quantity];
        self.shop.db.execute(open, values).await?;
        Ok(())
    }

    async fn finish(&self, id: &str) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        let row = "SELECT sku, quantity, status FROM orders WHERE id = ?1";
        let row = &tx.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            _ => {}
        }
        let values = params![row.get::<String>("sku"), row.get::<i64>("quantity")];
        let take = "UPDATE stock SET quantity = quantity - ?2
                    WHERE sku = ?1 AND quantity >= ?2";
        let answer = match tx.execute(take, values).await? {
            0 => Answer::Cancelled,
            _ => Answer::Confirmed,
        };
        tx.execute("INSERT INTO history VALUES (?1, ?2)", params![id, answer])
            .await?;
        let settle = "UPDATE orders SET status = ?2 WHERE id = ?1";
        tx.execute(settle, params![id, answer]).await?;
        tx.commit().await?;
        Ok(answer)
    }
}
