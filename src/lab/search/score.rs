//! The score of a search: what it ran, what broke, and what was tried where.
//!
//! A verdict says "red"; a score says how far the code got. "Survives every schedule of 0 and 1 faults; breaks in 30 of
//! 151 with 2" is visible progress, and shows where to go on.

use crate::judge::verdict::Verdict;
use crate::language::name::Name;
use crate::language::schedule::Schedule;
use std::collections::BTreeMap;

/// How the schedules with one number of faults went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// How many faults.
    pub faults: usize,
    /// How many schedules were run.
    pub run: usize,
    /// How many of them ended in an accident.
    pub broke: usize,
}

/// The results of one kind of fault at one kind of step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Schedules with it that held.
    pub held: usize,
    /// Schedules with it that ended in an accident.
    pub broke: usize,
}

/// Step (actor and operation) by fault.
pub type Grid = BTreeMap<(Name, Name), BTreeMap<&'static str, Cell>>;

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// Level by level.
    pub levels: Vec<Level>,
    /// The first schedule that ended in an accident, and the accident.
    pub first: Option<(Schedule, Verdict)>,
    /// In how many different ways the worlds ended.
    pub ends: usize,
    /// The next level was not begun, since it would have about this many schedules.
    pub too_many: Option<usize>,
    /// Step (actor and operation) by fault.
    pub grid: Grid,
}

impl Score {
    /// The levels at which nothing broke.
    pub fn held(&self) -> impl Iterator<Item = &Level> {
        self.levels.iter().filter(|level| level.broke == 0)
    }

    /// Whether every schedule that was run held.
    pub fn holds(&self) -> bool {
        self.first.is_none()
    }

    /// How many schedules were run in total.
    pub fn run(&self) -> usize {
        self.levels.iter().map(|level| level.run).sum()
    }

    /// Steps that were reached only through the last fault of a schedule, so that nothing was tried at them.
    pub fn never_tried(&self) -> Vec<String> {
        let mut names = Vec::new();
        for ((actor, what), cells) in &self.grid {
            if cells.is_empty() {
                names.push(match what.as_str() {
                    "" => actor.to_string(),
                    what => format!("{actor}/{what}"),
                });
            }
        }
        names
    }
}
