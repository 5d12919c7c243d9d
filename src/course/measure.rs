//! Measurements: a chapter's claims about a run are measured on the run itself, whoever wrote the code.

use crate::chapter::Chapter;
use crate::isolate::Outcome;
use crate::no_verdict;
use lab::flow::Code;
use lab::judge::evidence::Evidence;
use lab::language::schedule::Schedule;
use lab::language::step::Step;
use lab::run::replay;

impl Chapter {
    /// Measures a run of the code under test. Its schedule follows from the steps that the code takes on a calm day, so
    /// that it fits any design.
    ///
    /// # Errors
    /// A report with what was measured instead.
    pub fn measured(
        &self,
        schedule: &dyn Fn(&[Step]) -> Schedule,
        measure: impl FnOnce(&Evidence) -> Result<(), String>,
    ) -> Outcome {
        let code = self.code_asked_for(None).map_err(no_verdict::usage)?;
        let calm = replay(&self.world(), code, &Schedule::CALM);
        self.measure(code, &schedule(&calm.steps()), measure)
    }

    /// Measures a run of the code with this name, under this schedule.
    ///
    /// # Errors
    /// A report with what was measured instead.
    pub fn measured_of(
        &self,
        code: &str,
        schedule: &str,
        measure: impl FnOnce(&Evidence) -> Result<(), String>,
    ) -> Outcome {
        let schedule: Schedule = schedule.parse().map_err(no_verdict::trouble)?;
        let code = self.code(Some(code)).map_err(no_verdict::trouble)?;
        self.measure(code, &schedule, measure)
    }

    /// The same proof as [`every_schedule`](Chapter::every_schedule), for the code with this name.
    ///
    /// # Errors
    /// The score, and the report of the first accident.
    pub fn every_schedule_of(&self, code: &str, most: usize) -> Outcome {
        let code = self.code(Some(code)).map_err(no_verdict::trouble)?;
        self.check(code).every_schedule(most).map(drop)
    }

    fn measure(
        &self,
        code: Code,
        schedule: &Schedule,
        measure: impl FnOnce(&Evidence) -> Result<(), String>,
    ) -> Outcome {
        let run = replay(&self.world(), code, schedule);
        measure(&run.evidence)
            .map_err(|measured| no_verdict::measured_otherwise(schedule, code, measured))
    }
}
