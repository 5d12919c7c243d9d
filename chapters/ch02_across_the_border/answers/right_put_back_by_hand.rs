//! Closes the box before the call, and undoes by hand what is in it.
//!
//! Differs from the solution in what is rolled back: nothing. The order is committed before the call, as `charging` and
//! with its book taken, so that nobody waits for our lock meanwhile. The price: after a failure behind the charge, our
//! own statements and calls have to undo both sides, the book as well as the money.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long we leave our own database alone before we ask it again.
const A_MOMENT: Duration = Duration::from_millis(100);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let mine = self.shop.new_key();
        if let Err(error) = self.set_aside(order, &mine).await
            && self.status(order, Some(&mine)).await.is_none()
        {
            // Nothing has happened yet, and nobody has paid.
            return Err(error.into());
        }
        if self.status(order, Some(&mine)).await.as_deref() != Some("charging") {
            // Somebody else's: another click's, or a refusal.
            return Ok(answer(self.status(order, None).await.as_deref()));
        }
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let charge = match timeout(PATIENCE, charge).await? {
            Err(CallError::Declined) => {
                self.cancel(order).await;
                return Ok(Answer::Cancelled);
            }
            charge => charge?,
        };
        let confirm = "UPDATE orders SET status = 'confirmed' WHERE id = ?1";
        if self
            .shop
            .db
            .execute(confirm, params![order.id])
            .await
            .is_ok()
        {
            return Ok(Answer::Confirmed);
        }
        let key = self.shop.new_key();
        let refund = self.shop.payment.refund(&charge, charge.amount, &key);
        timeout(PATIENCE, refund).await??;
        self.cancel(order).await;
        Ok(Answer::Cancelled)
    }
}

fn answer(status: Option<&str>) -> Answer {
    match status {
        Some("confirmed") => Answer::Confirmed,
        Some("cancelled") => Answer::Cancelled,
        _ => Answer::Pending,
    }
}

impl Checkout {
    /// Order, book and history, all or nothing; nothing at all if the order is known.
    async fn set_aside(&self, order: &Order, mine: &Key) -> Result<(), DbError> {
        let Order {
            id, sku, quantity, ..
        } = order;
        let tx = self.shop.db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![id]).await?.is_empty() {
            return tx.rollback().await;
        }
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        let taken = tx.execute(take, params![sku, quantity]).await?;
        let status = if taken == 0 { "cancelled" } else { "charging" };
        let insert = "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![id, sku, quantity, order.amount, status, mine];
        tx.execute(insert, values).await?;
        tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
            .await?;
        tx.commit().await
    }

    /// How the order stands, and whether this click is the one that deals with it. Asks until the database answers.
    async fn status(&self, order: &Order, mine: Option<&Key>) -> Option<String> {
        let look =
            "SELECT status FROM orders WHERE id = ?1 AND charge_key = COALESCE(?2, charge_key)";
        loop {
            match self.shop.db.query(look, params![order.id, mine]).await {
                Ok(rows) => return rows.first().map(|row| row.get("status")),
                Err(_) => sleep(A_MOMENT).await,
            }
        }
    }

    /// Cancels, and puts the book back on the shelf, once: tries until it stands in the tables.
    async fn cancel(&self, order: &Order) {
        while self.try_to_cancel(order).await.is_err() {
            sleep(A_MOMENT).await;
        }
    }

    async fn try_to_cancel(&self, order: &Order) -> Result<(), DbError> {
        let tx = self.shop.db.begin().await?;
        let cancel = "UPDATE orders SET status = 'cancelled' WHERE id = ?1 AND status = 'charging'";
        if tx.execute(cancel, params![order.id]).await? == 1 {
            let put_back = "UPDATE stock SET quantity = quantity + ?2 WHERE sku = ?1";
            let values = params![order.sku, order.quantity];
            tx.execute(put_back, values).await?;
        }
        tx.commit().await
    }
}
