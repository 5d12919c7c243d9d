//! Charge under a key, inside the transaction.
//!
//! **Why it tempts**: everybody says that an idempotency key makes a payment safe; and this one is made from the
//! order's id, so it needs no column and survives every crash.
//!
//! **Caught by**: `accidents::no_rollback_brings_the_money_back`, charged without an order.
//!
//! **Schedule**: `order1/db.commit#1: fails`
//!
//! A key makes it safe to ask again. But nobody asks again: the rollback removed the row that would have said that
//! there is something to ask about.

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
        let key = Key::from(format!("charge/{id}"));
        let charge = payment.charge(ChargeRequest::of(order), Some(&key));
        timeout(PATIENCE, charge).await??;
        tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
            .await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
