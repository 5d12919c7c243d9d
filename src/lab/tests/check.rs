//! A flow checked from a plain `#[test]`, without any chapter.

use lab::Lab;
use lab::check::{SCHEDULE, SEED, WORLD};
use lab::engine::watchdog::PATIENCE;
use lab::language::fault::Fault;
use lab::prelude::*;
use lab::search::scenario::Bounds;
use lab::tell::report::Report;
use pretty_assertions::assert_eq;
use std::process::{Command, Output};

const SCHEMA: &str = "CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;";

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
        .schema(SCHEMA)
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

/// Many people want many things.
const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
    most_customers: 5,
    most_pieces: 3,
    ..Bounds::ONE_BOOK
};

#[test]
#[ignore = "red on purpose: others run it in a process of its own"]
fn drawn_with_its_world() -> Result<(), Report> {
    hasty().bounds(BOUNDS).whatever_happens(4)
}

/// Never comes back when somebody wants pens and the card is declined.
struct Loops(Shop);

impl OrderFlow for Loops {
    fn start(shop: Shop) -> Self {
        Loops(shop)
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let charge = self.0.payment.charge(ChargeRequest::of(order), None).await;
        while charge.is_err() && order.sku == "pen" {
            std::hint::spin_loop();
        }
        let (status, answer) = match charge {
            Ok(_) => ("confirmed", Answer::Confirmed),
            Err(_) => ("cancelled", Answer::Cancelled),
        };
        let sql = "INSERT INTO orders VALUES (?1, ?2)";
        self.0.db.execute(sql, params![order.id, status]).await?;
        Ok(answer)
    }
}

/// Cards may be declined, and nothing else goes wrong.
fn looping() -> Lab<Loops> {
    Lab::new()
        .schema(SCHEMA)
        .with(|setup| setup.suffers(|fault| fault == Fault::Declined))
}

#[test]
#[ignore = "never ends: others run it in a process of its own"]
fn loops() -> Result<(), Report> {
    let pen = Order {
        sku: "pen".to_owned(),
        ..Order::new("order1", Yen(150))
    };
    looping()
        .order(pen)
        .survives("order1/payment.charge#1: declined")
}

#[test]
#[ignore = "never ends: others run it in a process of its own"]
fn loops_in_a_drawn_world() -> Result<(), Report> {
    looping().bounds(BOUNDS).whatever_happens(1)
}

/// What one of these tests prints, with this in its environment.
fn printed(test: &str, environment: &[(&str, &str)]) -> String {
    let output = run(test, environment);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How one of these tests ends, with this in its environment.
fn run(test: &str, environment: &[(&str, &str)]) -> Output {
    let this = std::env::current_exe().expect("this program");
    let mut command = Command::new(this);
    command
        .env("SAGA_LANG", "en")
        .args([test, "--exact", "--ignored", "--test-threads=2"])
        .env_remove(SCHEDULE)
        .env_remove(SEED)
        .env_remove(WORLD)
        .env("SAGA_GLYPHS", "unicode")
        .env("CARGO_PKG_NAME", "their-shop")
        .envs(environment.iter().copied());
    let output = command.output().expect("it runs");
    assert!(!output.status.success(), "{test} is red");
    output
}

/// The variables in the line that says how to play a world again.
fn replayed_by<'r>(report: &'r str, test: &str) -> Vec<(&'r str, &'r str)> {
    let line = report.lines().find(|line| line.starts_with("replay "));
    let line = line.unwrap_or_else(|| panic!("{report}"));
    let mut rest = line.trim_start_matches("replay").trim_start();
    let mut variables = Vec::new();
    while let Some((name, value)) = rest.split_once("=\"") {
        let (value, after) = value.split_once('"').expect("its end");
        variables.push((name, value));
        rest = after.trim_start();
    }
    assert_eq!(
        rest,
        format!("cargo test -p their-shop {test} -- --exact"),
        "{line}"
    );
    variables
}

#[test]
fn a_red_test_says_how_it_is_played_again_and_then_tells_it_in_full() {
    for (test, variables) in [
        ("check::searched", [SCHEDULE].as_slice()),
        ("check::drawn", &[SCHEDULE]),
        ("check::drawn_with_its_world", &[WORLD, SCHEDULE]),
    ] {
        let report = printed(test, &[]);
        assert!(report.contains("Error: \n\nACCIDENT · "), "{report}");
        assert!(!report.contains("the shop believes"), "{report}");
        let accident = report.lines().find(|line| line.starts_with("ACCIDENT"));
        let asked = replayed_by(&report, test);
        let names: Vec<&str> = asked.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, variables);
        let story = printed(test, &asked);
        let told = story.lines().find(|line| line.starts_with("ACCIDENT"));
        assert_eq!(told, accident);
        assert_eq!(replayed_by(&story, test), asked);
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
    for name in [SEED, PATIENCE] {
        let said = printed("check::drawn", &[(name, "abc")]);
        let slip = format!("{name} is `abc`; it can be a whole number");
        assert!(said.contains(&slip), "{said}");
    }
}

#[test]
fn a_drawn_world_is_made_small() {
    let report = printed("check::drawn_with_its_world", &[]);
    let asked = replayed_by(&report, "check::drawn_with_its_world");
    let world = asked[0].1;
    assert!(
        world.starts_with("book by ") && !world.contains(';'),
        "{world}"
    );
    assert_eq!(
        asked[1].1.matches(": ").count(),
        1,
        "one fault: {}",
        asked[1].1
    );
}

#[test]
fn a_world_is_played_as_it_is_described() {
    let world = [(WORLD, "3 × pen by ann at 59900ms")];
    let (test, schedule) = (
        "check::drawn_with_its_world",
        (SCHEDULE, "order1/payment.charge#1: request late 1500ms"),
    );
    let story = printed(test, &[world[0], schedule]);
    assert!(story.contains("¥450"), "{story}");
    let said = printed(test, &[(WORLD, "3 × pem by ann at 59900ms")]);
    assert!(said.contains("did you mean `pen`?"), "{said}");
    let said = printed("check::searched", &world);
    assert!(
        said.contains("SAGA_WORLD describes a world, and this test draws none"),
        "{said}"
    );
}

#[test]
fn code_that_gets_nowhere_is_reported_with_its_world() {
    for (test, variables) in [
        ("check::loops", [SCHEDULE].as_slice()),
        ("check::loops_in_a_drawn_world", &[WORLD, SCHEDULE]),
    ] {
        let output = run(test, &[(PATIENCE, "300")]);
        assert_eq!(output.status.code(), Some(101));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.contains("NO VERDICT · never yields\nschedule   order"),
            "{said}"
        );
        let asked = replayed_by(&said, test);
        let names: Vec<&str> = asked.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, variables);
        let again = run(test, &[asked.as_slice(), &[(PATIENCE, "300")]].concat());
        let again = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(again.contains("NO VERDICT · never yields"), "{again}");
    }
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
