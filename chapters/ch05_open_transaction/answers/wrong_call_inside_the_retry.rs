//! Retry the whole transaction, with the call inside.
//!
//! **Why it tempts**: on a conflict, roll back and run it again: every manual on serializable transactions says so,
//! and every library has a closure for it.
//!
//! **Caught by**: `accidents::a_charge_that_lands_belongs_to_an_order`, charged twice.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! The rollback takes the rows back, and the closure starts over. The charge of the first round stays where it is.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one attempt.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often we try.
const ATTEMPTS: u32 = 3;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        for _ in 0..ATTEMPTS {
            // A conflict? Then roll back, and do it all once more, as the manual says.
            if let Ok(answer) = self.attempt(order).await {
                return Ok(answer);
            }
        }
        Ok(Answer::Cancelled)
    }
}

impl Checkout {
    async fn attempt(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let tx = db.begin().await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        let values = params![order.sku, order.quantity];
        if tx.execute(take, values).await? == 0 {
            return Ok(Answer::Cancelled); // Sold out.
        }
        let insert = "INSERT INTO orders (id, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity, order.amount];
        tx.execute(insert, values).await?;
        let key = self.shop.new_key();
        let charge = payment.charge(ChargeRequest::of(order), Some(&key));
        timeout(PATIENCE, charge).await??;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
