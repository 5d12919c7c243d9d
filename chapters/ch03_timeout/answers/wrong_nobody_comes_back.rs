//! Write the order down as pending, with its key, and ask three times.
//!
//! **Why it tempts**: intent and key are in the books, repeating an attempt charges only once, and what we still do
//! not know we honestly call pending.
//!
//! **Caught by**: `accidents::a_crash_forgets_what_was_not_written_down`, never settled.
//!
//! **Schedule**: `order1/payment.charge#1: crash after`
//!
//! Everything that a successor needs is written down, and there is no successor. Pending is a promise to come back. The
//! customer has paid, and waits.

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
