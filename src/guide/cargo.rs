//! Runs cargo to build a chapter, and runs its contract tests.

use crate::environment::columns;
use crate::language::{LANG, Language};
use crate::libtest::{self, Run};
use outcomes::Left;
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

/// The result of building a program of a chapter.
#[derive(Debug, PartialEq, Eq)]
pub enum Built {
    /// The executable.
    Ready(PathBuf),
    /// rustc refused; its messages, and whether one of them is about the learner's file.
    DoesNotCompile {
        /// As rustc wrote them.
        messages: String,
        /// Whether they are about the learner's file.
        exercise: bool,
    },
    /// Cargo could not even begin, or a build script failed. Cargo has printed the reason on standard error.
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
    let how: &[&str] = match program {
        Program::Contract => &["test", "--no-run", "--lib"],
        Program::Demo => &["build", "--bins"],
    };
    let format = if io::stderr().is_terminal() {
        "--message-format=json-diagnostic-rendered-ansi"
    } else {
        "--message-format=json"
    };
    let output = command(root)
        .args(how)
        .args(["-p", id, format])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    match output {
        Ok(output) => understand(id, &Messages::read(&output.stdout), output.status.success()),
        Err(error) => Built::NoCargo(error.to_string()),
    }
}

/// Cargo's messages about a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// What was built, or was there already.
    pub artifacts: Vec<Artifact>,
    /// What rustc said.
    pub diagnostics: Vec<Diagnostic>,
}

/// Something that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The target: `ch03`.
    pub name: String,
    /// The package, by an id that ends in `#name@version` if its name is not the directory's.
    pub package: String,
    /// All its files.
    pub files: Vec<PathBuf>,
    /// The executable, if there is one.
    pub executable: Option<PathBuf>,
}

/// An error or a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it is an error.
    pub is_error: bool,
    /// As rustc wrote it.
    pub rendered: String,
    /// The files that it is about.
    pub files: Vec<PathBuf>,
}

impl Messages {
    /// Reads cargo's output under `--message-format=json`: one object a line, perhaps with other programs' lines
    /// between them.
    pub fn read(output: &[u8]) -> Messages {
        let output = String::from_utf8_lossy(output);
        let mut messages = Messages::default();
        for message in output.lines().filter_map(|line| line.parse::<Value>().ok()) {
            match message["reason"].as_str() {
                Some("compiler-artifact") => messages.artifacts.push(artifact(&message)),
                Some("compiler-message") => {
                    messages.diagnostics.push(diagnostic(&message["message"]));
                }
                _ => {}
            }
        }
        messages
    }

    /// The programs, each by its target.
    pub fn executables(&self) -> impl Iterator<Item = (&str, &Path)> {
        let artifacts = self.artifacts.iter();
        artifacts.filter_map(|it| Some((it.name.as_str(), it.executable.as_deref()?)))
    }

    /// All errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|it| it.is_error)
    }

    /// All errors, as rustc wrote them.
    pub fn rendered_errors(&self) -> String {
        self.errors().map(|error| error.rendered.as_str()).collect()
    }
}

fn artifact(message: &Value) -> Artifact {
    let files = message["filenames"].as_array().into_iter().flatten();
    let files = files.filter_map(|file| file.as_str().map(PathBuf::from));
    Artifact {
        name: text(&message["target"]["name"]),
        package: text(&message["package_id"]),
        files: files.collect(),
        executable: message["executable"].as_str().map(PathBuf::from),
    }
}

fn diagnostic(message: &Value) -> Diagnostic {
    let spans = message["spans"].as_array().into_iter().flatten();
    let files = spans.filter_map(|span| span["file_name"].as_str().map(PathBuf::from));
    Diagnostic {
        is_error: message["level"] == "error",
        rendered: text(&message["rendered"]),
        files: files.collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The result of building this target.
fn understand(name: &str, messages: &Messages, success: bool) -> Built {
    // The demo has the same name as the library, which is no executable.
    let executable = messages.executables().filter(|(target, _)| *target == name);
    let errors = messages.rendered_errors();
    match executable.last() {
        Some((_, executable)) if success => Built::Ready(executable.to_owned()),
        _ if errors.is_empty() => Built::Failed,
        _ => Built::DoesNotCompile {
            messages: errors,
            exercise: messages
                .errors()
                .flat_map(|error| &error.files)
                .any(|file| file.ends_with("src/exercise.rs")),
        },
    }
}

/// Runs the contract tests of a chapter.
///
/// # Errors
/// If the executable cannot be started.
pub fn run_contract(
    executable: &Path,
    directory: &Path,
    language: Language,
    color: bool,
) -> io::Result<Run> {
    let left = Left::nothing();
    let width = columns().map(|columns| ("SAGA_COLUMNS", columns.to_string()));
    let output = Command::new(executable)
        .current_dir(directory)
        // The state of a chapter is that of the exercise, whatever code a maintainer is trying out.
        .env_remove("SAGA_CODE")
        .env(LANG, language.code())
        .env("SAGA_COLOR", if color { "1" } else { "0" })
        .envs(width)
        .env(outcomes::FILE, left.path())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    Ok(libtest::read(&printed, left.take()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTIFACT: &str =
        r#"{"reason":"compiler-artifact","target":{"name":"ch03"},"executable":"/t/ch03-1"}"#;
    const ERROR: &str = r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error: no\n","spans":[{"file_name":"chapters/ch03_timeout/src/exercise.rs"}]}}"#;

    fn understand(name: &str, output: &str, success: bool) -> Built {
        super::understand(name, &Messages::read(output.as_bytes()), success)
    }

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
