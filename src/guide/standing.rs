//! Where the learner stands in a chapter.

use crate::cargo::{self, Built, Program};
use crate::chapter::Chapter;
use crate::cli::{Guide, Trouble};
use crate::libtest::Run;
use outcomes::Failure;
use std::path::PathBuf;

/// The state of a chapter.
pub(crate) enum Standing {
    /// The tests ran.
    Ran(Run),
    /// rustc refused the code.
    DoesNotCompile(Refusal),
}

/// How far the learner has come.
pub(crate) struct Progress<'a> {
    /// The chapters that are green up to the first one that is not.
    pub(crate) green: Vec<(&'a Chapter, Run)>,
    /// That one, and its state; `None` if all are green.
    pub(crate) unfinished: Option<(&'a Chapter, Standing)>,
}

/// How rustc refused the code.
pub(crate) struct Refusal {
    /// Its messages.
    pub(crate) messages: String,
    /// Whether they are about the learner's file.
    pub(crate) exercise: bool,
}

impl Guide {
    /// Builds and runs the contract tests of a chapter.
    ///
    /// # Errors
    /// If cargo is missing or fails for a reason that has nothing to do with the code.
    pub(crate) fn standing(&self, chapter: &Chapter) -> Result<Standing, Trouble> {
        self.standing_in(chapter, self.color)
    }

    /// The same, with reports in colour or not.
    ///
    /// # Errors
    /// As [`Guide::standing`].
    pub(crate) fn standing_in(&self, chapter: &Chapter, color: bool) -> Result<Standing, Trouble> {
        let executable = match self.build(chapter, Program::Contract)? {
            Ok(executable) => executable,
            Err(refusal) => return Ok(Standing::DoesNotCompile(refusal)),
        };
        let directory = self.root.join(&chapter.directory);
        let run = cargo::run_contract(&executable, &directory, self.language, color);
        let run = run.map_err(|error| {
            let program = executable.display().to_string();
            Trouble::Cargo(self.words().cannot_start(&program, &error))
        })?;
        if run.finished {
            Ok(Standing::Ran(run))
        } else {
            Err(Trouble::Cargo(self.words().unfinished(&chapter.id)))
        }
    }

    /// Has a program of a chapter built, or returns how rustc refused.
    fn build(
        &self,
        chapter: &Chapter,
        program: Program,
    ) -> Result<Result<PathBuf, Refusal>, Trouble> {
        if !self.memory.has_built() {
            eprintln!("{}", self.words().first_build(&chapter.id));
        }
        let built = match cargo::build(&self.root, &chapter.id, program) {
            Built::Ready(executable) => Ok(executable),
            Built::DoesNotCompile { messages, exercise } => Err(Refusal { messages, exercise }),
            Built::Failed => return Err(Trouble::Cargo(self.words().cargo_failed())),
            Built::NoCargo(error) => return Err(Trouble::Cargo(self.words().no_cargo(&error))),
        };
        self.memory.set_built();
        Ok(built)
    }

    /// A program of a chapter whose code has to compile.
    ///
    /// # Errors
    /// If it does not, or cargo fails.
    pub(crate) fn program(&self, chapter: &Chapter, program: Program) -> Result<PathBuf, Trouble> {
        self.build(chapter, program)?
            .map_err(|refusal| self.refused(chapter, &refusal))
    }

    /// The test results of a chapter whose code has to compile.
    ///
    /// # Errors
    /// As [`Guide::standing`]; and if the code does not compile.
    pub(crate) fn run(&self, chapter: &Chapter) -> Result<Run, Trouble> {
        match self.standing(chapter)? {
            Standing::Ran(run) => Ok(run),
            Standing::DoesNotCompile(refusal) => Err(self.refused(chapter, &refusal)),
        }
    }

    /// The message for code that rustc refused.
    pub(crate) fn refused(&self, chapter: &Chapter, refusal: &Refusal) -> Trouble {
        let Refusal { messages, exercise } = refusal;
        let words = self.words();
        Trouble::DoesNotCompile(words.does_not_compile(chapter, messages, *exercise))
    }

    /// The first chapter that is not green, and its state; `None` if all are green.
    ///
    /// # Errors
    /// As [`Guide::standing`].
    pub(crate) fn first_unfinished(&self) -> Result<Option<(&Chapter, Standing)>, Trouble> {
        Ok(self.progress()?.unfinished)
    }

    /// How far the learner has come.
    ///
    /// # Errors
    /// As [`Guide::standing`].
    pub(crate) fn progress(&self) -> Result<Progress<'_>, Trouble> {
        let mut green = Vec::new();
        for chapter in &self.chapters {
            match self.standing(chapter)? {
                Standing::Ran(run) if run.is_green() => green.push((chapter, run)),
                standing => {
                    let unfinished = Some((chapter, standing));
                    return Ok(Progress { green, unfinished });
                }
            }
        }
        let unfinished = None;
        Ok(Progress { green, unfinished })
    }
}

/// The failed tests in story order: as the chapter lists what its starter fails, then all others.
pub(crate) fn in_story_order<'a>(chapter: &Chapter, run: &'a Run) -> Vec<&'a str> {
    let mut failed: Vec<&str> = run.failed().collect();
    let place = |test: &str| {
        let place = chapter.fails.iter().position(|(name, _)| name == test);
        place.unwrap_or(usize::MAX)
    };
    failed.sort_by_key(|test| place(test));
    failed
}

/// The failed test to begin with: the one whose report is told in full, or else the first one that has a report.
pub(crate) fn leading_failure<'a>(
    chapter: &Chapter,
    run: &'a Run,
) -> Option<(&'a str, &'a Failure)> {
    let failures: Vec<(&str, &Failure)> = in_story_order(chapter, run)
        .into_iter()
        .filter_map(|test| Some((test, run.failures.get(test)?)))
        .collect();
    let story = failures.iter().find(|(_, failure)| failure.is_story);
    story.or(failures.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use outcomes::Kind;
    use std::path::Path;

    #[test]
    fn the_story_comes_first_and_then_the_order_of_the_chapter() {
        let text = "id='x'\ntitle={en='',ja=''}\nsection=''\nbound=1\n[fails]\n'm::late'='a'\n'm::early'='a'\n[tests]\n[sources]\n";
        let chapter = Chapter::parse(text, Path::new("x")).unwrap();
        let mut run = Run::default();
        for (name, is_story) in [("m::early", false), ("m::late", false), ("m::other", true)] {
            let failure = Failure {
                kind: Kind::Accident,
                name: None,
                meaning: None,
                expected: None,
                schedule: None,
                again: None,
                is_story,
                report: String::new(),
            };
            run.tests.push((name.to_owned(), false));
            run.failures.insert(name.to_owned(), failure);
        }
        assert_eq!(
            in_story_order(&chapter, &run),
            ["m::late", "m::early", "m::other"]
        );
        assert_eq!(leading_failure(&chapter, &run).unwrap().0, "m::other");
        run.failures.remove("m::other");
        assert_eq!(leading_failure(&chapter, &run).unwrap().0, "m::late");
    }
}
