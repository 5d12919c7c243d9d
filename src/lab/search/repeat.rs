//! The same schedule twice: code that goes two ways cannot be judged by one of them.

use crate::flow::Code;
use crate::judge::evidence::Run;
use crate::judge::verdict::{Verdict, judge};
use crate::language::schedule::Schedule;
use crate::run::replay;
use crate::setup::Setup;

/// Runs a schedule, and runs it again if it fails: code that goes two ways cannot be judged by one of them.
pub fn try_twice(setup: &Setup, code: Code, schedule: &Schedule) -> (Run, Option<Verdict>) {
    let one = replay(setup, code, schedule);
    let Some(verdict) = judge(&one) else {
        return (one, None);
    };
    let other = replay(setup, code, schedule);
    if one.evidence.trace == other.evidence.trace {
        return (one, Some(verdict));
    }
    let verdict = Verdict::TwoWays {
        one: one.evidence.trace.clone(),
        other: other.evidence.trace,
    };
    (one, Some(verdict))
}
