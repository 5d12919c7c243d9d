//! Ask again under the same key, and read the status this time.
//!
//! **Why it tempts**: it is the answer of chapter 3, and it tells `Accepted` from `Captured`.
//!
//! **Caught by**: `accidents::a_lost_webhook_leaves_nobody_waiting`, never settled.
//!
//! **Schedule**: `order1/webhook.captured#1: lost`
//!
//! A key gives the *first* answer again, word for word: "accepted", today, tomorrow, for ever. Only a look-up can
//! say how things stand now.

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
        let open = "SELECT id, amount, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            self.settle(request, &row.get("charge_key")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn settle(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let id = request.order.clone();
        match timeout(PATIENCE, self.shop.payment.charge(request, Some(key))).await {
            Ok(Ok(charge)) => match charge.status {
                ChargeStatus::Captured => self.close(&id, "confirmed").await,
                _ => Ok(()),
            },
            Ok(Err(CallError::Declined)) => self.close(&id, "cancelled").await,
            Ok(Err(_)) | Err(_) => Ok(()),
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
