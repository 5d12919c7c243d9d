//! A fresh key for every attempt.
//!
//! **Why it tempts**: an idempotency key identifies a request, every attempt is a request, and with a key on each
//! of them nothing can go wrong.
//!
//! **Caught by**: `accidents::a_lost_reply_hides_a_success`, charged twice.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! The first attempt has charged, and the second one is news to the provider. A key stands for what the customer
//! wants, not for what the network carries.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
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
        let intent = "INSERT INTO orders (id, amount, status)
                      VALUES (?1, ?2, 'pending') ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        for _ in 0..ATTEMPTS {
            self.charge(ChargeRequest::of(order)).await?;
            match self.answer(&order.id).await? {
                Answer::Pending => {}
                known => return Ok(known),
            }
        }
        Ok(Answer::Pending)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            self.charge(request).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn charge(&self, request: ChargeRequest) -> Result<(), Failure> {
        let key = self.shop.new_key();
        let id = request.order.clone();
        match timeout(PATIENCE, self.shop.payment.charge(request, Some(&key))).await {
            Ok(Ok(_)) => self.settle(&id, "confirmed").await,
            Ok(Err(CallError::Declined)) => self.settle(&id, "cancelled").await,
            Ok(Err(_)) | Err(_) => Ok(()),
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
