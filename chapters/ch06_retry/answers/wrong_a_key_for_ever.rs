//! The key is stored, so go on retrying for as long as it takes.
//!
//! **Why it tempts**: one intent, one key, written down before the first attempt. That is what every text on idempotency
//! says, and it survives every crash.
//!
//! **Caught by**: `accidents::a_key_does_not_live_for_ever`, charged twice.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! **World**: `no-payment-for-a-day`
//!
//! We remember the key for ever, the provider for 24 hours. After that the same request is a new one. Before a key
//! gets that old, stop using it, and look up what became of it.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one attempt.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long we leave the others in peace between two attempts.
const PAUSE: Duration = Duration::from_millis(300);

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
        for _ in 0..ATTEMPTS {
            match self.advance(id).await? {
                Answer::Pending => sleep(PAUSE).await,
                known => return Ok(known),
            }
        }
        Ok(Answer::Pending)
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
