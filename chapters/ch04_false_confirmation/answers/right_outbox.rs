//! Writes a letter together with the order, and has it sent until somebody has answered.
//!
//! Differs from the solution in where the intent is stored: in an outbox, which is written in the *same* transaction as
//! the order. A crash loses both or neither. `place_order` calls nobody; a task sends what is in the outbox, and
//! `recover` starts a new one after a crash.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
#[derive(Clone)]
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        let row = "SELECT status FROM orders WHERE id = ?1";
        if let Some(row) = tx.query(row, params![order.id]).await?.first() {
            return Ok(match row.get::<String>("status").as_str() {
                "confirmed" => Answer::Confirmed,
                "cancelled" => Answer::Cancelled,
                _ => Answer::Pending,
            });
        }
        let taken = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'taken')";
        tx.execute(taken, params![order.id, order.amount]).await?;
        let letter = "INSERT INTO outbox (order_id, charge_key) VALUES (?1, ?2)";
        let key = self.shop.new_key();
        tx.execute(letter, params![order.id, key]).await?;
        tx.commit().await?;
        let postman = self.clone();
        tokio::spawn(async move { postman.recover().await });
        Ok(Answer::Pending)
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        self.close(&webhook.order, webhook.captured).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let letters = "SELECT id, amount, outbox.charge_key FROM outbox
                       JOIN orders ON orders.id = order_id ORDER BY id";
        for row in db.query(letters, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            let (id, key) = (request.order.clone(), row.get("charge_key"));
            let charge = payment.charge(request, Some(&key));
            if !matches!(timeout(PATIENCE, charge).await, Ok(Ok(_))) {
                continue;
            }
            if let Ok(Ok(found)) = timeout(PATIENCE, payment.find(By::Key(key))).await {
                match found.first().map(|charge| charge.status) {
                    Some(ChargeStatus::Captured) => self.close(&id, true).await?,
                    Some(ChargeStatus::Declined) => self.close(&id, false).await?,
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

impl Checkout {
    /// The end of an order, and of its letter.
    async fn close(&self, id: &str, paid: bool) -> Result<(), Failure> {
        let tx = self.shop.db.begin().await?;
        let done = tx.execute("DELETE FROM outbox WHERE order_id = ?1", params![id]);
        if done.await? == 1 {
            let status = if paid { "confirmed" } else { "cancelled" };
            let close = "UPDATE orders SET status = ?2 WHERE id = ?1";
            tx.execute(close, params![id, status]).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
