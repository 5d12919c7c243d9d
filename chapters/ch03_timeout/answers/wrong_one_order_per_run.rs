//! One open order per run, the newest first.
//!
//! **Why it tempts**: the job must not become a burden when the provider is in trouble; the newest customers are still
//! there to hear the answer; and the job comes back.
//!
//! **Caught by**: `properties::whatever_happens_both_sides_agree_in_the_end`, never settled.
//!
//! **Schedule**: ``
//!
//! **World**: `book by ann at 0ms; book by bob at 0ms; pen by cem at 0ms; pen by dan at 0ms; atlas by eve at 0ms; payment down 0ms for 33h; ends after 8252m`
//!
//! It does come back, after 1, 2, 4, 8 minutes: about ten times in half a day. After an outage there are more open
//! orders than runs, and the last one in the queue waits for ever.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one attempt.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often we try while the customer waits. After that, `recover` goes on.
const ATTEMPTS: u32 = 3;

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
        // The intent and its key are in our books before the first byte leaves the house.
        // A second click finds them there, and changes nothing.
        self.shop
            .db
            .execute(
                "INSERT OR IGNORE INTO orders (id, amount, status, charge_key)
                 VALUES (?1, ?2, 'pending', ?3)",
                params![order.id, order.amount, self.shop.new_key()],
            )
            .await?;
        for _ in 0..ATTEMPTS {
            match self.settle(&order.id).await? {
                Answer::Pending => {}
                known => return Ok(known),
            }
        }
        Ok(Answer::Pending)
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
    /// Asks once more, under the key that the order was born with, and writes down what is known.
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
        let (status, answer) = match timeout(PATIENCE, payment.charge(request, Some(&key))).await {
            Ok(Ok(_)) => ("confirmed", Answer::Confirmed),
            Ok(Err(CallError::Declined)) => ("cancelled", Answer::Cancelled),
            // Silence, a 500, a refused connection: we do not know, and we do not guess.
            Ok(Err(_)) | Err(_) => return Ok(Answer::Pending),
        };
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        db.execute(settled, params![id, status]).await?;
        self.shop.log(format!("📒 {id}: {status}"));
        Ok(answer)
    }
}
