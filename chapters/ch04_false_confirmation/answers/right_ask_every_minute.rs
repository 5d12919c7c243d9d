//! Asks every minute.
//!
//! Differs from the solution in that a task, which starts with the process, looks every open order up at the provider
//! once a minute and stores what is final. The periodic job only makes sure that lost requests are sent again.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often the provider is asked about the open orders.
const ROUND: Duration = Duration::from_secs(60);

/// The order code of our shop.
#[derive(Clone)]
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let me = Checkout { shop };
        let clerk = me.clone();
        tokio::spawn(async move {
            loop {
                sleep(ROUND).await;
                // What fails now is tried again in the next round.
                let _ = clerk.ask_about_the_open().await;
            }
        });
        me
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
        self.ask(id, key).await
    }

    async fn ask_about_the_open(&self) -> Result<(), Failure> {
        let open = "SELECT id, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let id: String = row.get("id");
            self.ask(&id, row.get("charge_key")).await?;
        }
        Ok(())
    }

    /// How things stand now is for a look-up to say.
    async fn ask(&self, id: &str, key: Key) -> Result<Answer, Failure> {
        let find = self.shop.payment.find(By::Key(key));
        let Ok(Ok(found)) = timeout(PATIENCE, find).await else {
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
