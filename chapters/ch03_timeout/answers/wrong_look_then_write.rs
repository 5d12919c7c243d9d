//! Look whether the order is known, and write it down if not.
//!
//! **Why it tempts**: that is what an `if` is for: a second click, a minute or a millisecond later, finds the row and its
//! key.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, charged twice.
//!
//! **Schedule**: `order1/submit#1: twice after 0ms`
//!
//! When two clicks come at the same moment, both look before either has written. The second one's `REPLACE` takes
//! the first one's key out of the books, and both charge. Looking and writing have to be one statement.

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
        let Shop { db, payment, .. } = &self.shop;
        let known = "SELECT 1 FROM orders WHERE id = ?1";
        if !db.query(known, params![order.id]).await?.is_empty() {
            return self.settle(&order.id).await;
        }
        let key = self.shop.new_key();
        let intent = "INSERT OR REPLACE INTO orders (id, amount, status, charge_key) VALUES (?1, ?2, 'pending', ?3)";
        db.execute(intent, params![order.id, order.amount, key])
            .await?;
        match timeout(
            PATIENCE,
            payment.charge(ChargeRequest::of(order), Some(&key)),
        )
        .await
        {
            Ok(Ok(_)) => self.close(&order.id, Answer::Confirmed).await,
            Ok(Err(CallError::Declined)) => self.close(&order.id, Answer::Cancelled).await,
            _ => Ok(Answer::Pending),
        }
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
