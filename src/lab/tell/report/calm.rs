//! How a report names a schedule: one without faults, and one with unreadable spans.

use crate::language::schedule::Schedule;
use crate::setup::Setup;
use crate::tell::catalogue::{Language, days};

/// The schedule; or that it is empty, and what goes wrong in this world all the same.
pub(crate) fn or_calm(schedule: &Schedule, setup: &Setup, language: Language) -> String {
    if schedule.is_calm() {
        days::calm(setup, language)
    } else {
        schedule.to_string()
    }
}

/// The schedule's unreadable spans, in people's units.
pub(crate) fn glosses(schedule: &Schedule, language: Language) -> Vec<String> {
    let faults = schedule.faults().iter();
    let spans = faults.filter_map(|(_, fault)| fault.span());
    let mut glosses: Vec<String> = spans
        .filter_map(|span| days::gloss(span, language))
        .collect();
    glosses.dedup();
    glosses
}
