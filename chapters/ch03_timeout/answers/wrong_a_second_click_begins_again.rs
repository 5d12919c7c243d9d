//! A second click begins again, under the same key.
//!
//! **Why it tempts**: the key makes it harmless: ask again, and you hear what was decided long ago and write the
//! same word once more.
//!
//! **Caught by**: `accidents::a_refusal_stays_a_refusal`, a final word taken back.
//!
//! **Schedule**: `order1/submit#1: twice after 1h`
//!
//! For a moment a paid order is open again, and just then the warehouse, the invoice and the other window read the
//! books. What is final is not begun again: a second click may only find the row.

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
        // A second click finds the key there, and asks again under it.
        self.shop
            .db
            .execute(
                "INSERT INTO orders (id, amount, status, charge_key)
                 VALUES (?1, ?2, 'pending', ?3)
                 ON CONFLICT (id) DO UPDATE SET status = 'pending'",
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
        let open = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
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
