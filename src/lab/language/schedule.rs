//! Schedules: which step suffers which fault.
//!
//! A schedule is the one line that a red test prints, that its reader pastes, and that plays the same world again. So
//! it has to read well and to mean the same everywhere: what is printed can be parsed again, and is then equal.
//!
//! ```
//! use lab::language::schedule::Schedule;
//!
//! let text = "order1/payment.charge#1: reply late 1500ms; recover#1: crash before";
//! let schedule: Schedule = text.parse()?;
//! assert_eq!(schedule.faults().len(), 2);
//! assert_eq!(schedule.to_string(), text);
//!
//! // A typo is answered with its position, and a suggestion.
//! let error = "order1/payment.charge#1: reply lat 1500ms".parse::<Schedule>().unwrap_err();
//! assert!(error.to_string().contains("reply late"));
//! # Ok::<(), lab::language::schedule_error::ScheduleError>(())
//! ```

use crate::language::fault::Fault;
use crate::language::step::Step;
use std::fmt;

/// Which step suffers which fault. A step suffers one fault at most.
#[derive(Clone, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Schedule {
    faults: Vec<(Step, Fault)>,
}

impl Schedule {
    /// The calm day: nothing goes wrong.
    pub const CALM: Schedule = Schedule { faults: Vec::new() };

    /// The schedule with these faults. A step named twice keeps its first fault; a person's text goes through
    /// [`str::parse`], where that is an error.
    pub fn of(faults: impl IntoIterator<Item = (Step, Fault)>) -> Schedule {
        let mut schedule = Schedule::CALM;
        for (step, fault) in faults {
            if schedule.fault_at(&step).is_none() {
                schedule.faults.push((step, fault));
            }
        }
        schedule
    }

    /// The faults, in the order they were written or took hold.
    pub fn faults(&self) -> &[(Step, Fault)] {
        &self.faults
    }

    /// What this step suffers.
    pub fn fault_at(&self, step: &Step) -> Option<Fault> {
        self.faults
            .iter()
            .find(|(at, _)| at == step)
            .map(|(_, fault)| *fault)
    }

    /// Whether nothing goes wrong.
    pub fn is_calm(&self) -> bool {
        self.faults.is_empty()
    }

    /// This schedule and one fault more.
    pub fn with(&self, step: Step, fault: Fault) -> Schedule {
        Schedule::of(self.faults.iter().copied().chain([(step, fault)]))
    }

    /// This schedule without its n-th fault.
    pub fn without(&self, n: usize) -> Schedule {
        let mut fewer = self.clone();
        fewer.faults.remove(n);
        fewer
    }
}

/// `order1/payment.charge#1: reply late 1500ms; recover#1: crash before`; empty for the calm day.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (step, fault)) in self.faults.iter().enumerate() {
            let semicolon = if place > 0 { "; " } else { "" };
            write!(f, "{semicolon}{step}: {fault}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
