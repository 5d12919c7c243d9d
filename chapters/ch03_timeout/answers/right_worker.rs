//! Stores the order, and lets a worker do the charging.
//!
//! Differs from the solution in who does the work: `place_order` only stores the intent and waits a while for its
//! outcome. A spawned task goes on for as long as it takes, with growing pauses. A crash kills the task, but not the
//! intent: `recover` starts a new worker for every open row without one.

use lab::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// How long the worker waits for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long the customer waits for the worker.
const CUSTOMERS_PATIENCE: Duration = Duration::from_secs(3);

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The order code of our shop.
#[derive(Clone)]
pub struct Checkout {
    shop: Shop,
    /// The orders that a worker of this process sees to, and the bell that rings when one is done. Memory, and
    /// rightly so: it dies together with the workers it speaks of.
    at_work: Arc<(Mutex<BTreeSet<String>>, Notify)>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let at_work = Arc::default();
        Checkout { shop, at_work }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let intent = "INSERT OR IGNORE INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3)";
        let values = params![order.id, order.amount, self.shop.new_key()];
        self.shop.db.execute(intent, values).await?;
        self.recover().await?;
        let done = async {
            loop {
                // First listen for the bell, then look: it must not ring unheard in between.
                let bell = self.at_work.1.notified();
                if !self.jobs().contains(&order.id) {
                    return;
                }
                bell.await;
            }
        };
        // Whether the work is done or our patience is at an end, the books say how far it has come.
        let _ = timeout(CUSTOMERS_PATIENCE, done).await;
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![order.id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let order: String = row.get("id");
            let (amount, key): (Yen, Key) = (row.get("amount"), row.get("charge_key"));
            if self.jobs().insert(order.clone()) {
                let worker = self.clone();
                tokio::spawn(async move {
                    let request = ChargeRequest { order, amount };
                    worker.work(&request, &key).await;
                    worker.jobs().remove(&request.order);
                    worker.at_work.1.notify_waiters();
                });
            }
        }
        Ok(())
    }
}

impl Checkout {
    fn jobs(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.at_work
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Charges until the outcome is known, and writes it down.
    async fn work(&self, request: &ChargeRequest, key: &Key) {
        let Shop { db, payment, .. } = &self.shop;
        let mut pause = Duration::from_millis(100);
        loop {
            let charge = payment.charge(request.clone(), Some(key));
            let status = match timeout(PATIENCE, charge).await {
                Ok(Ok(_)) => "confirmed",
                Ok(Err(CallError::Declined)) => "cancelled",
                Ok(Err(_)) | Err(_) => "pending",
            };
            let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
            let settled = db.execute(settled, params![request.order, status]).await;
            if settled.is_ok() && status != "pending" {
                return;
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
