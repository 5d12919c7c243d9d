//! Worlds for proptest: a scenario, and what goes wrong in it, drawn together and shrunk together.
//!
//! A smaller world explains more than a shorter list of faults does, so the scenario is shrunk first: fewest
//! customers, then the plainest values. Then the faults, and if that helped, the scenario once more.

use super::{FaultPlan, Faults, Shrink};
use crate::engine::oracle::Replay;
use crate::language::instance::{Instance, unmarked};
use crate::language::schedule::Schedule;
use crate::language::step::Step;
use crate::search::scenario::{Bounds, Scenario, draw, plainer};
use proptest::prelude::any;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::fmt;
use std::sync::Arc;

/// Scenarios within these bounds, each with a fault plan from `faults`.
pub fn cases(bounds: Bounds, faults: Faults) -> Cases {
    Cases { bounds, faults }
}

/// The strategy that [`cases`] makes.
#[derive(Clone, Copy, Debug)]
pub struct Cases {
    bounds: Bounds,
    faults: Faults,
}

/// A scenario, and what goes wrong in it.
#[derive(Clone)]
pub struct Case {
    /// What the world is like.
    pub scenario: Arc<Scenario>,
    /// What goes wrong.
    pub plan: FaultPlan,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} under {:?}", self.scenario, self.plan)
    }
}

impl Strategy for Cases {
    type Tree = CaseTree;
    type Value = Case;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Cases> {
        let seed = any::<u64>().new_tree(runner)?.current();
        // What only a scenario can do shows best without other faults; and one fault explains more than four.
        let most = [0, 1, 2, self.faults.most][(seed % 4) as usize];
        let faults = Faults {
            most: most.min(self.faults.most),
            ..self.faults
        };
        let case = Case {
            scenario: Arc::new(draw(&self.bounds, seed)),
            plan: faults.new_tree(runner)?.current(),
        };
        Ok(CaseTree {
            bounds: self.bounds,
            best: case.clone(),
            shown: case,
            stage: Stage::Grows,
        })
    }
}

/// A case and the ways to make it smaller.
pub struct CaseTree {
    bounds: Bounds,
    /// The smallest case seen to fail; at first the one that grows.
    best: Case,
    /// What the test runs now.
    shown: Case,
    stage: Stage,
}

enum Stage {
    /// The plan still grows: the case has not failed yet.
    Grows,
    /// These scenarios are plainer than the best one's.
    Plainer(std::vec::IntoIter<Scenario>),
    /// The scenario is as plain as can be; now the faults.
    Faults {
        shrink: Shrink,
        /// Whether fewer or shorter faults were found since the scenario was last looked at.
        helped: bool,
    },
}

impl CaseTree {
    fn plainer(&self) -> Stage {
        Stage::Plainer(plainer(&self.best.scenario, &self.bounds).into_iter())
    }

    fn next(&mut self) -> bool {
        if let Stage::Plainer(candidates) = &mut self.stage {
            if let Some(scenario) = candidates.next() {
                let faults = renamed(&self.best, &scenario);
                self.shown = Case {
                    scenario: Arc::new(scenario),
                    plan: FaultPlan::of(Replay::new(faults)),
                };
                return true;
            }
            let mut shrink = Shrink::new(self.best.plan.fired());
            let first = shrink.next();
            self.stage = Stage::Faults {
                shrink,
                helped: false,
            };
            return self.show(first);
        }
        false
    }

    /// Shows these faults in the best scenario. If none are left to try, but there are fewer than before, the scenario
    /// may now become plainer.
    fn show(&mut self, faults: Option<Schedule>) -> bool {
        if let Some(faults) = faults {
            self.shown = Case {
                scenario: self.best.scenario.clone(),
                plan: FaultPlan::of(Replay::new(faults)),
            };
            return true;
        }
        if let Stage::Faults { helped: true, .. } = self.stage {
            self.stage = self.plainer();
            return self.next();
        }
        false
    }
}

/// The best case's faults, with the orders' names in this scenario.
fn renamed(best: &Case, scenario: &Scenario) -> Schedule {
    let fired = best.plan.fired();
    let ids = |scenario: &Scenario| -> Vec<crate::language::name::Name> {
        let visits = scenario.visits.iter();
        visits.map(|visit| visit.order.name()).collect()
    };
    let (before, after) = (ids(&best.scenario), ids(scenario));
    if before.len() != after.len() || after.iter().all(|id| before.contains(id)) {
        return fired;
    }
    Schedule::of(fired.faults().iter().map(|(step, fault)| {
        let order = unmarked(step.actor);
        let place = before.iter().position(|id| *id == order);
        let process = Instance::of(step.actor);
        let actor = place.map_or(step.actor, |place| process.marks(after[place]));
        (Step { actor, ..*step }, *fault)
    }))
}

impl ValueTree for CaseTree {
    type Value = Case;

    fn current(&self) -> Case {
        self.shown.clone()
    }

    /// The shown case fails the test, so it is the best so far.
    fn simplify(&mut self) -> bool {
        let fired = self.shown.plan.fired();
        if let Stage::Grows = self.stage {
            self.shown.plan.freeze();
        }
        self.best = self.shown.clone();
        let candidate = match &mut self.stage {
            Stage::Grows | Stage::Plainer(_) => {
                self.stage = self.plainer();
                return self.next();
            }
            Stage::Faults { shrink, helped } => {
                *helped = true;
                shrink.failed(fired)
            }
        };
        self.show(candidate)
    }

    /// The shown case passes: on to the next candidate. After the last one the best is shown, which is what proptest
    /// reports.
    fn complicate(&mut self) -> bool {
        let asked = self.shown.plan.asked();
        let more = match &mut self.stage {
            Stage::Grows => false,
            Stage::Plainer(_) => self.next(),
            Stage::Faults { shrink, .. } => {
                let candidate = shrink.passed(asked);
                self.show(candidate)
            }
        };
        if !more {
            self.shown = self.best.clone();
        }
        more
    }
}
