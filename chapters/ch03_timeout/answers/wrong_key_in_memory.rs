//! Keep the key in memory.
//!
//! **Why it tempts**: all retries run in this process, so a map from order to key is enough, and the table can stay
//! as it is.
//!
//! **Caught by**: `accidents::a_crash_forgets_what_was_not_written_down`, charged twice.
//!
//! **Schedule**: `order1/payment.charge#1: crash after`
//!
//! The process dies after the charge, and the key dies with it. The next process finds the pending order, makes a
//! new key, and charges again.

use lab::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often we try while the customer waits. After that, `recover` goes on.
const ATTEMPTS: u32 = 3;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
    keys: Mutex<BTreeMap<String, Key>>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let keys = Mutex::default();
        Checkout { shop, keys }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let intent = "INSERT INTO orders (id, amount, status)
                      VALUES (?1, ?2, 'pending') ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        for _ in 0..ATTEMPTS {
            self.charge(ChargeRequest::of(order)).await?;
            match self.answer(&order.id).await? {
                Answer::Pending => {}
                known => return Ok(known),
            }
        }
        Ok(Answer::Pending)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            self.charge(request).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// The one key of this order.
    fn key_of(&self, id: &str) -> Key {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.entry(id.to_owned())
            .or_insert_with(|| self.shop.new_key())
            .clone()
    }

    async fn charge(&self, request: ChargeRequest) -> Result<(), Failure> {
        let key = self.key_of(&request.order);
        let id = request.order.clone();
        match timeout(PATIENCE, self.shop.payment.charge(request, Some(&key))).await {
            Ok(Ok(_)) => self.settle(&id, "confirmed").await,
            Ok(Err(CallError::Declined)) => self.settle(&id, "cancelled").await,
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    async fn settle(&self, id: &str, status: &str) -> Result<(), Failure> {
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(settled, params![id, status]).await?;
        Ok(())
    }

    /// The customer hears what our books say.
    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
