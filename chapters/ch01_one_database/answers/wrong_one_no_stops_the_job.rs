//! Let the CHECK decide what is sold out, in `recover` as well.
//!
//! **Why it tempts**: the constraint decides, as it should, and whoever placed the order is told. In `recover` there is
//! nobody to tell, so `?` will do.
//!
//! **Caught by**: `properties::two_customers_at_once_change_nothing`, never settled.
//!
//! **Schedule**: `order1/submit#1: crash after`
//!
//! **World**: `last-book`
//!
//! Nobody writes the no down here: the order stays open, and so do all orders behind it, because `?` ends the run
//! at the first of them. The next run starts with the same one. A job that serves many must not stop at one.

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
        match self.finish(&order.id).await {
            Err(DbError::Constraint(_)) => {
                let off = "UPDATE orders SET status = 'cancelled' WHERE id = ?1";
                self.shop.db.execute(off, params![order.id]).await?;
                Ok(Answer::Cancelled)
            }
            answer => Ok(answer?),
        }
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'open' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.finish(&row.get::<String>("id")).await?;
        }
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

    async fn finish(&self, id: &str) -> Result<Answer, DbError> {
        let tx = self.shop.db.begin().await?;
        let row = "SELECT sku, quantity, status FROM orders WHERE id = ?1";
        let row = &tx.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            _ => {}
        }
        let values = params![row.get::<String>("sku"), row.get::<i64>("quantity")];
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        tx.execute(take, values).await?;
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        tx.execute(history, params![id]).await?;
        let settle = "UPDATE orders SET status = 'confirmed' WHERE id = ?1";
        tx.execute(settle, params![id]).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
