//! Whatever is pending for more than five minutes has failed.
//!
//! **Why it tempts**: no request travels for five minutes, every clean-up job in the world works like this, and
//! support wants the pending orders off the screen.
//!
//! **Caught by**: `accidents::a_request_can_land_an_hour_later`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: request late 1h`
//!
//! Some requests do travel for an hour: in a queue, in a proxy that retries, in a backlog after an outage. The age
//! of an order says nothing about its charge.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// After this, an order is written off.
const TOO_OLD: Ms = Ms::minutes(5);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        // The key tells when the order came in.
        let key = Key::from(format!("{}@{}", order.id, self.shop.now().0));
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
            Ok(Err(_)) | Err(_) => {}
        }
        self.answer(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let (id, key): (String, String) = (row.get("id"), row.get("charge_key"));
            let came_in = key.rsplit_once('@').and_then(|(_, at)| at.parse().ok());
            let age = self.shop.now() - came_in.map_or(Ms::ZERO, Ms);
            let find = self.shop.payment.find(By::Key(Key::from(key)));
            let Ok(Ok(found)) = timeout(PATIENCE, find).await else {
                continue;
            };
            match found.first().map(|charge| charge.status) {
                Some(ChargeStatus::Captured) => self.settle(&id, "confirmed").await?,
                Some(_) => self.settle(&id, "cancelled").await?,
                None if age > TOO_OLD => self.settle(&id, "cancelled").await?,
                None => {}
            }
        }
        Ok(())
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
