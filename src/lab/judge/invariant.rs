//! Invariants: what must hold at the end of every world, besides what the lab checks by itself.

use crate::engine::panics;
use crate::engine::record::Halt;
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Given the end of a world, says what is wrong with it.
type Holds = dyn Fn(&Evidence) -> Option<Wrong> + Send + Sync;

/// Something that must hold at the end of every world.
#[derive(Clone)]
pub struct Invariant {
    name: Name,
    holds: Arc<Holds>,
}

impl fmt::Debug for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Invariant").field(&self.name).finish()
    }
}

/// A broken invariant: what would have been right, and the two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What would have been right, in a line.
    pub expected: String,
    /// What the shop believes.
    pub believes: Vec<String>,
    /// What the others know.
    pub knows: Vec<String>,
}

impl Wrong {
    /// This would have been right.
    pub fn expected(expected: impl Into<String>) -> Wrong {
        Wrong {
            expected: expected.into(),
            believes: Vec::new(),
            knows: Vec::new(),
        }
    }

    /// The shop believes this.
    pub fn believes(mut self, line: impl Into<String>) -> Wrong {
        self.believes.push(line.into());
        self
    }

    /// The others know this.
    pub fn knows(mut self, line: impl Into<String>) -> Wrong {
        self.knows.push(line.into());
        self
    }

    /// What is, in a line.
    pub fn found(&self) -> String {
        [self.believes.as_slice(), &self.knows].concat().join("; ")
    }
}

/// How an invariant has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// It does not hold.
    Broken {
        /// Its name.
        invariant: Name,
        /// What is wrong.
        wrong: Wrong,
    },
    /// It panicked, so nobody knows whether it holds.
    Panicked {
        /// Its name.
        invariant: Name,
        /// The message.
        message: String,
        /// `file:line:column`.
        place: String,
    },
}

impl Invariant {
    /// An invariant with the name that reports use; the function says what is wrong, or `None`.
    pub fn new(
        name: &str,
        holds: impl Fn(&Evidence) -> Option<Wrong> + Send + Sync + 'static,
    ) -> Invariant {
        Invariant {
            name: Name::new(name),
            holds: Arc::new(holds),
        }
    }

    /// How it fails in this world, if it does.
    fn breach(&self, evidence: &Evidence) -> Option<Breach> {
        let invariant = self.name;
        panics::begin();
        let wrong = catch_unwind(AssertUnwindSafe(|| (self.holds)(evidence)));
        let panicked = panics::take();
        match wrong {
            Ok(wrong) => wrong.map(|wrong| Breach::Broken { invariant, wrong }),
            Err(_) => {
                let (message, place) = match panicked {
                    Some(Halt::Panicked { message, place }) => (message, place),
                    _ => ("a panic without a message".to_owned(), String::new()),
                };
                Some(Breach::Panicked {
                    invariant,
                    message,
                    place,
                })
            }
        }
    }
}

/// The first of these invariants that fails in this world.
pub(crate) fn first_breach(invariants: &[Invariant], evidence: &Evidence) -> Option<Breach> {
    let mut invariants = invariants.iter();
    invariants.find_map(|invariant| invariant.breach(evidence))
}
