//! Chapters: what the tests and the demo of every chapter have in common.
//!
//! A chapter says what is special about it: its world, its codes, the heading a red report sends its reader to. The
//! rest is the same everywhere and lives here: a story test with its timeline, the short reports beside it, the
//! properties, and the proof.

use crate::commands::{next, replay_line};
use crate::environment;
use crate::isolate::{Outcome, tell_drawn, tell_progress, tell_proof};
use crate::no_verdict;
use crate::proof::{Drawn, Proof};
use lab::check::explain;
use lab::engine::watchdog;
use lab::flow::Code;
use lab::judge::accident::Accident;
use lab::judge::once::End;
use lab::judge::verdict::{Verdict, judge};
use lab::language::fault::Fault;
use lab::language::schedule::Schedule;
use lab::language::schedule_error::nearest;
use lab::language::step::StepKind;
use lab::run::{Run, replay, run};
use lab::search::census::Census;
use lab::search::exhaustive::{Progress, Score, Search};
use lab::search::outside::Before;
use lab::search::random::{Case, Cases, FaultPlan, cases, deliveries, faults, smallest};
use lab::search::scenario::{Bounds, Scenario};
use lab::setup::Setup;
use lab::tell::report::{Directions, Failed, Length, Report};
use proptest::strategy::Strategy;
use std::cell::{Cell, RefCell};

/// Names the code that tests and demo run, if it is not the exercise.
pub const CODE: &str = "SAGA_CODE";

/// Varies what property tests draw; a whole number.
pub const SEED: &str = "SAGA_SEED";

/// How many schedules a property test draws for a world that is given.
const CASES: u32 = 256;

/// How many worlds a property test draws where it draws them, too.
const WORLDS: u32 = 1_024;

/// How many steps a property may take in all the worlds that it draws. Sensible code takes a tenth of that, and what takes
/// more would keep its reader waiting for minutes.
const MOST_STEPS: usize = 600_000;

/// A chapter, as its tests and its demo see it.
#[derive(Clone, Copy)]
pub struct Chapter {
    /// The package: `ch03`.
    pub id: &'static str,
    /// The directory among `chapters` in which it lies.
    pub directory: &'static str,
    /// The heading, in the chapter's text, of the part that a red report sends its reader to.
    pub section: &'static str,
    /// The [patterns](lab::judge::accident::Accident::pattern) that are taught by now: a report names no other.
    pub patterns: &'static [&'static str],
    /// The exercise first, then the broken code of the text, then the answers.
    pub codes: &'static [Code],
    /// The world of the chapter's tests.
    pub setup: fn() -> Setup,
    /// The other worlds of the chapter's tests, each under a [name](Setup::called).
    pub worlds: &'static [fn() -> Setup],
    /// What the worlds that its properties draw may contain; `None` if they draw faults only.
    pub bounds: Option<&'static Bounds>,
    /// What the world of this chapter is like, if it was drawn or typed; else it is as `setup` says.
    pub scenario: Option<&'static Scenario>,
}

/// The chapter in whose `lib.rs` this stands, with what its `chapter.toml` says of it: the base of a [`Chapter`].
///
/// [`Chapter`]: crate::chapter::Chapter
#[macro_export]
macro_rules! chapter {
    () => {
        $crate::chapter::Chapter::described(
            include_str!("../chapter.toml"),
            env!("CARGO_MANIFEST_DIR"),
        )
    };
}

impl Chapter {
    /// A chapter with this `chapter.toml`, in this directory. All that is code is still to be said.
    ///
    /// # Panics
    /// When it is compiled, if the chapter has no `id` or no `section`.
    pub const fn described(toml: &'static str, directory: &'static str) -> Chapter {
        Chapter {
            id: entry(toml, "id"),
            directory: last_part(directory),
            section: entry(toml, "section"),
            patterns: &[],
            codes: &[],
            setup: Setup::new,
            worlds: &[],
            bounds: None,
            scenario: None,
        }
    }

    /// Where it lies, seen from the root of the repository.
    pub(crate) fn path(&self) -> String {
        format!("chapters/{}", self.directory)
    }

    /// The pattern an accident belongs to, if that is taught by now.
    pub(crate) fn pattern_of(&self, accident: Accident) -> Option<&'static str> {
        let pattern = accident.pattern();
        pattern.filter(|pattern| self.patterns.contains(pattern))
    }

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
                0..=3 => format!(
                    ".\nThe answers are only compiled when asked for: cargo run -p {} --features answers -- --code {name}",
                    self.id
                ),
                _ => String::new(),
            }
        ))
    }

    /// The code that a command line asks for, or else what [`CODE`] does, or else the exercise.
    ///
    /// # Errors
    /// A message that says who asks for it, and lists the codes there are.
    pub(crate) fn code_asked_for(&self, named: Option<&str>) -> Result<Code, String> {
        if named.is_some() {
            return self.code(named);
        }
        let asked = environment::variable(CODE);
        self.code(asked.as_deref())
            .map_err(|message| format!("{CODE} is `{}`: {message}", asked.unwrap_or_default()))
    }

    /// The world of this chapter.
    pub fn world(&self) -> Setup {
        let setup = (self.setup)();
        match (self.scenario, self.bounds) {
            (Some(scenario), Some(bounds)) => scenario.setup(setup, bounds),
            _ => setup,
        }
    }

    /// The chapter in a world like this.
    fn like(self, scenario: Scenario) -> Chapter {
        Chapter {
            // A chapter is a handful of constants that are copied about. There is one such world for each red test.
            scenario: Some(Box::leak(Box::new(scenario))),
            ..self
        }
    }

    /// The chapter in another of its worlds: one that has a name, or one that is described
    /// ([`Scenario::parse`]).
    ///
    /// # Errors
    /// A message that lists the worlds there are, or that says what is wrong with the description.
    pub fn in_world(self, name: &str) -> Result<Chapter, Report> {
        let mut worlds = self.worlds.iter();
        if let Some(setup) = worlds.find(|setup| setup().name() == Some(name)) {
            return Ok(Chapter {
                setup: *setup,
                ..self
            });
        }
        // A name is one word.
        if let Some(bounds) = self.bounds
            && name.contains(char::is_whitespace)
        {
            let scenario = Scenario::parse(name, bounds);
            return match scenario {
                Ok(scenario) => Ok(self.like(scenario)),
                Err(error) => Err(no_verdict::usage(error.to_string())),
            };
        }
        let names: Vec<&str> = self
            .worlds
            .iter()
            .filter_map(|setup| setup().name())
            .collect();
        let meant = match nearest(name, names.iter().copied()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => String::new(),
        };
        Err(no_verdict::usage(format!(
            "there is no world called `{name}` here{meant}\nthere are: {}",
            names.join(", ")
        )))
    }

    /// The code that tests run, which [`CODE`] names. If it does not get anywhere, its report says how to play it again.
    ///
    /// # Errors
    /// A report that lists the codes there are.
    pub fn code_under_test(&self) -> Result<Code, Report> {
        let code = self.code_asked_for(None).map_err(no_verdict::usage)?;
        let chapter = *self;
        watchdog::replays(move |schedule| replay_line(&chapter, code, Some(schedule)));
        Ok(code)
    }

    /// A named accident, told in full if it happens.
    ///
    /// # Errors
    /// The report, with its timeline.
    pub fn story(&self, schedule: &str) -> Outcome {
        self.under(schedule, Length::Story)
    }

    /// A named accident, told in three lines if it happens.
    ///
    /// # Errors
    /// The report.
    pub fn survives(&self, schedule: &str) -> Outcome {
        self.under(schedule, Length::Short)
    }

    fn under(&self, schedule: &str, length: Length) -> Outcome {
        let schedule: Schedule = schedule
            .parse()
            .map_err(|error| no_verdict::trouble(format!("{error}")))?;
        let code = self.code_under_test()?;
        match self.report(code, &schedule, length, None) {
            Some(report) => Err(report),
            None => Ok(()),
        }
    }

    /// This fault at every SQL statement in turn, begin and commit included, one world for each; the first accident
    /// is told in full.
    ///
    /// Right designs differ in their statements, so a test cannot name one. The statements are those that the code
    /// really reaches on a calm day.
    ///
    /// # Errors
    /// The report of the first accident, with its timeline.
    pub fn story_at_every_statement(&self, fault: Fault) -> Outcome {
        self.at_every_statement(fault, Length::Story)
    }

    /// The same, told in three lines.
    ///
    /// # Errors
    /// The report of the first accident.
    pub fn survives_at_every_statement(&self, fault: Fault) -> Outcome {
        self.at_every_statement(fault, Length::Short)
    }

    /// This fault at every step in turn, one world for each.
    ///
    /// # Errors
    /// The report of the first accident.
    pub fn survives_at_every_step(&self, fault: Fault) -> Outcome {
        self.at_every(fault, Length::Short, |_| true)
    }

    fn at_every_statement(&self, fault: Fault, length: Length) -> Outcome {
        self.at_every(fault, length, |kind| {
            matches!(kind, StepKind::Sql | StepKind::Commit)
        })
    }

    fn at_every(&self, fault: Fault, length: Length, kinds: fn(StepKind) -> bool) -> Outcome {
        let code = self.code_under_test()?;
        let setup = self.world();
        if !setup.suffered()(fault) {
            let words = fault.words();
            return Err(no_verdict::trouble(format!(
                "nothing here can suffer `{words}`: the world says so itself"
            )));
        }
        let calm = replay(&setup, code, &Schedule::CALM);
        // What repeats itself is left out, as in the search.
        let steps = calm
            .asked
            .iter()
            .filter(|asked| !calm.repeats(asked))
            .map(|asked| asked.step)
            .filter(|step| kinds(step.kind()))
            .filter(|step| fault.applies_to(step));
        for step in steps {
            let schedule = Schedule::of([(step, fault)]);
            if let Some(report) = self.report(code, &schedule, length, None) {
                return Err(report);
            }
        }
        Ok(())
    }

    /// What a run of this schedule has to report, if it fails.
    pub fn report(
        &self,
        code: Code,
        schedule: &Schedule,
        length: Length,
        score: Option<Score>,
    ) -> Option<Report> {
        self.report_beside(code, schedule, length, score, None)
    }

    /// The same, also if the run ends otherwise than `once`, the world in which all was delivered exactly once.
    fn report_beside(
        &self,
        code: Code,
        schedule: &Schedule,
        length: Length,
        score: Option<Score>,
        once: Option<End>,
    ) -> Option<Report> {
        let differs = |run: &Run| {
            let evidence = &run.evidence;
            let finding = End::of(evidence).differs(once.as_ref()?, &evidence.fired)?;
            Some(Verdict::Accident(finding))
        };
        let failed = explain(&self.world(), code, schedule, length, differs)?;
        let pattern = match &failed.verdict {
            Verdict::Accident(finding) => self.pattern_of(finding.accident),
            _ => None,
        };
        let end = End::of(&failed.evidence);
        Some(Report::failed(Failed {
            directions: Directions {
                pattern,
                replay: replay_line(self, code, Some(&failed.schedule)),
                next: next(self),
            },
            score,
            ends: once.map(|once| (once, end)),
            ..failed
        }))
    }

    /// A property: whatever happens, in any combination of at most `most` faults with delays of any length,
    /// no accident does. In the chapter's usual world the worlds are drawn, too, within its [`Bounds`]: 1,024 of
    /// them; in a world that has a name, 256. All come from a fixed seed, which [`SEED`] varies; a failing one is
    /// shrunk to the fewest customers, the plainest values, the fewest faults and the shortest delays.
    ///
    /// # Errors
    /// The report of the shrunk world and schedule.
    pub fn whatever_happens(&self, most: usize) -> Outcome {
        let code = self.code_under_test()?;
        let setup = self.world();
        if let (Some(bounds), None) = (self.bounds, setup.name()) {
            let census = self.whatever_world(code, bounds, most)?;
            tell_drawn(&Drawn::of(&census));
            return Ok(());
        }
        let fails = |plan: &FaultPlan| judge(&run(&setup, code, plan.oracle())).is_some();
        match self.draw(CASES, faults(most).suffered(setup.suffered()), fails)? {
            None => Ok(()),
            Some(plan) => {
                let schedule = plan.fired();
                Err(self
                    .report(code, &schedule, Length::Short, None)
                    .unwrap_or_else(|| Report::not_the_same_twice(&schedule.to_string())))
            }
        }
    }

    /// The same in worlds that are drawn as well; counts what was in them.
    fn whatever_world(&self, code: Code, bounds: &Bounds, most: usize) -> Result<Census, Report> {
        let census = RefCell::new(Census::default());
        let steps = Cell::new(0);
        let fails = |case: &Case| {
            if steps.get() > MOST_STEPS {
                return false;
            }
            let run = self.run_case(code, bounds, case);
            let anew = run.asked.iter().filter(|asked| !run.repeats(asked));
            steps.set(steps.get() + anew.count());
            let mut census = census.borrow_mut();
            if census.worlds() < WORLDS as usize {
                census.count(&case.scenario, &run.evidence);
            }
            judge(&run).is_some()
        };
        match self.draw(WORLDS, self.cases(bounds, most), fails)? {
            None if steps.get() > MOST_STEPS => Err(Report::too_many_steps(
                census.into_inner().worlds(),
                steps.get(),
            )),
            None => Ok(census.into_inner()),
            Some(case) => {
                let schedule = case.plan.fired();
                let chapter = self.like(Scenario::clone(&case.scenario));
                Err(chapter
                    .report(code, &schedule, Length::Short, None)
                    .unwrap_or_else(|| {
                        let world = case.scenario.text(bounds);
                        Report::not_the_same_twice(&format!("{schedule}, in the world: {world}"))
                    }))
            }
        }
    }

    /// What the worlds of this chapter may contain.
    ///
    /// # Errors
    /// If its properties draw none.
    pub(crate) fn drawn_within(&self) -> Result<&'static Bounds, Report> {
        self.bounds
            .ok_or_else(|| no_verdict::trouble(format!("{} draws no worlds", self.id)))
    }

    /// What is in the worlds that this chapter's property draws, whatever becomes of them under this code.
    pub(crate) fn census(&self, code: Code, most: usize) -> Result<Census, Report> {
        let bounds = self.drawn_within()?;
        let census = RefCell::new(Census::default());
        let count = |case: &Case| {
            let evidence = self.run_case(code, bounds, case).evidence;
            census.borrow_mut().count(&case.scenario, &evidence);
            false
        };
        self.draw(WORLDS, self.cases(bounds, most), count)?;
        Ok(census.into_inner())
    }

    fn cases(&self, bounds: &Bounds, most: usize) -> Cases {
        cases(*bounds, faults(most).suffered(self.world().suffered()))
    }

    fn run_case(&self, code: Code, bounds: &Bounds, case: &Case) -> Run {
        let setup = case.scenario.setup((self.setup)(), bounds);
        run(&setup, code, case.plan.oracle())
    }

    /// Idempotency as a property: any number of deliveries of the same intent, in any order, at any delay, with
    /// messages lost and a crash anywhere (at most `most` of all that together) leaves the same ledger, the same
    /// parcels and the same answer as exactly one. 256 worlds are drawn, in which customers click again and again.
    ///
    /// An accident fails it as well. See [`End::differs`] for what counts as the same.
    ///
    /// # Errors
    /// The report of the shrunk schedule, with both ends side by side.
    pub fn any_number_of_deliveries(&self, most: usize) -> Outcome {
        let code = self.code_under_test()?;
        let setup = self.world();
        let once = End::of(&replay(&setup, code, &Schedule::CALM).evidence);
        let fails = |plan: &FaultPlan| {
            let run = run(&setup, code, plan.oracle());
            let evidence = &run.evidence;
            judge(&run).is_some() || End::of(evidence).differs(&once, &evidence.fired).is_some()
        };
        match self.draw(CASES, deliveries(most).suffered(setup.suffered()), fails)? {
            None => Ok(()),
            Some(plan) => {
                let schedule = plan.fired();
                Err(self
                    .report_beside(code, &schedule, Length::Short, None, Some(once.clone()))
                    .unwrap_or_else(|| Report::not_the_same_twice(&schedule.to_string())))
            }
        }
    }

    /// Draws so many of these, and tells the smallest that fails.
    fn draw<S: Strategy>(
        &self,
        cases: u32,
        strategy: S,
        fails: impl Fn(&S::Value) -> bool,
    ) -> Result<Option<S::Value>, Report> {
        let seed = environment::seed().map_err(no_verdict::usage)?;
        smallest(cases, seed, strategy, fails).map_err(no_verdict::trouble)
    }

    /// The proof: every schedule of at most `most` faults holds.
    ///
    /// # Errors
    /// The score, and the report of the first accident, which has the fewest faults possible.
    pub fn every_schedule(&self, most: usize) -> Outcome {
        let code = self.code_under_test()?;
        let score = self.proven(code, most)?;
        tell_proof(&Proof::of(self, code, &score));
        Ok(())
    }

    pub(crate) fn every_schedule_with(&self, code: Code, most: usize) -> Outcome {
        self.proven(code, most).map(drop)
    }

    /// What the search has found, if every schedule ends well.
    fn proven(&self, code: Code, most: usize) -> Result<Score, Report> {
        let setup = self.world();
        let before = Before::of(&setup, code);
        let score = self.search(code, most, tell_progress);
        if let Some((schedule, _)) = score.first.clone() {
            return Err(self
                .report(code, &schedule, Length::Short, Some(score))
                .unwrap_or_else(|| Report::not_the_same_twice(&schedule.to_string())));
        }
        if let Some(schedules) = score.too_many {
            return Err(Report::too_many(&score, schedules));
        }
        match before.remembered(&setup, code) {
            Some(what) => Err(Report::remembers(&what)),
            None => Ok(score),
        }
    }

    /// The search itself, which now and then tells how far it has come.
    pub(crate) fn search(&self, code: Code, most: usize, tell: fn(&Progress)) -> Score {
        let setup = self.world();
        let search = Search::new(&setup, code).watched_by(tell);
        search.every_schedule(most)
    }
}

/// What a `chapter.toml` says under this key, above its tables and in a line of its own: `id = "ch03"`. It is read while the chapter is
/// compiled. A TOML library would be built by every learner, and a test of the course holds that it reads the same.
const fn entry(toml: &'static str, key: &str) -> &'static str {
    let (text, key) = (toml.as_bytes(), key.as_bytes());
    let mut line = 0;
    while line < text.len() && text[line] != b'[' {
        if starts_with(text, line, key) && starts_with(text, line + key.len(), b" = \"") {
            let start = line + key.len() + b" = \"".len();
            return between(toml, start, position(text, start, b'"'));
        }
        line = position(text, line, b'\n') + 1;
    }
    panic!("chapter.toml has to say `id` and `section`, each in a line of its own")
}

/// `ch03_timeout` of `/home/ann/course/chapters/ch03_timeout`.
const fn last_part(path: &'static str) -> &'static str {
    let text = path.as_bytes();
    let mut start = text.len();
    while start > 0 && text[start - 1] != b'/' && text[start - 1] != b'\\' {
        start -= 1;
    }
    between(path, start, text.len())
}

const fn starts_with(text: &[u8], start: usize, word: &[u8]) -> bool {
    let mut place = 0;
    while place < word.len() {
        if start + place >= text.len() || text[start + place] != word[place] {
            return false;
        }
        place += 1;
    }
    true
}

/// Where this byte comes next, or where the text ends.
const fn position(text: &[u8], mut place: usize, byte: u8) -> usize {
    while place < text.len() && text[place] != byte {
        place += 1;
    }
    place
}

const fn between(text: &'static str, start: usize, end: usize) -> &'static str {
    text.split_at(end).0.split_at(start).1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str =
        "# id = \"no\"\nid = \"ch00\"\nsection = \"It is \u{dc}ber\"\n[x]\nother = \"\"\n";

    #[test]
    fn a_chapter_is_what_its_toml_says() {
        for directory in [
            "/a b/chapters/ch00_x",
            "C:\\course\\chapters\\ch00_x",
            "ch00_x",
        ] {
            let chapter = Chapter::described(TOML, directory);
            let read = (chapter.id, chapter.path(), chapter.section);
            assert_eq!(
                read,
                ("ch00", "chapters/ch00_x".to_owned(), "It is \u{dc}ber")
            );
        }
    }

    #[test]
    #[should_panic(expected = "chapter.toml has to say `id` and `section`")]
    fn what_is_in_a_table_is_not_about_the_chapter() {
        entry(TOML, "other");
    }
}
