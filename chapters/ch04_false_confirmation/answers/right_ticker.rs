//! Uses its own timer.
//!
//! Differs from the solution in who asks, and in how long the customer waits: a task that starts with the process
//! checks every open order once an hour, so there is no `recover`. A webhook only brings the news sooner, and the
//! customer waits three seconds for it, in case the bank is fast.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often the open orders are looked after.
const ROUND: Duration = Duration::from_secs(60 * 60);

/// How long the customer waits for news.
const CUSTOMERS_PATIENCE: u32 = 3;

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
                // What fails now is tried again in the next round.
                let _ = clerk.look_after_the_open().await;
                sleep(ROUND).await;
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
        for _ in 0..CUSTOMERS_PATIENCE {
            match self.settle(&order.id).await? {
                Answer::Pending => sleep(Duration::from_secs(1)).await,
                known => return Ok(known),
            }
        }
        Ok(Answer::Pending)
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let status = if webhook.captured {
            "confirmed"
        } else {
            "cancelled"
        };
        self.close(&webhook.order, status).await
    }
}

impl Checkout {
    async fn look_after_the_open(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let id: String = row.get("id");
            self.settle(&id).await?;
        }
        Ok(())
    }

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
