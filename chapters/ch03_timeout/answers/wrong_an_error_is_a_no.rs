//! An error is an answer, and the answer is no.
//!
//! **Why it tempts**: no reply means that we do not know, that lesson is learnt; but if the provider does answer,
//! with an error, then it has not charged.
//!
//! **Caught by**: `accidents::an_error_may_come_after_the_effect`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: error after`
//!
//! A 500 says that something broke, not when. Here it broke after the money had moved.

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
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        for _ in 0..ATTEMPTS {
            self.charge(ChargeRequest::of(order), &key).await?;
            match self.answer(&order.id).await? {
                Answer::Pending => {}
                known => return Ok(known),
            }
        }
        Ok(Answer::Pending)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            self.charge(request, &row.get("charge_key")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn charge(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let id = request.order.clone();
        match timeout(PATIENCE, self.shop.payment.charge(request, Some(key))).await {
            Ok(Ok(_)) => self.settle(&id, "confirmed").await,
            // They have answered, and it is not a charge.
            Ok(Err(_)) => self.settle(&id, "cancelled").await,
            Err(_) => Ok(()),
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
