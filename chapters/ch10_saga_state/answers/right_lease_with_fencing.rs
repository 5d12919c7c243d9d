//! One worker at a time, by a lease; and a fencing token for the one that has slept through the end of its lease.
//!
//! Differs from the solution in who may work at all: whoever holds the order's lease, for half a minute. Each new lease has
//! the next token, and every write names the token under which it was decided. The lease saves work; it is the token that
//! keeps the books right. Turns round where it hears nothing, too, up to the pivot.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long an order is ours: longer than all of its steps take.
const LEASE: Ms = Ms::seconds(30);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

/// A lease that was taken: by the token one knows whether it is still the newest.
struct Lease {
    token: u32,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let intent = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status,
                          direction, charge_key, reserve_key, ship_key, token, lease_until)
                      VALUES (?1, ?2, ?3, ?4, ?5, 'charge', 'forward', ?6, ?7, ?8, 1, ?9)";
        let [charge, hold, parcel] = [(); 3].map(|()| self.shop.new_key());
        let ends = self.shop.now() + LEASE;
        let values = params![
            id, customer, sku, quantity, amount, charge, hold, parcel, ends
        ];
        if self.shop.db.execute(intent, values).await? == 1 {
            // It was ours before anybody else could see it.
            return self.work_under(Lease { token: 1 }, order).await;
        }
        self.work_on(order).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            // One that is stuck keeps nobody else waiting.
            if let Err(Failure(why)) = self.work_on(&order_of(&row)).await {
                self.shop.log(format!("{}: {why}", row.get::<String>("id")));
            }
        }
        Ok(())
    }
}

impl Checkout {
    /// Takes the lease, if nobody else has it.
    async fn work_on(&self, order: &Order) -> Result<Answer, Failure> {
        match self.lease(&order.id).await? {
            Some(lease) => self.work_under(lease, order).await,
            None => self.how_it_stands(&order.id).await,
        }
    }

    /// Works as far as it gets, and gives the lease back.
    async fn work_under(&self, lease: Lease, order: &Order) -> Result<Answer, Failure> {
        while self.step(order, &lease).await? {}
        let give_back = "UPDATE orders SET lease_until = 0 WHERE id = ?1 AND token = ?2";
        let values = params![order.id, lease.token];
        self.shop.db.execute(give_back, values).await?;
        self.how_it_stands(&order.id).await
    }

    /// `None` if somebody else is working on it.
    async fn lease(&self, id: &str) -> Result<Option<Lease>, Failure> {
        let now = self.shop.now();
        let owner = self.shop.new_key();
        let take = "UPDATE orders SET owner = ?4, token = token + 1, lease_until = ?3
                    WHERE id = ?1 AND lease_until <= ?2";
        let values = params![id, now, now + LEASE, owner];
        self.shop.db.execute(take, values).await?;
        let token = "SELECT token FROM orders WHERE id = ?1 AND owner = ?2";
        let rows = self.shop.db.query(token, params![id, owner]).await?;
        let lease = rows.first().map(|row| Lease {
            token: row.get("token"),
        });
        Ok(lease)
    }

    /// Does one step. Says whether there may be another.
    async fn step(&self, order: &Order, lease: &Lease) -> Result<bool, Failure> {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let row = "SELECT * FROM orders WHERE id = ?1 AND token = ?2";
        let rows = self
            .shop
            .db
            .query(row, params![order.id, lease.token])
            .await?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        let [charge, hold, parcel]: [Key; 3] =
            ["charge_key", "reserve_key", "ship_key"].map(|key| row.get(key));
        let (status, direction): (String, String) = (row.get("status"), row.get("direction"));
        let (heard, then) = match (direction.as_str(), status.as_str()) {
            ("forward", "charge") => {
                let call = payment.charge(ChargeRequest::of(order), Some(&charge));
                let heard = patiently(call).await;
                (heard, "goods")
            }
            ("forward", "goods") => {
                let heard = match patiently(inventory.reserve(order, &hold)).await {
                    Ok(()) => patiently(inventory.confirm(&hold)).await,
                    no => no,
                };
                (heard, "parcel")
            }
            ("forward", "parcel") => {
                let heard = patiently(shipping.request(order, Some(&parcel))).await;
                (heard, "confirmed")
            }
            ("back", "parcel" | "goods") => (patiently(inventory.release(&hold)).await, "charge"),
            ("back", "charge") => (patiently(payment.void(&charge)).await, "cancelled"),
            (_, _) => return Ok(false),
        };
        let asked_for_the_parcel = status == "parcel";
        match heard {
            Ok(()) => self.write(order, lease, "status", then).await,
            Err(CallError::InFlight) => Ok(false),
            Err(CallError::Declined) if direction == "forward" => {
                self.write(order, lease, "direction", "back").await
            }
            Err(_) if direction == "forward" && !asked_for_the_parcel => {
                self.write(order, lease, "direction", "back").await
            }
            Err(_) => Ok(false),
        }
    }

    /// Writes what was decided under this lease, unless there is a newer one. Says whether it did.
    async fn write(
        &self,
        order: &Order,
        lease: &Lease,
        column: &str,
        word: &str,
    ) -> Result<bool, Failure> {
        let write = format!("UPDATE orders SET {column} = ?3 WHERE id = ?1 AND token = ?2");
        let values = params![order.id, lease.token, word];
        let ours = self.shop.db.execute(&write, values).await? == 1;
        let who = if ours { "📒" } else { "⏭️ overtaken:" };
        self.shop.log(format!("{who} {}: {word}", order.id));
        Ok(ours)
    }

    async fn how_it_stands(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let rows = self.shop.db.query(row, params![id]).await?;
        Ok(match rows[0].get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}

/// Silence tells us as much as a 500 does: nothing.
async fn patiently<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<(), CallError> {
    let heard = timeout(PATIENCE, call).await;
    heard.unwrap_or(Err(CallError::ServerError)).map(drop)
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
