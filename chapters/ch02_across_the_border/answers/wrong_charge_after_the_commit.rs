//! Commit first, then charge.
//!
//! **Why it tempts**: now no rollback can come after the charge. And if the card is declined, we simply cancel the
//! order again.
//!
//! **Caught by**: `accidents::a_calm_day_confirms_at_once`, confirmed without payment.
//!
//! **Schedule**: `` (the calm day)
//!
//! The same gap, seen from the other end. For a while the books say "confirmed" and nobody has paid, and whoever
//! reads them then acts on it. If the process dies at that moment, it stays that way.

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
            return Ok(Answer::Pending);
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
        tx.commit().await?;
        let charge = payment.charge(ChargeRequest::of(order), None);
        if let Ok(Ok(_)) = timeout(PATIENCE, charge).await {
            return Ok(Answer::Confirmed);
        }
        let tx = db.begin().await?;
        let cancel = "UPDATE orders SET status = 'cancelled' WHERE id = ?1";
        tx.execute(cancel, params![id]).await?;
        let put_back = "UPDATE stock SET quantity = quantity + ?2 WHERE sku = ?1";
        tx.execute(put_back, params![sku, quantity]).await?;
        tx.commit().await?;
        Ok(Answer::Cancelled)
    }
}
