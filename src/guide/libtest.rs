//! The outcomes of a chapter's tests. libtest prints which of them passed; the reports of red tests and the proofs of
//! green ones are [left](outcomes) as data.

use outcomes::{Failure, Outcome, Shown};
use std::collections::BTreeMap;

/// The results of a test binary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Every test, in the order in which it was reported, and whether it passed.
    pub tests: Vec<(String, bool)>,
    /// Why tests are red, for those that could say so.
    pub failures: BTreeMap<String, Failure>,
    /// Whether the binary ran to its end.
    pub finished: bool,
    /// What its tests have shown.
    pub shown: Shown,
}

impl Run {
    /// Whether this test passed; false for a test that did not run.
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

/// Reads the output of a test binary, and the outcomes that its tests have left. The tests themselves may print
/// anything: result lines count only before the list of failures.
pub fn read(output: &str, left: Vec<Outcome>) -> Run {
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
    // The last line decides.
    let last = lines.rfind(|line| !line.is_empty());
    run.finished |= last.is_some_and(|line| line.starts_with("test result: "));
    for Outcome {
        test,
        failure,
        shown,
    } in left
    {
        let failure = failure.map(|failure| (short(&test).to_owned(), failure));
        run.failures.extend(failure);
        run.shown.extend(shown);
    }
    run
}

/// The module that all contract tests are in.
const MODULE: &str = "contract::";

/// The name of a contract test without the module that all of them are in.
pub fn short(name: &str) -> &str {
    name.strip_prefix(MODULE).unwrap_or(name)
}

/// The name of a contract test in libtest's output.
pub fn full(name: &str) -> String {
    format!("{MODULE}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use outcomes::{Drawn, Kind};

    const RED: &str = "
running 3 tests
test contract::accidents::a_lost_reply ... FAILED
test contract::accidents::a_calm_day ... ok
test contract::properties::all ... FAILED

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

    fn left(test: &str, report: &str) -> Outcome {
        Outcome {
            test: test.to_owned(),
            failure: Some(failure(report)),
            shown: Shown::NOTHING,
        }
    }

    fn failure(report: &str) -> Failure {
        Failure {
            kind: Kind::Accident,
            name: Some("charged twice".to_owned()),
            meaning: None,
            expected: None,
            schedule: None,
            again: None,
            is_story: false,
            report: report.to_owned(),
        }
    }

    #[test]
    fn results_are_read_and_reports_are_those_that_were_left() {
        let left = vec![
            left("contract::accidents::a_lost_reply", "one"),
            left("contract::properties::all", "two"),
        ];
        let run = read(RED, left);
        assert!(run.finished && !run.is_green());
        assert!(run.passed("accidents::a_calm_day"));
        assert!(!run.passed("accidents::forged"));
        assert_eq!(run.count("accidents"), (1, 2));
        assert_eq!(run.count("properties"), (0, 1));
        let reports = run.failures.iter();
        let reports = reports.map(|(test, failure)| (test.as_str(), failure.report.as_str()));
        assert_eq!(
            reports.collect::<Vec<_>>(),
            [
                ("accidents::a_lost_reply", "one"),
                ("properties::all", "two")
            ]
        );
    }

    #[test]
    fn what_all_tests_have_shown_is_put_together() {
        let drawn = |worlds| Drawn {
            worlds,
            seen: Vec::new(),
        };
        let left = [256, 1_024].map(|worlds| Outcome {
            test: "properties::all".to_owned(),
            failure: None,
            shown: Shown {
                drawn: vec![drawn(worlds)],
                ..Shown::NOTHING
            },
        });
        let run = read(
            "test properties::all ... ok\ntest result: ok.\n",
            left.into(),
        );
        assert!(run.is_green());
        assert_eq!(run.shown.leading_drawn(), Some(&drawn(1_024)));
    }

    #[test]
    fn green_needs_an_end_and_at_least_one_test() {
        let is_green = |output| read(output, Vec::new()).is_green();
        assert!(!is_green(""));
        assert!(!is_green("running 1 test\ntest a ... ok\n"));
        assert!(!is_green("running 0 tests\ntest result: ok. 0 passed\n"));
        assert!(is_green(
            "running 1 test\ntest a ... ok\ntest result: ok. 1 passed\n"
        ));
    }
}
