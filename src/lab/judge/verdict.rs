//! Verdicts on a run.
//!
//! An accident happens *in* a world. Three more things can go wrong *with* it: it never comes to rest, the code panics,
//! or its SQL is invalid. And one verdict is about the code as a whole: it behaved in two ways under the same schedule,
//! so neither run proves anything. Each has a name, and a report that says what to do.

use crate::engine::record::{Halt, InvalidSql};
use crate::engine::trace::Trace;
use crate::judge::accident::{self, Finding};
use crate::judge::evidence::Run;
use crate::judge::invariant::Breach;

/// What went wrong in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// An accident of the encyclopedia.
    Accident(Finding),
    /// An invariant of the setup fails.
    Breach(Breach),
    /// The world had to end early.
    Halted(Halt),
    /// The code's SQL is invalid, which explains whatever accident followed.
    InvalidSql(InvalidSql),
    /// The same code behaved in two ways under the same schedule.
    TwoWays {
        /// The first run.
        one: Trace,
        /// The second.
        other: Trace,
    },
}

impl Verdict {
    /// Whether it is about how a world ended, and not about the code as such.
    pub fn is_accident(&self) -> bool {
        match self {
            Verdict::Accident(_) | Verdict::Breach(Breach::Broken { .. }) => true,
            Verdict::Breach(Breach::Panicked { .. })
            | Verdict::Halted(_)
            | Verdict::InvalidSql(_)
            | Verdict::TwoWays { .. } => false,
        }
    }

    /// Its name: the accident's, or what the code did.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Accident(finding) => finding.accident.name(),
            Verdict::Breach(Breach::Broken { invariant, .. }) => invariant.as_str(),
            Verdict::Breach(Breach::Panicked { .. }) => "an invariant panicked",
            Verdict::Halted(Halt::TicksTooOften { .. }) => "looks too often",
            Verdict::Halted(Halt::NeverSettles { .. }) => "never comes to rest",
            Verdict::Halted(Halt::Panicked { .. }) => "the code panicked",
            Verdict::InvalidSql(_) => "the SQL is not valid",
            Verdict::TwoWays { .. } => "not the same twice",
        }
    }
}

/// Judges one run: the reason it ended early, or the first accident in its evidence, or the first broken invariant.
/// Invalid SQL comes before all of them.
pub fn judge(run: &Run) -> Option<Verdict> {
    if let Some(halt) = &run.evidence.halt {
        return Some(Verdict::Halted(halt.clone()));
    }
    let accident = accident::find(&run.evidence).map(Verdict::Accident);
    let breach = || run.evidence.breach.clone().map(Verdict::Breach);
    let verdict = accident.or_else(breach)?;
    Some(match &run.evidence.invalid_sql {
        // A typo is no accident.
        Some(invalid) => Verdict::InvalidSql(invalid.clone()),
        None => verdict,
    })
}
