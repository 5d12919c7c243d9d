//! Whatever an exercise does to its process, its test gets one named verdict and the other tests go on.
//!
//! The tests in `exercises` are what a learner might run; the tests below run this binary again to see what a
//! learner would see.

// The closure tells the name of the test that it is written in.
#![allow(clippy::redundant_closure)]

use crate::common::ORDERS;
use course::chapter::Chapter;
use course::isolate::{Outcome, isolated};
use lab::flow::Code;
use lab::prelude::*;
use lab::setup::Setup;
use outcomes::{Kind, Left};
use std::process::{Command, Output};

const ABORTS: u8 = 0;
const OVERFLOWS: u8 = 1;
const LOOPS: u8 = 2;
const EXITS: u8 = 3;
const PANICS: u8 = 4;
const TALKS: u8 = 5;
const WORKS: u8 = 6;
const DEVOURS: u8 = 7;
const BLOCKS: u8 = 8;

/// Misbehaves when its charge is refused.
struct Misbehaves<const HOW: u8> {
    shop: Shop,
}

impl<const HOW: u8> OrderFlow for Misbehaves<HOW> {
    fn start(shop: Shop) -> Self {
        Misbehaves { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let charge = payment.charge(ChargeRequest::of(order), None).await;
        if charge.is_err() {
            match HOW {
                ABORTS => std::process::abort(),
                OVERFLOWS => drop(deeper(0)),
                LOOPS => loop {
                    std::hint::spin_loop();
                },
                EXITS => std::process::exit(3),
                #[allow(clippy::disallowed_methods)] // That is the mistake.
                BLOCKS => std::thread::sleep(std::time::Duration::from_millis(600)),
                DEVOURS => drop(vec![1_u8; std::hint::black_box(isize::MAX as usize)]),
                PANICS => panic!("did not expect that"),
                TALKS => println!("hello from the shop"),
                _ => return Ok(Answer::Cancelled),
            }
        }
        let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        db.execute(insert, params![order.id, order.amount]).await?;
        Ok(Answer::Confirmed)
    }
}

/// Calls itself for ever, in a way that the compiler cannot turn into a loop.
fn deeper(depth: u64) -> Vec<u64> {
    let mut below = match std::hint::black_box(depth) {
        u64::MAX => Vec::new(),
        depth => deeper(depth + 1),
    };
    below.push(depth);
    below
}

const CHAPTER: Chapter = Chapter {
    id: "ch00",
    directory: "ch00_nowhere",
    section: "Nothing",
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: &[],
    setup: || Setup::new().schema(ORDERS),
    worlds: &[],
    bounds: None,
    scenario: None,
};

/// What goes wrong in the exercises below.
const REFUSED: &str = "order1/payment.charge#1: refused";

/// Runs the exercise on the calm day, which it survives, and when its charge is refused.
fn exercise<const HOW: u8>() -> Outcome {
    let codes: &'static [Code] = const { &[Code::of::<Misbehaves<HOW>>("exercise")] };
    let chapter = Chapter { codes, ..CHAPTER };
    chapter.survives("")?;
    chapter.story(REFUSED)
}

mod exercises {
    use super::*;

    #[test]
    #[ignore = "run by the tests below"]
    fn aborts() -> Outcome {
        isolated(|| exercise::<ABORTS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn overflows() -> Outcome {
        isolated(|| exercise::<OVERFLOWS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn loops_alone() -> Outcome {
        isolated(|| exercise::<LOOPS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn stuck_first() -> Outcome {
        isolated(|| exercise::<LOOPS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn stuck_too() -> Outcome {
        isolated(|| exercise::<LOOPS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn blocks() -> Outcome {
        isolated(|| exercise::<BLOCKS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn devours() -> Outcome {
        isolated(|| exercise::<DEVOURS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn exits() -> Outcome {
        isolated(|| exercise::<EXITS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn panics() -> Outcome {
        isolated(|| exercise::<PANICS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn talks() -> Outcome {
        isolated(|| exercise::<TALKS>())
    }

    #[test]
    #[ignore = "run by the tests below"]
    fn works() -> Outcome {
        isolated(|| exercise::<WORKS>())
    }
}

/// The whole name of a test of this file.
fn here(name: &str) -> String {
    format!("isolation::{name}")
}

/// What a learner with backtraces switched on sees of the exercises whose names begin so.
fn run(name: &str) -> (String, String) {
    let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(this)
        .args(["--ignored", &here(name), "--test-threads=1"])
        .env("SAGA_LANG", "en")
        .env("RUST_BACKTRACE", "1")
        .env("SAGA_PATIENCE_MS", "1000")
        .output();
    let Output { stdout, stderr, .. } = output.unwrap_or_else(|error| panic!("{error}"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(stdout), text(stderr))
}

/// The exercise fails with a report that says all this, and with no other noise.
fn reports(name: &str, said: &[&str]) {
    let (out, err) = run(&format!("exercises::{name}"));
    assert!(out.contains("1 failed"), "{out}");
    for said in said {
        assert!(out.contains(said), "no {said:?} in:\n{out}\n{err}");
    }
    for noise in ["stack backtrace", "thread '", "RUST_BACKTRACE"] {
        assert!(!out.contains(noise), "{noise:?} in:\n{out}");
        assert!(!err.contains(noise), "{noise:?} in:\n{err}");
    }
    assert_eq!(out.matches("NO VERDICT").count(), 1, "{out}");
}

#[test]
fn code_that_aborts_is_told_so_with_its_schedule() {
    let how = "There, it aborted the process.";
    let replay = format!("replay     cargo run -p ch00 -- --schedule \"{REFUSED}\"");
    reports(
        "aborts",
        &[
            "NO VERDICT · the code ended its process",
            REFUSED,
            how,
            &replay,
        ],
    );
}

#[test]
fn code_that_overflows_its_stack_is_told_so_with_its_schedule() {
    let how = "There, it overflowed its stack (does it call itself for ever?).";
    reports(
        "overflows",
        &["NO VERDICT · the code ended its process", REFUSED, how],
    );
}

#[test]
fn code_that_ends_its_process_is_told_so_with_its_schedule() {
    let how = "There, it ended the process with exit code 3.";
    reports(
        "exits",
        &["NO VERDICT · the code ended its process", REFUSED, how],
    );
}

#[test]
fn code_that_never_yields_is_told_so_with_its_schedule() {
    let how = "for 1 s of real time without reaching a step";
    reports("loops_alone", &["NO VERDICT · never yields", REFUSED, how]);
}

#[test]
fn code_that_blocks_the_thread_is_told_so_long_before_the_search_would_end() {
    let how = "in this one the code keeps the thread for a long time at every turn";
    reports(
        "blocks",
        &["NO VERDICT · keeps the processor", REFUSED, how],
    );
}

#[test]
fn who_waits_for_one_test_that_is_stuck_waits_no_second_time() {
    let (out, _) = run("exercises::stuck");
    assert_eq!(out.matches("NO VERDICT · never yields").count(), 1, "{out}");
    let first = here("exercises::stuck_first");
    let see = format!("Here, too; see `{first}`.");
    assert!(out.contains(&see), "{out}");
}

#[test]
fn code_that_needs_too_much_memory_is_told_so_and_not_that_it_aborts() {
    let how = "There, it ran out of memory: it wanted 9223372036854775807 bytes more.";
    reports(
        "devours",
        &["NO VERDICT · the code ended its process", REFUSED, how],
    );
}

#[test]
fn who_asks_for_japanese_is_told_in_japanese() {
    let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(this)
        .args(["--ignored", "--exact", &here("exercises::exits")])
        .env("SAGA_LANG", "ja")
        .output();
    let out = output.unwrap_or_else(|error| panic!("{error}")).stdout;
    let out = String::from_utf8_lossy(&out);
    let replay = format!("再現          cargo run -p ch00 -- --schedule \"{REFUSED}\"");
    for said in [
        "判定なし · コードがプロセスを終わらせた",
        "ここで、終了コード3でプロセスを終わらせました。",
        &replay,
    ] {
        assert!(out.contains(said), "no {said:?} in:\n{out}");
    }
    assert!(!out.contains("NO VERDICT"), "{out}");
}

#[test]
fn code_that_panics_is_told_so_with_its_message_and_its_place() {
    let place = "The code panicked at src/course/tests/isolation.rs:";
    let message = "did not expect that";
    reports(
        "panics",
        &["NO VERDICT · the code panicked", REFUSED, place, message],
    );
}

#[test]
fn what_the_code_prints_is_passed_on_once_and_nothing_of_the_harness_is() {
    let (out, _) = run("exercises::talks");
    assert!(
        out.contains("ACCIDENT B · confirmed without payment"),
        "{out}"
    );
    assert!(out.contains("hello from the shop"), "{out}");
    // One line of the harness itself; that of the child's is behind the curtain.
    assert_eq!(out.matches("running 1 test").count(), 1, "{out}");
    assert!(!out.contains('\u{1}'), "{out}");
}

#[test]
fn what_became_of_a_test_is_left_as_data_however_it_ended() {
    let left = Left::nothing();
    let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(this)
        .args(["--ignored", &here("exercises::"), "--test-threads=1"])
        .env(outcomes::FILE, left.path())
        .env("SAGA_PATIENCE_MS", "1000")
        .output();
    let out = output.unwrap_or_else(|error| panic!("{error}")).stdout;
    let out = String::from_utf8_lossy(&out);
    let outcomes = left.take();
    let name = |test: &str| {
        let test = here(&format!("exercises::{test}"));
        let mut those = outcomes.iter().filter(|outcome| outcome.test == test);
        let (one, more) = (those.next(), those.next());
        assert_eq!(more, None);
        let failure = one.expect("it has left something").failure.as_ref()?;
        assert!(out.contains(&failure.report), "{out}");
        let of_the_run = failure.schedule.as_deref().is_none_or(|it| it == REFUSED);
        assert!(of_the_run, "{failure:?}");
        Some((failure.kind, failure.name.clone().unwrap_or_default()))
    };
    let no_verdict = |name: &str| Some((Kind::NoVerdict, name.to_owned()));
    let died = no_verdict("the code ended its process");
    for test in ["aborts", "overflows", "exits", "devours"] {
        assert_eq!(name(test), died, "{test}");
    }
    assert_eq!(name("blocks"), no_verdict("keeps the processor"));
    let as_there = no_verdict("does not get anywhere");
    for test in ["loops_alone", "stuck_first", "stuck_too"] {
        assert_eq!(name(test), as_there, "{test}");
    }
    assert_eq!(name("panics"), no_verdict("the code panicked"));
    let accident = Some((Kind::Accident, "confirmed without payment".to_owned()));
    assert_eq!(name("talks"), accident);
    assert_eq!(name("works"), None);
}

#[test]
fn the_other_tests_go_on() {
    let (out, _) = run("exercises::");
    let works = format!("test {} ... ok", here("exercises::works"));
    assert!(out.contains(&works), "{out}");
    assert!(out.contains("1 passed; 10 failed"), "{out}");
}
