//! Having cargo build a chapter, and running its contract tests.

use crate::libtest::{self, Run};
use crate::proof::{self, Left};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program of a chapter.
#[derive(Clone, Copy, Debug)]
pub enum Program {
    /// Its contract tests.
    Contract,
    /// Its demo.
    Demo,
}

/// What came of building a program of a chapter.
#[derive(Debug, PartialEq, Eq)]
pub enum Built {
    /// The executable.
    Ready(PathBuf),
    /// rustc refused; its messages, and whether one of them is about the learner's file.
    DoesNotCompile {
        /// As rustc wrote them.
        messages: String,
        /// Whether the learner's file is what they are about.
        exercise: bool,
    },
    /// Cargo could not even begin, or a build script failed. Cargo has said why on standard error.
    Failed,
    /// There is no cargo to call.
    NoCargo(String),
}

/// The cargo that called us, or the one on the path.
pub fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A call of cargo at the root of the repository.
fn command(root: &Path) -> Command {
    let mut command = Command::new(program());
    command.current_dir(root);
    command
}

/// Builds a program of a chapter. Cargo's progress goes to standard error as it comes.
pub fn build(root: &Path, id: &str, program: Program) -> Built {
    // The contract is compiled into the demo's binary, so that an edit costs one link and not two.
    let how: &[&str] = match program {
        Program::Contract => &["test", "--no-run"],
        Program::Demo => &["build"],
    };
    let format = match io::stderr().is_terminal() {
        true => "--message-format=json-diagnostic-rendered-ansi",
        false => "--message-format=json",
    };
    let output = command(root)
        .args(how)
        .args(["-p", id, "--bin", id, format])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    match output {
        Ok(output) => understand(
            id,
            &String::from_utf8_lossy(&output.stdout),
            output.status.success(),
        ),
        Err(error) => Built::NoCargo(error.to_string()),
    }
}

/// Reads cargo's messages, one JSON object a line.
fn understand(name: &str, messages: &str, success: bool) -> Built {
    let (mut executable, mut errors, mut exercise) = (None, String::new(), false);
    for message in messages
        .lines()
        .filter_map(|line| line.parse::<Value>().ok())
    {
        match message["reason"].as_str() {
            Some("compiler-artifact") if message["target"]["name"] == name => {
                // The demo shares its name with the library, which is no executable.
                let path = message["executable"].as_str().map(PathBuf::from);
                executable = path.or(executable);
            }
            Some("compiler-message") if message["message"]["level"] == "error" => {
                let message = &message["message"];
                errors += message["rendered"].as_str().unwrap_or("");
                let spans = message["spans"].as_array().into_iter().flatten();
                exercise |= spans
                    .filter_map(|span| span["file_name"].as_str())
                    .any(|file| Path::new(file).ends_with("src/exercise.rs"));
            }
            _ => {}
        }
    }
    match executable {
        Some(executable) if success => Built::Ready(executable),
        _ if errors.is_empty() => Built::Failed,
        _ => Built::DoesNotCompile {
            messages: errors,
            exercise,
        },
    }
}

/// Runs the contract tests of a chapter.
///
/// # Errors
/// If the executable cannot be started.
pub fn run_contract(executable: &Path, directory: &Path, color: bool) -> io::Result<Run> {
    let left = Left::nothing();
    let width = terminal_size::terminal_size();
    let width = width.map(|(width, _)| ("SAGA_COLUMNS", width.0.to_string()));
    let output = Command::new(executable)
        .current_dir(directory)
        // The state of a chapter is the state of the exercise, whatever a maintainer is trying out.
        .env_remove("SAGA_CODE")
        .env("SAGA_COLOR", if color { "1" } else { "0" })
        .envs(width)
        .env(proof::FILE, left.path())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let run = libtest::parse(&String::from_utf8_lossy(&output.stdout));
    Ok(Run {
        shown: left.take(),
        ..run
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTIFACT: &str =
        r#"{"reason":"compiler-artifact","target":{"name":"ch03"},"executable":"/t/ch03-1"}"#;
    const ERROR: &str = r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error: no\n","spans":[{"file_name":"chapters/ch03_timeout/src/exercise.rs"}]}}"#;

    #[test]
    fn the_executable_is_found() {
        assert_eq!(
            understand("ch03", &format!("not json\n{ARTIFACT}\n"), true),
            Built::Ready("/t/ch03-1".into())
        );
    }

    #[test]
    fn rustc_s_errors_are_told_from_cargo_s() {
        assert_eq!(
            understand("ch03", ERROR, false),
            Built::DoesNotCompile {
                messages: "error: no\n".to_owned(),
                exercise: true
            }
        );
        let elsewhere = ERROR.replace("exercise.rs", "lib.rs");
        assert!(matches!(
            understand("ch03", &elsewhere, false),
            Built::DoesNotCompile {
                exercise: false,
                ..
            }
        ));
        assert_eq!(understand("ch03", "", false), Built::Failed);
        assert_eq!(understand("ch03", ARTIFACT, false), Built::Failed);
        let warning = ERROR.replace("\"level\":\"error\"", "\"level\":\"warning\"");
        assert_eq!(understand("ch03", &warning, false), Built::Failed);
    }
}
