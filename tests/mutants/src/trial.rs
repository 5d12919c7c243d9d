//! Running the chapter's tests on every mutant.

use crate::workshop::{Built, UNCHANGED, code_of};
use guide::libtest::{self, Run};
use outcomes::{Failure, Left};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many times as long as the unchanged answer a mutant may take for a test.
const PATIENCE: u32 = 30;

/// How long a mutant may always take.
const AT_LEAST: Duration = Duration::from_secs(5);

/// What the names of the named accidents' tests have in common.
const ACCIDENTS: &str = "accidents::";

/// What has become of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A test is red: this one, with this accident.
    Caught {
        /// The first that is.
        test: String,
        /// What its report says.
        accident: String,
    },
    /// The tests did not come to their end in many times the usual time.
    Endless,
    /// All tests are green.
    Survives,
    /// rustc refuses it.
    DoesNotCompile,
}

/// Some tests, and how long the unchanged answer takes for them.
struct Round {
    filter: Vec<String>,
    usual: Duration,
}

/// Runs the tests on mutants.
pub struct Trial<'a> {
    built: &'a Built,
    root: &'a Path,
    through: &'a [String],
    rounds: Vec<Round>,
}

impl<'a> Trial<'a> {
    /// Tests for mutants, run at `root`; every run goes `through` this program.
    ///
    /// The named accidents are quick, and catch most: they are one round. Every other test is a round of its own, the
    /// quickest first, so that a mutant is done for as soon as one is red.
    ///
    /// # Errors
    /// If the unchanged answer is not green: then red says nothing.
    pub fn new(
        built: &'a Built,
        root: &'a Path,
        through: &'a [String],
    ) -> Result<Trial<'a>, String> {
        let mut trial = Trial {
            built,
            root,
            through,
            rounds: Vec::new(),
        };
        let listed = trial
            .command(UNCHANGED)
            .arg("--list")
            .output()
            .map_err(cannot)?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let long = listed
            .lines()
            .filter_map(|line| line.strip_suffix(": test"))
            .filter(|name| !name.contains(ACCIDENTS))
            .map(|name| vec!["--exact".to_owned(), name.to_owned()]);
        let filters: Vec<Vec<String>> = std::iter::once(vec![ACCIDENTS.to_owned()])
            .chain(long)
            .collect();
        for filter in filters {
            let begun = Instant::now();
            let run = trial.run(UNCHANGED, &filter, Duration::from_secs(120))?;
            if let Some(test) = run.as_ref().and_then(|run| run.failed().next()) {
                return Err(format!("the unchanged answer is not green: {test}"));
            }
            run.filter(|run| run.finished)
                .ok_or("the unchanged answer does not come to an end")?;
            let usual = begun.elapsed();
            trial.rounds.push(Round { filter, usual });
        }
        trial.rounds[1..].sort_by_key(|round| round.usual);
        Ok(trial)
    }

    /// The fate of each of these mutants, in their order.
    ///
    /// # Errors
    /// If a test cannot be started.
    pub fn of(&self, numbers: &[usize]) -> Result<Vec<Fate>, String> {
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let fates = Mutex::new(vec![Ok(Fate::DoesNotCompile); numbers.len()]);
        let work = || {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(number) = numbers.get(place) else {
                    return;
                };
                if !self.built.refused.contains(number) {
                    let fate = self.fate(&code_of(*number));
                    fates.lock().unwrap_or_else(PoisonError::into_inner)[place] = fate;
                }
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, numbers.len());
            }
        };
        let workers = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
        let fates = fates.into_inner().unwrap_or_else(PoisonError::into_inner);
        fates.into_iter().collect()
    }

    fn fate(&self, code: &str) -> Result<Fate, String> {
        for Round { filter, usual } in &self.rounds {
            let Some(run) = self.run(code, filter, AT_LEAST + *usual * PATIENCE)? else {
                return Ok(Fate::Endless);
            };
            if let Some(test) = run.failed().next() {
                let failure = run.failures.get(test);
                return Ok(Fate::Caught {
                    test: test.to_owned(),
                    accident: failure.map_or("", Failure::headline).to_owned(),
                });
            }
            if !run.finished {
                return Ok(Fate::Caught {
                    test: filter.last().cloned().unwrap_or_default(),
                    accident: "the process died".to_owned(),
                });
            }
        }
        Ok(Fate::Survives)
    }

    fn command(&self, code: &str) -> Command {
        let contract = self.built.contract.as_os_str();
        let mut words = self.through.iter().map(AsRef::as_ref).chain([contract]);
        let mut command = Command::new(words.next().unwrap_or(contract));
        command
            .args(words)
            .current_dir(self.root)
            .env("SAGA_CODE", code)
            // One process less for each test. A mutant that loops for ever is ended from here.
            .env("SAGA_IN_PROCESS", "1")
            .env("NO_COLOR", "1")
            .env_remove("SAGA_SEED")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            // What it goes through and what it starts can be ended at once.
            .process_group(0);
        command
    }

    /// Runs some tests; nothing if they take longer than this.
    fn run(&self, code: &str, filter: &[String], limit: Duration) -> Result<Option<Run>, String> {
        let until = Instant::now() + limit;
        let left = Left::nothing();
        let mut command = self.command(code);
        command
            .env(outcomes::FILE, left.path())
            .args(["--test-threads", "1"])
            .args(filter)
            .stdout(Stdio::piped());
        let mut child = command.spawn().map_err(cannot)?;
        let pipe = child.stdout.take();
        let reader = thread::spawn(move || {
            let mut text = Vec::new();
            let read = pipe.map(|mut pipe| pipe.read_to_end(&mut text));
            read.transpose()
                .map(|_| String::from_utf8_lossy(&text).into_owned())
        });
        loop {
            if child.try_wait().map_err(cannot)?.is_some() {
                break;
            }
            if Instant::now() > until {
                let group = format!("-{}", child.id());
                let killed = Command::new("kill").args(["-KILL", "--", &group]).status();
                killed.and_then(|_| child.wait()).map_err(cannot)?;
                left.take();
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(10));
        }
        let text = reader
            .join()
            .map_err(|_| "the reader of the tests died".to_owned())?;
        Ok(Some(libtest::read(&text.map_err(cannot)?, left.take())))
    }
}

fn cannot(error: std::io::Error) -> String {
    format!("cannot run the tests: {error}")
}

fn progress(done: usize, all: usize) {
    let mut terminal = std::io::stderr();
    if terminal.is_terminal() {
        let end = if done == all { "\r\u{1b}[2K" } else { "" };
        // Where it cannot be drawn, nobody misses it.
        let _ = write!(terminal, "\r{done} of {all} mutants {end}");
        let _ = terminal.flush();
    }
}
