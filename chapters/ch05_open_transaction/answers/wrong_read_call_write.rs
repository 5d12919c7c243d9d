//! No transaction at all: look, charge, and write down what is left.
//!
//! **Why it tempts**: no transaction, no lock. There was stock when we looked, and what is left of it is simple arithmetic.
//!
//! **Caught by**: `accidents::the_last_book_is_sold_once`, stock out of balance.
//!
//! **Schedule**: `order1/payment.charge#1: reply late 8s`
//!
//! There is a call between the look and the write, and everybody else comes in between. They all looked at the same
//! number, and the last one to write wins.

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

        let look = "SELECT quantity FROM stock WHERE sku = ?1";
        let left: i64 = db.query(look, params![order.sku]).await?[0].get("quantity");
        if left < i64::from(order.quantity) {
            return Ok(Answer::Cancelled); // Sold out.
        }

        let charge = payment.charge(ChargeRequest::of(order), None);
        match timeout(PATIENCE, charge).await {
            Ok(Ok(_)) => {
                let sell = "UPDATE stock SET quantity = ?2 WHERE sku = ?1";
                let left = left - i64::from(order.quantity);
                db.execute(sell, params![order.sku, left]).await?;
                db.execute(
                    "INSERT INTO orders (id, sku, quantity, amount, status)
                     VALUES (?1, ?2, ?3, ?4, 'confirmed')",
                    params![order.id, order.sku, order.quantity, order.amount],
                )
                .await?;
                self.shop.log(format!("✅ {}: confirmed", order.id));
                Ok(Answer::Confirmed)
            }
            Ok(Err(_)) | Err(_) => {
                self.shop.log(format!("❌ {}: not paid", order.id));
                Ok(Answer::Cancelled)
            }
        }
    }
}
