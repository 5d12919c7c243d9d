//! What the lab's own tests share: one way to play a schedule, and short answers about the run.

pub mod keyed;

use lab::engine::record::Halt;
use lab::engine::trace::{Event, Told};
use lab::flow::Code;
use lab::language::message::ChargeStatus;
use lab::language::schedule::Schedule;
use lab::prelude::*;
use lab::run::{Run, replay};
use lab::setup::Setup;
use std::fmt::Display;

/// The table that most toy shops have.
pub const ORDERS: &str = "
    CREATE TABLE orders (
        id     TEXT PRIMARY KEY,
        amount INTEGER NOT NULL CHECK (amount > 0),
        status TEXT NOT NULL
    ) STRICT;
";

/// Runs one world of this flow under a schedule as a person would type it.
pub fn play<F: OrderFlow>(setup: &Setup, schedule: &str) -> Run {
    replay(setup, Code::of::<F>("toy"), &schedule_of(schedule))
}

/// The schedule that this text says.
pub fn schedule_of(text: &str) -> Schedule {
    text.parse()
        .unwrap_or_else(|error| panic!("{text:?} is no schedule: {error}"))
}

/// A result as the toy flows write it to their log.
pub fn seen<T: Display, E: Display>(result: &Result<T, E>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(error) => error.to_string(),
    }
}

/// What happened when, as far as `pick` is interested.
pub fn when<'a, T>(run: &'a Run, pick: impl Fn(&'a Event) -> Option<T>) -> Vec<(u64, T)> {
    let entries = run.evidence.trace.entries.iter();
    entries
        .filter_map(|entry| Some((entry.at.0, pick(&entry.event)?)))
        .collect()
}

/// At which times something happened.
pub fn times(run: &Run, is: impl Fn(&Event) -> bool) -> Vec<u64> {
    let found = when(run, |event| is(event).then_some(()));
    found.into_iter().map(|(at, ())| at).collect()
}

/// The lines of the shop's log, with their times.
pub fn log(run: &Run) -> Vec<(u64, &str)> {
    when(run, |event| match event {
        Event::Log(line) => Some(line.as_str()),
        _ => None,
    })
}

/// When services executed something.
pub fn executed(run: &Run) -> Vec<u64> {
    times(run, |event| matches!(event, Event::Executed { .. }))
}

/// When the shop's process died.
pub fn crashes(run: &Run) -> Vec<u64> {
    times(run, |event| matches!(event, Event::Crashed))
}

/// When the shop's process came up.
pub fn starts(run: &Run) -> Vec<u64> {
    times(run, |event| matches!(event, Event::Started(_)))
}

/// When replies arrived that nobody was waiting for.
pub fn unheard(run: &Run) -> Vec<u64> {
    times(run, |event| {
        matches!(event, Event::Replied { unheard: true, .. })
    })
}

/// What the customers were told, in order of submission, with the times.
pub fn told(run: &Run) -> Vec<Option<(u64, Told)>> {
    let submissions = run.evidence.submissions.iter();
    submissions
        .map(|submission| submission.told.clone().map(|(at, told)| (at.0, told)))
        .collect()
}

/// What has become of the charges.
pub fn charges(run: &Run) -> Vec<ChargeStatus> {
    let charges = run.evidence.charges.iter();
    charges.map(|charge| charge.status).collect()
}

/// The shop's table `orders`: ids and what became of them.
pub fn rows(run: &Run) -> Vec<(&str, &str)> {
    let orders = run.evidence.orders.iter();
    orders
        .map(|row| (row.id.as_str(), row.status.as_str()))
        .collect()
}

/// The message and the place of the panic that ended this world's hopes.
pub fn panic_of(run: &Run) -> (&str, &str) {
    match &run.evidence.halt {
        Some(Halt::Panicked { message, place }) => (message, place),
        other => panic!("no panic, but {other:?}"),
    }
}
