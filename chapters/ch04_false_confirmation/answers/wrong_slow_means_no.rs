//! Cancel what the bank has not settled within an hour.
//!
//! **Why it tempts**: an order must not be pending for ever, and an hour is far more than the half minute that a
//! bank takes.
//!
//! **Caught by**: `accidents::a_slow_bank_is_not_a_no`, charged without an order.
//!
//! **Schedule**: ``
//!
//! **World**: `slow-bank`
//!
//! On a slow day the bank takes three hours, and then it pays. The order was cancelled in our books alone: pattern
//! A, by way of pattern B. To give up you need a `void`, and more patience than the slowest bank.

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
        let intent = "INSERT INTO orders (id, amount, status, charge_key, placed_at)
                      VALUES (?1, ?2, 'pending', ?3, ?4) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key, self.shop.now()];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        self.settle(ChargeRequest::of(order), &key).await?;
        self.answer(&order.id).await
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
        let open = "SELECT id, amount, charge_key, placed_at FROM orders
                    WHERE status = 'pending' ORDER BY id";
        let long_ago = Ms(self.shop.now().0.saturating_sub(Ms::hours(1).0));
        for row in self.shop.db.query(open, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            let id = request.order.clone();
            self.settle(request, &row.get("charge_key")).await?;
            if row.get::<Ms>("placed_at") < long_ago {
                self.close(&id, "cancelled").await?;
            }
        }
        Ok(())
    }
}

impl Checkout {
    async fn settle(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let (id, payment) = (request.order.clone(), &self.shop.payment);
        let _ = timeout(PATIENCE, payment.charge(request, Some(key))).await;
        let found = timeout(PATIENCE, payment.find(By::Key(key.clone()))).await;
        let Ok(Ok(found)) = found else {
            return Ok(());
        };
        match found.first().map(|charge| charge.status) {
            Some(ChargeStatus::Captured) => self.close(&id, "confirmed").await,
            Some(ChargeStatus::Declined) => self.close(&id, "cancelled").await,
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
