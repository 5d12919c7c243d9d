//! Let a guard void the charge, unless the order was written down.
//!
//! **Why it tempts**: `Transaction` itself works like this: dropped means rolled back. No way out of the function
//! can forget it, neither `?` nor a panic nor a timeout. And a void works even before the charge has arrived.
//!
//! **Caught by**: `accidents::a_crash_forgets_what_was_not_written_down`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: crash after`
//!
//! A database can roll back what its client left behind, because the *database* is still there. Nobody runs the
//! destructors of a dead process.

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
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !db.query(known, params![order.id]).await?.is_empty() {
            return Ok(Answer::Confirmed);
        }
        let mut guard = Guard {
            shop: self.shop.clone(),
            key: Some(self.shop.new_key()),
        };
        let charge = payment.charge(ChargeRequest::of(order), guard.key.as_ref());
        timeout(PATIENCE, charge).await??;
        let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        db.execute(insert, params![order.id, order.amount]).await?;
        guard.key = None;
        Ok(Answer::Confirmed)
    }
}

/// Voids the charge when it is dropped, unless its key has been taken away.
struct Guard {
    shop: Shop,
    key: Option<Key>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let shop = self.shop.clone();
            tokio::spawn(async move { timeout(PATIENCE, shop.payment.void(&key)).await });
        }
    }
}
