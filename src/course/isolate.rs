//! Runs every test in its own process, so that an exercise that aborts, overflows its stack or never yields gets one
//! named verdict, and the other tests go on.
//!
//! A test calls [`isolated`]. The first time, that starts this very test binary again for this one test, with an
//! environment variable set; the child runs the body and leaves the outcome in a file.
//!
//! A macro that declares all tests would save each the closure. But rustfmt does not format the inside of a macro, and
//! editors offer to run a test where they see `#[test]`; a learner needs both more than the shorter text.

use crate::no_verdict::{self, Death};
use crate::outcome::{Elsewhere, failure};
use crate::proof;
use lab::check::environment;
use lab::engine::watchdog::{self, Scene};
use lab::search::exhaustive::Progress;
use lab::tell::Say;
use lab::tell::report::{COLOR, COLUMNS, Report, Style};
use lab::{both, sentence};
use outcomes::{Drawn, Proof, Shown};
use std::cell::RefCell;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Set in the child; names the file for its verdict.
const CHILD: &str = "SAGA_VERDICT_FILE";

/// Set to run tests in the process itself, for a debugger.
const IN_PROCESS: &str = "SAGA_IN_PROCESS";

/// Exit code of a test's process if the code never yields.
const STUCK: i32 = 86;

/// The first test that hung. Waiting as long for each of the others would show nothing new.
static FIRST_STUCK: Mutex<Option<String>> = Mutex::new(None);

/// How long a test may hang after another one did, in real milliseconds.
const STUCK_AGAIN: &str = "1000";

/// Marks the beginning and the end of what the order code itself prints.
const CURTAIN: &str = "\u{1}curtain";

/// How many lines of the order code's own output are passed on.
const MOST_LINES: usize = 200;

/// How many lines a test may print before it is stopped.
const TOO_MANY_LINES: usize = 500_000;

/// What a contract test returns. The report is what libtest prints after `Error:`.
pub type Outcome = Result<(), Report>;

/// Runs the body of a test in its own process. The closure has to be written inside the test function: its type
/// contains the test's name.
///
/// # Errors
/// The report of the body; or one that says how the process died.
pub fn isolated<F: Fn() -> Outcome>(body: F) -> Outcome {
    isolated_by_name(std::any::type_name::<F>(), &body)
}

/// Not generic, so that it is compiled here, and not once for each test after every edit.
fn isolated_by_name(type_name: &str, body: &dyn Fn() -> Outcome) -> Outcome {
    let name = test_name(type_name);
    if let Some(file) = std::env::var_os(CHILD) {
        return run_child(&name, Path::new(&file), body);
    }
    let Ended { verdict, outcome } = match environment::check() {
        Err(message) => Ended::red(&name, no_verdict::usage(message)),
        Ok(()) if std::env::var_os(IN_PROCESS).is_some() => Ended::of(&name, body()),
        Ok(()) => in_its_own_process(&name),
    };
    // Best effort: the file is only for others to read.
    let _ = outcomes::leave(&outcome);
    proof::is_over(&verdict, outcome.shown);
    verdict
}

/// A finished test, and what other processes need of it.
struct Ended {
    verdict: Outcome,
    outcome: outcomes::Outcome,
}

impl Ended {
    /// A test of this thread.
    fn of(test: &str, verdict: Outcome) -> Ended {
        let outcome = outcomes::Outcome {
            test: test.to_owned(),
            failure: failure(&verdict, Style::from_environment()),
            shown: SHOWN.take(),
        };
        Ended { verdict, outcome }
    }

    fn red(test: &str, report: Report) -> Ended {
        Ended::of(test, Err(report))
    }

    /// A test of another process.
    fn elsewhere(outcome: outcomes::Outcome) -> Ended {
        let verdict = match outcome.failure.clone() {
            None => Ok(()),
            Some(failure) => Err(Report::of(Elsewhere(failure))),
        };
        Ended { verdict, outcome }
    }
}

fn in_its_own_process(name: &str) -> Ended {
    let directory = match scratch() {
        Ok(directory) => directory,
        Err(error) => {
            let message = both!(
                en: "cannot make a scratch directory: {error}",
                ja: "作業用のディレクトリを作れません： {error}"
            );
            return Ended::red(name, no_verdict::trouble(message));
        }
    };
    let ended = run_parent(name, &directory);
    let ended = ended.unwrap_or_else(|report| Ended::red(name, report));
    // Best effort: it lies among temporary files.
    let _ = std::fs::remove_dir_all(&directory);
    ended
}

/// `contract::accidents::a_lost_reply::{{closure}}` is the test `accidents::a_lost_reply`.
fn test_name(type_name: &str) -> String {
    let path = type_name.trim_end_matches("::{{closure}}");
    path.split_once("::")
        .map_or(path, |(_, name)| name)
        .to_owned()
}

fn scratch() -> std::io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("saga-test-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&path)?;
    Ok(path)
}

fn run_child(name: &str, file: &Path, body: &dyn Fn() -> Outcome) -> Outcome {
    println!("{CURTAIN}");
    let (stuck, stuck_file) = (name.to_owned(), file.to_owned());
    watchdog::watch(move |why, scene| {
        let ended = Ended::red(&stuck, Report::stuck(why, &scene));
        // If the verdict cannot be written, the parent reports a process that ended without one.
        let _ = std::fs::write(&stuck_file, ended.outcome.to_json());
        std::process::exit(STUCK);
    });
    let ended = Ended::of(name, body());
    println!("\n{CURTAIN}");
    std::fs::write(file, ended.outcome.to_json()).map_err(|error| {
        no_verdict::trouble(both!(
            en: "cannot write the verdict: {error}",
            ja: "判定を書き出せません： {error}"
        ))
    })
}

fn run_parent(name: &str, directory: &Path) -> Result<Ended, Report> {
    let verdict_file = directory.join("verdict");
    let output = start(name, &verdict_file, None).map_err(|error| {
        no_verdict::trouble(both!(
            en: "cannot start the test again: {error}",
            ja: "テストをもう一度起動できません： {error}"
        ))
    })?;
    if output.lines >= TOO_MANY_LINES {
        return Err(no_verdict::prints_too_much(output.lines));
    }
    if output.status.code() == Some(STUCK) {
        let mut first = FIRST_STUCK.lock().unwrap_or_else(PoisonError::into_inner);
        match first.as_deref() {
            Some(first) if first != name => return Err(no_verdict::stuck_as_in(first)),
            _ => *first = Some(name.to_owned()),
        }
    }
    let left = std::fs::read_to_string(&verdict_file).ok();
    if let Some(outcome) = left.and_then(|left| outcomes::Outcome::from_json(&left)) {
        return Ok(Ended::elsewhere(outcome));
    }
    // It died. Its worlds are deterministic, so a second run dies the same way, and records its faults.
    let breadcrumbs = directory.join("breadcrumbs");
    let scene = start(name, &verdict_file, Some(&breadcrumbs))
        .ok()
        .and_then(|_| std::fs::read_to_string(&breadcrumbs).ok())
        .map(|text| Scene::read(&text));
    let scene = scene.unwrap_or_default();
    Err(no_verdict::died(&how_it_died(&output), &scene))
}

struct Output {
    /// How many lines the order code has printed.
    lines: usize,
    status: std::process::ExitStatus,
    errors: String,
}

fn start(name: &str, verdict: &Path, breadcrumbs: Option<&Path>) -> std::io::Result<Output> {
    let style = Style::from_environment();
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["--exact", name, "--include-ignored", "--nocapture"])
        .env(CHILD, verdict)
        .env(COLOR, if style.color { "1" } else { "0" })
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(width) = style.width {
        command.env(COLUMNS, width.to_string());
    }
    let again = FIRST_STUCK.lock().unwrap_or_else(PoisonError::into_inner);
    if again.is_some() {
        command.env(watchdog::PATIENCE, STUCK_AGAIN);
    }
    drop(again);
    if let Some(file) = breadcrumbs {
        command.env(watchdog::BREADCRUMBS, file);
    }
    let mut child = command.spawn()?;
    let errors = child.stderr.take().map(|mut pipe| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = pipe.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    });
    let mut printed = 0;
    if let Some(pipe) = child.stdout.take() {
        printed = pass_on(BufReader::new(pipe), breadcrumbs.is_none())?;
    }
    if printed >= TOO_MANY_LINES {
        child.kill()?;
    }
    let status = child.wait()?;
    let errors = errors
        .and_then(|reader| reader.join().ok())
        .unwrap_or_default();
    Ok(Output {
        lines: printed,
        status,
        errors,
    })
}

/// Passes on what the order code printed, without the test harness's own output; and draws the progress of a long
/// search. Returns how many lines there were, and reads no more than [`TOO_MANY_LINES`].
fn pass_on(lines: impl BufRead, show: bool) -> std::io::Result<usize> {
    let (mut inside, mut passed) = (false, 0_usize);
    let mut drawn = false;
    for line in lines.split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if let Some(progress) = line.strip_prefix(PROGRESS) {
            drawn = show && draw(progress);
        } else if line.ends_with(CURTAIN) {
            inside = !inside;
        } else if inside && !(passed == 0 && line.is_empty()) {
            passed += 1;
            if passed <= MOST_LINES && show {
                println!("{line}");
            }
            if passed == TOO_MANY_LINES {
                break;
            }
        }
    }
    if drawn {
        draw("");
    }
    if passed > MOST_LINES && show {
        let more = passed - MOST_LINES;
        let language = Style::from_environment().language;
        let more = sentence!(language, en: "… and {more} more lines", ja: "… あと{more}行");
        println!("{more}");
    }
    Ok(passed)
}

/// Marks a line with a search's progress.
const PROGRESS: &str = "\u{1}progress ";

/// Tells the parent a search's progress.
pub(crate) fn tell_progress(progress: &Progress) {
    if progress.is_worth_telling() && std::env::var_os(CHILD).is_some() {
        let language = Style::from_environment().language;
        println!("{PROGRESS}{}", progress.say(language));
    }
}

thread_local! {
    /// What the test of this thread has shown so far.
    static SHOWN: RefCell<Shown> = const { RefCell::new(Shown::NOTHING) };
}

/// Keeps a proof for the end of a green run.
pub(crate) fn tell_proof(proof: Proof) {
    SHOWN.with_borrow_mut(|shown| shown.proofs.push(proof));
}

/// Keeps a census of the worlds that the test has drawn, for the end of a green run.
pub(crate) fn tell_drawn(drawn: Drawn) {
    SHOWN.with_borrow_mut(|shown| shown.drawn.push(drawn));
}

/// Draws on the last line of the terminal, if there is one. It bypasses libtest's capturing, which would hold it back
/// until the test is over.
pub(crate) fn draw(text: &str) -> bool {
    let mut terminal = std::io::stderr();
    terminal.is_terminal()
        && write!(terminal, "\r\u{1b}[2K{text}").is_ok()
        && terminal.flush().is_ok()
}

fn how_it_died(output: &Output) -> Death {
    if output.errors.contains("has overflowed its stack") {
        return Death::StackOverflow;
    }
    if let Some(failed) = output.errors.find("memory allocation of ") {
        let bytes = output.errors[failed..].split_whitespace().nth(3);
        return Death::OutOfMemory(bytes.map(str::to_owned));
    }
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&output.status) {
        return match signal {
            6 => Death::Aborted,
            9 => Death::Killed,
            _ => Death::Signal(signal),
        };
    }
    output.status.code().map_or(Death::Unknown, Death::Exit)
}
