//! Decide to undo, write it down, and tell the customer.
//!
//! **Why it tempts**: the decision is in the books before anything is undone, and from then on the order can only
//! become cancelled. So there is no need to wait for the void.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost; order1/payment.void#1: request lost`
//!
//! What the books decided is the shop's business; the customer was told "you have not paid" while the money was gone. A
//! minute later it is true. A promise has to be true when it is made.

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

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT id FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.settle(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn settle(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            "voiding" => return self.undo(id, &row.get("charge_key")).await,
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
            Ok(Err(_)) | Err(_) => {
                let decide =
                    "UPDATE orders SET status = 'voiding' WHERE id = ?1 AND status = 'pending'";
                match db.execute(decide, params![id]).await? {
                    1 => self.undo(id, &key).await,
                    _ => self.answer(id).await,
                }
            }
        }
    }

    async fn close(&self, id: &str, answer: Answer) -> Result<Answer, Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(close, params![id, answer]).await?;
        self.answer(id).await
    }

    async fn undo(&self, id: &str, key: &Key) -> Result<Answer, Failure> {
        if let Ok(Ok(_)) = timeout(PATIENCE, self.shop.payment.void(key)).await {
            let done =
                "UPDATE orders SET status = 'cancelled' WHERE id = ?1 AND status = 'voiding'";
            self.shop.db.execute(done, params![id]).await?;
        }
        match self.answer(id).await? {
            Answer::Confirmed => Ok(Answer::Confirmed),
            _ => Ok(Answer::Cancelled),
        }
    }

    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        Ok(
            match self.shop.db.query(row, params![id]).await?[0]
                .get::<String>("status")
                .as_str()
            {
                "confirmed" => Answer::Confirmed,
                "cancelled" => Answer::Cancelled,
                _ => Answer::Pending,
            },
        )
    }
}
