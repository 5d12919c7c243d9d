//! A second click begins again, under the same key.
//!
//! **Why it tempts**: the key makes it harmless, and the look-up says at once how things stand. (A shop plugin does
//! this.)
//!
//! **Caught by**: `accidents::a_refusal_stays_a_refusal`, a final word taken back.
//!
//! **Schedule**: `order1/submit#1: twice after 1h; order1/payment.charge#1: declined`
//!
//! What was cancelled is open again until the look-up answers, and anybody who reads the books meanwhile reads
//! something else than the customer was told. What is final stays final, even for a moment.

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
        self.shop.log(format!("🛒 {}: start", order.id));
        // What we want, and the key to want it with, are in our books before anybody is asked for money.
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3)
                      ON CONFLICT (id) DO UPDATE SET status = 'pending'";
        let values = params![order.id, order.amount, self.shop.new_key()];
        self.shop.db.execute(intent, values).await?;
        self.settle(&order.id).await
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let status = if webhook.captured {
            "confirmed"
        } else {
            "cancelled"
        };
        self.close(&webhook.order, status).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let id: String = row.get("id");
            self.settle(&id).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Sees to it that the charge is tried, asks how it stands now, and writes down what is final.
    async fn settle(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            _ => {}
        }
        let request = ChargeRequest {
            order: id.to_owned(),
            amount: row.get("amount"),
        };
        let key: Key = row.get("charge_key");
        // Under its key it is one charge, however often it is sent. The answer is no news: it says "accepted" today
        // because it said so the first time.
        let _ = timeout(PATIENCE, payment.charge(request, Some(&key))).await;
        // How things stand now is for a look-up to say.
        let Ok(Ok(found)) = timeout(PATIENCE, payment.find(By::Key(key))).await else {
            return Ok(Answer::Pending);
        };
        match found.first().map(|charge| charge.status) {
            Some(ChargeStatus::Captured) => {
                self.close(id, "confirmed").await?;
                Ok(Answer::Confirmed)
            }
            Some(ChargeStatus::Declined) => {
                self.close(id, "cancelled").await?;
                Ok(Answer::Cancelled)
            }
            // Accepted, or not there yet: we do not know, and we do not guess.
            _ => Ok(Answer::Pending),
        }
    }

    /// What is final stays final, whoever brings the news, and however often.
    async fn close(&self, id: &str, status: &str) -> Result<(), Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        if self.shop.db.execute(close, params![id, status]).await? == 1 {
            self.shop.log(format!("📒 {id}: {status}"));
        }
        Ok(())
    }
}
