//! Give the money back when something fails.
//!
//! **Why it tempts**: the rollback does not reach the provider, so we roll the provider back by hand. Every error
//! after the charge leads to a refund.
//!
//! **Caught by**: `accidents::a_commit_may_fail_after_it_took_effect`, confirmed without payment.
//!
//! **Schedule**: `order1/db.commit#1: fails after`
//!
//! Nearly right. One of these errors is not like the others: a commit that fails may have taken effect. The order stands, and
//! its money has gone back.

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
        let insert = "INSERT INTO orders (id, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity, order.amount];
        tx.execute(insert, values).await?;
        let charge = payment.charge(ChargeRequest::of(order), None);
        let charge = timeout(PATIENCE, charge).await??;
        let Err(error) = self.write(tx, order).await else {
            return Ok(Answer::Confirmed);
        };
        let key = self.shop.new_key();
        let refund = payment.refund(&charge, charge.amount, &key);
        timeout(PATIENCE, refund).await??;
        match error {
            DbError::Constraint(_) => Ok(Answer::Cancelled),
            error => Err(error.into()),
        }
    }
}

impl Checkout {
    async fn write(&self, tx: Transaction, order: &Order) -> Result<(), DbError> {
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        let values = params![order.sku, order.quantity];
        tx.execute(take, values).await?;
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        tx.execute(history, params![order.id]).await?;
        tx.commit().await
    }
}
