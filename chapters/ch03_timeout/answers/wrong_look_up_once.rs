//! Look it up once, and take "not found" for a no.
//!
//! **Why it tempts**: the provider's documentation says to look the charge up after a timeout, and a look-up is
//! better than a guess.
//!
//! **Caught by**: `accidents::a_request_can_land_an_hour_later`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: request late 1h`
//!
//! The look-up overtakes the charge and finds nothing: nothing *yet*. The order is cancelled, and an hour later the
//! charge lands.

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
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        let charge = self
            .shop
            .payment
            .charge(ChargeRequest::of(order), Some(&key));
        match timeout(PATIENCE, charge).await {
            Ok(Ok(_)) => self.settle(&order.id, "confirmed").await?,
            Ok(Err(CallError::Declined)) => self.settle(&order.id, "cancelled").await?,
            Ok(Err(_)) | Err(_) => self.look_up(&order.id, &key).await?,
        }
        self.answer(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.look_up(&row.get::<String>("id"), &row.get("charge_key"))
                .await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn look_up(&self, id: &str, key: &Key) -> Result<(), Failure> {
        let find = self.shop.payment.find(By::Key(key.clone()));
        match timeout(PATIENCE, find).await {
            Ok(Ok(found)) => match found.first().map(|charge| charge.status) {
                Some(ChargeStatus::Captured) => self.settle(id, "confirmed").await,
                // Declined, or not there: no money has moved, so there is no order.
                _ => self.settle(id, "cancelled").await,
            },
            // The look-up itself got no answer. The next run of `recover` asks again.
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
