//! The edge of an accident: the delay at which it begins, and the nearest schedule that still passes.
//!
//! "The reply was late" is not enough to learn from. *How* late is too late? The edge answers in a sentence, "breaks as
//! soon as the reply takes longer than 700 ms", and that number is often one in the reader's own code.

use crate::flow::Code;
use crate::judge::verdict::judge;
use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::step::Step;
use crate::language::time::Ms;
use crate::run::replay;
use crate::setup::Setup;

/// The delay at which a schedule tips over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// At which step.
    pub step: Step,
    /// The shortest delay that breaks.
    pub breaks: Fault,
    /// The longest that passes.
    pub passes: Fault,
    /// How long a call takes on a calm day.
    pub usual: Ms,
}

/// Finds the edge of a failing schedule by bisection over the first of its delays that has one. `None` if even one
/// millisecond breaks it, or if the schedule has no delay.
pub fn edge(setup: &Setup, code: Code, schedule: &Schedule) -> Option<Edge> {
    let fails = |schedule: &Schedule| judge(&replay(setup, code, schedule)).is_some();
    schedule
        .faults()
        .iter()
        .enumerate()
        .find_map(|(place, (step, fault))| {
            let with = |span: u64| {
                let mut faults = schedule.faults().to_vec();
                faults[place].1 = fault.with_span(Ms(span));
                Schedule::of(faults)
            };
            let (mut passes, mut breaks) = (1, fault.span()?.0);
            if breaks <= passes {
                return None;
            }
            if fails(&with(passes)) {
                return None;
            }
            while breaks - passes > 1 {
                let middle = passes + (breaks - passes) / 2;
                if fails(&with(middle)) {
                    breaks = middle;
                } else {
                    passes = middle;
                }
            }
            Some(Edge {
                step: *step,
                breaks: fault.with_span(Ms(breaks)),
                passes: fault.with_span(Ms(passes)),
                usual: setup.usual_latency(),
            })
        })
}

/// The nearest schedule that passes: with the delay just below the edge, or else with one fault fewer. `None` if even
/// the calm day breaks.
pub fn nearest_passing(
    setup: &Setup,
    code: Code,
    schedule: &Schedule,
    edge: Option<&Edge>,
) -> Option<Schedule> {
    if let Some(edge) = edge {
        return Some(Schedule::of(schedule.faults().iter().map(
            |(step, fault)| {
                let fault = if *step == edge.step {
                    edge.passes
                } else {
                    *fault
                };
                (*step, fault)
            },
        )));
    }
    (0..schedule.faults().len())
        .map(|place| schedule.without(place))
        .find(|fewer| judge(&replay(setup, code, fewer)).is_none())
}
