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

use super::{Check, Guide, USUAL_SEED};
use crate::db::Storage;
use crate::engine::network::Latency;
use crate::flow::{Code, OrderFlow};
use crate::judge::evidence::Evidence;
use crate::judge::invariant::Wrong;
use crate::language::order::Order;
use crate::language::schedule_error::ScheduleError;
use crate::run::replay;
use crate::services::Service;
use crate::setup::Setup;
use crate::tell::report::{Directions, Length, Report};
use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

/// Has a test play this one schedule, and tell it in full: `SAGA_SCHEDULE="order1/payment.charge#1: reply lost"`.
pub const SCHEDULE: &str = "SAGA_SCHEDULE";

/// Varies what [`Lab::whatever_happens`] draws; a whole number.
pub const SEED: &str = "SAGA_SEED";

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
        self.unless_asked(|check| check.every_schedule(most).map(drop))
    }

    /// At most `most` faults in any combination, with delays of any length, end well: 256 schedules are drawn, from a fixed
    /// seed, which [`SEED`] varies.
    ///
    /// # Errors
    /// The report of a failing one, with the fewest faults and the shortest delays that make it fail.
    pub fn whatever_happens(&self, most: usize) -> Result<(), Report> {
        self.unless_asked(|check| check.whatever_happens(most).map(drop))
    }

    /// This schedule ends well.
    ///
    /// # Errors
    /// The report in full, if it does not.
    pub fn survives(&self, schedule: &str) -> Result<(), Report> {
        self.unless_asked(|check| in_full(check, schedule))
    }

    /// Asks, if a world can begin like this; or plays, in full, the schedule that the environment asks for.
    fn unless_asked(&self, ask: impl FnOnce(&Check) -> Result<(), Report>) -> Result<(), Report> {
        self.setup.check().map_err(Report::usage)?;
        let code = Code::of::<F>(std::any::type_name::<F>());
        let check = Check {
            seed: seed().map_err(Report::usage)?,
            ..Check::new(self.setup.clone(), code)
        };
        match std::env::var_os(SCHEDULE) {
            // What is not UTF-8 is kept as far as it goes: none of it makes sense, and the message shows it.
            Some(asked) => in_full(&check, &asked.to_string_lossy()),
            None => ask(&check),
        }
    }
}

fn in_full(check: &Check, schedule: &str) -> Result<(), Report> {
    let said = |error: ScheduleError| Report::usage(error.to_string());
    let schedule = schedule.parse().map_err(said)?;
    check.survives(&schedule, Length::Story)?;
    let steps = replay(&check.world(), check.code, &schedule).steps();
    schedule.check_steps(&steps).map_err(said)
}

fn seed() -> Result<u64, String> {
    let Some(value) = std::env::var_os(SEED) else {
        return Ok(USUAL_SEED);
    };
    let value = value.to_string_lossy();
    let number = value.parse();
    number.map_err(|_| format!("{SEED} is `{value}`; it can be a whole number"))
}

/// Has the test that is on this thread run again.
pub(super) fn run_again() -> Guide {
    let package = std::env::var("CARGO_PKG_NAME");
    let package = package.map_or(String::new(), |name| format!(" -p {name}"));
    // libtest names a test's thread after the test, unless it runs all of them on the main thread.
    let test = match std::thread::current().name() {
        None | Some("main") => String::new(),
        Some(name) => format!(" {name} -- --exact"),
    };
    Arc::new(move |_, schedule| Directions {
        replay: format!("{SCHEDULE}=\"{schedule}\" cargo test{package}{test}"),
        ..Directions::default()
    })
}
