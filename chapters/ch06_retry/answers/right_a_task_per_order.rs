//! Each order has its own task, and the customer waits for it for five seconds at most.
//!
//! Differs from the solution in who goes on with an order: a task that outlives the request and makes twenty attempts.
//! Orders that it has not finished by then, or that a crash has interrupted, are left to `recover`. A second click
//! starts a second task, and both go through the same steps under the same keys.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one attempt.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long we leave the others in peace between two attempts.
const PAUSE: Duration = Duration::from_millis(300);

/// How often we try while the customer waits. After that, `recover` goes on.
const ATTEMPTS: u32 = 20;

/// The services remember a key for 24 hours. When it gets near that, we ask before we use it again.
const OLD: Ms = Ms::hours(23);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, .. } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));
        // One intent, one key: made once, and in our books before the first attempt. A second click finds
        // them there, and changes nothing.
        let intent = "INSERT OR IGNORE INTO orders
                      VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?7, ?8)";
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let (charge_key, ship_key) = (self.shop.new_key(), self.shop.new_key());
        let now = self.shop.now();
        let values = params![
            id, customer, sku, quantity, amount, charge_key, ship_key, now
        ];
        db.execute(intent, values).await?;
        let (worker, order) = (
            Checkout {
                shop: self.shop.clone(),
            },
            id.clone(),
        );
        let work = tokio::spawn(async move {
            for _ in 0..ATTEMPTS {
                match worker.advance(&order).await? {
                    Answer::Pending => sleep(PAUSE).await,
                    known => return Ok(known),
                }
            }
            Ok(Answer::Pending)
        });
        match timeout(Duration::from_secs(5), work).await {
            Ok(Ok(answer)) => answer,
            _ => Ok(Answer::Pending),
        }
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT id FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.advance(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Takes an order as far as it gets: pending → paid → confirmed, or by a side door to cancelled. Each step
    /// can be taken any number of times.
    async fn advance(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, .. } = &self.shop;
        loop {
            let row = "SELECT * FROM orders WHERE id = ?1";
            let row = &db.query(row, params![id]).await?[0];
            let status: String = row.get("status");
            let next = match status.as_str() {
                "pending" => self.charge(row).await,
                "paid" => self.ship(row).await,
                "undeliverable" => self.give_back(row).await,
                "confirmed" => return Ok(Answer::Confirmed),
                _ => return Ok(Answer::Cancelled),
            };
            // Silence, a 500, in flight, nobody at the door: we do not know, and we do not guess.
            let Some(next) = next else {
                return Ok(Answer::Pending);
            };
            let step = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
            db.execute(step, params![id, status, next]).await?;
            self.shop.log(format!("📒 {id}: {next}"));
        }
    }

    /// What has become of the charge, if we get to know.
    async fn charge(&self, row: &Row) -> Option<&'static str> {
        let Shop { payment, .. } = &self.shop;
        let key: Key = row.get("charge_key");
        if self.is_old(row) {
            let found = timeout(PATIENCE, payment.find(By::Key(key.clone()))).await;
            match found.ok()?.ok()?.first().map(|charge| charge.status) {
                Some(ChargeStatus::Captured) => return Some("paid"),
                Some(ChargeStatus::Declined) => return Some("cancelled"),
                _ => {}
            }
        }
        let request = ChargeRequest::of(&order_of(row));
        match timeout(PATIENCE, payment.charge(request, Some(&key)))
            .await
            .ok()?
        {
            Ok(_) => Some("paid"),
            // The bank has decided. To ask again is to be told again.
            Err(CallError::Declined) => Some("cancelled"),
            Err(_) => None,
        }
    }

    /// What has become of the parcel, if we get to know.
    async fn ship(&self, row: &Row) -> Option<&'static str> {
        let Shop { shipping, .. } = &self.shop;
        let key: Key = row.get("ship_key");
        if self.is_old(row) {
            let found = timeout(PATIENCE, shipping.find(By::Key(key.clone()))).await;
            if !found.ok()?.ok()?.is_empty() {
                return Some("confirmed");
            }
        }
        let order = order_of(row);
        match timeout(PATIENCE, shipping.request(&order, Some(&key)))
            .await
            .ok()?
        {
            Ok(_) => Some("confirmed"),
            // No parcel, and there will be none. The money has to go back.
            Err(CallError::Declined) => Some("undeliverable"),
            Err(_) => None,
        }
    }

    async fn give_back(&self, row: &Row) -> Option<&'static str> {
        let key: Key = row.get("charge_key");
        let void = timeout(PATIENCE, self.shop.payment.void(&key)).await;
        void.ok()?.ok().map(|_| "cancelled")
    }

    fn is_old(&self, row: &Row) -> bool {
        self.shop.now() - row.get("placed_at") >= OLD
    }
}

fn order_of(row: &Row) -> Order {
    Order {
        id: row.get("id"),
        customer: row.get("customer"),
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        amount: row.get("amount"),
    }
}
