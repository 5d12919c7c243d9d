//! A census of the worlds that a property drew: how many contained what.
//!
//! "Whatever happens" is a large claim. A green property says what did happen; a duty that no draw has exercised is a
//! hole in the proof, however green it is. The course's tests fail on one.

use crate::engine::trace::Event;
use crate::judge::evidence::Evidence;
use crate::language::message::{CallError, Response, Service};
use crate::language::time::Ms;
use crate::search::scenario::{Bounds, Scenario};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Something that a world may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Two customers come in the same millisecond.
    TwoAtOnce,
    /// A dozen customers, or nearly.
    Crowd,
    /// One customer buys twice.
    SameCustomer,
    /// An order is handed in again.
    ComesAgain,
    /// Somebody orders more than one piece.
    SeveralPieces,
    /// Something other than the usual article is ordered.
    OtherGoods,
    /// Somebody wants what is sold out.
    SoldOut,
    /// Somebody is served while the periodic job runs.
    WhileTheJobRuns,
    /// Somebody comes hours after the world began.
    HoursLater,
    /// Midnight falls between two visits, or between a visit and its end.
    AcrossMidnight,
    /// A service is slow.
    SlowService,
    /// A service is down when it is called.
    Outage,
    /// A service is down for longer than twelve hours.
    LongOutage,
    /// The shop hears that a request is in flight.
    InFlight,
    /// The shop hears a final no.
    Declined,
    /// The shop hears a 500.
    ServerError,
    /// The shop hears that something was undone before.
    Undone,
    /// The process dies.
    Crash,
    /// The database reports an error.
    DbError,
}

use Sight::*;

impl Sight {
    /// All of them.
    pub const ALL: [Sight; 19] = [
        TwoAtOnce,
        Crowd,
        SameCustomer,
        ComesAgain,
        SeveralPieces,
        OtherGoods,
        SoldOut,
        WhileTheJobRuns,
        HoursLater,
        AcrossMidnight,
        SlowService,
        Outage,
        LongOutage,
        InFlight,
        Declined,
        ServerError,
        Undone,
        Crash,
        DbError,
    ];

    /// The most telling sights, best first.
    pub const TELLING: [Sight; 12] = [
        TwoAtOnce,
        InFlight,
        SoldOut,
        LongOutage,
        WhileTheJobRuns,
        Crash,
        Declined,
        ComesAgain,
        AcrossMidnight,
        DbError,
        Outage,
        SameCustomer,
    ];

    /// Whether scenarios within these bounds must contain it, whatever the code.
    pub fn is_due(self, bounds: &Bounds) -> bool {
        match self {
            TwoAtOnce | SameCustomer => bounds.most_customers > 1,
            Crowd => bounds.most_customers >= CROWD,
            ComesAgain => bounds.comes_again,
            SeveralPieces => bounds.most_pieces > 1,
            OtherGoods => bounds.goods.len() > 1,
            SoldOut => !bounds.shelves.is_empty(),
            HoursLater | AcrossMidnight => true,
            // If nobody is called, a run of the job takes no time.
            WhileTheJobRuns => !bounds.slow.is_empty() || !bounds.away.is_empty(),
            SlowService => !bounds.slow.is_empty(),
            // A participant in transactions has no keys.
            InFlight => !bounds.slow.is_empty() && !bounds.slow.contains(&Service::Orders),
            Outage => !bounds.away.is_empty(),
            LongOutage => !bounds.away.is_empty() && bounds.longest_outage >= HALF_A_DAY,
            // Faults are no part of the scenario.
            Declined | ServerError | Undone | Crash | DbError => false,
        }
    }

    fn is_in(self, scenario: &Scenario, evidence: &Evidence) -> bool {
        let visits = &scenario.visits;
        let first = |place: &usize| {
            !visits[..*place]
                .iter()
                .any(|v| v.order.id == visits[*place].order.id)
        };
        let firsts = || (0..visits.len()).filter(first).map(|place| &visits[place]);
        let pairs = |is: &dyn Fn(usize, usize) -> bool| {
            (0..visits.len()).any(|one| (0..one).any(|other| is(other, one)))
        };
        let mut entries = evidence.trace.entries.iter();
        let mut heard = |error: CallError| entries.any(|entry| hears(&entry.event, error));
        match self {
            TwoAtOnce => pairs(&|one, other| visits[one].at == visits[other].at),
            Crowd => firsts().count() >= CROWD,
            SameCustomer => pairs(&|one, other| {
                let (one, other) = (&visits[one].order, &visits[other].order);
                one.id != other.id && one.customer == other.customer
            }),
            ComesAgain => firsts().count() < visits.len(),
            SeveralPieces => visits.iter().any(|visit| visit.order.quantity > 1),
            OtherGoods => firsts().any(|visit| visit.order.sku != visits[0].order.sku),
            SoldOut => is_sold_out(scenario, evidence),
            WhileTheJobRuns => is_served_while_the_job_runs(evidence),
            HoursLater => visits.iter().any(|visit| visit.at > Ms::hours(2)),
            AcrossMidnight => {
                let day = Ms::hours(24).0;
                let until = (scenario.begins_at + scenario.quiet_from() + Ms::minutes(1)).0;
                until / day > (scenario.begins_at + visits[0].at).0 / day
            }
            SlowService => !scenario.takes.is_empty(),
            Outage => entries.any(|entry| matches!(entry.event, Event::NoConnection { .. })),
            LongOutage => scenario
                .outages
                .iter()
                .any(|away| away.until - away.from > HALF_A_DAY),
            InFlight => heard(CallError::InFlight),
            Declined => heard(CallError::Declined),
            ServerError => heard(CallError::ServerError),
            Undone => heard(CallError::Undone),
            Crash => entries.any(|entry| matches!(entry.event, Event::Crashed)),
            DbError => evidence.fired.faults().iter().any(|(step, _)| {
                matches!(
                    step.kind(),
                    crate::language::step::StepKind::Sql | crate::language::step::StepKind::Commit
                )
            }),
        }
    }
}

const CROWD: usize = 10;

const HALF_A_DAY: Ms = Ms::hours(12);

/// Whether this is an error that reaches a caller who still waits.
fn hears(event: &Event, error: CallError) -> bool {
    let response: Option<&Response> = match event {
        Event::Replied {
            response, unheard, ..
        } if !unheard => Some(response),
        _ => None,
    };
    response.is_some_and(|response| response.as_ref().err() == Some(&error))
}

fn is_sold_out(scenario: &Scenario, evidence: &Evidence) -> bool {
    evidence.shop_stock.iter().flatten().any(|stock| {
        let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
        for visit in &scenario.visits {
            if visit.order.sku == stock.sku.as_str() {
                wanted.insert(&visit.order.id, visit.order.quantity.into());
            }
        }
        wanted.values().sum::<i64>() > stock.at_first
    })
}

fn is_served_while_the_job_runs(evidence: &Evidence) -> bool {
    let mut began = None;
    evidence
        .trace
        .entries
        .iter()
        .any(|entry| match entry.event {
            Event::RecoverBegan(_) => {
                began = Some(entry.at);
                false
            }
            Event::RecoverEnded { .. } => {
                let began = began.take().unwrap_or(entry.at);
                evidence.submissions.iter().any(|submission| {
                    let until = submission
                        .told
                        .as_ref()
                        .map_or(evidence.ended_at, |told| told.0);
                    submission
                        .at
                        .is_some_and(|at| at <= entry.at && began < until && began > Ms::ZERO)
                })
            }
            _ => false,
        })
}

/// Something that worlds differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// How long services take.
    ServicesTake,
    /// How long the world lasts.
    WorldLasts,
    /// How many customers.
    Customers,
    /// How many pieces.
    Pieces,
    /// How often it is undone.
    TimesUndone,
    /// The amount.
    Amount,
    /// The shelf.
    Shelf,
    /// The time of day.
    TimeOfDay,
    /// What accounts cover.
    AccountsCover,
    /// What is down, and when.
    Away,
    /// What is undone.
    Undone,
    /// What they want.
    Wanted,
    /// When customers come.
    CustomersCome,
    /// When it is called off.
    CalledOff,
    /// When money settles.
    MoneySettles,
    /// When refunds settle, and how many fail.
    RefundsSettle,
    /// Whether a void comes too late.
    VoidsTooLate,
    /// Who comes.
    Who,
}

/// How many of the drawn worlds contained what.
#[derive(Clone, Debug, Default)]
pub struct Census {
    worlds: usize,
    seen: BTreeMap<Sight, usize>,
    inputs: BTreeMap<Input, BTreeSet<String>>,
    heard: BTreeMap<Heard, usize>,
}

/// An error that order code hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// Of a service.
    Call(&'static str),
    /// Of the shop's own database.
    Db(&'static str),
}

impl Heard {
    /// The error in this event, if it reaches a caller who still waits.
    fn of(event: &Event) -> Option<Heard> {
        match event {
            Event::Replied {
                response: Err(error),
                unheard: false,
                ..
            } => Some(Heard::Call(error.name())),
            Event::NoConnection { .. } => Some(Heard::Call(CallError::ConnectionRefused.name())),
            Event::Sql {
                error: Some(error), ..
            } => Some(Heard::Db(error.name())),
            _ => None,
        }
    }
}

/// `CallError::InFlight`
impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Heard::Call(name) => write!(f, "CallError::{name}"),
            Heard::Db(name) => write!(f, "DbError::{name}"),
        }
    }
}

impl Census {
    /// Counts one world.
    pub fn count(&mut self, scenario: &Scenario, evidence: &Evidence) {
        self.count_heard(evidence);
        for sight in Sight::ALL {
            if sight.is_in(scenario, evidence) {
                *self.seen.entry(sight).or_default() += 1;
            }
        }
        let mut count = |input: Input, value: String| {
            self.inputs.entry(input).or_default().insert(value);
        };
        count(Input::Customers, scenario.visits.len().to_string());
        count(Input::TimeOfDay, scenario.begins_at.to_string());
        count(Input::WorldLasts, scenario.ends_after.to_string());
        count(Input::Away, format!("{:?}", scenario.outages));
        count(Input::ServicesTake, format!("{:?}", scenario.takes));
        count(Input::MoneySettles, format!("{:?}", scenario.settles_after));
        count(Input::RefundsSettle, format!("{:?}", scenario.refunds));
        count(Input::VoidsTooLate, scenario.voids_too_late.to_string());
        count(Input::AccountsCover, format!("{:?}", scenario.covers));
        count(Input::Shelf, format!("{:?}", scenario.shelf));
        if let Some(plan) = scenario.undone {
            count(Input::Undone, plan.step.name().to_owned());
            count(Input::CalledOff, plan.after.to_string());
            count(Input::TimesUndone, plan.times.to_string());
        }
        for visit in &scenario.visits {
            count(Input::CustomersCome, visit.at.to_string());
            count(Input::Who, visit.order.customer.clone());
            count(Input::Wanted, visit.order.sku.clone());
            count(Input::Pieces, visit.order.quantity.to_string());
            count(Input::Amount, visit.order.amount.to_string());
        }
    }

    /// Counts what the shop heard in one world.
    fn count_heard(&mut self, evidence: &Evidence) {
        self.worlds += 1;
        let entries = evidence.trace.entries.iter();
        let heard: BTreeSet<Heard> = entries.filter_map(|it| Heard::of(&it.event)).collect();
        for heard in heard {
            *self.heard.entry(heard).or_default() += 1;
        }
    }

    /// How many worlds were counted.
    pub fn worlds(&self) -> usize {
        self.worlds
    }

    /// How many of them contained this.
    pub fn of(&self, sight: Sight) -> usize {
        self.seen.get(&sight).copied().unwrap_or(0)
    }

    /// The duties that no world has exercised.
    pub fn missing(&self, bounds: &Bounds) -> Vec<Sight> {
        let all = Sight::ALL.into_iter();
        all.filter(|sight| sight.is_due(bounds) && self.of(*sight) == 0)
            .collect()
    }

    /// Every error that was heard, and in how many worlds.
    pub fn heard(&self) -> impl Iterator<Item = (Heard, usize)> {
        self.heard.iter().map(|(heard, count)| (*heard, *count))
    }

    /// Every input that these bounds vary, and how many values it had.
    pub fn inputs(&self, bounds: &Bounds) -> Vec<(Input, usize)> {
        let varies = |input: Input| match input {
            Input::Away => !bounds.away.is_empty(),
            Input::ServicesTake => !bounds.slow.is_empty(),
            Input::MoneySettles => !bounds.settles.is_empty(),
            Input::AccountsCover => bounds.covers,
            Input::RefundsSettle => !bounds.refunds.is_empty(),
            Input::VoidsTooLate => bounds.voids_too_late,
            Input::Shelf => !bounds.shelves.is_empty(),
            Input::Undone | Input::CalledOff | Input::TimesUndone => !bounds.undoes.is_empty(),
            Input::WorldLasts
            | Input::Customers
            | Input::Pieces
            | Input::Amount
            | Input::TimeOfDay
            | Input::Wanted
            | Input::CustomersCome
            | Input::Who => true,
        };
        let inputs = self.inputs.iter().filter(|(input, _)| varies(**input));
        inputs
            .map(|(input, values)| (*input, values.len()))
            .collect()
    }
}
