//! Charge, and wait for the webhook.
//!
//! **Why it tempts**: the provider promises to tell, and even sends a webhook again that was not taken.
//!
//! **Caught by**: `accidents::a_lost_webhook_leaves_nobody_waiting`, never settled.
//!
//! **Schedule**: `order1/webhook.captured#1: lost`
//!
//! The webhook is lost, nobody asks, and the customer, who has paid, stays on "pending" for ever.

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

    // Nothing to recover: whatever there is to know, a webhook will tell.
}

impl Checkout {
    async fn settle(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let mut accepted = false;
        for _ in 0..3 {
            let charge = self.shop.payment.charge(request.clone(), Some(key));
            accepted |= matches!(timeout(PATIENCE, charge).await, Ok(Ok(_)));
            if accepted {
                break;
            }
        }
        Ok(())
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
