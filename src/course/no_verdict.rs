//! No verdict: the course cannot go on, or the code under test does not let it.

use lab::engine::watchdog::Scene;
use lab::flow::Code;
use lab::language::schedule::Schedule;
use lab::tell::report::{Kind, NoVerdict, Report, Style, Tell};

/// Not an accident: the course itself cannot go on.
pub(crate) fn trouble(message: String) -> Report {
    Report::of(Trouble(message))
}

/// The course itself cannot go on.
struct Trouble(String);

impl Tell for Trouble {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn name(&self) -> Option<String> {
        None
    }

    fn render(&self, _: Style) -> String {
        let message = &self.0;
        format!("NOT AN ACCIDENT: the course itself is in trouble\n{message}\n")
    }
}

/// Somebody asked for something that there is not.
pub(crate) fn usage(message: String) -> Report {
    Report::usage(message)
}

/// Another test has told the same at length.
pub(crate) fn stuck_as_in(first: &str) -> Report {
    let advice = format!("Here, too; see `{first}`.");
    Report::of(NoVerdict::of("does not get anywhere", advice))
}

/// The code prints so much that a search would never end.
pub(crate) fn prints_too_much(lines: usize) -> Report {
    let advice = format!(
        "The code has printed {lines} lines in one test, which runs thousands of worlds. Print less, or use `shop.log()`:\n\
         its lines show in the timeline."
    );
    Report::of(NoVerdict::of("prints too much", advice))
}

/// The code took its process down.
pub(crate) fn died(how: &str, scene: &Scene) -> Report {
    Report::of(
        NoVerdict::of("the code ended its process", format!("There, {how}.")).in_scene(scene),
    )
}

/// A run that was measured, and is not as the chapter says.
pub(crate) fn measured_otherwise(schedule: &Schedule, code: Code, measured: &str) -> Report {
    let advice = format!("code       {}\n{measured}", code.name());
    let name = "measured otherwise than the chapter says";
    Report::of(NoVerdict {
        schedule: Some(schedule.to_string()),
        ..NoVerdict::of(name, advice)
    })
}
