//! Which smaller schedule to try next.
//!
//! A candidate that still fails becomes the best, as far as it fired. Every candidate has fewer faults than the
//! best, or the same one earlier, or the same ones with a shorter delay; so shrinking ends.

use crate::language::fault::Fault;
use crate::language::instance::unmarked;
use crate::language::schedule::Schedule;
use crate::language::step::{RECOVER, Step};
use crate::language::time::Ms;

/// The search for the smallest schedule that still fails.
pub(super) struct Shrink {
    best: Schedule,
    /// The steps of the calm day, in order.
    calm: Vec<Step>,
    stage: Stage,
}

enum Stage {
    /// Perhaps no fault is needed; and a single fault can only happen at a step of the calm day.
    Calm,
    /// These schedules have fewer faults than the best, or its only fault earlier.
    Fewer(std::vec::IntoIter<Schedule>),
    /// Bisecting the delay of the fault at this place of the best schedule.
    Shorter {
        at: usize,
        /// The longest delay seen to pass, in milliseconds; 0 stands for no delay.
        passes: u64,
        /// Some delay became shorter since faults were last removed.
        shortened: bool,
    },
}

impl Shrink {
    /// Begins with what fired in a failing run.
    pub(super) fn new(fired: Schedule) -> Shrink {
        Shrink {
            best: fired,
            calm: Vec::new(),
            stage: Stage::Calm,
        }
    }

    /// The candidate to try now.
    pub(super) fn next(&mut self) -> Option<Schedule> {
        if let Stage::Calm = self.stage {
            return (!self.best.is_calm()).then_some(Schedule::CALM);
        }
        if let Stage::Fewer(candidates) = &mut self.stage {
            if let Some(candidate) = candidates.next() {
                return Some(candidate);
            }
            self.stage = Stage::Shorter {
                at: 0,
                passes: 0,
                shortened: false,
            };
        }
        while let Stage::Shorter { at, passes, .. } = &mut self.stage
            && let Some((step, fault)) = self.best.faults().get(*at).copied()
        {
            if let Some(span) = halfway(*passes, fault) {
                let faults = self.best.faults().iter().copied();
                return Some(Schedule::of(faults.map(|(other, suffers)| {
                    let shorter = other == step;
                    (
                        other,
                        if shorter {
                            fault.with_span(span)
                        } else {
                            suffers
                        },
                    )
                })));
            }
            (*at, *passes) = (*at + 1, 0);
        }
        // With other delays another fault may have become superfluous. One fault alone has been tried.
        match self.stage {
            Stage::Shorter {
                shortened: true, ..
            } if self.best.faults().len() > 1 => {
                self.stage = self.fewer();
                self.next()
            }
            _ => None,
        }
    }

    /// The candidate fails: what fired of it is the best now. The next candidate.
    pub(super) fn failed(&mut self, fired: Schedule) -> Option<Schedule> {
        self.best = fired;
        match &mut self.stage {
            Stage::Calm => {}
            Stage::Fewer(_) => self.stage = self.fewer(),
            // Nothing changes before the later of the two faults, so its place is the same.
            Stage::Shorter { shortened, .. } => *shortened = true,
        }
        self.next()
    }

    /// The candidate passes, and these were its steps. The next candidate.
    pub(super) fn passed(&mut self, asked: Vec<Step>) -> Option<Schedule> {
        match &mut self.stage {
            Stage::Calm => {
                self.calm = asked;
                self.stage = self.fewer();
            }
            Stage::Fewer(_) => {}
            Stage::Shorter { at, passes, .. } => {
                let fault = self.best.faults().get(*at).map(|(_, fault)| *fault);
                if let Some(span) = fault.and_then(|fault| halfway(*passes, fault)) {
                    *passes = span.0;
                }
            }
        }
        self.next()
    }

    /// The schedules with fewer faults, the most daring first.
    fn fewer(&self) -> Stage {
        let faults = self.best.faults();
        let mut candidates = Vec::new();
        let mut chunk = faults.len() / 2;
        while chunk > 0 {
            for from in (0..faults.len()).step_by(chunk) {
                let to = faults.len().min(from + chunk);
                candidates.push(Schedule::of([&faults[..from], &faults[to..]].concat()));
            }
            chunk /= 2;
        }
        for (step, fault) in faults {
            let places = self.calm.iter().filter(|place| place.what == step.what);
            // The only fault there is may move to an earlier step; not back, or shrinking would not end.
            let places = places.take_while(|place| faults.len() > 1 || *place != step);
            candidates.extend(places.map(|place| Schedule::of([(*place, *fault)])));
        }
        if faults.len() > 1 {
            candidates.extend((0..faults.len()).flat_map(|gone| self.moved(gone)));
        }
        let mut fresh: Vec<Schedule> = Vec::new();
        for candidate in candidates {
            if !fresh.contains(&candidate) {
                fresh.push(candidate);
            }
        }
        Stage::Fewer(fresh.into_iter())
    }

    /// The schedules without one fault, with the others moved: their steps, a retry or a run of `recover`, may exist
    /// only because of that fault.
    fn moved(&self, gone: usize) -> Vec<Schedule> {
        let cause = self.best.faults()[gone].0.actor;
        let rest = self.best.without(gone);
        // Without a retry, later attempts count one less.
        let lowered = rest.faults().iter().map(|(step, fault)| {
            let attempt = step.attempt.saturating_sub(1).max(1);
            (Step { attempt, ..*step }, *fault)
        });
        // If its order does not fail, `recover` has nothing to do, and the order does it itself.
        let done_by_order = rest.faults().iter().map(|(step, fault)| {
            let recovers = unmarked(step.actor) == RECOVER;
            let actor = if recovers { cause } else { step.actor };
            (Step { actor, ..*step }, *fault)
        });
        vec![Schedule::of(lowered), Schedule::of(done_by_order)]
    }
}

/// The delay halfway between one that passes and this fault's, which fails; `None` if they are neighbours.
fn halfway(passes: u64, fault: Fault) -> Option<Ms> {
    let fails = fault.span()?.0;
    let middle = passes + fails.saturating_sub(passes) / 2;
    (middle > passes).then_some(Ms(middle))
}
