//! No verdict: the course cannot go on, or the code under test does not let it.

use lab::engine::watchdog::Scene;
use lab::tell::report::{Report, or_no_fault};

/// Not an accident: the course itself cannot go on.
pub(crate) fn trouble(message: String) -> Report {
    Report::rendered(format!(
        "NOT AN ACCIDENT: the course itself is in trouble\n{message}\n"
    ))
}

/// Somebody asked for something that there is not.
pub(crate) fn usage(message: String) -> Report {
    Report::rendered(format!("{message}\n"))
}

/// Another test has told the same at length.
pub(crate) fn stuck_as_in(first: &str) -> Report {
    Report::rendered(format!(
        "NO VERDICT · does not get anywhere\nHere, too; see `{first}`.\n"
    ))
}

/// The code prints so much that a search would never end.
pub(crate) fn prints_too_much(lines: usize) -> Report {
    Report::rendered(format!(
        "NO VERDICT · prints too much\n\
         The code has printed {lines} lines in one test, which runs thousands of worlds. Print less, or use `shop.log()`:\n\
         its lines show in the timeline.\n"
    ))
}

/// The code took its process down.
pub(crate) fn died(how: &str, scene: &Scene) -> Report {
    Report::rendered(format!(
        "NO VERDICT · the code ended its process\n\
         schedule   {}\n\
         There, {how}.\n{}",
        or_no_fault(&scene.schedule),
        scene.replay_line(),
    ))
}
