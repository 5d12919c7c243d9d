//! A step is done, the customer calls the order off, and the notebook has to undo the step.
//!
//! What is around the undo is the chapter's and does what the course has taught so far: it writes the order down with
//! two keys before the step is sent, and comes back to it until the undo has an answer.

use super::answers::{Notebook, Undo, Written};
use super::question::Remote;
use saga_lab::db::Row;
use saga_lab::flow::{OrderFlow, Webhook};
use saga_lab::language::message::{
    CallError, Charge, ChargeRequest, ChargeStatus, Key, Parcel, Reservation,
};
use saga_lab::language::name::Name;
use saga_lab::language::order::{Answer, Failure, Order, Yen};
use saga_lab::language::time::Ms;
use saga_lab::params;
use saga_lab::shop::Plan;
use saga_lab::shop::Shop;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::time::timeout;

/// The shop's table. An order's step is undone from `due` on.
pub const SCHEMA: &str = "
    CREATE TABLE orders (
        id       TEXT PRIMARY KEY,
        sku      TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        amount   INTEGER NOT NULL CHECK (amount > 0),
        status   TEXT NOT NULL,
        key      TEXT UNIQUE,
        undo_key TEXT UNIQUE,
        reply_id TEXT,
        reply_at INTEGER,
        due      INTEGER,
        customer TEXT
    ) STRICT;
";

/// How long one run of an undo may take, before it is dropped, to be asked again later.
pub const UNDO_PATIENCE: Duration = Duration::from_secs(5);

/// How long after an order its undo is run at the earliest: by then whatever the shop was at with the step is over.
const SOONEST: Ms = Ms::minutes(1);

/// Until when the step is sent again, if the order is handed in again. After that the customer has called it off.
const SENT_AGAIN_WITHIN: Ms = Ms::seconds(30);

/// How long the shop waits for a step.
const PATIENCE: Duration = Duration::from_millis(700);

/// The shop that a notebook is about: the flow `F` that it predicts, or, in a world whose orders are called off, a
/// shop that undoes their steps as the notebook `N` says.
pub(super) enum FlowOrUndoing<F, N> {
    /// The orders stand.
    Flow(F),
    /// They are called off.
    Undoing(Box<Undoing<N>>),
}

/// The shop whose customers call off what they have ordered.
pub(super) struct Undoing<N> {
    shop: Shop,
    step: Remote,
    plan: Plan,
    notebook: PhantomData<fn() -> N>,
}

impl<N: Notebook> Undoing<N> {
    /// # Panics
    /// If what is called off is no step of the flow.
    fn start(shop: Shop, plan: Plan) -> Undoing<N> {
        let step = Remote::of(plan.step)
            .unwrap_or_else(|| panic!("no notebook undoes a step of {}", plan.step));
        Undoing {
            shop,
            step,
            plan,
            notebook: PhantomData,
        }
    }

    /// Has the step done, and notes what is heard of it.
    async fn act(&self, order: &Order, key: &Key) -> Result<(), Failure> {
        let shop = &self.shop;
        let heard = match self.step {
            Remote::Payment => {
                let charge = shop.payment.charge(ChargeRequest::of(order), Some(key));
                let charge = heard(timeout(PATIENCE, charge).await);
                charge.map(|charge| (charge.id, Ms::ZERO))
            }
            Remote::Inventory => {
                let reserve = heard(timeout(PATIENCE, shop.inventory.reserve(order, key)).await);
                reserve.map(|reservation| (reservation.id, reservation.expires_at))
            }
            Remote::Shipping => {
                let parcel = shop.shipping.request(order, Some(key));
                let parcel = heard(timeout(PATIENCE, parcel).await);
                parcel.map(|parcel| (parcel.id, parcel.dispatched_at))
            }
        };
        let Some((id, at)) = heard else {
            return Ok(());
        };
        let note = "UPDATE orders SET reply_id = ?2, reply_at = ?3 WHERE id = ?1";
        let id = id.to_string();
        shop.db.execute(note, params![order.id, id, at]).await?;
        if self.step == Remote::Inventory {
            // The goods have a customer now: from here on the reservation does not lapse by itself.
            let _ = timeout(PATIENCE, shop.inventory.confirm(key)).await;
        }
        Ok(())
    }

    /// Runs the undo once.
    async fn undo(&self, row: &Row) -> Result<Undo, Failure> {
        let shop = &self.shop;
        match self.step {
            Remote::Payment => N::undo_payment(shop, &written(row, charge)).await,
            Remote::Inventory => N::undo_inventory(shop, &written(row, reservation)).await,
            Remote::Shipping => N::undo_shipping(shop, &written(row, parcel)).await,
        }
    }

    async fn serve(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, .. } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));
        let intent = "INSERT OR IGNORE INTO orders
                      VALUES (?1, ?2, ?3, ?4, 'called off', ?5, ?6, NULL, NULL, ?7, ?8)";
        let (key, undo_key) = (self.shop.new_key(), self.shop.new_key());
        let wait = SOONEST + self.plan.after;
        let due = self.shop.now() + wait;
        let Order {
            id,
            sku,
            quantity,
            amount,
            customer,
        } = order;
        let values = params![id, sku, quantity, amount, key, undo_key, due, customer];
        db.execute(intent, values).await?;
        let row = "SELECT key, status, due FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        let placed = row.get::<Ms>("due") - wait;
        let is_new = self.shop.now() <= placed + SENT_AGAIN_WITHIN;
        if is_new && row.get::<String>("status") == "called off" {
            self.act(order, &row.get("key")).await?;
            self.shop.log(format!("💭 {id}: called off"));
        }
        Ok(Answer::Pending)
    }

    async fn come_back(&self) -> Result<(), Failure> {
        let Shop { db, .. } = &self.shop;
        let open = "SELECT * FROM orders WHERE status = 'called off' AND due <= ?1";
        for row in db.query(open, params![self.shop.now()]).await? {
            let id: String = row.get("id");
            let mut undone = Undo::TooLate;
            for _ in 0..self.plan.times {
                undone = timeout(UNDO_PATIENCE, self.undo(&row)).await??;
                self.shop.log(match undone {
                    Undo::Done => format!("↩️ {id}: undone"),
                    Undo::TooLate => format!("🚚 {id}: too late to undo"),
                });
            }
            let status = match (undone, self.step) {
                (Undo::Done, _) => "cancelled",
                // Goods that have left are the one thing that no undo brings back. The order goes forward.
                (Undo::TooLate, Remote::Shipping) => "confirmed",
                (Undo::TooLate, _) => "called off",
            };
            let settle = "UPDATE orders SET status = ?2 WHERE id = ?1";
            db.execute(settle, params![id, status]).await?;
        }
        Ok(())
    }
}

impl<F: OrderFlow, N: Notebook> OrderFlow for FlowOrUndoing<F, N> {
    fn start(shop: Shop) -> Self {
        match shop.called_off() {
            None => FlowOrUndoing::Flow(F::start(shop)),
            Some(plan) => FlowOrUndoing::Undoing(Box::new(Undoing::start(shop, plan))),
        }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        match self {
            FlowOrUndoing::Flow(flow) => flow.place_order(order).await,
            FlowOrUndoing::Undoing(undoing) => undoing.serve(order).await,
        }
    }

    async fn recover(&self) -> Result<(), Failure> {
        match self {
            FlowOrUndoing::Flow(flow) => flow.recover().await,
            FlowOrUndoing::Undoing(undoing) => undoing.come_back().await,
        }
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        match self {
            FlowOrUndoing::Flow(flow) => flow.on_webhook(webhook).await,
            FlowOrUndoing::Undoing(_) => Ok(()),
        }
    }
}

/// A good reply, if there was one in time.
fn heard<T, E>(reply: Result<Result<T, CallError>, E>) -> Option<T> {
    reply.ok()?.ok()
}

fn written<T>(row: &Row, reply: fn(&Row, &Order, &str) -> T) -> Written<T> {
    let order = Order {
        customer: row.get("customer"),
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        ..Order::new(&row.get::<String>("id"), row.get("amount"))
    };
    let id: Option<String> = row.get("reply_id");
    Written {
        key: row.get("key"),
        undo_key: row.get("undo_key"),
        reply: id.map(|id| reply(row, &order, &id)),
        order,
    }
}

fn charge(_: &Row, order: &Order, id: &str) -> Charge {
    Charge {
        id: Name::new(id),
        order: order.name(),
        amount: order.amount,
        status: ChargeStatus::Captured,
        refunded: Yen(0),
        refunds: Vec::new(),
    }
}

fn reservation(row: &Row, order: &Order, id: &str) -> Reservation {
    Reservation {
        id: Name::new(id),
        order: order.name(),
        expires_at: row.get("reply_at"),
    }
}

fn parcel(row: &Row, order: &Order, id: &str) -> Parcel {
    Parcel {
        id: Name::new(id),
        order: order.name(),
        dispatched_at: row.get("reply_at"),
        cancelled: false,
    }
}
