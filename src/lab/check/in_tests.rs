//! Checks a flow in its own crate, from a plain `#[test]`.
//!
//! ```no_run
//! use lab::prelude::*;
//! use lab::{Lab, Report};
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
//! A red test prints its report, with a line that plays the same world again and tells it in full: the test itself,
//! with [`SCHEDULE`] in its environment, and [`WORLD`] if the world was drawn as well ([`Lab::bounds`]).
//!
//! Code that reaches no step for ten seconds of real time cannot be stopped, only reported: the whole test program then
//! ends with NO VERDICT, the schedule, and the line that plays it again. In a debugger, give it more time with
//! [`SAGA_PATIENCE_MS`](watchdog::PATIENCE).

use super::environment::{self, variable};
use super::{Check, Guide};
use crate::both;
use crate::db::Storage;
use crate::engine::network::Latency;
use crate::engine::watchdog;
use crate::flow::{Code, OrderFlow};
use crate::judge::evidence::Evidence;
use crate::judge::invariant::Wrong;
use crate::language::order::Order;
use crate::language::schedule::Schedule;
use crate::run::replay;
use crate::search::scenario::{Bounds, Scenario};
use crate::services::Service;
use crate::setup::Setup;
use crate::tell::report::{Directions, Length, Report, Style};
use std::borrow::Cow;
use std::io::Write;
use std::marker::PhantomData;
use std::sync::{Arc, Once};

/// Makes a test play this one schedule and tell it in full: `SAGA_SCHEDULE="order1/payment.charge#1: reply lost"`.
pub const SCHEDULE: &str = "SAGA_SCHEDULE";

/// Makes it play in this world, within [`Lab::bounds`]: `SAGA_WORLD="2 × pen by ann at 59900ms"`.
pub const WORLD: &str = "SAGA_WORLD";

/// Varies what [`Lab::whatever_happens`] draws; a whole number.
pub const SEED: &str = "SAGA_SEED";

/// A flow, and the world in which it is checked.
pub struct Lab<F> {
    setup: Setup,
    orders: Vec<Order>,
    bounds: Option<Bounds>,
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
            bounds: None,
            flow: PhantomData,
        }
    }

    /// Changes anything else that a [`Setup`] knows.
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

    /// One more customer, who orders this as soon as the one before has an answer.
    pub fn order(mut self, order: Order) -> Lab<F> {
        self.orders.push(order);
        let orders = self.orders.clone();
        self.with(|setup| setup.one_after_another(orders))
    }

    /// Where the shop keeps its orders: see [`Setup::orders_from`].
    pub fn orders_from(self, sql: impl Into<Cow<'static, str>>) -> Lab<F> {
        self.with(|setup| setup.orders_from(sql))
    }

    /// Where the shop keeps the history of its orders: see [`Setup::history_from`].
    pub fn history_from(self, sql: impl Into<Cow<'static, str>>) -> Lab<F> {
        self.with(|setup| setup.history_from(sql))
    }

    /// Where the shop keeps its own stock: see [`Setup::stock_from`].
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

    /// Draws worlds within these bounds, and not only what goes wrong in them: who comes, when and for what; how long
    /// services take; when one is down. Only [`Lab::whatever_happens`] draws them; all other checks run in the given
    /// world.
    pub fn bounds(self, bounds: Bounds) -> Lab<F> {
        Lab {
            bounds: Some(bounds),
            ..self
        }
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

    /// At most `most` faults in any combination, with delays of any length, end well. 256 schedules are drawn from a
    /// fixed seed, which [`SEED`] varies; with [bounds](Lab::bounds), 1,024 worlds with their schedules.
    ///
    /// # Errors
    /// The report of a failing schedule, in the plainest world, with the fewest faults and the shortest delays that
    /// make it fail.
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

    /// Any number of deliveries of the same intent is as good as one: see [`Check::any_number_of_deliveries`].
    ///
    /// # Errors
    /// The report of the shrunk schedule, with both ends side by side.
    pub fn any_number_of_deliveries(&self, most: usize) -> Result<(), Report> {
        self.unless_asked(|check| check.any_number_of_deliveries(most))
    }

    /// Runs the check if a world can begin like this; or plays, in full, what the environment asks for.
    fn unless_asked(&self, ask: impl FnOnce(&Check) -> Result<(), Report>) -> Result<(), Report> {
        self.setup.check().map_err(Report::usage)?;
        environment::check().map_err(Report::usage)?;
        let code = Code::of::<F>(std::any::type_name::<F>());
        let check = Check {
            bounds: self.bounds,
            scenario: self.world_asked_for()?,
            seed: environment::seed().map_err(Report::usage)?,
            ..Check::new(self.setup.clone(), code)
        };
        end_if_stuck();
        check.is_played();
        match variable(SCHEDULE) {
            Some(schedule) => in_full(&check, &schedule),
            None if check.scenario.is_some() => in_full(&check, ""),
            None => ask(&check),
        }
    }

    fn world_asked_for(&self) -> Result<Option<Arc<Scenario>>, Report> {
        let Some(world) = variable(WORLD) else {
            return Ok(None);
        };
        let Some(bounds) = &self.bounds else {
            return Err(Report::usage(both!(
                en: "{WORLD} describes a world, and this test draws none",
                ja: "{WORLD}で世界を指定していますが、このテストは世界をくじで引きません"
            )));
        };
        let scenario = Scenario::parse(&world, bounds);
        Ok(Some(Arc::new(scenario.map_err(Report::usage)?)))
    }
}

/// From the first lab on, the watchdog runs.
fn end_if_stuck() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        watchdog::watch_worlds(|why, scene| {
            let report = Report::stuck(why, &scene).render(Style::from_environment());
            // Past libtest, which would hold it back until the test is over. Nothing is printed without a terminal.
            let _ = writeln!(std::io::stderr(), "\n{report}");
            std::process::exit(STUCK);
        });
    });
}

/// Exit code of a test program whose order code hangs: the same as for a red test.
const STUCK: i32 = 101;

fn in_full(check: &Check, schedule: &str) -> Result<(), Report> {
    let schedule = schedule.parse::<Schedule>().map_err(Report::usage)?;
    check.survives(&schedule, Length::Story)?;
    let steps = replay(&check.world(), check.code, &schedule).steps();
    schedule.check_steps(&steps).map_err(Report::usage)
}

/// Directions to run this thread's test again.
pub(super) fn run_again() -> Guide {
    let package = std::env::var("CARGO_PKG_NAME");
    let package = package.map_or(String::new(), |name| format!(" -p {name}"));
    // libtest names a test's thread after the test, unless it runs all of them on the main thread.
    let test = match std::thread::current().name() {
        None | Some("main") => String::new(),
        Some(name) => format!(" {name} -- --exact"),
    };
    Arc::new(move |world, schedule| {
        let world = world.map_or(String::new(), |world| format!("{WORLD}=\"{world}\" "));
        Directions {
            replay: format!("{world}{SCHEDULE}=\"{schedule}\" cargo test{package}{test}"),
            ..Directions::default()
        }
    })
}
