//! Commit the order, and let a task do the charging.
//!
//! **Why it tempts**: the customer gets an honest "pending" at once, and webhook and look-up both bring the news.
//!
//! **Caught by**: `accidents::a_crash_forgets_what_was_only_spawned`, never settled.
//!
//! **Schedule**: `order1/payment.charge#1: crash before`
//!
//! The process dies between the commit and the call. The order is in the books; the task that was to ask for the
//! money is in nobody's. Every look-up says "not found", for ever.

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
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        let (payment, request) = (self.shop.payment.clone(), ChargeRequest::of(order));
        tokio::spawn(async move {
            for _ in 0..3 {
                let charge = payment.charge(request.clone(), Some(&key));
                if let Ok(Ok(_)) = timeout(PATIENCE, charge).await {
                    return;
                }
            }
        });
        Ok(Answer::Pending)
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let status = if webhook.captured {
            "confirmed"
        } else {
            "cancelled"
        };
        self.close(&webhook.order, status).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.look_up(&row.get::<String>("id"), &row.get("charge_key"))
                .await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn look_up(&self, id: &str, key: &Key) -> Result<(), Failure> {
        let find = self.shop.payment.find(By::Key(key.clone()));
        let Ok(Ok(found)) = timeout(PATIENCE, find).await else {
            return Ok(());
        };
        match found.first().map(|charge| charge.status) {
            Some(ChargeStatus::Captured) => self.close(id, "confirmed").await,
            Some(ChargeStatus::Declined) => self.close(id, "cancelled").await,
            _ => Ok(()),
        }
    }

    async fn close(&self, id: &str, status: &str) -> Result<(), Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(close, params![id, status]).await?;
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
