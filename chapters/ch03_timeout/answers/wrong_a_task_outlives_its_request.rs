//! Charge in a task, and stop waiting for it after three seconds.
//!
//! **Why it tempts**: the task cannot be dropped half-way, the customer gets an answer after three seconds, and
//! whatever we do not know by then is undone with care.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, confirmed without payment.
//!
//! **Schedule**: `order1/payment.charge#1: reply late 5s`
//!
//! The task is still there. Its answer comes late, after the void, and overwrites the decision: confirmed, and the
//! money is back. Before you write, look at what was decided meanwhile. That goes for tasks, too.

use lab::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
    mine: Mutex<BTreeSet<String>>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout {
            shop,
            mine: Mutex::default(),
        }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        if !self.mine.lock().await.insert(order.id.clone()) {
            return Ok(Answer::Pending);
        }
        let answer = self.place(order).await;
        self.mine.lock().await.remove(&order.id);
        answer
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT id, charge_key FROM orders WHERE status IN ('charging', 'voiding') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let (id, key): (String, Key) = (row.get("id"), row.get("charge_key"));
            // place_order of this process sees to its own orders.
            if !self.mine.lock().await.contains(&id) {
                self.shop.db.execute("UPDATE orders SET status = 'voiding' WHERE id = ?1 AND status = 'charging'", params![id]).await?;
            }
            if self.answer(&id).await? != Answer::Pending || self.is_charging(&id).await? {
                continue;
            }
            if let Ok(Ok(_)) = timeout(PATIENCE, self.shop.payment.void(&key)).await {
                self.shop.db.execute("UPDATE orders SET status = 'cancelled' WHERE id = ?1 AND status = 'voiding'", params![id]).await?;
            }
        }
        Ok(())
    }
}

impl Checkout {
    async fn place(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status, charge_key) VALUES (?1, ?2, 'charging', ?3) ON CONFLICT DO NOTHING";
        if db
            .execute(intent, params![order.id, order.amount, key])
            .await?
            == 0
        {
            return self.answer(&order.id).await;
        }
        let (shop, request, id, its_key) = (
            self.shop.clone(),
            ChargeRequest::of(order),
            order.id.clone(),
            key.clone(),
        );
        let task = tokio::spawn(async move {
            let status = match shop.payment.charge(request, Some(&its_key)).await {
                Ok(_) => "confirmed",
                Err(CallError::Declined) => "cancelled",
                Err(_) => return,
            };
            let _ = shop
                .db
                .execute(
                    "UPDATE orders SET status = ?2 WHERE id = ?1",
                    params![id, status],
                )
                .await;
        });
        let _ = timeout(Duration::from_secs(3), task).await;
        let undo = "UPDATE orders SET status = 'voiding' WHERE id = ?1 AND status = 'charging'";
        if db.execute(undo, params![order.id]).await? == 1
            && let Ok(Ok(_)) = timeout(PATIENCE, payment.void(&key)).await
        {
            db.execute(
                "UPDATE orders SET status = 'cancelled' WHERE id = ?1 AND status = 'voiding'",
                params![order.id],
            )
            .await?;
        }
        self.answer(&order.id).await
    }

    async fn is_charging(&self, id: &str) -> Result<bool, Failure> {
        let row = "SELECT 1 FROM orders WHERE id = ?1 AND status = 'charging'";
        Ok(!self.shop.db.query(row, params![id]).await?.is_empty())
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
