//! Drop the future to call the charge off.
//!
//! **Why it tempts**: a future that is dropped does nothing more, so a `select!` that gives up stops the charge,
//! and then it is safe to cancel.
//!
//! **Caught by**: `accidents::a_lost_reply_hides_a_success`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! Dropping the future stops *us*. The request left long ago, and the provider never hears that nobody is waiting.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::sleep;

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
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        let (shop, request) = (self.shop.clone(), ChargeRequest::of(order));
        let mut call = tokio::spawn(async move { shop.payment.charge(request, Some(&key)).await });
        let status = tokio::select! {
            biased;
            outcome = &mut call => match outcome {
                Ok(Ok(_)) => "confirmed",
                Ok(Err(_)) | Err(_) => "cancelled",
            },
            () = sleep(PATIENCE) => {
                // Stopped in its tracks: what is not running cannot charge anybody.
                call.abort();
                "cancelled"
            }
        };
        self.settle(&order.id, status).await?;
        self.answer(&order.id).await
    }
}

impl Checkout {
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
