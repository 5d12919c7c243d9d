//! If there is no reply, void, wait for the answer, and cancel.
//!
//! **Why it tempts**: it is the other honest way out. The void leaves a tombstone, so a late charge is refused, and
//! the order is cancelled only once the money is certain to be back.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, confirmed without payment.
//!
//! **Schedule**: `order1/submit#1: twice after 100ms; order1/payment.charge#1: request lost`
//!
//! Two clicks, one key. The second click's charge went through, and the order is confirmed; then the first one,
//! which has heard nothing, takes the money back. If you undo, say so first, in the books, where the other click
//! looks: from 'pending' to 'voiding', in one statement, or not at all. `right_void.rs` does.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one attempt.
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
        self.settle(&order.id).await
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
            Ok(Err(_)) | Err(_) => match timeout(PATIENCE, payment.void(&key)).await {
                Ok(Ok(_)) => ("cancelled", Answer::Cancelled),
                _ => return Ok(Answer::Pending),
            },
        };
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        db.execute(settled, params![id, status]).await?;
        self.shop.log(format!("📒 {id}: {status}"));
        Ok(answer)
    }
}
