//! Chapters: what the tests and the demo of every chapter have in common.

use crate::edge::{edge, nearest_passing};
use crate::explore::{Progress, Score, Search};
use crate::flow::Code;
use crate::isolate::{Red, tell_progress};
use crate::report::{Failed, Length, Report};
use crate::schedule::Schedule;
use crate::strategy::faults;
use crate::verdict::{Verdict, judge, try_twice};
use crate::world::{Setup, replay, run};
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestError, TestRunner};

/// Names the code that tests and demo run, if it is not the exercise.
pub const CODE: &str = "SAGA_CODE";

/// Varies what property tests draw; a whole number.
pub const SEED: &str = "SAGA_SEED";

/// How many worlds a property test draws.
const CASES: u32 = 256;

/// A chapter, as its tests and its demo see it.
#[derive(Clone, Copy)]
pub struct Chapter {
    /// The package: `ch03`.
    pub id: &'static str,
    /// Where it lies, seen from the root of the repository.
    pub directory: &'static str,
    /// The heading, in the chapter's text, of the part that a red report sends its reader to.
    pub section: &'static str,
    /// The exercise first, then the broken code of the text, then the answers.
    pub codes: &'static [Code],
    /// The world of the chapter's tests.
    pub setup: fn() -> Setup,
    /// The other worlds of the chapter's tests, each under a [name](Setup::called).
    pub worlds: &'static [fn() -> Setup],
}

impl Chapter {
    /// The code that tests and demo run: what [`CODE`] names, or else the exercise.
    ///
    /// # Errors
    /// A message that lists the codes there are.
    pub fn code(&self, name: Option<&str>) -> Result<Code, String> {
        let name = name.unwrap_or("exercise");
        if let Some(code) = self.codes.iter().find(|code| code.name() == name) {
            return Ok(*code);
        }
        let names: Vec<&str> = self.codes.iter().map(Code::name).collect();
        Err(format!(
            "there is no code called `{name}` here; there are: {}{}",
            names.join(", "),
            match names.len() {
                0..=2 => format!(
                    ".\nThe answers are only compiled when asked for: cargo run -p {} --features answers -- --code {name}",
                    self.id
                ),
                _ => String::new(),
            }
        ))
    }

    /// The chapter in another of its worlds.
    ///
    /// # Errors
    /// A message that lists the worlds there are.
    pub fn in_world(self, name: &str) -> Result<Chapter, Report> {
        let mut worlds = self.worlds.iter();
        if let Some(setup) = worlds.find(|setup| setup().name == Some(name)) {
            return Ok(Chapter {
                setup: *setup,
                ..self
            });
        }
        let names: Vec<&str> = self
            .worlds
            .iter()
            .filter_map(|setup| setup().name)
            .collect();
        Err(Report::trouble(format!(
            "there is no world called `{name}` here; there are: {}",
            names.join(", ")
        )))
    }

    fn code_under_test(&self) -> Result<Code, Report> {
        self.code(std::env::var(CODE).ok().as_deref())
            .map_err(Report::trouble)
    }

    /// A named accident, told in full if it happens.
    ///
    /// # Errors
    /// The report, with its timeline.
    pub fn story(&self, schedule: &str) -> Red {
        self.under(schedule, Length::Story)
    }

    /// A named accident, told in three lines if it happens.
    ///
    /// # Errors
    /// The report.
    pub fn survives(&self, schedule: &str) -> Red {
        self.under(schedule, Length::Short)
    }

    fn under(&self, schedule: &str, length: Length) -> Red {
        let schedule: Schedule = schedule
            .parse()
            .map_err(|error| Report::trouble(format!("{error}")))?;
        let code = self.code_under_test()?;
        match self.report(code, &schedule, length, None) {
            Some(report) => Err(report),
            None => Ok(()),
        }
    }

    /// What a run of this schedule has to report, if it fails.
    pub fn report(
        &self,
        code: Code,
        schedule: &Schedule,
        length: Length,
        score: Option<Score>,
    ) -> Option<Report> {
        let setup = (self.setup)();
        let (run, verdict) = try_twice(&setup, code, schedule);
        let verdict = verdict?;
        let is_accident = matches!(verdict, Verdict::Accident(_));
        let edge = (is_accident && length == Length::Story)
            .then(|| edge(&setup, code, schedule))
            .flatten();
        let neighbour = (is_accident && length == Length::Story)
            .then(|| nearest_passing(&setup, code, schedule, edge.as_ref()))
            .flatten()
            .map(|schedule| {
                let evidence = replay(&setup, code, &schedule).evidence;
                (schedule, evidence)
            });
        Some(Report::failed(Failed {
            chapter: *self,
            code,
            verdict,
            // As it was played: faults at steps that never happened are left out.
            schedule: run.evidence.fired.clone(),
            evidence: run.evidence,
            edge,
            neighbour,
            score,
            length,
        }))
    }

    /// A property: whatever happens, in any combination of at most `most` faults with delays of any length,
    /// no accident does. 256 worlds are drawn from a fixed seed, which [`SEED`] varies; a failing
    /// one is shrunk to the fewest faults and the shortest delays.
    ///
    /// # Errors
    /// The report of the shrunk schedule.
    pub fn whatever_happens(&self, most: usize) -> Red {
        let code = self.code_under_test()?;
        let setup = (self.setup)();
        let seed = std::env::var(SEED)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(1);
        let mut runner = TestRunner::new(Config {
            cases: CASES,
            failure_persistence: None,
            rng_algorithm: RngAlgorithm::ChaCha,
            rng_seed: RngSeed::Fixed(seed),
            ..Config::default()
        });
        let outcome = runner.run(&faults(most), |plan| {
            match judge(&run(&setup, code, plan.oracle())) {
                None => Ok(()),
                Some(verdict) => Err(TestCaseError::fail(verdict.name())),
            }
        });
        match outcome {
            Ok(()) => Ok(()),
            Err(TestError::Fail(_, plan)) => {
                let schedule = plan.fired();
                Err(self
                    .report(code, &schedule, Length::Short, None)
                    .unwrap_or_else(|| Report::not_the_same_twice(&schedule.to_string())))
            }
            Err(TestError::Abort(reason)) => Err(Report::trouble(reason.to_string())),
        }
    }

    /// The proof: every schedule of at most `most` faults holds.
    ///
    /// # Errors
    /// The score, and the report of the first accident, which has the fewest faults possible.
    pub fn every_schedule(&self, most: usize) -> Red {
        let code = self.code_under_test()?;
        let setup = (self.setup)();
        let score = Search::new(&setup, code)
            .watched_by(|Progress { faults, run }| {
                if run.is_multiple_of(5_000) {
                    tell_progress(&format!(
                        "{run} schedules run, now those of {faults} faults …"
                    ));
                }
            })
            .every_schedule(most);
        match score.first.clone() {
            None => {
                println!("{}", crate::grid::explain(&score));
                Ok(())
            }
            Some((schedule, _)) => Err(self
                .report(code, &schedule, Length::Short, Some(score))
                .unwrap_or_else(|| Report::not_the_same_twice(&schedule.to_string()))),
        }
    }
}
