//! Checks a flow: what is asked of every one, in a given world or in drawn worlds.
//!
//! [`Lab`] asks from a plain `#[test]`. [`Check`] is what it is built on, for callers whose readers need other
//! directions than "run this test again".

pub mod environment;
mod in_tests;

pub use in_tests::{Lab, SCHEDULE, SEED, WORLD};

use crate::engine::watchdog;
use crate::flow::Code;
use crate::judge::once::End;
use crate::judge::verdict::{Verdict, judge};
use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::step::StepKind;
use crate::run::{Run, replay, run};
use crate::search::census::Census;
use crate::search::edge::{edge, nearest_passing};
use crate::search::exhaustive::{Progress, Score, Search};
use crate::search::outside::Before;
use crate::search::random::{Case, Cases, FaultPlan, cases, deliveries, faults, smallest};
use crate::search::repeat::try_twice;
use crate::search::scenario::{Bounds, Scenario};
use crate::setup::Setup;
use crate::tell::report::{Directions, Failed, Length, Report};
use in_tests::run_again;
use proptest::strategy::Strategy;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The seed, unless the caller sets another.
pub const USUAL_SEED: u64 = 1;

/// How many schedules are drawn for a world that is given.
const CASES: u32 = 256;

/// How many worlds are drawn where they are drawn, too.
const WORLDS: u32 = 1_024;

/// How many steps code may take in all drawn worlds together. Sensible code takes a tenth of that; code that takes more
/// would keep its reader waiting for minutes.
const MOST_STEPS: usize = 600_000;

/// Says how a run is played again and what to do next: under this schedule, in the described world or, if there is
/// none, in the given one.
pub type Guide = Arc<dyn Fn(Option<&str>, &Schedule) -> Directions + Send + Sync>;

/// A flow, its world, and the directions for readers of its reports.
#[derive(Clone)]
pub struct Check {
    /// The given world.
    pub setup: Setup,
    /// The flow.
    pub code: Code,
    /// What drawn worlds may contain. `None` if only faults are drawn.
    pub bounds: Option<Bounds>,
    /// The drawn or typed world, within these bounds, if there is one.
    pub scenario: Option<Arc<Scenario>>,
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// Called after every world of a search.
    pub watch: fn(&Progress),
    /// The directions for readers.
    pub guide: Guide,
}

impl Check {
    /// Checks this code in this world. Reports tell readers to run this thread's test again.
    pub fn new(setup: Setup, code: Code) -> Check {
        Check {
            setup,
            code,
            bounds: None,
            scenario: None,
            seed: USUAL_SEED,
            watch: |_| {},
            guide: run_again(),
        }
    }

    /// The world.
    pub fn world(&self) -> Setup {
        let setup = self.setup.clone();
        match (&self.scenario, &self.bounds) {
            (Some(scenario), Some(bounds)) => scenario.setup(setup, bounds),
            _ => setup,
        }
    }

    /// From here on, a hang of this thread is reported with the command that plays this world again.
    pub fn is_played(&self) {
        let check = self.clone();
        watchdog::replays(move |schedule| check.replay_line(schedule));
    }

    /// The command that plays this schedule once more.
    pub fn replay_line(&self, schedule: &Schedule) -> String {
        (self.guide)(self.described().as_deref(), schedule).replay
    }

    /// The world in words, if it was drawn or typed.
    fn described(&self) -> Option<String> {
        Some(self.scenario.as_ref()?.text(self.bounds.as_ref()?))
    }

    /// This schedule ends well.
    ///
    /// # Errors
    /// The report, if it does not.
    pub fn survives(&self, schedule: &Schedule, length: Length) -> Result<(), Report> {
        match self.report(schedule, length) {
            Some(report) => Err(report),
            None => Ok(()),
        }
    }

    /// Ends well with this fault at every step of this kind in turn, one world each. The steps are those that the code
    /// reaches on a calm day; repeated ones are left out, as in a search.
    ///
    /// # Errors
    /// The report of the first accident.
    pub fn survives_at_every(
        &self,
        fault: Fault,
        kinds: fn(StepKind) -> bool,
        length: Length,
    ) -> Result<(), Report> {
        let calm = replay(&self.world(), self.code, &Schedule::CALM);
        let asked = calm.asked.iter().filter(|asked| !calm.repeats(asked));
        let steps = asked.map(|asked| asked.step);
        for step in steps.filter(|step| kinds(step.kind()) && fault.applies_to(step)) {
            self.survives(&Schedule::of([(step, fault)]), length)?;
        }
        Ok(())
    }

    /// Runs this schedule; the report if it fails.
    pub fn report(&self, schedule: &Schedule, length: Length) -> Option<Report> {
        self.report_beside(schedule, length, None, None)
    }

    /// The same, and fails as well if the run ends differently from `once`, the world with exactly one delivery of
    /// everything.
    fn report_beside(
        &self,
        schedule: &Schedule,
        length: Length,
        score: Option<Score>,
        once: Option<End>,
    ) -> Option<Report> {
        let (setup, code) = (self.world(), self.code);
        let (run, verdict) = try_twice(&setup, code, schedule);
        // As it was played: faults at steps that never happened are left out.
        let fired = run.evidence.fired.clone();
        let ends = once.map(|once| (once, End::of(&run.evidence)));
        let differs = || {
            let (once, end) = ends.as_ref()?;
            end.differs(once, &run.evidence).map(Verdict::Accident)
        };
        let verdict = verdict.or_else(differs)?;
        let is_told = length == Length::Story && verdict.is_accident();
        let edge = is_told.then(|| edge(&setup, code, schedule)).flatten();
        let neighbour = is_told
            .then(|| nearest_passing(&setup, code, schedule, edge.as_ref()))
            .flatten();
        let neighbour = neighbour.map(|schedule| {
            let evidence = replay(&setup, code, &schedule).evidence;
            (schedule, evidence)
        });
        Some(Report::failed(Failed {
            directions: (self.guide)(self.described().as_deref(), &fired),
            setup,
            verdict,
            schedule: fired,
            evidence: run.evidence,
            edge,
            neighbour,
            score,
            ends,
            length,
        }))
    }

    /// The report on a schedule that a search found failing.
    fn red(&self, schedule: &Schedule, score: Option<Score>, once: Option<End>) -> Report {
        self.is_played();
        let report = self.report_beside(schedule, Length::Short, score, once);
        report.unwrap_or_else(|| {
            let world = self.described();
            let world = world.map_or(String::new(), |world| format!(" · {world}"));
            Report::not_the_same_twice(&format!("{schedule}{world}"))
        })
    }

    /// Every schedule of at most `most` faults ends well.
    ///
    /// # Errors
    /// The score, and the report of the first accident, which has the fewest faults possible.
    pub fn every_schedule(&self, most: usize) -> Result<Score, Report> {
        let setup = self.world();
        let before = Before::of(&setup, self.code);
        let score = self.search(most);
        if let Some((schedule, _)) = score.first.clone() {
            return Err(self.red(&schedule, Some(score), None));
        }
        if let Some(schedules) = score.too_many {
            return Err(Report::too_many(&score, schedules));
        }
        match before.remembered(&setup, self.code) {
            Some(what) => Err(Report::remembers(&what)),
            None => Ok(score),
        }
    }

    /// The search itself: the result of every schedule.
    pub fn search(&self, most: usize) -> Score {
        let setup = self.world();
        let search = Search::new(&setup, self.code).watched_by(self.watch);
        search.every_schedule(most)
    }

    /// At most `most` faults in any combination, with delays of any length, end well. With bounds, 1,024 worlds are
    /// drawn; without, 256 schedules for the given world. A failing one is shrunk to the fewest customers, the plainest
    /// values, the fewest faults and the shortest delays. Returns a census of the drawn worlds.
    ///
    /// # Errors
    /// The report of the shrunk world and schedule.
    pub fn whatever_happens(&self, most: usize) -> Result<Option<Census>, Report> {
        if let Some(bounds) = self.bounds {
            return self.whatever_world(bounds, most).map(Some);
        }
        let fails = |plan: &FaultPlan| judge(&run(&self.setup, self.code, plan.oracle())).is_some();
        let strategy = faults(most).suffered(self.setup.suffers);
        match self.smallest(CASES, strategy, fails)? {
            Some(plan) => Err(self.red(&plan.fired(), None, None)),
            None => Ok(None),
        }
    }

    fn whatever_world(&self, bounds: Bounds, most: usize) -> Result<Census, Report> {
        let census = RefCell::new(Census::default());
        let steps = Cell::new(0);
        let fails = |case: &Case| {
            if steps.get() > MOST_STEPS {
                return false;
            }
            let run = self.run_case(case);
            let anew = run.asked.iter().filter(|asked| !run.repeats(asked));
            steps.set(steps.get() + anew.count());
            let mut census = census.borrow_mut();
            if census.worlds() < WORLDS as usize {
                census.count(&case.scenario, &run.evidence);
            }
            judge(&run).is_some()
        };
        match self.smallest(WORLDS, self.cases(bounds, most), fails)? {
            None if steps.get() > MOST_STEPS => {
                let worlds = census.into_inner().worlds();
                Err(Report::too_many_steps(worlds, steps.get()))
            }
            None => Ok(census.into_inner()),
            Some(case) => Err(self.in_case(&case).red(&case.plan.fired(), None, None)),
        }
    }

    /// A census of the worlds drawn within these bounds, whether or not this code survives them.
    ///
    /// # Errors
    /// Why nothing could be drawn.
    pub fn census(&self, bounds: Bounds, most: usize) -> Result<Census, Report> {
        let census = RefCell::new(Census::default());
        let within = Check {
            bounds: Some(bounds),
            ..self.clone()
        };
        let count = |case: &Case| {
            let evidence = within.run_case(case).evidence;
            census.borrow_mut().count(&case.scenario, &evidence);
            false
        };
        self.smallest(WORLDS, self.cases(bounds, most), count)?;
        Ok(census.into_inner())
    }

    fn cases(&self, bounds: Bounds, most: usize) -> Cases {
        cases(bounds, faults(most).suffered(self.setup.suffers))
    }

    /// The same in the world of this case.
    fn in_case(&self, case: &Case) -> Check {
        Check {
            scenario: Some(case.scenario.clone()),
            ..self.clone()
        }
    }

    fn run_case(&self, case: &Case) -> Run {
        let drawn = self.in_case(case);
        drawn.is_played();
        run(&drawn.world(), self.code, case.plan.oracle())
    }

    /// Idempotency as a property: any number of deliveries of the same intent, in any order, at any delay, with
    /// messages lost and a crash anywhere (at most `most` of all that together) leaves the same ledger, the same
    /// parcels and the same answer as exactly one. 256 schedules are drawn, in which customers click again and again.
    ///
    /// An accident fails it as well. See [`End::differs`] for what counts as the same.
    ///
    /// # Errors
    /// The report of the shrunk schedule, with both ends side by side.
    pub fn any_number_of_deliveries(&self, most: usize) -> Result<(), Report> {
        let setup = self.world();
        let once = End::of(&replay(&setup, self.code, &Schedule::CALM).evidence);
        let fails = |plan: &FaultPlan| {
            let run = run(&setup, self.code, plan.oracle());
            let evidence = &run.evidence;
            judge(&run).is_some() || End::of(evidence).differs(&once, evidence).is_some()
        };
        let strategy = deliveries(most).suffered(setup.suffers);
        match self.smallest(CASES, strategy, fails)? {
            Some(plan) => Err(self.red(&plan.fired(), None, Some(once.clone()))),
            None => Ok(()),
        }
    }

    /// Draws this many, and returns the smallest that fails.
    fn smallest<S: Strategy>(
        &self,
        cases: u32,
        strategy: S,
        fails: impl Fn(&S::Value) -> bool,
    ) -> Result<Option<S::Value>, Report> {
        smallest(cases, self.seed, strategy, fails).map_err(Report::usage)
    }
}
