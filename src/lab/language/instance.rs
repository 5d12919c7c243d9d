//! Which of the shop's processes does something, where two run on one database.
//!
//! Whoever works in the second one is marked: `order1@2`, `recover@2`. In the first, and in every world with one process,
//! names are as they are.

use crate::language::name::Name;
use std::fmt;

/// One of the shop's processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instance(u8);

const MARK: &str = "@2";

impl Instance {
    /// The only one, in most worlds.
    pub const FIRST: Instance = Instance(0);

    /// As many as a world can have.
    pub const ALL: [Instance; 2] = [Instance::FIRST, Instance(1)];

    /// The one in which this actor works.
    pub fn of(actor: Name) -> Instance {
        if actor.as_str().ends_with(MARK) {
            Instance(1)
        } else {
            Instance::FIRST
        }
    }

    /// The actor, at work in this one.
    pub fn marks(self, actor: Name) -> Name {
        if self == Instance::FIRST {
            return actor;
        }
        Name::new(&format!("{}{MARK}", unmarked(actor)))
    }

    /// Its place in a list of all.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// `1` or `2`, as people count them.
impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 + 1)
    }
}

/// Who this is, wherever at work: the order, the job.
pub fn unmarked(actor: Name) -> Name {
    match actor.as_str().strip_suffix(MARK) {
        Some(name) => Name::of(name),
        None => actor,
    }
}
