//! The first undo that fails ends the way back; the order is cancelled all the same.
//!
//! **Why it tempts**: each undo ends in a `?`, as every other call does. If one cannot be undone, it is no longer
//! clear how things stand, and to go on blindly may do more harm than good.
//!
//! **Caught by**: `accidents::what_is_not_released_is_missing_on_the_shelf`, charged without an order.
//!
//! **Schedule**: `order1/shipping.request#1: declined; order1/inventory.release#1: request lost`
//!
//! The warehouse did not answer, and so the bank was never asked. Undos that do not depend on each other do not wait
//! for each other, and an order is not cancelled before all of them are confirmed.

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

/// A step: what we want, and how that is taken back.
struct Step {
    name: &'static str,
    intent: Intent,
    way_back: WayBack,
}

enum Intent {
    Charge,
    SetAside,
    Send,
}

enum WayBack {
    /// Before the money has moved: it never will. After that: all of it goes back, but for the fee.
    GiveBack,
    Release,
    /// The pivot. It has no way back, and once it has been asked for, nothing goes back.
    None,
}

/// The flow, in the order in which it goes forward.
const FLOW: [Step; 3] = [
    Step {
        name: "charge",
        intent: Intent::Charge,
        way_back: WayBack::GiveBack,
    },
    Step {
        name: "goods",
        intent: Intent::SetAside,
        way_back: WayBack::Release,
    },
    Step {
        name: "parcel",
        intent: Intent::Send,
        way_back: WayBack::None,
    },
];

/// What we have heard of a step.
enum Heard {
    Done,
    /// A final no: it has not happened, and never will.
    No,
    /// Somebody is asking just now, a second click for example.
    InFlight,
    /// Silence, a 500, nobody at the door: it may have happened, or happen yet.
    Nothing,
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
        let intent = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, ?5, 'forward')";
        let values = params![id, customer, sku, quantity, amount];
        self.shop.db.execute(intent, values).await?;
        self.advance(order).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            // One that is stuck keeps nobody else waiting.
            if let Err(Failure(why)) = self.advance(&order_of(&row)).await {
                self.shop.log(format!("{}: {why}", row.get::<String>("id")));
            }
        }
        Ok(())
    }

    /// News is a reason to look, and nothing else: it may come twice, late, or not at all.
    async fn on_refund(&self, news: &RefundNews) -> Result<(), Failure> {
        let row = "SELECT * FROM orders WHERE id = ?1";
        let rows = self
            .shop
            .db
            .query(row, params![news.refund.order.as_str()])
            .await?;
        if let Some(row) = rows.first() {
            self.advance(&order_of(row)).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Takes an order as far as it gets, in the direction that our books have.
    async fn advance(&self, order: &Order) -> Result<Answer, Failure> {
        loop {
            let row = "SELECT status FROM orders WHERE id = ?1";
            let rows = self.shop.db.query(row, params![order.id]).await?;
            let gets_on = match rows[0].get::<String>("status").as_str() {
                "forward" => self.go_forward(order).await?,
                "back" => self.go_back(order).await?,
                "confirmed" => return Ok(Answer::Confirmed),
                _ => return Ok(Answer::Cancelled),
            };
            if !gets_on {
                return Ok(Answer::Pending);
            }
        }
    }

    /// Says whether anything has changed in our books.
    async fn go_forward(&self, order: &Order) -> Result<bool, Failure> {
        for step in &FLOW {
            let Some(row) = self.written_down(order, step).await? else {
                return Ok(true);
            };
            if row.state == "done" {
                continue;
            }
            match self.ask(order, step, &row.key).await {
                Heard::Done => self.mark(order, step, "done").await?,
                Heard::No => return self.turn_round(order, step).await,
                Heard::InFlight => return Ok(false),
                Heard::Nothing => match step.way_back {
                    WayBack::GiveBack | WayBack::Release => {
                        return self.turn_round(order, step).await;
                    }
                    // It may be on its way. We ask again later, under the same key.
                    WayBack::None => return Ok(false),
                },
            }
        }
        self.turn(order, "forward", "confirmed").await?;
        Ok(true)
    }

    /// The keys of a step, and of its undo, are in our books before it is asked for: from then on it may have happened.
    /// `None` if the order no longer goes forward.
    async fn written_down(&self, order: &Order, step: &Step) -> Result<Option<Written>, Failure> {
        let write = "INSERT OR IGNORE INTO steps (order_id, step, key, undo_key, state)
                     SELECT id, ?2, ?3, ?4, 'asked' FROM orders
                     WHERE id = ?1 AND status = 'forward'";
        let fresh = Written {
            key: self.shop.new_key(),
            undo_key: self.shop.new_key(),
            state: "asked".to_owned(),
        };
        let values = params![order.id, step.name, fresh.key, fresh.undo_key];
        if self.shop.db.execute(write, values).await? == 1 {
            return Ok(Some(fresh));
        }
        self.read(order, step, "forward").await
    }

    async fn ask(&self, order: &Order, step: &Step, key: &Key) -> Heard {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let heard = match step.intent {
            Intent::Charge => {
                let charge = payment.charge(ChargeRequest::of(order), Some(key));
                patiently(charge).await.map(drop)
            }
            Intent::SetAside => match patiently(inventory.reserve(order, key)).await {
                // A hold lapses. Whoever sends a parcel has to be sure of what is in it.
                Ok(_) => patiently(inventory.confirm(key)).await,
                Err(error) => Err(error),
            },
            Intent::Send => {
                let parcel = shipping.request(order, Some(key));
                patiently(parcel).await.map(drop)
            }
        };
        match heard {
            Ok(()) => Heard::Done,
            // The bank, the warehouse or the shipper says no; or the hold has lapsed.
            Err(CallError::Declined | CallError::NotFound) => Heard::No,
            Err(CallError::InFlight) => Heard::InFlight,
            Err(_) => Heard::Nothing,
        }
    }

    /// Decides for the way back: once, durably, and never behind the pivot. Says whether it did.
    async fn turn_round(&self, order: &Order, for_want_of: &Step) -> Result<bool, Failure> {
        let turn = "UPDATE orders SET status = 'back' WHERE id = ?1 AND status = 'forward'
                    AND NOT EXISTS (SELECT * FROM steps
                                    WHERE order_id = ?1 AND step = 'parcel' AND step <> ?2)";
        let values = params![order.id, for_want_of.name];
        let turned = self.shop.db.execute(turn, values).await? == 1;
        if turned {
            self.shop
                .log(format!("↩️ {}: no {}", order.id, for_want_of.name));
        }
        Ok(turned)
    }

    /// Undoes whatever may have happened, last things first.
    async fn go_back(&self, order: &Order) -> Result<bool, Failure> {
        for step in FLOW.iter().rev() {
            let Some(row) = self.read(order, step, "back").await? else {
                continue;
            };
            if row.state == "undone" {
                continue;
            }
            if self.undo(order, step, &row).await? {
                self.mark(order, step, "undone").await?;
            } else {
                break;
            }
        }
        self.turn(order, "back", "cancelled").await?;
        Ok(true)
    }

    /// Says whether it is confirmed that nothing of the step is left, and nothing of it can come.
    async fn undo(&self, order: &Order, step: &Step, row: &Written) -> Result<bool, Failure> {
        let Shop {
            payment, inventory, ..
        } = &self.shop;
        match step.way_back {
            // The shipper has said no.
            WayBack::None => Ok(true),
            WayBack::Release => Ok(patiently(inventory.release(&row.key)).await.is_ok()),
            WayBack::GiveBack => match patiently(payment.void(&row.key)).await {
                Ok(_) => Ok(true),
                Err(CallError::TooLate) => self.refund(order, step, row).await,
                Err(_) => Ok(false),
            },
        }
    }

    /// The money has moved. It goes back but for the fee, under a key that is always the same; only when a refund has
    /// failed for good, another one is owed, and that has a key of its own.
    async fn refund(&self, order: &Order, step: &Step, row: &Written) -> Result<bool, Failure> {
        let Shop { payment, .. } = &self.shop;
        let mut undo_key = row.undo_key.clone();
        loop {
            let Ok(found) = patiently(payment.find(By::Key(row.key.clone()))).await else {
                return Ok(false);
            };
            let charge = &found[0];
            let mut refunds = charge.refunds.iter();
            match refunds.find(|refund| refund.key == undo_key) {
                Some(refund) => match refund.status {
                    RefundStatus::Succeeded => return Ok(true),
                    RefundStatus::Pending => return Ok(false),
                    RefundStatus::Failed => {
                        undo_key = self.next_undo_key(order, step, &undo_key).await?;
                    }
                },
                None => {
                    let refund = payment.refund(charge, charge.amount - FEE, &undo_key);
                    if patiently(refund).await.is_err() {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// Of two who need a new key, one makes it, and both use it.
    async fn next_undo_key(&self, order: &Order, step: &Step, old: &Key) -> Result<Key, Failure> {
        let next = "UPDATE steps SET undo_key = ?4
                    WHERE order_id = ?1 AND step = ?2 AND undo_key = ?3";
        let values = params![order.id, step.name, old, self.shop.new_key()];
        self.shop.db.execute(next, values).await?;
        let row = self.read(order, step, "back").await?;
        Ok(row.map_or_else(|| old.clone(), |row| row.undo_key))
    }

    /// What our books say of a step, as long as its order goes in this direction.
    async fn read(
        &self,
        order: &Order,
        step: &Step,
        direction: &str,
    ) -> Result<Option<Written>, Failure> {
        let row = "SELECT key, undo_key, state FROM steps JOIN orders ON id = order_id
                   WHERE id = ?1 AND step = ?2 AND status = ?3";
        let values = params![order.id, step.name, direction];
        let rows = self.shop.db.query(row, values).await?;
        Ok(rows.first().map(|row| Written {
            key: row.get("key"),
            undo_key: row.get("undo_key"),
            state: row.get("state"),
        }))
    }

    /// What is undone stays undone.
    async fn mark(&self, order: &Order, step: &Step, state: &str) -> Result<(), Failure> {
        let mark = "UPDATE steps SET state = ?3
                    WHERE order_id = ?1 AND step = ?2 AND state <> 'undone'";
        let values = params![order.id, step.name, state];
        self.shop.db.execute(mark, values).await?;
        Ok(())
    }

    async fn turn(&self, order: &Order, from: &str, to: &str) -> Result<(), Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        self.shop
            .db
            .execute(turn, params![order.id, from, to])
            .await?;
        self.shop.log(format!("📒 {}: {to}", order.id));
        Ok(())
    }
}

/// A step in our books.
struct Written {
    key: Key,
    undo_key: Key,
    state: String,
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
