//! The same customer, the same amount: the same purchase.
//!
//! **Why it tempts**: double clicks are what charges twice, and whoever pays the same sum again has clicked twice.
//! A key made of both finds that out, with no luck involved.
//!
//! **Caught by**: `properties::every_order_is_an_order_of_its_own`, a legitimate request swallowed.
//!
//! **Schedule**: ``
//!
//! **World**: `three-orders`
//!
//! One customer buys two books of the same price. To the provider the second purchase is a repetition of the first,
//! so nobody pays for it, and nobody delivers it; and yet "confirmed" was told. A key stands for one intent, and
//! only the order's id tells intents apart.

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
        let key = Key::from(format!("{} {}", order.customer, order.amount).as_str());
        // The intent and its key are in our books before the first byte leaves the house.
        // A second click finds them there, and changes nothing.
        self.shop
            .db
            .execute(
                "INSERT OR IGNORE INTO orders (id, amount, status, charge_key)
                 VALUES (?1, ?2, 'pending', ?3)",
                params![order.id, order.amount, key],
            )
            .await?;
        let known = "SELECT id FROM orders WHERE charge_key = ?1";
        let known: String = self.shop.db.query(known, params![key]).await?[0].get("id");
        for _ in 0..ATTEMPTS {
            match self.settle(&known).await? {
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
