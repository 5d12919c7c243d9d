//! Takes a webhook for a hint, and looks for itself.
//!
//! Differs from the solution in what it believes: a webhook only says *where* to look. The look-up is the one source of
//! news, so a webhook that is late, doubled, overtaken or forged does no harm. If the look-up fails, the webhook is
//! rejected, and the provider sends it again.

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
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key];
        if self.shop.db.execute(intent, values).await? == 1 {
            self.charge(ChargeRequest::of(order), &key).await;
        }
        self.answer(&order.id).await
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        self.look(&webhook.order).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            // One order that cannot be looked up now must not keep the others from it.
            if let Err(failure) = self.look(&row.get::<String>("id")).await {
                self.shop.log(format!("{failure}"));
            }
        }
        Ok(())
    }
}

impl Checkout {
    async fn charge(&self, request: ChargeRequest, key: &Key) {
        let _ = timeout(PATIENCE, self.shop.payment.charge(request, Some(key))).await;
    }

    /// Looks how the charge of this order stands; an error if that cannot be learnt now.
    async fn look(&self, id: &str) -> Result<(), Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, charge_key FROM orders WHERE id = ?1 AND status = 'pending'";
        let rows = db.query(row, params![id]).await?;
        let Some(row) = rows.first() else {
            // Settled long ago: old news.
            return Ok(());
        };
        let (order, amount) = (id.to_owned(), row.get("amount"));
        let key: Key = row.get("charge_key");
        let found = timeout(PATIENCE, payment.find(By::Key(key.clone()))).await??;
        match found.first().map(|charge| charge.status) {
            Some(ChargeStatus::Captured) => self.close(id, "confirmed").await,
            Some(ChargeStatus::Declined) => self.close(id, "cancelled").await,
            Some(_) => Ok(()),
            None => {
                self.charge(ChargeRequest { order, amount }, &key).await;
                Ok(())
            }
        }
    }

    async fn close(&self, id: &str, status: &str) -> Result<(), Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(close, params![id, status]).await?;
        Ok(())
    }

    /// The customer hears what our books say.
    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
