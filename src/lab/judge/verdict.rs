//! Verdicts: what a run amounts to.
//!
//! An accident is something that happened *in* a world. Three more things can go wrong *with* it: it never comes to rest,
//! the code panics, or its SQL is none. And one verdict is about the code as a whole: it went two ways under the same schedule, so
//! that neither run proves anything. Each has a name, and a report that says what to do.

use crate::engine::record::{Halt, InvalidSql};
use crate::engine::trace::Trace;
use crate::judge::accident::{self, Finding};
use crate::judge::evidence::Run;

/// What went wrong in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An accident of the encyclopedia.
    Accident(Finding),
    /// The world had to end early.
    Halted(Halt),
    /// It ended in an accident, and there is no need to ask why: the code's SQL is not valid.
    InvalidSql(InvalidSql),
    /// The same code under the same schedule went two ways.
    TwoWays {
        /// The first run.
        one: Trace,
        /// The second.
        other: Trace,
    },
}

impl Verdict {
    /// What it is called: the accident's name, or what the code did.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Accident(finding) => finding.accident.name(),
            Verdict::Halted(Halt::TicksTooOften { .. }) => "looks too often",
            Verdict::Halted(Halt::NeverSettles { .. }) => "never comes to rest",
            Verdict::Halted(Halt::Panicked { .. }) => "the code panicked",
            Verdict::InvalidSql(_) => "the SQL is not valid",
            Verdict::TwoWays { .. } => "not the same twice",
        }
    }
}

/// Judges one run: the reason it ended early, or the first accident in its evidence. If a statement was no SQL, that
/// comes before the accident.
pub fn judge(run: &Run) -> Option<Verdict> {
    if let Some(halt) = &run.evidence.halt {
        return Some(Verdict::Halted(halt.clone()));
    }
    let finding = accident::find(&run.evidence)?;
    Some(match &run.evidence.invalid_sql {
        // A slip of the pen is no accident.
        Some(invalid) => Verdict::InvalidSql(invalid.clone()),
        None => Verdict::Accident(finding),
    })
}
