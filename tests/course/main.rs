//! The course's own tests: what the course says of its code is true, in both languages.
//!
//! They build each chapter with its answers instead of the learner's file, so they stay green whatever has been
//! written there. `cargo course sync` sets `UPDATE=1`, which has them rewrite what is copied or drawn from a run: blocks in
//! the texts, pictures, snapshots.

mod answers;
mod bad_input;
mod beside;
mod blocks;
mod chapters;
mod checks;
mod codes;
mod headers;
mod languages;
mod layers;
mod links;
mod metadata;
mod pages;
mod pictures;
mod programs;
mod regions;
mod setting;
mod snapshots;
mod terms;
mod tree;
mod voice;
mod worlds;

use chapters::Subject;
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::{Command, ExitCode};
use std::sync::Arc;

/// What a case ends in: nothing, or what is wrong.
type Verdict = Result<(), String>;

fn main() -> ExitCode {
    // insta reads its wishes from the environment only, and by default leaves files for a review behind.
    const INSTA: &str = "INSTA_UPDATE";
    if std::env::var_os(INSTA).is_none() {
        let wish = if updating() { "always" } else { "no" };
        return match again(INSTA, wish) {
            Ok(code) => code,
            Err(error) => {
                eprintln!("cannot start the course's tests again: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let arguments = Arguments::from_args();
    match trials(arguments.filter.as_deref()) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn again(name: &str, value: &str) -> std::io::Result<ExitCode> {
    let status = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(name, value)
        // It would ask cargo in the directory that this was built in, which may be another copy's.
        .env("INSTA_WORKSPACE_ROOT", tree::root())
        // Its panics say all there is to say.
        .env("RUST_BACKTRACE", "0")
        .status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Whether what is copied or drawn from a run is to be rewritten.
fn updating() -> bool {
    std::env::var("UPDATE").is_ok_and(|value| value == "1")
}

fn trials(filter: Option<&str>) -> Result<Vec<Trial>, String> {
    let subjects = Subject::all(filter)?;
    let mut trials = checks::cases();
    trials.extend(programs::cases());
    trials.extend(layers::cases());
    trials.extend(terms::cases()?);
    for subject in &subjects {
        trials.extend(codes::cases(subject)?);
        trials.extend(answers::cases(subject)?);
        trials.extend(beside::cases(subject)?);
        trials.extend(metadata::cases(subject));
        trials.extend(headers::cases(subject));
        trials.extend(pictures::cases(subject));
        trials.extend(snapshots::cases(subject));
        trials.extend(worlds::cases(subject));
        trials.extend(bad_input::cases(subject));
    }
    trials.extend(pages::cases(&subjects));
    let texts = tree::texts()?;
    trials.extend(blocks::cases(&texts, &subjects));
    trials.extend(languages::cases(&texts));
    trials.extend(links::cases(&texts));
    trials.extend(setting::cases(&texts, &subjects));
    trials.extend(voice::cases(&texts, &subjects));
    trials.extend(pictures::used(&texts, &subjects));
    Ok(trials)
}

/// A named case.
fn case(name: impl Into<String>, check: impl FnOnce() -> Verdict + Send + 'static) -> Trial {
    Trial::test(name, || check().map_err(Failed::from))
}

/// A named case about a chapter.
fn case_of(
    subject: &Arc<Subject>,
    name: &str,
    check: impl FnOnce(&Subject) -> Verdict + Send + 'static,
) -> Trial {
    let subject = Arc::clone(subject);
    case(format!("{}: {name}", subject.chapter.id), move || {
        check(&subject)
    })
}

/// Nothing is wrong, or all that is, one a line.
fn none_of(wrong: &[String]) -> Verdict {
    match wrong {
        [] => Ok(()),
        wrong => Err(wrong.join("\n")),
    }
}
