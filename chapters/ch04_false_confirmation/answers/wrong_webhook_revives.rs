//! Give up after four hours, and let a webhook have the last word.
//!
//! **Why it tempts**: the webhook comes from the provider, and the provider ought to know.
//!
//! **Caught by**: `accidents::a_webhook_hours_late_revives_nothing`, confirmed without payment.
//!
//! **Schedule**: `order1/webhook.captured#1: late 9h`
//!
//! It told the truth when it was sent. Since then the shop has voided the charge, the money is back, and the order
//! is cancelled. News that has travelled for nine hours is old news.

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
                      VALUES (?1, ?2, 'pending', ?3, ?4) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key, self.shop.now()];
        if db.execute(intent, values).await? == 1 {
            let charge = payment.charge(ChargeRequest::of(order), Some(&key));
            let _ = timeout(PATIENCE, charge).await;
        }
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
        let long_ago = Ms(self.shop.now().0.saturating_sub(GIVE_UP_AFTER.0));
        let open = "SELECT id, charge_key FROM orders
                    WHERE status = 'pending' AND placed_at < ?1 ORDER BY id";
        for row in self.shop.db.query(open, params![long_ago]).await? {
            let key: Key = row.get("charge_key");
            let void = self.shop.payment.void(&key);
            if let Ok(Ok(_)) = timeout(PATIENCE, void).await {
                self.close(&row.get::<String>("id"), "cancelled").await?;
            }
        }
        Ok(())
    }
}

impl Checkout {
    async fn close(&self, id: &str, status: &str) -> Result<(), Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1";
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
