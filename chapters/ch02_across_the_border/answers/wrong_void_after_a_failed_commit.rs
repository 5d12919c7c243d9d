//! Void the charge if the commit fails.
//!
//! **Why it tempts**: it is the only gap left when the charge comes last, and a void under the charge's key always
//! works.
//!
//! **Caught by**: `accidents::a_commit_may_fail_after_it_took_effect`, confirmed without payment.
//!
//! **Schedule**: `order1/db.commit#1: fails after`
//!
//! The commit had taken effect; only the answer was lost. The order stands, and the money has gone back.

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
        let Shop { db, payment, .. } = &self.shop;
        let tx = db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![order.id]).await?.is_empty() {
            return Ok(Answer::Confirmed);
        }
        let Order {
            id, sku, quantity, ..
        } = order;
        let insert = "INSERT INTO orders (id, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, 'confirmed')";
        let values = params![id, sku, quantity, order.amount];
        tx.execute(insert, values).await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        match tx.execute(take, params![sku, quantity]).await {
            Err(DbError::Constraint(_)) => return Ok(Answer::Cancelled),
            taken => taken?,
        };
        tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
            .await?;
        let key = self.shop.new_key();
        let charge = payment.charge(ChargeRequest::of(order), Some(&key));
        timeout(PATIENCE, charge).await??;
        if let Err(error) = tx.commit().await {
            timeout(PATIENCE, payment.void(&key)).await??;
            return Err(error.into());
        }
        Ok(Answer::Confirmed)
    }
}
