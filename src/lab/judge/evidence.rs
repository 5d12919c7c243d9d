//! Evidence: what all sides know at the end of a world.
//!
//! The shop's books say what the shop believes. The ledgers of the services say what is true. A verdict compares the
//! two and never looks at how the order code was written.

use crate::engine::record::{
    Entered, Halt, InvalidSql, LockWait, OrderRow, StockRecord, Submission,
};
use crate::engine::sim::{Asked, RecoverRun, Tick};
use crate::engine::trace::{CallId, Trace};
use crate::judge::invariant::Breach;
use crate::judge::terms::Terms;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::schedule::Schedule;
use crate::language::time::Ms;
use crate::services::record::{ChargeRecord, ParcelRecord, ReservationRecord};
use crate::services::{Ledger, Line};
use crate::two_phase::record::{Participation, RowWait, WalkIn};
use std::collections::BTreeSet;

/// What all sides know at the end of a world.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Evidence {
    /// What customers submitted and were told, in order of submission.
    pub submissions: Vec<Submission>,
    /// The shop's table `orders`, if it has one.
    pub orders: Vec<OrderRow>,
    /// Whether the shop's own database has a table `orders`.
    pub keeps_orders: bool,
    /// What the shop's books said of each order, in the order in which it was committed.
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
    /// The ledgers of the services that the setup adds.
    pub ledgers: Vec<Ledger>,
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
    /// How the first of the world's own invariants fails, if one does.
    pub breach: Option<Breach>,
    /// Why the world ended early, if it did.
    pub halt: Option<Halt>,
    /// The terms by which it is judged.
    pub terms: Terms,
    /// The faults that took hold.
    pub fired: Schedule,
    /// When the world ended.
    pub ended_at: Ms,
    /// What happened.
    pub trace: Trace,
}

impl Evidence {
    /// The status of this order in the shop's books; `None` if they do not know it.
    pub fn status(&self, order: Name) -> Option<&str> {
        self.orders
            .iter()
            .find(|row| row.id == order)
            .map(|row| row.status.as_str())
    }

    /// The ledger of a service that the setup adds: `end.ledger("loyalty")`.
    pub fn ledger(&self, service: &str) -> &[Line] {
        let mut ledgers = self.ledgers.iter();
        let ledger = ledgers.find(|ledger| ledger.service.as_str() == service);
        ledger.map_or(&[], |ledger| ledger.lines.as_slice())
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

    /// When, from this time on, the provider first holds more money for this order than the shop may keep if it is cancelled;
    /// `None` if it never does.
    pub fn first_held_from(&self, order: Name, time: Ms) -> Option<Ms> {
        let later = self.charges_of(order).flat_map(|charge| &charge.held);
        let later = later.map(|(at, _)| *at).filter(|at| *at > time);
        let mut times: Vec<Ms> = std::iter::once(time).chain(later).collect();
        times.sort_unstable();
        let mut times = times.into_iter();
        times.find(|at| self.held_at(order, *at) > self.terms.cancellation_fee)
    }

    /// The parcels for this order that are on their way, and were not stopped.
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

/// What a run leaves behind.
#[derive(Debug)]
#[non_exhaustive]
pub struct Run {
    /// What all sides know.
    pub evidence: Evidence,
    /// The steps it reached, in order.
    pub asked: Vec<Asked>,
    /// How the runs of the periodic job went.
    pub recover_runs: Vec<RecoverRun>,
    /// How the ticks of background tasks went.
    pub ticks: Vec<Tick>,
    /// The calls that ticks have made to hear what they had heard before.
    pub(crate) vain_calls: BTreeSet<CallId>,
}

impl Run {
    /// The steps it reached, in order.
    pub fn steps(&self) -> Vec<crate::language::step::Step> {
        self.asked.iter().map(|asked| asked.step).collect()
    }

    /// Whether this step belongs to a run of the periodic job, or a tick of a background task, that found the world as
    /// its predecessor had and left it so. See [`crate::search::exhaustive`] for what follows from that.
    pub fn repeats(&self, asked: &Asked) -> bool {
        let in_run = asked.recover_run.map(|n| self.recover_runs[n as usize]);
        let in_tick = asked.tick.map(|n| self.ticks[n as usize]);
        in_run.is_some_and(|run| run.repeats) || in_tick.is_some_and(|tick| tick.repeats)
    }
}
