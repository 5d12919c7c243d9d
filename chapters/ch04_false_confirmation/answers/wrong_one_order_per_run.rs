//! One open order per run, the newest first.
//!
//! **Why it tempts**: every order costs two calls, and a bank that has just come back must not be overrun. Webhooks
//! bring most of the news anyway.
//!
//! **Caught by**: `properties::whatever_happens_both_sides_agree_in_the_end`, never settled.
//!
//! **Schedule**: ``
//!
//! **World**: `book by ann at 0ms; book by bob at 0ms; pen by cem at 0ms; pen by dan at 0ms; atlas by eve at 0ms; payment down 0ms for 33h; ends after 8252m`
//!
//! After an outage there are more open orders than runs of the job, and the webhook that the others wait for was
//! never sent: nobody had asked for their money yet.

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
        let intent = "INSERT OR IGNORE INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3)";
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
        let newest = "SELECT id FROM orders WHERE status = 'pending' ORDER BY rowid DESC LIMIT 1";
        for row in self.shop.db.query(newest, params![]).await? {
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
