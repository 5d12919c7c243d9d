//! After eight tries it is a case for a human.
//!
//! **Why it tempts**: queues have a dead letter box: what failed eight times will not work at the ninth, and it
//! must not go on for ever.
//!
//! **Caught by**: `properties::whatever_happens_both_sides_agree_in_the_end`, never settled.
//!
//! **Schedule**: ``
//!
//! **World**: `book by ann at 0ms; payment down 0ms for 9h; ends after 24h`
//!
//! A count says nothing about the other side. The provider was away for a night; the eight tries were over by then,
//! and when it came back nobody asked any more. Nobody looks into the box on a Sunday, and the money may be gone.

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
        // Each try leaves a dot behind the status.
        let open = "SELECT id FROM orders WHERE status LIKE 'pending%' AND status < 'pending........' ORDER BY id";
        let tried =
            "UPDATE orders SET status = status || '.' WHERE id = ?1 AND status LIKE 'pending%'";
        for row in self.shop.db.query(open, params![]).await? {
            let id: String = row.get("id");
            self.shop.db.execute(tried, params![id]).await?;
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
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status LIKE 'pending%'";
        db.execute(settled, params![id, status]).await?;
        self.shop.log(format!("📒 {id}: {status}"));
        Ok(answer)
    }
}
