//! A flow checked where it lives: from a plain `#[test]` of the crate that it is in.
//!
//! ```no_run
//! use lab::Lab;
//! use lab::prelude::*;
//! use lab::tell::report::Report;
//! # struct Checkout;
//! # impl OrderFlow for Checkout {
//! #     fn start(_: Shop) -> Self { Checkout }
//! #     async fn place_order(&self, _: &Order) -> Result<Answer, Failure> { Ok(Answer::Pending) }
//! # }
//!
//! fn lab() -> Lab<Checkout> {
//!     Lab::new()
//!         .schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;")
//!         .order(Order::new("order1", Yen(1_200)))
//! }
//!
//! #[test]
//! fn every_schedule_of_two_faults_ends_well() -> Result<(), Report> {
//!     lab().every_schedule(2)
//! }
//!
//! #[test]
//! fn whatever_happens_it_ends_well() -> Result<(), Report> {
//!     lab().whatever_happens(4)
//! }
//! ```
//!
//! A red test prints its report, and with it a line that plays the same world again and tells it in full: the test itself,
//! with [`SCHEDULE`] in its environment.

use crate::db::Storage;
use crate::engine::network::Latency;
use crate::flow::{Code, OrderFlow};
use crate::judge::evidence::Evidence;
use crate::judge::invariant::Wrong;
use crate::judge::verdict::{Verdict, judge};
use crate::language::order::Order;
use crate::language::schedule::Schedule;
use crate::run::{Run, replay, run};
use crate::search::edge::{edge, nearest_passing};
use crate::search::exhaustive::{Score, Search};
use crate::search::outside::Before;
use crate::search::random::{FaultPlan, faults, smallest};
use crate::search::repeat::try_twice;
use crate::services::Service;
use crate::setup::Setup;
use crate::tell::report::{Directions, Failed, Length, Report};
use std::borrow::Cow;
use std::marker::PhantomData;

/// Has a test play this one schedule, and tell it in full: `SAGA_SCHEDULE="order1/payment.charge#1: reply lost"`.
pub const SCHEDULE: &str = "SAGA_SCHEDULE";

/// Varies what [`Lab::whatever_happens`] draws; a whole number.
pub const SEED: &str = "SAGA_SEED";

/// What it draws from unless [`SEED`] says otherwise.
const USUAL_SEED: u64 = 1;

/// How many schedules it draws.
const CASES: u32 = 256;

/// A flow, and the world in which it is checked.
pub struct Lab<F> {
    setup: Setup,
    orders: Vec<Order>,
    flow: PhantomData<fn() -> F>,
}

impl<F: OrderFlow> Default for Lab<F> {
    fn default() -> Lab<F> {
        Lab::new()
    }
}

impl<F: OrderFlow> Lab<F> {
    /// This flow, in a [world](Setup::new) of one order and without a database.
    pub fn new() -> Lab<F> {
        Lab::of(Setup::new())
    }

    /// This flow in this world.
    pub fn of(setup: Setup) -> Lab<F> {
        Lab {
            setup,
            orders: Vec::new(),
            flow: PhantomData,
        }
    }

    /// Changes the world by whatever else a [`Setup`] knows.
    pub fn with(self, change: impl FnOnce(Setup) -> Setup) -> Lab<F> {
        Lab {
            setup: change(self.setup),
            ..self
        }
    }

    /// The shop has a database with this [schema](Setup::schema).
    pub fn schema(self, schema: impl Into<Cow<'static, str>>) -> Lab<F> {
        self.with(|setup| setup.schema(schema))
    }

    /// One customer more, who orders this when the one before has an answer.
    pub fn order(mut self, order: Order) -> Lab<F> {
        self.orders.push(order);
        let orders = self.orders.clone();
        self.with(|setup| setup.one_after_another(orders))
    }

    /// Where the shop has its orders: see [`Setup::orders_from`].
    pub fn orders_from(self, sql: impl Into<Cow<'static, str>>) -> Lab<F> {
        self.with(|setup| setup.orders_from(sql))
    }

    /// Where the shop has the history of its orders: see [`Setup::history_from`].
    pub fn history_from(self, sql: impl Into<Cow<'static, str>>) -> Lab<F> {
        self.with(|setup| setup.history_from(sql))
    }

    /// Where the shop has its own stock: see [`Setup::stock_from`].
    pub fn stock_from(self, sql: impl Into<Cow<'static, str>>) -> Lab<F> {
        self.with(|setup| setup.stock_from(sql))
    }

    /// Where the shop's database lies.
    pub fn storage(self, storage: Storage) -> Lab<F> {
        self.with(|setup| setup.storage(storage))
    }

    /// How long calls take.
    pub fn latency(self, latency: Latency) -> Lab<F> {
        self.with(|setup| setup.latency(latency))
    }

    /// A service besides the lab's own: see [`Setup::service`].
    pub fn service<S: Service + Clone + Sync>(self, service: S) -> Lab<F> {
        self.with(|setup| setup.service(service))
    }

    /// What holds at the end of every world: see [`Setup::invariant`].
    pub fn invariant(
        self,
        name: &str,
        holds: impl Fn(&Evidence) -> Option<Wrong> + Send + Sync + 'static,
    ) -> Lab<F> {
        self.with(|setup| setup.invariant(name, holds))
    }

    /// Every schedule of at most `most` faults ends well.
    ///
    /// # Errors
    /// The report of the first accident, which has the fewest faults possible.
    pub fn every_schedule(&self, most: usize) -> Result<(), Report> {
        if let Some(schedule) = self.asked_for()? {
            return self.in_full(&schedule);
        }
        let (setup, code) = (&self.setup, self.code());
        let before = Before::of(setup, code);
        let score = Search::new(setup, code).every_schedule(most);
        if let Some((schedule, _)) = score.first.clone() {
            return Err(self.red(&schedule, Length::Short, Some(score)));
        }
        if let Some(schedules) = score.too_many {
            return Err(Report::too_many(&score, schedules));
        }
        match before.remembered(setup, code) {
            Some(what) => Err(Report::remembers(&what)),
            None => Ok(()),
        }
    }

    /// At most `most` faults in any combination, with delays of any length, end well: 256 schedules are drawn, from a fixed
    /// seed, which [`SEED`] varies.
    ///
    /// # Errors
    /// The report of a failing one, with the fewest faults and the shortest delays that make it fail.
    pub fn whatever_happens(&self, most: usize) -> Result<(), Report> {
        if let Some(schedule) = self.asked_for()? {
            return self.in_full(&schedule);
        }
        let (setup, code) = (&self.setup, self.code());
        let seed = seed().map_err(Report::usage)?;
        let fails = |plan: &FaultPlan| judge(&run(setup, code, plan.oracle())).is_some();
        let strategy = faults(most).suffered(setup.suffers);
        match smallest(CASES, seed, strategy, fails).map_err(Report::usage)? {
            Some(plan) => Err(self.red(&plan.fired(), Length::Short, None)),
            None => Ok(()),
        }
    }

    /// This schedule ends well.
    ///
    /// # Errors
    /// The report in full, if it does not.
    pub fn survives(&self, schedule: &str) -> Result<(), Report> {
        match self.asked_for()? {
            Some(schedule) => self.in_full(&schedule),
            None => self.in_full(&parsed(schedule)?),
        }
    }

    /// The schedule that the environment asks for, if it does; and the world can begin.
    fn asked_for(&self) -> Result<Option<Schedule>, Report> {
        self.setup.check().map_err(Report::usage)?;
        let Some(asked) = std::env::var_os(SCHEDULE) else {
            return Ok(None);
        };
        // What is not UTF-8 is kept as far as it goes: none of it makes sense, and the message shows it.
        parsed(&asked.to_string_lossy()).map(Some)
    }

    fn in_full(&self, schedule: &Schedule) -> Result<(), Report> {
        let (run, verdict) = try_twice(&self.setup, self.code(), schedule);
        let steps = schedule.check_steps(&run.steps());
        match verdict {
            Some(_) => Err(self.red(schedule, Length::Story, None)),
            None => steps.map_err(|error| Report::usage(error.to_string())),
        }
    }

    /// What is to be told of a schedule that fails.
    fn red(&self, schedule: &Schedule, length: Length, score: Option<Score>) -> Report {
        let explained = explain(&self.setup, self.code(), schedule, length, |_| None);
        let Some(failed) = explained else {
            return Report::not_the_same_twice(&schedule.to_string());
        };
        Report::failed(Failed {
            directions: Directions {
                replay: replay_line(&failed.schedule),
                ..Directions::default()
            },
            score,
            ..failed
        })
    }

    fn code(&self) -> Code {
        Code::of::<F>(std::any::type_name::<F>())
    }
}

/// Why a schedule fails, also by what somebody looks for besides: the verdict on it, the delay at which it begins to, and the
/// nearest one that passes. `None` if it does not fail.
pub fn explain(
    setup: &Setup,
    code: Code,
    schedule: &Schedule,
    length: Length,
    besides: impl FnOnce(&Run) -> Option<Verdict>,
) -> Option<Failed> {
    let (run, verdict) = try_twice(setup, code, schedule);
    let verdict = verdict.or_else(|| besides(&run))?;
    let is_told = length == Length::Story && verdict.is_accident();
    let edge = is_told.then(|| edge(setup, code, schedule)).flatten();
    let neighbour = is_told
        .then(|| nearest_passing(setup, code, schedule, edge.as_ref()))
        .flatten();
    let neighbour = neighbour.map(|schedule| {
        let evidence = replay(setup, code, &schedule).evidence;
        (schedule, evidence)
    });
    Some(Failed {
        setup: setup.clone(),
        verdict,
        // As it was played: faults at steps that never happened are left out.
        schedule: run.evidence.fired.clone(),
        evidence: run.evidence,
        edge,
        neighbour,
        score: None,
        ends: None,
        length,
        directions: Directions::default(),
    })
}

fn parsed(schedule: &str) -> Result<Schedule, Report> {
    let schedule: Result<Schedule, _> = schedule.parse();
    schedule.map_err(|error| Report::usage(error.to_string()))
}

fn seed() -> Result<u64, String> {
    let Some(value) = std::env::var_os(SEED) else {
        return Ok(USUAL_SEED);
    };
    let value = value.to_string_lossy();
    let number = value.parse();
    number.map_err(|_| format!("{SEED} is `{value}`; it can be a whole number"))
}

/// The command that plays this schedule once more, in the test that runs on this thread.
fn replay_line(schedule: &Schedule) -> String {
    let package = match std::env::var("CARGO_PKG_NAME") {
        Ok(name) => format!(" -p {name}"),
        Err(_) => String::new(),
    };
    // libtest names a test's thread after the test, unless it runs all of them on the main thread.
    let thread = std::thread::current();
    let test = match thread.name() {
        None | Some("main") => String::new(),
        Some(name) => format!(" {name} -- --exact"),
    };
    format!("{SCHEDULE}=\"{schedule}\" cargo test{package}{test}")
}
