//! Of two clicks, the one that comes second at the books undoes what it has done.
//!
//! **Why it tempts**: only one of them may complete the order, and a line of SQL decides which. The other one has
//! charged a card and taken goods from the shelf for nothing, and cleans up after itself.
//!
//! **Caught by**: `accidents::the_second_click_does_not_undo_the_first`, confirmed without payment.
//!
//! **Schedule**: `order1/submit#1: twice after 900ms`
//!
//! It has charged nothing: under its key the charge is that of the winner, and so is the hold. The loser undoes the
//! order that the winner is just confirming. Who loses leaves the order alone, and looks how it stands.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// What we keep of the money if an order is cancelled.
const FEE: Yen = Yen(600);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        self.write_down(order).await?;
        self.go_on(order).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            // One that is stuck keeps nobody else waiting.
            if let Err(Failure(why)) = self.go_on(&order_of(&row)).await {
                self.shop.log(format!("{}: {why}", row.get::<String>("id")));
            }
        }
        Ok(())
    }
}

impl Checkout {
    async fn go_on(&self, order: &Order) -> Result<Answer, Failure> {
        let [charge, hold, parcel] = &self.keys_of(order).await?;
        if self.status(order).await? == "open" {
            let next = match self.prepare(order, charge, hold).await {
                Ok(()) => "sending",
                Err(CallError::InFlight) => return Ok(Answer::Pending),
                Err(_) => "going back",
            };
            if !self.turn(order, "open", next).await? && next == "sending" {
                let _ = patiently(self.shop.inventory.release(hold)).await;
                let _ = self.give_back(charge).await;
                return Ok(Answer::Pending);
            }
        }
        // The guard: from here on nobody goes back, unless the shipper says no.
        if self.status(order).await? == "sending" {
            let Shop { shipping, .. } = &self.shop;
            let next = match patiently(shipping.request(order, Some(parcel))).await {
                Ok(_) => "confirmed",
                Err(CallError::Declined) => "going back",
                Err(_) => return Ok(Answer::Pending),
            };
            self.turn(order, "sending", next).await?;
        }
        if self.status(order).await? == "going back" {
            let goods = patiently(self.shop.inventory.release(hold)).await;
            let money = self.give_back(charge).await;
            if goods.is_err() || money.is_err() {
                return Ok(Answer::Pending);
            }
            self.turn(order, "going back", "cancelled").await?;
        }
        Ok(match self.status(order).await?.as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }

    /// All that can be undone.
    async fn prepare(&self, order: &Order, charge: &Key, hold: &Key) -> Result<(), CallError> {
        let Shop {
            payment, inventory, ..
        } = &self.shop;
        patiently(payment.charge(ChargeRequest::of(order), Some(charge))).await?;
        patiently(inventory.reserve(order, hold)).await?;
        patiently(inventory.confirm(hold)).await
    }

    /// Whatever was charged goes back; and whatever has not been charged yet never will be.
    async fn give_back(&self, key: &Key) -> Result<(), CallError> {
        match patiently(self.shop.payment.void(key)).await {
            Ok(_) => Ok(()),
            Err(CallError::TooLate) => self.refund(key).await,
            Err(error) => Err(error),
        }
    }

    /// All but the fee goes back. How many refunds have failed so far, the provider knows: that numbers the next one, so
    /// that it has the same key for everybody who asks for it.
    async fn refund(&self, key: &Key) -> Result<(), CallError> {
        let Shop { payment, .. } = &self.shop;
        loop {
            let found = patiently(payment.find(By::Key(key.clone()))).await?;
            let charge = &found[0];
            let mut stands = charge.refunds.iter();
            match stands.find(|refund| refund.status != RefundStatus::Failed) {
                Some(refund) if refund.status == RefundStatus::Succeeded => return Ok(()),
                // It is under way. Until that is settled, nothing is undone.
                Some(_) => return Err(CallError::InFlight),
                None => {
                    let next = Key::from(format!("{key}-refund-{}", charge.refunds.len() + 1));
                    let refund = payment.refund(charge, charge.amount - FEE, &next);
                    patiently(refund).await?;
                }
            }
        }
    }

    /// The order, and a key for each step, are in our books before the first call.
    async fn write_down(&self, order: &Order) -> Result<(), Failure> {
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let tx = self.shop.db.begin().await?;
        let row = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status)
                   VALUES (?1, ?2, ?3, ?4, ?5, 'open')";
        tx.execute(row, params![id, customer, sku, quantity, amount])
            .await?;
        let steps = "INSERT OR IGNORE INTO steps (order_id, step, key)
                     VALUES (?1, 'charge', ?2), (?1, 'hold', ?3), (?1, 'parcel', ?4)";
        let [charge, hold, parcel] = [(); 3].map(|()| self.shop.new_key());
        tx.execute(steps, params![id, charge, hold, parcel]).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn keys_of(&self, order: &Order) -> Result<[Key; 3], Failure> {
        let steps = "SELECT key FROM steps WHERE order_id = ?1 ORDER BY step";
        let rows = self.shop.db.query(steps, params![order.id]).await?;
        Ok([0, 1, 2].map(|place| rows[place].get("key")))
    }

    async fn status(&self, order: &Order) -> Result<String, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let rows = self.shop.db.query(row, params![order.id]).await?;
        Ok(rows[0].get("status"))
    }

    /// Only one of those who work on an order turns it.
    async fn turn(&self, order: &Order, from: &str, to: &str) -> Result<bool, Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        let values = params![order.id, from, to];
        let turned = self.shop.db.execute(turn, values).await? == 1;
        if turned {
            self.shop.log(format!("📒 {}: {to}", order.id));
        }
        Ok(turned)
    }
}

/// Silence tells us as much as a 500 does: nothing.
async fn patiently<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, CallError> {
    let heard = timeout(PATIENCE, call).await;
    heard.unwrap_or(Err(CallError::ServerError))
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
