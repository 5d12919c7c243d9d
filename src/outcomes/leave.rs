//! The file in which the tests of one run leave their outcomes: a line of JSON for each.

use crate::Outcome;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Names the file in which tests are to leave their outcomes. Set by whoever tells them in another way.
pub const FILE: &str = "SAGA_OUTCOMES";

/// Whether somebody wants to hear of outcomes.
pub fn is_asked_for() -> bool {
    std::env::var_os(FILE).is_some()
}

/// Leaves an outcome, if somebody wants to hear of it.
///
/// # Errors
/// If the file cannot be written.
pub fn leave(outcome: &Outcome) -> io::Result<()> {
    let Some(file) = std::env::var_os(FILE) else {
        return Ok(());
    };
    let mut line = outcome.to_json();
    line.push('\n');
    // Tests are over in any order, on several threads: one call for each line keeps the lines apart.
    let mut file = OpenOptions::new().append(true).create(true).open(file)?;
    file.write_all(line.as_bytes())
}

/// A file of its own for what one run leaves.
pub struct Left(PathBuf);

impl Left {
    /// There is none yet.
    pub fn nothing() -> Left {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("saga-outcomes-{}-{number}", std::process::id());
        Left(std::env::temp_dir().join(name))
    }

    /// Where the run is to leave it.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads and removes it. What cannot be read is left out: a process may be killed while it writes.
    pub fn take(self) -> Vec<Outcome> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        // Tests that have not run have left nothing.
        let _ = std::fs::remove_file(&self.0);
        text.lines().filter_map(Outcome::from_json).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Again, Drawn, Failure, Kind, Proof, Seen, Shown};

    #[test]
    fn what_is_left_is_read_as_it_was() {
        let red = Outcome {
            test: "accidents::a".to_owned(),
            failure: Some(Failure {
                kind: Kind::Accident,
                name: Some("charged twice".to_owned()),
                meaning: Some("お客さんが二重に払っている".to_owned()),
                expected: None,
                schedule: Some("order1/payment.charge#1: lost".to_owned()),
                again: Some(Again {
                    world: Some("1 × pen by ann at 0ms; dice 7".to_owned()),
                    command: "cargo run -p ch03 -- --schedule \"…\"".to_owned(),
                }),
                is_story: true,
                report: "ACCIDENT\n\u{1b}[1mtwo\u{1b}[0m lines\n".to_owned(),
            }),
            shown: Shown::NOTHING,
        };
        let green = Outcome {
            test: "properties::b".to_owned(),
            failure: None,
            shown: Shown {
                proofs: vec![Proof {
                    world: None,
                    levels: vec![1, 48],
                    ends: 3,
                    grid: "cargo run".to_owned(),
                }],
                drawn: vec![Drawn {
                    worlds: 1_024,
                    seen: vec![Seen {
                        words: "in which the process died".to_owned(),
                        count: 400,
                    }],
                }],
            },
        };
        let left = Left::nothing();
        let lines = [&red, &green].map(|it| it.to_json());
        let text = format!("{}\n{}\n{{\"test\":\"cut o", lines[0], lines[1]);
        std::fs::write(left.path(), text).unwrap();
        let path = left.path().to_owned();
        assert_eq!(left.take(), [red, green]);
        assert!(!path.exists());
    }

    #[test]
    fn tests_that_did_not_run_have_left_nothing() {
        assert_eq!(Left::nothing().take(), []);
    }
}
