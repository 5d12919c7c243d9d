//! Waits four hours, then gives up, and means it.
//!
//! Differs from the solution in that it never looks anything up. Webhooks bring the news; an order without any news for
//! four hours (the bank takes three on its slowest days) is undone: first the decision goes into the books, then a
//! `void` takes the charge back, or makes sure that it never happens. After the decision, no webhook revives the order.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long an order may be open.
const GIVE_UP_AFTER: Ms = Ms::hours(4);

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
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status, charge_key, placed_at)
                      VALUES (?1, ?2, 'charging', ?3, ?4) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key, self.shop.now()];
        if db.execute(intent, values).await? == 1 {
            let charge = payment.charge(ChargeRequest::of(order), Some(&key));
            let _ = timeout(PATIENCE, charge).await;
        }
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &db.query(row, params![order.id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let status = if webhook.captured {
            "confirmed"
        } else {
            "cancelled"
        };
        self.turn(&webhook.order, "charging", status).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let now = self.shop.now();
        let open = "SELECT id, charge_key, placed_at FROM orders
                    WHERE status IN ('charging', 'voiding') ORDER BY id";
        for row in db.query(open, params![]).await? {
            let (id, key): (String, Key) = (row.get("id"), row.get("charge_key"));
            if now < row.get::<Ms>("placed_at") + GIVE_UP_AFTER {
                continue;
            }
            self.turn(&id, "charging", "voiding").await?;
            let decided = "SELECT 1 FROM orders WHERE id = ?1 AND status = 'voiding'";
            if db.query(decided, params![id]).await?.is_empty() {
                // A webhook was faster.
                continue;
            }
            if let Ok(Ok(_)) = timeout(PATIENCE, payment.void(&key)).await {
                self.turn(&id, "voiding", "cancelled").await?;
            }
        }
        Ok(())
    }
}

impl Checkout {
    /// Takes a step in the life of an order, if it is still where we believe it to be.
    async fn turn(&self, id: &str, from: &str, to: &str) -> Result<(), Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        self.shop.db.execute(turn, params![id, from, to]).await?;
        Ok(())
    }
}
