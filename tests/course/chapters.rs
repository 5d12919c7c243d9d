//! The chapters, built with their answers, and running them.

use crate::tree::root;
use guide::chapter::Chapter;
use guide::libtest::{self, Run};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

/// A chapter under test.
pub struct Subject {
    /// What its `chapter.toml` says.
    pub chapter: Chapter,
    built: OnceLock<Result<Built, String>>,
}

/// The programs of a chapter.
struct Built {
    contract: PathBuf,
    demo: PathBuf,
}

impl Subject {
    /// All chapters. None is built before a case asks for it.
    pub fn all() -> Result<Vec<Arc<Subject>>, String> {
        let subject = |chapter| {
            Arc::new(Subject {
                chapter,
                built: OnceLock::new(),
            })
        };
        Ok(Chapter::all(root())?.into_iter().map(subject).collect())
    }

    fn built(&self) -> Result<&Built, String> {
        let built = self.built.get_or_init(|| build(&self.chapter.id));
        built.as_ref().map_err(Clone::clone)
    }

    /// Runs the contract tests of this code.
    pub fn contract(&self, code: &str) -> Result<Run, String> {
        let output = self.run(&self.built()?.contract, &[], code)?;
        let run = libtest::parse(&String::from_utf8_lossy(&output.stdout));
        match run.finished {
            true => Ok(run),
            false => Err(format!(
                "the tests of {code} did not come to their end:\n{}",
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    }

    /// The names of the contract tests.
    pub fn tests(&self) -> Result<Vec<String>, String> {
        let output = self.run(&self.built()?.contract, &["--list"], "broken")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
        Ok(names.map(libtest::short).map(str::to_owned).collect())
    }

    /// Runs the demo.
    pub fn demo(&self, arguments: &[&str]) -> Result<Output, String> {
        self.run(&self.built()?.demo, arguments, "exercise")
    }

    fn run(&self, program: &PathBuf, arguments: &[&str], code: &str) -> Result<Output, String> {
        Command::new(program)
            .args(arguments)
            .current_dir(root())
            .env("SAGA_CODE", code)
            .env("NO_COLOR", "1")
            .env("SAGA_GLYPHS", "unicode")
            .env_remove("SAGA_SEED")
            .env_remove("SAGA_COLOR")
            .output()
            .map_err(|error| format!("cannot run {}: {error}", program.display()))
    }
}

/// Builds a chapter with its answers in the place of the learner's file.
fn build(id: &str) -> Result<Built, String> {
    Ok(Built {
        contract: executable(id, &["test", "--no-run"])?,
        demo: executable(id, &["build"])?,
    })
}

/// Has cargo make the chapter's one binary, as tests or as demo, and tells where it lies.
fn executable(id: &str, how: &[&str]) -> Result<PathBuf, String> {
    let output = Command::new(guide::cargo::program())
        .args(how)
        .args(["-p", id, "--bin", id, "--features", "answers"])
        .arg("--message-format=json")
        .current_dir(root())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> = stdout
        .lines()
        .filter_map(|line| line.parse().ok())
        .collect();
    if !output.status.success() {
        let rendered = messages
            .iter()
            .filter_map(|m| m["message"]["rendered"].as_str());
        let stderr = String::from_utf8_lossy(&output.stderr);
        let rendered: String = rendered.collect();
        return Err(format!(
            "{id} does not build with its answers:\n{rendered}{stderr}"
        ));
    }
    messages
        .iter()
        .filter(|message| message["target"]["name"] == id)
        .find_map(|message| message["executable"].as_str())
        .map(PathBuf::from)
        .ok_or_else(|| format!("cargo names no executable of {id}"))
}
