//! A table of transitions: in each state there is one thing to ask for, and each answer leads to one other state.
//!
//! Differs from the solution in that the order's status says everything: how far it is, in which direction, and what is
//! still to be undone. Each state undoes one thing, so an undo that is not confirmed keeps the next one waiting; nothing is
//! ever forgotten, since there is no way past it.

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

/// What an answer comes to.
#[derive(PartialEq)]
enum Heard {
    Yes,
    No,
    /// Nobody can know yet.
    Silence,
    /// Somebody else is asking, or the bank has not decided. There is nothing to do but wait.
    Wait,
}

use Heard::*;

/// From this state, on hearing that, to the next one. On what is not here, an order stays where it is.
const TRANSITIONS: [(&str, Heard, &str); 12] = [
    ("charging", Yes, "reserving"),
    ("charging", No, "cancelled"),
    ("charging", Silence, "giving back"),
    ("reserving", Yes, "keeping"),
    ("reserving", No, "giving back"),
    ("reserving", Silence, "releasing"),
    ("keeping", Yes, "sending"),
    ("keeping", No, "releasing"),
    ("keeping", Silence, "releasing"),
    // The pivot: on silence, an order stays here.
    ("sending", Yes, "confirmed"),
    ("sending", No, "releasing"),
    ("releasing", Yes, "giving back"),
];

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
        let keys = self.keys_of(order).await?;
        loop {
            let status = self.status(order).await?;
            let heard = match status.as_str() {
                "confirmed" => return Ok(Answer::Confirmed),
                "cancelled" => return Ok(Answer::Cancelled),
                // Silence, behind the pivot or of an undo: nothing is known, and nothing is given up.
                open => self.ask(order, open, &keys).await,
            };
            let next = match (status.as_str(), heard) {
                ("giving back", Yes) => "cancelled",
                (here, heard) => {
                    let mut table = TRANSITIONS.iter();
                    let found = table.find(|(from, on, _)| *from == here && *on == heard);
                    let Some((_, _, next)) = found else {
                        return Ok(Answer::Pending);
                    };
                    next
                }
            };
            self.turn(order, &status, next).await?;
        }
    }

    /// What each state asks for.
    async fn ask(&self, order: &Order, status: &str, [charge, hold, parcel]: &[Key; 3]) -> Heard {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let answer = match status {
            "charging" => {
                let call = payment.charge(ChargeRequest::of(order), Some(charge));
                patiently(call).await.map(drop)
            }
            "reserving" => patiently(inventory.reserve(order, hold)).await.map(drop),
            "keeping" => patiently(inventory.confirm(hold)).await,
            "sending" => {
                let call = shipping.request(order, Some(parcel));
                patiently(call).await.map(drop)
            }
            "releasing" => patiently(inventory.release(hold)).await,
            _ => self.give_back(charge).await,
        };
        match answer {
            Ok(()) => Yes,
            Err(CallError::Declined | CallError::NotFound) => No,
            Err(CallError::InFlight) => Wait,
            Err(_) => Silence,
        }
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
                   VALUES (?1, ?2, ?3, ?4, ?5, 'charging')";
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
    async fn turn(&self, order: &Order, from: &str, to: &str) -> Result<(), Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        let values = params![order.id, from, to];
        if self.shop.db.execute(turn, values).await? == 1 {
            self.shop.log(format!("📒 {}: {to}", order.id));
        }
        Ok(())
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
