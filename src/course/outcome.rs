//! The outcomes of tests, on their way to the process that started them.

use crate::isolate::Outcome;
use lab::tell::report::{Directions, Kind, Length, Style, Tell};
use outcomes::{Again, Failure};

/// Why a test is red, as data.
pub(crate) fn failure(verdict: &Outcome, style: Style) -> Option<Failure> {
    let report = verdict.as_ref().err()?;
    let it = report.facts();
    let again = |directions: &Directions| Again {
        world: directions.world.clone(),
        command: directions.replay.clone(),
    };
    Some(Failure {
        kind: match it.kind() {
            Kind::Accident => outcomes::Kind::Accident,
            Kind::NoVerdict => outcomes::Kind::NoVerdict,
            Kind::Prediction => outcomes::Kind::Prediction,
            Kind::Usage => outcomes::Kind::Usage,
        },
        name: it.name(),
        meaning: it.meaning(style.language),
        expected: it.expected(style.language),
        schedule: it.schedule(),
        again: it.directions().map(again),
        is_story: it.length() == Length::Story,
        report: it.render(style),
    })
}

/// What a test's own process reports.
pub(crate) struct Elsewhere(pub(crate) Failure);

impl Tell for Elsewhere {
    fn kind(&self) -> Kind {
        match self.0.kind {
            outcomes::Kind::Accident => Kind::Accident,
            outcomes::Kind::NoVerdict => Kind::NoVerdict,
            outcomes::Kind::Prediction => Kind::Prediction,
            outcomes::Kind::Usage => Kind::Usage,
        }
    }

    fn name(&self) -> Option<String> {
        self.0.name.clone()
    }

    fn render(&self, _: Style) -> String {
        self.0.report.clone()
    }
}
