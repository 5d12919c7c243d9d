//! Void, wait for the answer, and then cancel what is still pending.
//!
//! **Why it tempts**: the money is certain to be back before anybody is told, and the UPDATE looks at the status, so a
//! webhook that was faster wins.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, confirmed without payment.
//!
//! **Schedule**: `order1/webhook.captured#1: late 15329850ms`
//!
//! The webhook was not faster than the void, only faster than the UPDATE: it confirms what has just been voided. If
//! you undo, decide first, in the books, where the webhook looks. `right_give_up.rs` does.

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
        let intent = "INSERT OR IGNORE INTO orders (id, amount, status, charge_key, placed_at) VALUES (?1, ?2, 'pending', ?3, ?4)";
        self.shop
            .db
            .execute(
                intent,
                params![order.id, order.amount, self.shop.new_key(), self.shop.now()],
            )
            .await?;
        let key: Key = self
            .shop
            .db
            .query(
                "SELECT charge_key FROM orders WHERE id = ?1",
                params![order.id],
            )
            .await?[0]
            .get("charge_key");
        let _ = timeout(
            PATIENCE,
            self.shop
                .payment
                .charge(ChargeRequest::of(order), Some(&key)),
        )
        .await;
        self.answer(&order.id).await
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let answer = if webhook.captured {
            Answer::Confirmed
        } else {
            Answer::Cancelled
        };
        self.close(&webhook.order, answer).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, charge_key FROM orders WHERE status = 'pending' AND placed_at + ?1 <= ?2 ORDER BY id";
        for row in self
            .shop
            .db
            .query(open, params![Ms::hours(4), self.shop.now()])
            .await?
        {
            if let Ok(Ok(_)) =
                timeout(PATIENCE, self.shop.payment.void(&row.get("charge_key"))).await
            {
                self.close(&row.get::<String>("id"), Answer::Cancelled)
                    .await?;
            }
        }
        Ok(())
    }
}

impl Checkout {
    async fn close(&self, id: &str, answer: Answer) -> Result<(), Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(close, params![id, answer]).await?;
        Ok(())
    }

    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let rows = self.shop.db.query(row, params![id]).await?;
        Ok(
            match rows
                .first()
                .map(|row| row.get::<String>("status"))
                .as_deref()
            {
                Some("confirmed") => Answer::Confirmed,
                Some("cancelled") => Answer::Cancelled,
                _ => Answer::Pending,
            },
        )
    }
}
