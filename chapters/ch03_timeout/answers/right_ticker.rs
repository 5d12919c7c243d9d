//! Uses its own timer instead of `recover`.
//!
//! Differs from the solution in who comes back: a task that starts with the process looks for open orders every five
//! minutes. A crash ends it, and the next start begins it again.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let worker = Checkout { shop: shop.clone() };
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(300));
            loop {
                ticks.tick().await;
                let _ = worker.sweep().await;
            }
        });
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let intent = "INSERT OR IGNORE INTO orders (id, amount, status, charge_key) VALUES (?1, ?2, 'pending', ?3)";
        self.shop
            .db
            .execute(intent, params![order.id, order.amount, self.shop.new_key()])
            .await?;
        self.settle(&order.id).await
    }
}

impl Checkout {
    async fn sweep(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.settle(&row.get::<String>("id")).await?;
        }
        Ok(())
    }

    async fn settle(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            _ => {}
        }
        let request = ChargeRequest {
            order: id.to_owned(),
            amount: row.get("amount"),
        };
        let key: Key = row.get("charge_key");
        match timeout(PATIENCE, payment.charge(request, Some(&key))).await {
            Ok(Ok(_)) => self.close(id, Answer::Confirmed).await,
            Ok(Err(CallError::Declined)) => self.close(id, Answer::Cancelled).await,
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }

    async fn close(&self, id: &str, answer: Answer) -> Result<Answer, Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(close, params![id, answer]).await?;
        Ok(answer)
    }
}
