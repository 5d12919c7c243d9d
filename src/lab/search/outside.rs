//! What order code keeps outside of its process.
//!
//! A `static`, or a thread-local, lives as long as the real process that runs the tests. The lab's crash drops
//! everything that order code holds, but it cannot reach those; a real crash does. Code that keeps its keys there
//! survives every schedule in the lab and none in production. So after a search the calm day is run twice more: once as
//! before, where any difference shows that something was kept; and once in a world that numbers its fresh keys and
//! transaction ids differently, where nobody can know a key from an earlier world.
//!
//! State that changes only computations, and neither requests nor the timeline, goes unnoticed.

use crate::engine::trace::{Event, Trace};
use crate::flow::Code;
use crate::language::message::Key;
use crate::language::schedule::Schedule;
use crate::run::replay;
use crate::setup::Setup;

/// Where the other world's numbers begin: far beyond those of any usual world.
const ELSEWHERE: u32 = 1_000_000;

/// What order code has kept from earlier worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// It has sent a request under a key that its world has never handed out.
    Key(Key),
    /// Something else: the calm day goes differently than before.
    Something,
}

/// The calm day, as it was before a search.
pub struct Before {
    trace: Trace,
}

impl Before {
    /// Runs the calm day.
    pub fn of(setup: &Setup, code: Code) -> Before {
        let trace = replay(setup, code, &Schedule::CALM).evidence.trace;
        Before { trace }
    }

    /// What this code has kept from earlier worlds; `None` if nothing.
    pub fn remembered(&self, setup: &Setup, code: Code) -> Option<Remembered> {
        let elsewhere = Setup {
            numbered_from: ELSEWHERE,
            ..setup.clone()
        };
        let run = replay(&elsewhere, code, &Schedule::CALM);
        let mut entries = run.evidence.trace.entries.iter();
        let foreign = entries.find_map(|entry| match &entry.event {
            Event::Sent { request, .. } | Event::NoConnection { request, .. } => {
                request.key().filter(|key| is_from_elsewhere(key)).cloned()
            }
            _ => None,
        });
        if let Some(key) = foreign {
            return Some(Remembered::Key(key));
        }
        let again = Before::of(setup, code);
        (again.trace != self.trace).then_some(Remembered::Something)
    }
}

/// Whether this looks like one of the lab's own keys or ids, with a number that the other world does not use.
fn is_from_elsewhere(key: &Key) -> bool {
    let text = key.as_str();
    let number = text
        .strip_prefix("key-")
        .or_else(|| text.strip_prefix("tx-"));
    let number: Option<u32> = number.and_then(|number| number.parse().ok());
    number.is_some_and(|number| number <= ELSEWHERE)
}
