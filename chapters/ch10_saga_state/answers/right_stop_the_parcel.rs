//! Whoever hears nothing from the shipper stops the parcel, and then goes wherever that leads.
//!
//! Differs from the solution in what silence means at the pivot. It does not ask for the parcel again: it writes down that
//! the parcel is to be stopped, and asks for that until it is told. `Ok` leads back, and `TooLate` leads forward: the
//! parcel has left, so the order is confirmed. Both are decided by the shipper, once, and only whoever still has the
//! newest version writes it down.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long we leave the others in peace between two attempts.
const PAUSE: Duration = Duration::from_millis(300);

/// How often we try while the customer waits. After that, `recover` goes on.
const ATTEMPTS: u32 = 4;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let row = "INSERT OR IGNORE INTO orders
                   (id, customer, sku, quantity, amount, status, version, charge_key, reserve_key, ship_key)
                   VALUES (?1, ?2, ?3, ?4, ?5, 'charging', 0, ?6, ?7, ?8)";
        let [charge, hold, parcel] = [(); 3].map(|()| self.shop.new_key());
        let values = params![id, customer, sku, quantity, amount, charge, hold, parcel];
        self.shop.db.execute(row, values).await?;
        self.advance(order).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let order = order_of(&row);
            if let Err(Failure(why)) = self.advance(&order).await {
                self.shop.log(format!("{}: {why}", order.id));
            }
        }
        Ok(())
    }
}

impl Checkout {
    /// Takes an order as far as it gets. Of all who have read this version, one may write.
    async fn advance(&self, order: &Order) -> Result<Answer, Failure> {
        loop {
            let row = self.row_of(&order.id).await?;
            let status: String = row.get("status");
            match status.as_str() {
                "confirmed" => return Ok(Answer::Confirmed),
                "cancelled" => return Ok(Answer::Cancelled),
                _ => {}
            }
            let version: i64 = row.get("version");
            let Some(next) = self.step(order, &row, &status).await else {
                return Ok(Answer::Pending);
            };
            let sql = "UPDATE orders SET status = ?3, version = version + 1 WHERE id = ?1 AND version = ?2";
            self.shop
                .db
                .execute(sql, params![order.id, version, next])
                .await?;
        }
    }

    /// One call, and where it leads.
    async fn step(&self, order: &Order, row: &Row, status: &str) -> Option<&'static str> {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let (charge, hold): (Key, Key) = (row.get("charge_key"), row.get("reserve_key"));
        let parcel: Key = row.get("ship_key");
        match status {
            "charging" => {
                match patiently(|| payment.charge(ChargeRequest::of(order), Some(&charge))).await {
                    Ok(_) => Some("reserving"),
                    Err(CallError::Declined | CallError::Undone) => Some("voiding"),
                    Err(_) => None,
                }
            }
            "reserving" => match patiently(|| inventory.reserve(order, &hold)).await {
                Ok(_) => Some("confirming"),
                Err(CallError::Declined | CallError::Undone) => Some("releasing"),
                Err(_) => None,
            },
            "confirming" => match patiently(|| inventory.confirm(&hold)).await {
                Ok(_) => Some("shipping"),
                Err(CallError::NotFound) => Some("releasing"),
                Err(_) => None,
            },
            "shipping" => match patiently(|| shipping.request(order, Some(&parcel))).await {
                Ok(_) => Some("confirmed"),
                Err(CallError::Declined | CallError::Undone) => Some("releasing"),
                Err(_) => Some("stopping"),
            },
            "stopping" => match patiently(|| shipping.cancel(By::Key(parcel.clone()))).await {
                Ok(_) => Some("releasing"),
                Err(CallError::TooLate) => Some("confirmed"),
                Err(_) => None,
            },
            "releasing" => match patiently(|| inventory.release(&hold)).await {
                Ok(_) => Some("voiding"),
                Err(_) => None,
            },
            "voiding" => match patiently(|| payment.void(&charge)).await {
                Ok(_) => Some("cancelled"),
                Err(_) => None,
            },
            other => unreachable!("no order is ever {other}"),
        }
    }

    async fn row_of(&self, id: &str) -> Result<Row, Failure> {
        let row = "SELECT * FROM orders WHERE id = ?1";
        let mut rows = self.shop.db.query(row, params![id]).await?;
        Ok(rows.remove(0))
    }
}

/// Asks a few times, under the same key. A no is an answer; anything else is not.
async fn patiently<T, C>(call: impl Fn() -> C) -> Result<T, CallError>
where
    C: Future<Output = Result<T, CallError>>,
{
    let mut last = CallError::ServerError;
    for _ in 0..ATTEMPTS {
        match timeout(PATIENCE, call()).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(
                error @ (CallError::Declined
                | CallError::NotFound
                | CallError::Undone
                | CallError::TooLate),
            )) => return Err(error),
            Ok(Err(error @ CallError::InFlight)) => {
                last = error;
                sleep(PAUSE).await;
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = CallError::ServerError,
        }
    }
    Err(last)
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
