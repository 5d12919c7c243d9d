//! Abort a transaction that idles for too long.
//!
//! **Why it tempts**: databases have a setting for it, such as `idle_in_transaction_session_timeout`, and nobody
//! waits longer than that any more.
//!
//! **Caught by**: `accidents::a_charge_that_lands_belongs_to_an_order`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! It ends the transaction (PostgreSQL's ends the whole session with it). It does not end the charge, which landed
//! long ago.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long a transaction may stand idle.
const IDLE: Duration = Duration::from_millis(800);

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
        let tx = db.begin().await?;
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
        match timeout(IDLE, charge).await {
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
