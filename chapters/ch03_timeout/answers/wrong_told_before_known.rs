//! Say yes at once, and charge until it works.
//!
//! **Why it tempts**: the work goes on until the charge is through, so why not tell the good news now?
//!
//! **Caught by**: `accidents::a_refused_card_is_no_order`, a final word taken back.
//!
//! **Schedule**: `order1/payment.charge#1: declined`
//!
//! The card is declined, for good. The customer was told "confirmed", and waits for a parcel that never comes.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
#[derive(Clone)]
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
            return Ok(Answer::Confirmed);
        }
        let (worker, request) = (self.clone(), ChargeRequest::of(order));
        tokio::spawn(async move { worker.charge(request, &key).await });
        Ok(Answer::Confirmed)
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
            Ok(Err(CallError::Declined)) => self.settle(&id, "cancelled").await,
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    async fn settle(&self, id: &str, status: &str) -> Result<(), Failure> {
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(settled, params![id, status]).await?;
        Ok(())
    }
}
