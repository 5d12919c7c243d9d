//! How a report speaks of a schedule: of one without faults, and of one with spans that nobody can read.

use crate::engine::network::Outage;
use crate::language::schedule::Schedule;
use crate::language::time::Ms;
use crate::setup::Setup;

/// The schedule; or that there is none, and what befalls this world all the same.
pub(crate) fn or_calm(schedule: &Schedule, setup: &Setup) -> String {
    if !schedule.is_calm() {
        return schedule.to_string();
    }
    if besides(setup).is_empty() {
        format!("(the calm day: {})", without_faults(setup))
    } else {
        format!("({})", without_faults(setup))
    }
}

/// What is to be said of a schedule without faults.
pub fn without_faults(setup: &Setup) -> String {
    match besides(setup).as_slice() {
        [] => "nothing goes wrong".to_owned(),
        besides => format!("no fault besides: {}", besides.join("; ")),
    }
}

/// What befalls a world whatever its schedule says.
fn besides(setup: &Setup) -> Vec<String> {
    let outage = |outage: &Outage| {
        let Outage {
            service,
            from,
            until,
        } = outage;
        format!(
            "{service} is down from {} to {}",
            from.spoken(),
            until.spoken()
        )
    };
    let story = Some(setup.given.to_string()).filter(|story| !story.is_empty());
    setup.outages.iter().map(outage).chain(story).collect()
}

/// The spans of a schedule that are numbers which nobody reads, in people's units: `15329799ms is 4 h 15 min`.
pub(crate) fn glosses(schedule: &Schedule) -> Vec<String> {
    let spans = schedule
        .faults()
        .iter()
        .filter_map(|(_, fault)| fault.span());
    let gloss = |span: Ms| Some(format!("{span} is {}", span.gloss()?));
    let mut glosses: Vec<String> = spans.filter_map(gloss).collect();
    glosses.dedup();
    glosses
}
