//! Wait longer when the database is locked.
//!
//! **Why it tempts**: the error pages say "database is locked", and there is a setting for that: raise the busy
//! timeout, or enlarge the pool. And indeed, not one error page is left.
//!
//! **Caught by**: `accidents::nobody_waits_for_a_strangers_payment`, other orders locked out.
//!
//! **Schedule**: `order1/payment.charge#1: reply late 8s`
//!
//! The queue is as long as before. Only nobody is sent away any more.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long our HTTP client waits for an answer. It came like this out of the box.
const PATIENCE: Duration = Duration::from_secs(30);

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

        // All or nothing: everything that belongs to the order happens in one transaction.
        let tx = loop {
            match db.begin().await {
                Err(DbError::Locked) => {} // Once more. It has to be free some day.
                tx => break tx?,
            }
        };
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        if tx.execute(take, params![order.sku, order.quantity]).await? == 0 {
            tx.rollback().await?;
            return Ok(Answer::Cancelled); // Sold out.
        }
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, amount, status)
             VALUES (?1, ?2, ?3, ?4, 'confirmed')",
            params![order.id, order.sku, order.quantity, order.amount],
        )
        .await?;

        let charge = payment.charge(ChargeRequest::of(order), None);
        match timeout(PATIENCE, charge).await {
            Ok(Ok(_)) => {
                tx.commit().await?;
                self.shop.log(format!("✅ {}: confirmed", order.id));
                Ok(Answer::Confirmed)
            }
            Ok(Err(_)) | Err(_) => {
                tx.rollback().await?;
                self.shop.log(format!("❌ {}: not paid", order.id));
                Ok(Answer::Cancelled)
            }
        }
    }
}
