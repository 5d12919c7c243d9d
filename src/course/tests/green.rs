//! What a green chapter tells, and when.
//!
//! The tests in `exercises` are chapters in small; the tests below run this binary again to see what a learner would
//! see.

use crate::common::ORDERS;
use course::chapter::Chapter;
use course::isolate::{Outcome, isolated};
use lab::flow::Code;
use lab::prelude::*;
use lab::search::scenario::Bounds;
use lab::setup::Setup;
use outcomes::{Again, Kind, Left};
use std::collections::BTreeSet;
use std::process::Command;

/// Writes its order down, and that is all there is to do.
struct Writes {
    shop: Shop,
}

impl OrderFlow for Writes {
    fn start(shop: Shop) -> Self {
        Writes { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert =
            "INSERT OR IGNORE INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        let values = params![order.id, order.amount];
        self.shop.db.execute(insert, values).await?;
        Ok(Answer::Confirmed)
    }
}

const CHAPTER: Chapter = Chapter {
    id: "ch00",
    directory: "ch00_nowhere",
    section: "Nothing",
    patterns: &[],
    codes: &[Code::of::<Writes>("exercise")],
    setup: free_of_charge,
    worlds: &[elsewhere],
    bounds: Some(&Bounds {
        most_customers: 2,
        ..Bounds::ONE_BOOK
    }),
    scenario: None,
};

fn free_of_charge() -> Setup {
    Setup::new().schema(ORDERS).without_payment()
}

fn elsewhere() -> Setup {
    free_of_charge().called("elsewhere")
}

fn paid() -> Setup {
    Setup::new().schema(ORDERS)
}

mod exercises {
    use super::*;

    /// A chapter whose tests pass.
    mod green {
        use super::*;

        #[test]
        #[ignore = "run by the tests below"]
        fn proves() -> Outcome {
            isolated(|| CHAPTER.every_schedule(1))
        }

        #[test]
        #[ignore = "run by the tests below"]
        fn proves_elsewhere() -> Outcome {
            isolated(|| CHAPTER.in_world("elsewhere")?.every_schedule(0))
        }

        #[test]
        #[ignore = "run by the tests below"]
        fn draws() -> Outcome {
            isolated(|| CHAPTER.whatever_happens(2))
        }

        #[test]
        #[ignore = "run by the tests below"]
        fn survives() -> Outcome {
            isolated(|| CHAPTER.survives(""))
        }
    }

    /// A chapter that proves something, and has an accident.
    mod red {
        use super::*;

        #[test]
        #[ignore = "run by the tests below"]
        fn proves() -> Outcome {
            isolated(|| CHAPTER.every_schedule(1))
        }

        #[test]
        #[ignore = "run by the tests below"]
        fn has_an_accident() -> Outcome {
            let setup = paid;
            isolated(move || Chapter { setup, ..CHAPTER }.survives(""))
        }
    }
}

/// Standard output and standard error of the exercises whose names begin so.
fn run(name: &str, more: &[&str], file: Option<&std::path::Path>) -> [String; 2] {
    let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new(this);
    command
        .args(["--ignored", &format!("green::{name}")])
        .args(more)
        .env("SAGA_LANG", "en")
        .env("NO_COLOR", "1");
    if let Some(file) = file {
        command.env(outcomes::FILE, file);
    }
    let output = command.output().unwrap_or_else(|error| panic!("{error}"));
    [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn a_green_run_tells_once_what_it_proves_and_apart_from_the_results() {
    for more in [&[][..], &["--test-threads=1"]] {
        let [out, told] = run("exercises::green::", more, None);
        assert!(out.contains("4 passed"), "{out}");
        assert!(!out.contains("proof"), "{out}");
        let lines: Vec<&str> = told.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 5, "{told}");
        assert!(lines[0].starts_with("proof    "), "{told}");
        assert!(lines[0].contains("schedules of at most 1 faults end well (of 0, 1 faults: 1, "));
        assert!(
            lines[0].ends_with(", and in 1 other world 1 of 1;"),
            "{told}"
        );
        let grid = "         what was tried where: cargo run -p ch00 -- --grid 1";
        assert_eq!(lines[1], grid);
        assert!(
            lines[2].starts_with("worlds   1,024 drawn, all end well: "),
            "{told}"
        );
        assert!(lines[2].contains(" with two customers at once, "), "{told}");
        assert!(lines[3].contains(" in which the database failed"), "{told}");
        assert_eq!(lines[4], "read on  cargo run");
    }
}

#[test]
fn a_part_of_the_tests_is_told_for_what_it_shows() {
    let [_, told] = run("exercises::green::proves_elsewhere", &["--exact"], None);
    let grid = "cargo run -p ch00 -- --world elsewhere --grid 0";
    assert!(told.contains(grid), "{told}");
    assert!(!told.contains("worlds "), "{told}");
    let [_, told] = run("exercises::green::draws", &["--exact"], None);
    assert!(
        told.trim_start().starts_with("worlds   1,024 drawn"),
        "{told}"
    );
    let [out, told] = run("exercises::green::survives", &["--exact"], None);
    assert!(out.contains("1 passed"), "{out}");
    assert_eq!(told, "");
}

#[test]
fn a_red_run_tells_no_proof() {
    let [out, told] = run("exercises::red::", &[], None);
    assert!(out.contains("1 passed; 1 failed"), "{out}");
    assert!(!told.contains("proof"), "{told}");
}

#[test]
fn whoever_asks_for_it_gets_the_outcomes_as_data_instead() {
    let left = Left::nothing();
    let [_, told] = run("exercises::green::", &[], Some(left.path()));
    assert_eq!(told, "");
    let outcomes = left.take();
    assert_eq!(outcomes.len(), 4);
    assert!(outcomes.iter().all(|outcome| outcome.failure.is_none()));
    let shown = outcomes.into_iter().map(|outcome| outcome.shown);
    let shown = shown.reduce(|mut all, more| {
        all.extend(more);
        all
    });
    let shown = shown.unwrap_or_default();
    let worlds: BTreeSet<_> = shown.proofs.iter().map(|it| it.world.as_deref()).collect();
    assert_eq!(worlds, [None, Some("elsewhere")].into());
    let leading = shown.leading_proof().map(|proof| proof.grid.as_str());
    assert_eq!(leading, Some("cargo run -p ch00 -- --grid 1"));
    let [drawn] = shown.drawn.as_slice() else {
        panic!("{:?}", shown.drawn)
    };
    assert_eq!(drawn.worlds, 1_024);
    let words = drawn.seen.iter().map(|seen| seen.words.as_str());
    let words: BTreeSet<&str> = words.collect();
    assert!(words.contains("with two customers at once"), "{words:?}");
}

#[test]
fn what_is_red_is_left_as_data_with_its_report() {
    let left = Left::nothing();
    let [out, _] = run("exercises::red::", &[], Some(left.path()));
    let outcomes = left.take();
    assert_eq!(outcomes.len(), 2);
    let red = outcomes.iter().find_map(|outcome| outcome.failure.as_ref());
    let red = red.expect("one of them has an accident");
    assert_eq!(red.kind, Kind::Accident);
    assert_eq!(red.name.as_deref(), Some("confirmed without payment"));
    assert_eq!(red.schedule.as_deref(), Some(""));
    let again = Again {
        world: None,
        command: "cargo run -p ch00 -- --schedule \"\"".to_owned(),
    };
    assert_eq!(red.again, Some(again));
    assert!(red.meaning.is_some() && red.expected.is_some() && !red.is_story);
    assert!(out.contains(&red.report), "{out}");
}
