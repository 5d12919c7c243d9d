//! The chapters, built with their answers, and running them.

use crate::tree::root;
use guide::cargo::Messages;
use guide::chapter::Chapter;
use guide::language::{LANG, Language};
use guide::libtest::{self, Run};
use outcomes::{Failure, Left};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

/// A chapter under test.
pub struct Subject {
    /// What its `chapter.toml` says.
    pub chapter: Chapter,
    built: OnceLock<Result<Built, String>>,
    starter: OnceLock<Result<Run, String>>,
    all: Arc<All>,
}

/// All chapters that are asked for, built at once: cargo then has work for every core.
struct All {
    ids: Vec<String>,
    built: OnceLock<BTreeMap<String, Built>>,
}

/// The programs of a chapter.
#[derive(Clone)]
struct Built {
    contract: PathBuf,
    demo: PathBuf,
}

impl Subject {
    /// All chapters. None is built before a case asks for it; then all are whose cases have been asked for.
    pub fn all(filter: Option<&str>) -> Result<Vec<Arc<Subject>>, String> {
        let chapters = Chapter::all(root())?;
        let is_asked_for = |id: &&String| filter.is_none_or(|filter| filter.contains(id.as_str()));
        let ids = chapters.iter().map(|chapter| &chapter.id);
        let all = Arc::new(All {
            ids: ids.filter(is_asked_for).cloned().collect(),
            built: OnceLock::new(),
        });
        let subject = |chapter| {
            Arc::new(Subject {
                chapter,
                built: OnceLock::new(),
                starter: OnceLock::new(),
                all: Arc::clone(&all),
            })
        };
        Ok(chapters.into_iter().map(subject).collect())
    }

    fn built(&self) -> Result<&Built, String> {
        let id = &self.chapter.id;
        let built = self.built.get_or_init(|| {
            // If they do not build together, each says for itself what is wrong with it.
            let together = || build(&self.all.ids).unwrap_or_default();
            match self.all.built.get_or_init(together).get(id) {
                Some(built) => Ok(built.clone()),
                None => build(std::slice::from_ref(id))?
                    .remove(id)
                    .ok_or_else(|| format!("cargo does not name the executables of {id}")),
            }
        });
        built.as_ref().map_err(Clone::clone)
    }

    /// Runs the contract tests of the starter, once for all who ask.
    pub fn starter(&self) -> Result<&Run, String> {
        let run = self.starter.get_or_init(|| self.contract("broken"));
        run.as_ref().map_err(Clone::clone)
    }

    /// Runs the contract tests of this code.
    pub fn contract(&self, code: &str) -> Result<Run, String> {
        self.told_by(code, Language::English)
    }

    /// The same, with reports in this language.
    pub fn told_by(&self, code: &str, language: Language) -> Result<Run, String> {
        self.tested(code, &[], language)
    }

    /// Runs one contract test of this code. There may be none of this name.
    pub fn contract_test(&self, code: &str, test: &str) -> Result<Run, String> {
        self.tested(code, &["--exact", &libtest::full(test)], Language::English)
    }

    fn tested(&self, code: &str, arguments: &[&str], language: Language) -> Result<Run, String> {
        let left = Left::nothing();
        let output = self
            .command(&self.built()?.contract, arguments, code)
            .env(outcomes::FILE, left.path())
            .env(LANG, language.code())
            .output()
            .map_err(|error| format!("cannot run the tests of {code}: {error}"))?;
        let run = libtest::read(&String::from_utf8_lossy(&output.stdout), left.take());
        if run.finished {
            Ok(run)
        } else {
            Err(format!(
                "the tests of {code} did not come to their end:\n{}",
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    }

    /// The names of the contract tests.
    pub fn tests(&self) -> Result<Vec<String>, String> {
        let output = self.run(&self.built()?.contract, &["--list"], "broken")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
        Ok(names.map(libtest::short).map(str::to_owned).collect())
    }

    /// Builds and runs a test of the chapter that is no part of its contract.
    pub fn test(&self, name: &str) -> Result<Output, String> {
        let id = &self.chapter.id;
        let feature = format!("{id}/answers");
        let program = PathBuf::from(guide::cargo::program());
        let words = ["test", "-p", id, "--test", name, "--features", &feature];
        self.run(&program, &words, "exercise")
    }

    /// Runs the demo.
    pub fn demo(&self, arguments: &[&str]) -> Result<Output, String> {
        self.run(&self.built()?.demo, arguments, "exercise")
    }

    /// What a replay by the demo came to.
    pub fn replayed(&self, arguments: &[&str]) -> Result<Option<Failure>, String> {
        let left = Left::nothing();
        let output = self
            .demo_command(arguments)?
            .env(outcomes::FILE, left.path())
            .output()
            .map_err(|error| format!("cannot run the demo: {error}"))?;
        let [outcome] = left.take().try_into().map_err(|_| {
            let told = String::from_utf8_lossy(&output.stderr);
            format!("the demo has left no outcome: {told}")
        })?;
        Ok(outcome.failure)
    }

    /// Replays a schedule as the guide does, with the starter.
    pub fn replay(&self, schedule: &str, world: &str) -> Result<Output, String> {
        let demo = &self.built()?.demo;
        guide::replay::command(demo, root(), schedule, Some(world), Language::English)
            .env("NO_COLOR", "1")
            .output()
            .map_err(|error| format!("cannot run {}: {error}", demo.display()))
    }

    /// A call of the demo.
    pub fn demo_command(&self, arguments: &[&str]) -> Result<Command, String> {
        Ok(self.command(&self.built()?.demo, arguments, "exercise"))
    }

    /// A call of one contract test of the starter.
    pub fn contract_command(&self, test: &str) -> Result<Command, String> {
        let arguments = ["--exact", &libtest::full(test)];
        Ok(self.command(&self.built()?.contract, &arguments, "broken"))
    }

    fn run(&self, program: &PathBuf, arguments: &[&str], code: &str) -> Result<Output, String> {
        self.command(program, arguments, code)
            .output()
            .map_err(|error| format!("cannot run {}: {error}", program.display()))
    }

    fn command(&self, program: &PathBuf, arguments: &[&str], code: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(root())
            .env("SAGA_CODE", code)
            .env("NO_COLOR", "1")
            .env("SAGA_LANG", "en")
            .env("SAGA_GLYPHS", "unicode")
            .env_remove("SAGA_SEED")
            .env_remove("SAGA_COLOR")
            .env_remove("SAGA_COLUMNS");
        command
    }
}

/// Builds chapters with their answers in the place of the learner's file.
fn build(ids: &[String]) -> Result<BTreeMap<String, Built>, String> {
    let mut contracts = executables(ids, &["test", "--no-run", "--lib"])?;
    let mut demos = executables(ids, &["build", "--bins"])?;
    let both = |id: &String| {
        let (contract, demo) = (contracts.remove(id)?, demos.remove(id)?);
        Some((id.clone(), Built { contract, demo }))
    };
    Ok(ids.iter().filter_map(both).collect())
}

/// Has cargo make each chapter's tests, or its demo, and tells where they lie.
fn executables(ids: &[String], how: &[&str]) -> Result<BTreeMap<String, PathBuf>, String> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut command = Command::new(guide::cargo::program());
    command.args(how);
    for id in ids {
        let feature = format!("{id}/answers");
        command.args(["-p", id, "--features", &feature]);
    }
    let output = command
        .arg("--message-format=json")
        .current_dir(root())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    let messages = Messages::read(&output.stdout);
    if !output.status.success() {
        return Err(format!(
            "{} does not build with its answers:\n{}{}",
            ids.join(", "),
            messages.rendered_errors(),
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let executables = messages.executables();
    let owned = executables.map(|(name, path)| (name.to_owned(), path.to_owned()));
    Ok(owned.collect())
}
