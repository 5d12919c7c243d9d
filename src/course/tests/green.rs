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
        .env("NO_COLOR", "1");
    if let Some(file) = file {
        command.env("SAGA_PROOF_FILE", file);
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
fn whoever_asks_for_it_gets_the_proof_as_data_instead() {
    let name = format!("saga-green-{}", std::process::id());
    let file = std::env::temp_dir().join(name);
    let [_, told] = run("exercises::green::", &[], Some(&file));
    assert_eq!(told, "");
    let left = std::fs::read_to_string(&file).unwrap_or_default();
    let _ = std::fs::remove_file(&file);
    for said in [
        "\"world\":null",
        "\"world\":\"elsewhere\",\"levels\":[1]",
        "\"grid\":\"cargo run -p ch00 -- --grid 1\"",
        "\"drawn\":{\"worlds\":1024,",
        "\"name\":\"TwoAtOnce\",\"words\":\"with two customers at once\",\"count\":",
    ] {
        assert!(left.contains(said), "no {said} in {left}");
    }
    let [_, told] = run("exercises::red::", &[], Some(&file));
    assert!(!file.exists(), "{told}");
}
