//! Fault plans for proptest: random faults that are decided where a run really goes, and that shrink well.
//!
//! A vector of (step, fault) drawn beforehand mostly names steps that never happen, and shrinking works on the vector.
//! Here the plan is empty until a world asks. It grows by the roll of the dice at each newly asked step, and once
//! proptest begins to shrink, it is frozen to the faults that fired: a step that only a smaller plan reaches suffers
//! nothing.

mod case;
mod shrink;

pub use case::{Case, CaseTree, Cases, cases};

use crate::engine::oracle::{Dice, Oracle, Replay};
use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::step::Step;
use proptest::prelude::any;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestError, TestRunner};
use shrink::Shrink;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Fault plans of at most `most` faults each. Many steps suffer nothing; some plans are calm, others dense.
///
/// The test has to run its world with [`FaultPlan::oracle`] before it can fail: a fault that has not fired cannot
/// shrink.
pub fn faults(most: usize) -> Faults {
    Faults {
        most,
        deliveries: false,
        suffers: Fault::is_usual,
    }
}

/// As [`faults`], but only of those that [happen to deliveries](Fault::is_about_delivery): clicks and requests
/// that come again, come late, or not at all, and a process that dies.
pub fn deliveries(most: usize) -> Faults {
    Faults {
        most,
        deliveries: true,
        suffers: Fault::is_usual,
    }
}

/// The strategy that [`faults`] and [`deliveries`] make.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    most: usize,
    deliveries: bool,
    suffers: fn(Fault) -> bool,
}

impl Faults {
    /// Limits them to the faults that a world [can suffer](crate::setup::Setup::suffers).
    pub fn suffered(self, suffers: fn(Fault) -> bool) -> Faults {
        Faults { suffers, ..self }
    }
}

impl Strategy for Faults {
    type Tree = FaultTree;
    type Value = FaultPlan;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Faults> {
        let seed = any::<u64>().new_tree(runner)?.current();
        // Runs take between a handful and a hundred steps. A single probability would spend every fault on the first
        // steps of a long run, or none in a short one.
        let chance = [0.4, 0.2, 0.1, 0.05][(seed % 4) as usize];
        let dice = Dice::new(seed, chance, self.most).suffered(self.suffers);
        let plan = FaultPlan::of(if self.deliveries {
            dice.of_deliveries()
        } else {
            dice
        });
        Ok(FaultTree {
            best: plan.clone(),
            shown: plan,
            shrink: None,
        })
    }
}

/// What goes wrong in one test case. A copy is the same plan.
#[derive(Clone)]
pub struct FaultPlan {
    growing: Arc<Mutex<Growing>>,
}

struct Growing {
    source: Box<dyn Oracle>,
    decided: BTreeMap<Step, Option<Fault>>,
    /// In the order in which they were first asked, which is the order in which they happened.
    asked: Vec<Step>,
}

impl FaultPlan {
    fn of(source: impl Oracle + 'static) -> FaultPlan {
        FaultPlan {
            growing: Arc::new(Mutex::new(Growing {
                source: Box::new(source),
                decided: BTreeMap::new(),
                asked: Vec::new(),
            })),
        }
    }

    /// An oracle for one world. All oracles of a plan always give a step the same answer.
    pub fn oracle(&self) -> Box<dyn Oracle> {
        Box::new(self.clone())
    }

    /// The faults that took hold so far, in the order in which they did.
    pub fn fired(&self) -> Schedule {
        let growing = self.growing();
        Schedule::of(growing.asked.iter().filter_map(|step| {
            let fault = growing.decided.get(step).copied().flatten();
            fault.map(|fault| (*step, fault))
        }))
    }

    /// From now on, steps that have not asked yet suffer nothing.
    fn freeze(&self) {
        self.growing().source = Box::new(Replay::new(Schedule::CALM));
    }

    fn is(&self, other: &FaultPlan) -> bool {
        Arc::ptr_eq(&self.growing, &other.growing)
    }

    /// The steps that asked so far.
    fn asked(&self) -> Vec<Step> {
        self.growing().asked.clone()
    }

    /// A test that panics while it asks leaves nothing half done in here.
    fn growing(&self) -> MutexGuard<'_, Growing> {
        self.growing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Oracle for FaultPlan {
    fn decide(&mut self, step: &Step) -> Option<Fault> {
        let mut growing = self.growing();
        if let Some(known) = growing.decided.get(step) {
            return *known;
        }
        let fault = growing.source.decide(step);
        growing.decided.insert(*step, fault);
        growing.asked.push(*step);
        fault
    }
}

/// The schedule that fired.
impl fmt::Debug for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.fired(), f)
    }
}

/// A plan and the ways to make it smaller.
pub struct FaultTree {
    /// The smallest plan seen to fail; at first the one that grows.
    best: FaultPlan,
    /// What the test runs now.
    shown: FaultPlan,
    /// `None` until the growing plan has failed.
    shrink: Option<Shrink>,
}

impl FaultTree {
    fn show(&mut self, candidate: Schedule) -> bool {
        self.shown = FaultPlan::of(Replay::new(candidate));
        true
    }
}

impl ValueTree for FaultTree {
    type Value = FaultPlan;

    fn current(&self) -> FaultPlan {
        // A plan that has run is shown again: proptest is shrinking, either this value or its neighbour in a tuple. New
        // steps in that run suffer nothing.
        if self.shrink.is_none() && !self.shown.asked().is_empty() {
            self.shown.freeze();
        }
        self.shown.clone()
    }

    /// The shown plan fails the test, so it is the best so far.
    fn simplify(&mut self) -> bool {
        let fired = self.shown.fired();
        let candidate = match &mut self.shrink {
            None => {
                self.shown.freeze();
                self.shrink.insert(Shrink::new(fired)).next()
            }
            Some(shrink) if self.shown.is(&self.best) => shrink.next(),
            Some(shrink) => shrink.failed(fired),
        };
        self.best = self.shown.clone();
        candidate.is_some_and(|candidate| self.show(candidate))
    }

    /// The shown plan passes the test: on to the next candidate. After the last one the best is shown once
    /// more, because a tuple goes on to its other values only when it has seen a failure.
    fn complicate(&mut self) -> bool {
        let asked = self.shown.asked();
        let shrink = self.shrink.as_mut();
        if let Some(candidate) = shrink.and_then(|shrink| shrink.passed(asked)) {
            return self.show(candidate);
        }
        let was_best = self.shown.is(&self.best);
        self.shown = self.best.clone();
        !was_best
    }
}

/// Draws this many values from this seed, and returns the smallest that fails.
///
/// # Errors
/// Why nothing could be drawn.
pub fn smallest<S: Strategy>(
    cases: u32,
    seed: u64,
    strategy: S,
    fails: impl Fn(&S::Value) -> bool,
) -> Result<Option<S::Value>, String> {
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    });
    let outcome = runner.run(&strategy, |value| {
        if !fails(&value) {
            Ok(())
        } else {
            Err(TestCaseError::fail("it fails"))
        }
    });
    match outcome {
        Ok(()) => Ok(None),
        Err(TestError::Fail(_, value)) => Ok(Some(value)),
        Err(TestError::Abort(reason)) => Err(reason.to_string()),
    }
}
