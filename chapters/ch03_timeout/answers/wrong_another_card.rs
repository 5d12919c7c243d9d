//! After a decline, let the customer try another card.
//!
//! **Why it tempts**: a declined card is an everyday thing, and a shop that turns its customer away for ever loses
//! the sale. So a click on a cancelled order gets a key of its own.
//!
//! **Caught by**: `accidents::a_refusal_stays_a_refusal`, a final word taken back.
//!
//! **Schedule**: `order1/submit#1: twice after 1h; order1/payment.charge#1: declined`
//!
//! The customer was told that nothing would come, and has bought elsewhere. An hour later an old page is sent
//! again, and this time it charges. Another card is another order, with an id of its own.

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
        // A second click finds them there. Only whoever was refused begins again, with a fresh key.
        self.shop
            .db
            .execute(
                "INSERT INTO orders (id, amount, status, charge_key)
                 VALUES (?1, ?2, 'pending', ?3)
                 ON CONFLICT (id) DO UPDATE SET status = 'pending', charge_key = ?3
                 WHERE status = 'cancelled'",
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
