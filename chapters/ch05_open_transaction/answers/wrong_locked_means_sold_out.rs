//! If you cannot have the lock, you cannot have the book.
//!
//! **Why it tempts**: better a quick "sorry" than a queue: if the database is locked for a moment, say that the
//! book is gone. Nobody waits any more, and there is no error page.
//!
//! **Caught by**: `accidents::nobody_waits_for_a_strangers_payment`, a legitimate request swallowed.
//!
//! **Schedule**: `order1/payment.charge#1: reply late 8s`
//!
//! Nine books are on the shelf, and nine customers are told that there is none.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for the lock.
const A_MOMENT: Duration = Duration::from_millis(300);

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
        let Ok(tx) = timeout(A_MOMENT, db.begin()).await else {
            return Ok(Answer::Cancelled); // Somebody else is taking it.
        };
        let tx = tx?;
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
