//! Store the key when there is something to remember.
//!
//! **Why it tempts**: on a good day the key is never needed again, so it is enough to store it when an answer did
//! not come.
//!
//! **Caught by**: `accidents::a_crash_forgets_what_was_not_written_down`, charged twice.
//!
//! **Schedule**: `order1/payment.charge#1: crash after`
//!
//! The order is in the books, its key is not yet. After the crash nobody knows which key the first charge went out
//! under, and a second charge follows.

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
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status)
                      VALUES (?1, ?2, 'pending') ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        self.charge(ChargeRequest::of(order), &key).await?;
        self.answer(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            let key: Option<Key> = row.get("charge_key");
            let key = key.unwrap_or_else(|| self.shop.new_key());
            self.charge(request, &key).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn charge(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let id = request.order.clone();
        match timeout(PATIENCE, self.shop.payment.charge(request, Some(key))).await {
            Ok(Ok(_)) => self.settle(&id, "confirmed").await,
            Ok(Err(CallError::Declined)) => self.settle(&id, "cancelled").await,
            Ok(Err(_)) | Err(_) => {
                // Now we need it: the next attempt has to use the same one.
                let remember = "UPDATE orders SET charge_key = ?2 WHERE id = ?1";
                self.shop.db.execute(remember, params![id, key]).await?;
                Ok(())
            }
        }
    }

    async fn settle(&self, id: &str, status: &str) -> Result<(), Failure> {
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(settled, params![id, status]).await?;
        Ok(())
    }

    /// The customer hears what our books say.
    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
