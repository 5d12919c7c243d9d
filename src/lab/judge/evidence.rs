//! Evidence: what all sides know at the end of a world.
//!
//! The shop's books say what the shop believes. The ledgers of the services say what is so. A verdict
//! compares the two and never looks at how the order code was written.

mod across;

pub use across::{Outcome, Participation, RowWait, WalkIn};

use crate::engine::trace::{Told, Trace};
use crate::language::message::{ChargeStatus, Key};
use crate::language::name::Name;
use crate::language::order::{Answer, Order, Yen};
use crate::language::schedule::Schedule;
use crate::language::time::Ms;

/// A row of the shop's table `orders`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// The order's id.
    pub id: Name,
    /// `confirmed` and `cancelled` are final, whatever else stands there is not.
    pub status: String,
}

/// What the shop's books came to say of an order, as soon as it was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// When.
    pub at: Ms,
    /// The order's id.
    pub order: Name,
    /// What its status was from then on; `None` if the row was gone.
    pub status: Option<String>,
    /// The money that the provider had for it by then.
    pub paid: Yen,
    /// When all that belongs to a confirmed order was in the books: its line in the history and its goods taken from
    /// the stock, where the shop keeps them. Nothing if it never was, or if the order is not confirmed.
    pub whole_at: Option<Ms>,
}

impl Entered {
    /// Whether the order has this status from here on.
    pub fn is(&self, status: &str) -> bool {
        self.status.as_deref() == Some(status)
    }
}

/// One submission by a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// What was ordered.
    pub order: Order,
    /// When it reached the shop; nothing if it never did.
    pub at: Option<Ms>,
    /// What the customer was told, and when; nothing if the customer is still waiting.
    pub told: Option<(Ms, Told)>,
}

impl Submission {
    /// The answer, if there was one.
    pub fn answer(&self) -> Option<Answer> {
        match self.told {
            Some((_, Told::Answer(answer))) => Some(answer),
            _ => None,
        }
    }
}

/// A line of the payment provider's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeRecord {
    /// `pay_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// How much.
    pub amount: Yen,
    /// Under which key.
    pub key: Option<Key>,
    /// When it was executed.
    pub at: Ms,
    /// What has become of it.
    pub status: ChargeStatus,
    /// How much was given back by refunds.
    pub refunded: Yen,
    /// What the provider held of the money, from when on: one entry for each change, in order of time.
    pub held: Vec<(Ms, Yen)>,
}

impl ChargeRecord {
    /// The money the provider has kept of this charge.
    pub fn kept(&self) -> Yen {
        match self.status {
            ChargeStatus::Captured => self.amount - self.refunded,
            _ => Yen(0),
        }
    }

    /// The money the provider held of this charge at a time.
    pub fn held_at(&self, time: Ms) -> Yen {
        let mut before = self.held.iter().rev();
        let held = before.find(|(at, _)| *at <= time);
        held.map_or(Yen(0), |(_, held)| *held)
    }
}

/// A line of the shipper's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelRecord {
    /// `parcel_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// When the shipper was done with the request.
    pub requested_at: Ms,
    /// When it leaves, or would have left.
    pub dispatched_at: Ms,
    /// When it was stopped, before it left; `None` if nobody did.
    pub cancelled_at: Option<Ms>,
}

impl ParcelRecord {
    /// Whether it was stopped before it left.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled_at.is_some()
    }
}

/// What has become of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReservationStatus {
    /// Set aside.
    Held,
    /// Gone for good, to the customer.
    Confirmed,
    /// Given back.
    Released,
    /// Lapsed by itself.
    Expired,
}

/// A line of the warehouse's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationRecord {
    /// `res_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// What.
    pub sku: Name,
    /// How many.
    pub quantity: u32,
    /// What has become of it.
    pub status: ReservationStatus,
}

/// How many pieces of something there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRecord {
    /// What.
    pub sku: Name,
    /// How many there were when the world began.
    pub at_first: i64,
    /// How many are free at the end.
    pub free: i64,
}

/// A statement that waited for a lock which another order's transaction held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockWait {
    /// Who waited.
    pub actor: Name,
    /// Who held the lock when the wait began.
    pub holder: Name,
    /// Since when.
    pub from: Ms,
    /// Until when; nothing if it still waits.
    pub until: Option<Ms>,
}

/// A statement of the order code that SQLite does not understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSql {
    /// The statement.
    pub statement: String,
    /// What SQLite says of it.
    pub message: String,
}

/// Why a world ended early, if it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// A task of the order code's own looked for work so often, and found nothing new, that no search would ever end.
    TicksTooOften {
        /// How often.
        ticks: u64,
    },
    /// The order code took more steps, or asked to be woken more often, than any sensible code would.
    NeverSettles {
        /// What it did too often.
        what: &'static str,
        /// How often that was.
        count: u64,
    },
    /// The order code panicked.
    Panicked {
        /// The message.
        message: String,
        /// `file:line:column`.
        place: String,
    },
}

/// What all sides know at the end of a world.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Evidence {
    /// What customers submitted and were told, in order of submission.
    pub submissions: Vec<Submission>,
    /// The shop's table `orders`, if it has one.
    pub orders: Vec<OrderRow>,
    /// Whether the shop's own database has a table `orders`.
    pub keeps_orders: bool,
    /// What the shop's books came to say of each order, in the order in which it was committed.
    pub books: Vec<Entered>,
    /// The order ids in the shop's table `history`, if it has one.
    pub history: Option<Vec<Name>>,
    /// The shop's own table `stock`, if it has one.
    pub shop_stock: Option<Vec<StockRecord>>,
    /// The payment provider's ledger.
    pub charges: Vec<ChargeRecord>,
    /// Refunds that were sent out beyond what had been captured.
    pub over_refunds: Yen,
    /// The shipper's ledger.
    pub parcels: Vec<ParcelRecord>,
    /// The warehouse's reservations.
    pub reservations: Vec<ReservationRecord>,
    /// The warehouse's stock.
    pub stock: Vec<StockRecord>,
    /// Who waited for whose lock.
    pub lock_waits: Vec<LockWait>,
    /// How transactions across services ended.
    pub participations: Vec<Participation>,
    /// Who waited at a participant for whose row.
    pub row_waits: Vec<RowWait>,
    /// The customers at the warehouse's own counter.
    pub walk_ins: Vec<WalkIn>,
    /// The first statement that SQLite did not understand, if there was one.
    pub invalid_sql: Option<InvalidSql>,
    /// Why the world ended early, if it did.
    pub halt: Option<Halt>,
    /// Orders of this shop are paid by card, so a confirmed one has to be paid.
    pub paid_by_card: bool,
    /// Payments of this shop settle later, so on a calm day "pending" is the honest answer.
    pub settles_later: bool,
    /// Set if the customers are strangers: for how long an unpaid order may keep goods from the others.
    pub strangers: Option<Ms>,
    /// This shop sends what it sells, so a confirmed order has to have its parcel.
    pub ships: bool,
    /// The customers have called their orders off again, so nobody is owed a confirmation.
    pub called_off: bool,
    /// How long a service of this world may take to answer a call that nothing befalls.
    pub slowest: Ms,
    /// In this world a service is down for a while, whatever the schedule says.
    pub outages: bool,
    /// The faults that took hold.
    pub fired: Schedule,
    /// When the world ended.
    pub ended_at: Ms,
    /// What happened.
    pub trace: Trace,
}

impl Evidence {
    /// The status the shop's books give this order; nothing if they do not know it.
    pub fn status(&self, order: Name) -> Option<&str> {
        self.orders
            .iter()
            .find(|row| row.id == order)
            .map(|row| row.status.as_str())
    }

    /// The charges the provider has for this order.
    pub fn charges_of(&self, order: Name) -> impl Iterator<Item = &ChargeRecord> {
        self.charges
            .iter()
            .filter(move |charge| charge.order == order)
    }

    /// The money the provider has kept for this order.
    pub fn kept(&self, order: Name) -> Yen {
        self.charges_of(order).map(ChargeRecord::kept).sum()
    }

    /// The money the provider held for this order at a time.
    pub fn held_at(&self, order: Name, time: Ms) -> Yen {
        let charges = self.charges_of(order);
        charges.map(|charge| charge.held_at(time)).sum()
    }

    /// From a time on, when the provider first holds money for this order; `None` if it never does.
    pub fn first_held_from(&self, order: Name, time: Ms) -> Option<Ms> {
        let later = self.charges_of(order).flat_map(|charge| &charge.held);
        let later = later.map(|(at, _)| *at).filter(|at| *at > time);
        let mut times: Vec<Ms> = std::iter::once(time).chain(later).collect();
        times.sort_unstable();
        let mut times = times.into_iter();
        times.find(|at| self.held_at(order, *at) > Yen(0))
    }

    /// The parcels that are on their way for this order, and that nobody stopped.
    pub fn parcels_of(&self, order: Name) -> impl Iterator<Item = &ParcelRecord> {
        self.parcels
            .iter()
            .filter(move |parcel| parcel.order == order && !parcel.is_cancelled())
    }

    /// Every order that a customer submitted, once.
    pub fn submitted(&self) -> Vec<&Order> {
        let mut once: Vec<&Order> = Vec::new();
        for submission in &self.submissions {
            if once.iter().all(|order| order.id != submission.order.id) {
                once.push(&submission.order);
            }
        }
        once
    }
}
