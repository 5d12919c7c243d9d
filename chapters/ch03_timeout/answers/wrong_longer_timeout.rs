//! A longer timeout.
//!
//! **Why it tempts**: 700 ms is short, and with a whole minute nearly all failures in the log disappear.
//!
//! **Caught by**: `accidents::a_lost_reply_hides_a_success`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! The reply is not slow, it is lost. No patience is long enough for an answer that never comes; the customer only
//! waits longer for the same accident.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for the payment provider before we give up.
const PATIENCE: Duration = Duration::from_secs(60);

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
        self.shop.log(format!("🛒 {}: start", order.id));

        let tx = db.begin().await?;
        tx.execute(
            "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')",
            params![order.id, order.amount],
        )
        .await?;

        let charge = payment.charge(ChargeRequest::of(order), None);
        match timeout(PATIENCE, charge).await {
            Ok(Ok(charge)) => {
                self.shop
                    .log(format!("✅ payment succeeded: {}", charge.id));
                tx.commit().await?;
                self.shop.log(format!("✅ {}: confirmed", order.id));
                Ok(Answer::Confirmed)
            }
            Ok(Err(error)) => self.give_up(order, tx, &error.to_string()).await,
            Err(_) => self.give_up(order, tx, "TIMEOUT after a minute").await,
        }
    }
}

impl Checkout {
    async fn give_up(
        &self,
        order: &Order,
        tx: Transaction,
        reason: &str,
    ) -> Result<Answer, Failure> {
        self.shop
            .log(format!("❌ payment failed (seen by us): {reason}"));
        self.shop
            .log(format!("↩️ (maybe) roll back {} in our DB", order.id));
        tx.rollback().await?;
        Ok(Answer::Cancelled)
    }
}
