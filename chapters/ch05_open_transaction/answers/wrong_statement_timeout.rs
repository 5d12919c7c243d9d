//! No statement may take longer than half a second.
//!
//! **Why it tempts**: long locks come from slow statements, so cut slow statements off, as `statement_timeout`
//! does.
//!
//! **Caught by**: `accidents::nobody_waits_for_a_strangers_payment`, other orders locked out.
//!
//! **Schedule**: `order1/payment.charge#1: reply late 8s`
//!
//! The statements of whoever holds the lock take no time at all. It is idle, in the middle of its transaction, and
//! that is no statement. It is the others who are cut off.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long a statement may take.
const STATEMENT: Duration = Duration::from_millis(500);

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
        let tx = timeout(STATEMENT, db.begin()).await??;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        if timeout(
            STATEMENT,
            tx.execute(take, params![order.sku, order.quantity]),
        )
        .await??
            == 0
        {
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
