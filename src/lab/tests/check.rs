//! A flow checked from a plain `#[test]`, without any chapter.

use lab::Lab;
use lab::check::{SCHEDULE, SEED};
use lab::prelude::*;
use lab::tell::report::Report;
use pretty_assertions::assert_eq;
use std::process::Command;

/// Asks once under a key, and takes silence for a no.
struct Hasty {
    shop: Shop,
}

impl OrderFlow for Hasty {
    fn start(shop: Shop) -> Self {
        Hasty { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let key = Key::from(order.id.as_str());
        let charge = self
            .shop
            .payment
            .charge(ChargeRequest::of(order), Some(&key));
        let charged = tokio::time::timeout(Ms(700).duration(), charge).await;
        let (status, answer) = match charged {
            Ok(Ok(_)) => ("confirmed", Answer::Confirmed),
            _ => ("cancelled", Answer::Cancelled),
        };
        let sql = "INSERT INTO orders VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        self.shop.db.execute(sql, params![order.id, status]).await?;
        Ok(answer)
    }
}

fn hasty() -> Lab<Hasty> {
    Lab::new()
        .schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;")
        .order(Order::new("order1", Yen(1_200)))
}

#[test]
#[ignore = "red on purpose: others run it in a process of its own"]
fn searched() -> Result<(), Report> {
    hasty().every_schedule(2)
}

#[test]
#[ignore = "red on purpose: others run it in a process of its own"]
fn drawn() -> Result<(), Report> {
    hasty().whatever_happens(4)
}

/// What one of these tests prints, with this in its environment.
fn printed(test: &str, environment: &[(&str, &str)]) -> String {
    let this = std::env::current_exe().expect("this program");
    let mut command = Command::new(this);
    command
        .args([test, "--exact", "--ignored", "--test-threads=2"])
        .env_remove(SCHEDULE)
        .env_remove(SEED)
        .env("SAGA_GLYPHS", "unicode")
        .env("CARGO_PKG_NAME", "their-shop")
        .envs(environment.iter().copied());
    let output = command.output().expect("it runs");
    assert!(!output.status.success(), "{test} is red");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The schedule in the line that says how to play a world again.
fn replayed_by<'r>(report: &'r str, test: &str) -> &'r str {
    let line = report.lines().find(|line| line.starts_with("replay "));
    let line = line.unwrap_or_else(|| panic!("{report}"));
    let (head, rest) = line.split_once("SAGA_SCHEDULE=\"").expect("the variable");
    let (schedule, command) = rest.split_once('"').expect("its end");
    assert_eq!(head.trim(), "replay");
    assert_eq!(
        command,
        format!(" cargo test -p their-shop {test} -- --exact")
    );
    schedule
}

#[test]
fn a_red_test_says_how_it_is_played_again_and_then_tells_it_in_full() {
    for test in ["check::searched", "check::drawn"] {
        let report = printed(test, &[]);
        assert!(report.contains("Error: \n\nACCIDENT · "), "{report}");
        assert!(!report.contains("the shop believes"), "{report}");
        let accident = report.lines().find(|line| line.starts_with("ACCIDENT"));
        let schedule = replayed_by(&report, test);
        let story = printed(test, &[(SCHEDULE, schedule)]);
        let told = story.lines().find(|line| line.starts_with("ACCIDENT"));
        assert_eq!(told, accident);
        assert_eq!(replayed_by(&story, test), schedule);
        assert!(story.contains("the shop believes"), "{story}");
        for word in ["exercise", "chapter", "README"] {
            assert!(!story.contains(word), "{story}");
        }
    }
}

#[test]
fn a_variable_that_makes_no_sense_is_named() {
    let said = printed(
        "check::searched",
        &[(SCHEDULE, "order1/payment.charg#1: reply lost")],
    );
    assert!(said.contains("unknown operation `payment.charg`"), "{said}");
    let said = printed(
        "check::searched",
        &[(SCHEDULE, "order7/submit#1: crash after")],
    );
    assert!(said.contains("order7/submit#1"), "{said}");
    let said = printed("check::drawn", &[(SEED, "abc")]);
    assert!(
        said.contains("SAGA_SEED is `abc`; it can be a whole number"),
        "{said}"
    );
}

#[test]
fn a_world_that_cannot_begin_is_no_accident() {
    let slip = hasty().orders_from("SELECT purchase");
    let said = slip.every_schedule(1).expect_err("there is no such column");
    let problem = "the query of `orders_from` is not valid SQL here: no such column: purchase\n";
    assert_eq!(said.to_string(), problem);
}

#[test]
fn a_schedule_that_ends_well_is_no_error() {
    assert!(
        hasty()
            .survives("order1/payment.charge#1: declined")
            .is_ok()
    );
    assert!(
        hasty()
            .survives("order1/payment.charge#1: reply lost")
            .is_err()
    );
}
