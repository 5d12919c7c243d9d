//! One fault at every statement in turn: each that the code reaches, and nothing else.

use course::chapter::Chapter;
use lab::flow::Code;
use lab::language::fault::Fault;
use lab::prelude::*;
use lab::setup::Setup;
use lab::tell::report::Style;

const TABLES: &str = "
    CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;
    CREATE TABLE history (order_id TEXT PRIMARY KEY REFERENCES orders (id)) STRICT;
";

/// Writes an order and its line in the history, in one transaction or in two.
struct Toy<const TRANSACTIONS: u8> {
    shop: Shop,
}

impl<const TRANSACTIONS: u8> OrderFlow for Toy<TRANSACTIONS> {
    fn start(shop: Shop) -> Self {
        Toy { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let mut tx = self.shop.db.begin().await?;
        let insert = "INSERT INTO orders (id, status) VALUES (?1, 'confirmed')";
        tx.execute(insert, params![order.id]).await?;
        if TRANSACTIONS == 2 {
            tx.commit().await?;
            tx = self.shop.db.begin().await?;
        }
        let history = "INSERT INTO history (order_id) VALUES (?1)";
        tx.execute(history, params![order.id]).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

fn setup() -> Setup {
    Setup::new().schema(TABLES).without_payment()
}

const fn chapter(codes: &'static [Code]) -> Chapter {
    Chapter {
        id: "toy",
        directory: "toy",
        section: "Toy",
        patterns: &["A", "B", "C", "D", "2PC"],
        codes,
        setup,
        worlds: &[],
        bounds: None,
        scenario: None,
    }
}

const ONE: Chapter = chapter(&[Code::of::<Toy<1>>("exercise")]);
const TWO: Chapter = chapter(&[Code::of::<Toy<2>>("exercise")]);

/// The accident and its schedule, as the report begins.
fn found(chapter: Chapter, fault: Fault) -> Option<String> {
    let report = chapter.survives_at_every_statement(fault).err()?;
    let text = report.render(Style::default());
    let lines: Vec<&str> = text.lines().take(2).collect();
    Some(lines.join(" | "))
}

#[test]
fn one_transaction_survives_a_fault_at_any_of_its_statements() {
    for fault in [
        Fault::Fails,
        Fault::FailsAfter,
        Fault::CrashBefore,
        Fault::CrashAfter,
    ] {
        assert_eq!(found(ONE, fault), None, "{fault}");
    }
}

#[test]
fn the_first_statement_that_breaks_is_told_with_its_schedule() {
    for (fault, step) in [
        (Fault::Fails, "db.begin#2: fails"),
        (Fault::FailsAfter, "db.commit#1: fails after"),
        (Fault::CrashBefore, "db.begin#2: crash before"),
        (Fault::CrashAfter, "db.commit#1: crash after"),
    ] {
        let expected = format!("ACCIDENT · half an order | schedule   order1/{step}");
        assert_eq!(found(TWO, fault).as_deref(), Some(expected.as_str()));
    }
}

#[test]
fn only_the_story_has_a_timeline() {
    let story = TWO.story_at_every_statement(Fault::Fails).err();
    let story = story.map(|report| report.render(Style::default()));
    assert!(story.is_some_and(|text| text.contains("begin fails: disk I/O error")));
    assert!(ONE.story_at_every_statement(Fault::Fails).is_ok());
}

#[test]
fn a_fault_of_calls_has_no_statement_to_strike() {
    assert_eq!(found(TWO, Fault::ReplyLost), None);
}

#[test]
fn a_fault_that_the_world_cannot_suffer_is_not_passed_over_in_silence() {
    let calm_process = Chapter {
        setup: || setup().suffers(|fault| fault == Fault::Fails),
        ..ONE
    };
    assert_eq!(found(calm_process, Fault::Fails), None);
    let said = found(calm_process, Fault::CrashBefore).expect("a red test");
    assert!(said.contains("`crash before`"), "{said}");
}
