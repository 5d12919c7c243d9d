//! Code that runs over its budget or panics gets a verdict; so does code that goes two ways.

use crate::common::{ORDERS, panic_of, play, schedule_of};
use lab::check::Check;
use lab::engine::record::{Busy, Halt};
use lab::engine::trace::Event;
use lab::flow::Code;
use lab::judge::verdict::{Verdict, judge};
use lab::language::schedule::Schedule;
use lab::prelude::*;
use lab::run::Run;
use lab::search::repeat::try_twice;
use lab::setup::Setup;
use lab::tell::report::{Length, Style};
use lab::tell::{Glyphs, Language};
use std::sync::atomic::{AtomicU32, Ordering};

const RETRIES: u8 = 0;
const RETRIES_SQL: u8 = 1;
const YIELDS: u8 = 2;
const PANICS: u8 = 3;
const PANICS_IN_RECOVER: u8 = 4;
const PANICS_IN_A_TASK: u8 = 5;
const PANICS_AT_THE_START: u8 = 6;
const PANICS_TWICE: u8 = 7;

/// Misbehaves in one of these ways, the second time it is asked to.
struct Misbehaves<const HOW: u8> {
    shop: Shop,
}

impl<const HOW: u8> OrderFlow for Misbehaves<HOW> {
    fn start(shop: Shop) -> Self {
        assert!(HOW != PANICS_AT_THE_START, "I will not start");
        Misbehaves { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        match HOW {
            RETRIES => loop {
                let charge = payment.charge(ChargeRequest::of(order), None);
                let _ = tokio::time::timeout(Ms::ZERO.duration(), charge).await;
            },
            RETRIES_SQL => while db.execute("INSERT INTO nowhere", params![]).await.is_err() {},
            YIELDS => loop {
                tokio::task::yield_now().await;
            },
            PANICS => panic!("I give up on {}", order.id),
            PANICS_IN_A_TASK => {
                let task = tokio::spawn(async { panic!("in a task") });
                let _: Result<(), _> = task.await;
            }
            PANICS_TWICE => {
                let _: Result<(), _> = tokio::spawn(async { panic!("first") }).await;
                panic!("second");
            }
            _ => {}
        }
        Ok(Answer::Confirmed)
    }

    async fn recover(&self) -> Result<(), Failure> {
        assert!(HOW != PANICS_IN_RECOVER, "nothing to recover");
        Ok(())
    }
}

fn misbehaving<const HOW: u8>() -> Run {
    play::<Misbehaves<HOW>>(&Setup::new().schema(ORDERS), "")
}

#[test]
fn a_retry_without_a_pause_runs_over_the_budget_of_steps() {
    for run in [misbehaving::<RETRIES>(), misbehaving::<RETRIES_SQL>()] {
        let halt = run.evidence.halt.clone();
        let expected = Halt::NeverSettles {
            what: Busy::Steps,
            count: 4_000,
        };
        assert_eq!(halt, Some(expected));
        // It ends where the budget does, and not at the horizon.
        assert_eq!(run.asked.len(), 4_001);
        let verdict = judge(&run).map(|verdict| verdict.name());
        assert_eq!(verdict, Some("never comes to rest"));
    }
}

#[test]
fn a_loop_that_only_yields_runs_over_the_budget_of_turns() {
    let run = misbehaving::<YIELDS>();
    let expected = Halt::NeverSettles {
        what: Busy::Turns,
        count: 1_000_000,
    };
    assert_eq!(run.evidence.halt, Some(expected));
    // The next world has a budget of its own.
    let run = misbehaving::<PANICS>();
    assert!(matches!(run.evidence.halt, Some(Halt::Panicked { .. })));
}

fn in_this_file(place: &str) -> bool {
    place.contains("tests/budget.rs:")
}

#[test]
fn a_panic_is_a_verdict_with_a_message_and_a_place() {
    for (run, expected) in [
        (misbehaving::<PANICS>(), "I give up on order1"),
        (misbehaving::<PANICS_IN_RECOVER>(), "nothing to recover"),
        (misbehaving::<PANICS_IN_A_TASK>(), "in a task"),
        (misbehaving::<PANICS_AT_THE_START>(), "I will not start"),
        (misbehaving::<PANICS_TWICE>(), "first"),
    ] {
        let (message, place) = panic_of(&run);
        assert_eq!(message, expected);
        assert!(in_this_file(place), "{place}");
        let verdict = judge(&run).map(|verdict| verdict.name());
        assert_eq!(verdict, Some("the code panicked"));
    }
}

#[test]
fn the_message_of_a_panic_is_told_in_a_short_report_too() {
    let code = Code::of::<Misbehaves<PANICS>>("panics");
    let setup = Setup::new().schema(ORDERS);
    let report = Check::new(setup, code).report(&Schedule::CALM, Length::Short);
    let text = report.expect("it panics").render(Style {
        language: Language::English,
        glyphs: Glyphs::Unicode,
        color: false,
        width: None,
    });
    let found = text.lines().find(|line| line.starts_with("found"));
    let found = found.unwrap_or_else(|| panic!("{text}"));
    assert!(found.starts_with("found      a panic at "), "{found}");
    assert!(found.ends_with(": I give up on order1"), "{found}");
}

#[test]
fn one_worlds_panic_is_not_the_next_ones() {
    panic_of(&misbehaving::<PANICS>());
    assert_eq!(misbehaving::<99>().evidence.halt, None);
}

#[test]
fn a_panic_outside_of_a_world_is_nobody_elses_business() {
    misbehaving::<PANICS>();
    let panicked = std::thread::spawn(|| std::panic::catch_unwind(|| panic!("a test's own")));
    assert!(matches!(panicked.join(), Ok(Err(_))));
    assert_eq!(misbehaving::<99>().evidence.halt, None);
}

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Does something else each time it runs: what an unbiased `select!`, the system clock, randomness or the order
/// of a hash map amount to.
struct Fickle {
    shop: Shop,
}

impl OrderFlow for Fickle {
    fn start(shop: Shop) -> Self {
        Fickle { shop }
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        self.shop.log(format!("run {run}"));
        Ok(Answer::Pending)
    }
}

#[test]
fn code_that_goes_two_ways_gets_a_verdict_that_says_so() {
    let setup = Setup::new();
    let (_, verdict) = try_twice(&setup, Code::of::<Fickle>("fickle"), &schedule_of(""));
    let Some(Verdict::TwoWays { one, other }) = verdict else {
        panic!("{verdict:?}");
    };
    let line = |trace: &lab::engine::trace::Trace| {
        trace.entries.iter().find_map(|entry| match &entry.event {
            Event::Log(line) => Some(line.clone()),
            _ => None,
        })
    };
    assert_eq!(line(&one).as_deref(), Some("run 0"));
    assert_eq!(line(&other).as_deref(), Some("run 1"));
}

#[test]
fn code_that_fails_the_same_way_twice_keeps_its_verdict() {
    let code = Code::of::<Misbehaves<PANICS>>("panics");
    let (run, verdict) = try_twice(&Setup::new(), code, &schedule_of(""));
    assert_eq!(verdict, judge(&run));
    assert!(verdict.is_some());
}
