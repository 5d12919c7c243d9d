//! Stores the order first, and finishes it in its own transaction: at once, or in `recover`.
//!
//! Differs from the solution in what a failure leaves behind: an open order instead of none. "Open" is honest, so this
//! is not half an order: the status becomes `confirmed` in the very transaction that takes the stock and writes the
//! history.

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
        let open = "INSERT OR IGNORE INTO orders (id, sku, quantity, status)
                    VALUES (?1, ?2, ?3, 'open')";
        let values = params![order.id, order.sku, order.quantity];
        self.shop.db.execute(open, values).await?;
        self.finish(&order.id).await
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
