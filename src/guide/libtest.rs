//! Reading what libtest prints.

use crate::proof::Shown;
use std::collections::BTreeMap;

/// What a test binary had to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Every test, in the order in which it was reported, and whether it passed.
    pub tests: Vec<(String, bool)>,
    /// What each failed test reported.
    pub reports: BTreeMap<String, String>,
    /// Whether the binary came to its end.
    pub finished: bool,
    /// What it shows, if it is green and was asked.
    pub shown: Shown,
}

impl Run {
    /// Whether this test passed; a test that did not run has not.
    pub fn passed(&self, test: &str) -> bool {
        self.tests.iter().any(|(name, ok)| *ok && name == test)
    }

    /// The names of the tests that failed.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        let failed = self.tests.iter().filter(|(_, ok)| !ok);
        failed.map(|(name, _)| name.as_str())
    }

    /// Whether it ended, ran something, and nothing failed.
    pub fn is_green(&self) -> bool {
        self.finished && !self.tests.is_empty() && self.failed().next().is_none()
    }

    /// How many tests of a module passed, and how many it has.
    pub fn count(&self, module: &str) -> (usize, usize) {
        let of_module = |name: &str| name.split_once("::").is_some_and(|(m, _)| m == module);
        let all = self.tests.iter().filter(|(name, _)| of_module(name));
        (all.clone().filter(|(_, ok)| *ok).count(), all.count())
    }
}

/// Reads the output of a test binary. What the tests themselves printed may look like anything: result lines
/// count only before the failures are told, and a section begins only for a test that is known to have failed.
pub fn parse(output: &str) -> Run {
    let mut run = Run::default();
    let mut lines = output.lines();
    for line in lines.by_ref() {
        if line == "failures:" {
            break;
        }
        let result = line
            .strip_prefix("test ")
            .and_then(|rest| rest.rsplit_once(" ... "));
        match result {
            Some((name, "ok")) => run.tests.push((short(name).to_owned(), true)),
            Some((name, "FAILED")) => run.tests.push((short(name).to_owned(), false)),
            _ => run.finished |= line.starts_with("test result: "),
        }
    }
    let mut section: Option<(String, Vec<&str>)> = None;
    for line in lines {
        let heading = line
            .strip_prefix("---- ")
            .and_then(|rest| rest.strip_suffix(" stdout ----"))
            .map(short)
            .filter(|name| run.failed().any(|failed| failed == *name));
        // The list of names at the end has the same heading as the reports.
        if let Some(name) = heading {
            close(&mut run, section.replace((name.to_owned(), Vec::new())));
        } else if line == "failures:" {
            close(&mut run, section.take());
        } else if let Some((_, lines)) = &mut section {
            lines.push(line);
        } else {
            run.finished |= line.starts_with("test result: ");
        }
    }
    close(&mut run, section);
    run
}

/// The module that all contract tests are in.
const MODULE: &str = "contract::";

/// The name of a contract test as the course speaks of it, without the module that all of them are in.
pub fn short(name: &str) -> &str {
    name.strip_prefix(MODULE).unwrap_or(name)
}

/// The name of a contract test as libtest knows it.
pub fn full(name: &str) -> String {
    format!("{MODULE}{name}")
}

/// What stands after `Error:` is the report; what stands before it, the learner's own code has printed.
fn close(run: &mut Run, section: Option<(String, Vec<&str>)>) {
    let Some((name, lines)) = section else { return };
    let error = lines.iter().rposition(|line| line.trim_end() == "Error:");
    let report = lines[error.map_or(0, |place| place + 1)..].join("\n");
    run.reports
        .insert(name, report.trim_matches('\n').to_owned());
}

/// The first line of a report.
pub fn headline(report: &str) -> &str {
    report.lines().find(|line| !line.is_empty()).unwrap_or("")
}

/// The accident that a report is about: `charged twice` of `ACCIDENT D · charged twice`; of a notebook, what is the
/// matter with its prediction.
pub fn accident(report: &str) -> Option<&str> {
    let line = headline(report);
    let verdicts = ["ACCIDENT", "PREDICTION", "NO VERDICT"];
    let is_verdict = verdicts.iter().any(|verdict| line.starts_with(verdict));
    is_verdict
        .then(|| line.split_once(" · "))?
        .map(|(_, name)| name)
}

/// What stands behind a word at the beginning of one of a report's lines: its `schedule`, its `replay`.
pub fn field<'a>(report: &'a str, word: &str) -> Option<&'a str> {
    report.lines().find_map(|line| {
        let rest = line.strip_prefix(word)?;
        rest.starts_with(' ').then(|| rest.trim())
    })
}

/// The text without the sequences that colour it.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split("\u{1b}[");
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        // A sequence ends with its first letter.
        let end = piece.find(|c: char| c.is_ascii_alphabetic());
        out.push_str(end.map_or("", |place| &piece[place + 1..]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: &str = "
running 3 tests
test accidents::a_lost_reply ... FAILED
test accidents::a_calm_day ... ok
test properties::all ... FAILED

failures:

---- accidents::a_lost_reply stdout ----
a line that the order code printed
test accidents::forged ... ok
---- accidents::a_calm_day stdout ----
Error: 

ACCIDENT A · charged without an order
schedule   order1/payment.charge#1: reply lost

replay     cargo run -p ch03 -- --schedule \"order1/payment.charge#1: reply lost\"


---- properties::all stdout ----
Error: 

NO VERDICT · never settles
schedule   (the calm day: nothing goes wrong)


failures:
    accidents::a_lost_reply
    properties::all

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

    #[test]
    fn results_and_reports_are_found() {
        let run = parse(RED);
        assert!(run.finished && !run.is_green());
        assert!(run.passed("accidents::a_calm_day"));
        assert!(!run.passed("accidents::forged"));
        assert_eq!(run.count("accidents"), (1, 2));
        assert_eq!(run.count("properties"), (0, 1));
        assert_eq!(run.reports.len(), 2);
        let report = &run.reports["accidents::a_lost_reply"];
        assert_eq!(headline(report), "ACCIDENT A · charged without an order");
        assert_eq!(accident(report), Some("charged without an order"));
        assert_eq!(
            field(report, "schedule"),
            Some("order1/payment.charge#1: reply lost")
        );
        assert!(report.ends_with("reply lost\""));
        assert_eq!(
            accident(&run.reports["properties::all"]),
            Some("never settles")
        );
    }

    #[test]
    fn green_needs_an_end_and_at_least_one_test() {
        assert!(!parse("").is_green());
        assert!(!parse("running 1 test\ntest a ... ok\n").is_green());
        assert!(!parse("running 0 tests\ntest result: ok. 0 passed\n").is_green());
        assert!(parse("running 1 test\ntest a ... ok\ntest result: ok. 1 passed\n").is_green());
    }

    #[test]
    fn a_report_without_error_is_the_whole_section() {
        let text = "test a ... FAILED\nfailures:\n---- a stdout ----\nthread 'a' panicked\n";
        assert_eq!(parse(text).reports["a"], "thread 'a' panicked");
        assert_eq!(accident("thread 'a' panicked · x"), None);
        let prediction = "PREDICTION · not as predicted\nschedule   x";
        assert_eq!(accident(prediction), Some("not as predicted"));
    }

    #[test]
    fn colour_can_be_taken_off() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m and plain"), "red and plain");
        assert_eq!(plain("cut off \u{1b}[31"), "cut off ");
    }
}
