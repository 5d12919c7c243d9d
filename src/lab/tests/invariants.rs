//! Invariants of a world's own: searched for as accidents are, and called by their names.

use lab::Lab;
use lab::check::Check;
use lab::flow::Code;
use lab::judge::invariant::{Breach, Wrong};
use lab::judge::verdict::{Verdict, judge};
use lab::prelude::*;
use lab::run::replay;
use lab::search::exhaustive::Search;
use lab::setup::Setup;
use lab::tell::report::{Length, Report, Style};
use pretty_assertions::assert_eq;

/// Confirms an order and asks nobody for money; without a word if the statement fails.
struct Free {
    shop: Shop,
}

impl OrderFlow for Free {
    fn start(shop: Shop) -> Self {
        Free { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let sql = "INSERT INTO orders VALUES (?1, 'confirmed')";
        self.shop.db.execute(sql, params![order.id]).await?;
        let sql = "INSERT INTO notes VALUES (?1)";
        let _ = self.shop.db.execute(sql, params![order.id]).await;
        Ok(Answer::Confirmed)
    }
}

const CODE: Code = Code::of::<Free>("free");

fn shop() -> Setup {
    Setup::new().without_payment().schema(
        "CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;
         CREATE TABLE notes (order_id TEXT PRIMARY KEY) STRICT;",
    )
}

/// Every order has its note. The lab is shown the notes in place of a history, which it would look for by itself.
fn noted() -> Setup {
    shop().invariant("an order without a note", |end| {
        let failed = end.trace.entries.iter().any(|entry| {
            let said = format!("{:?}", entry.event);
            said.contains("insert notes") && said.contains("Io")
        });
        failed.then(|| {
            Wrong::expected("every order has a note")
                .believes("order1 is confirmed")
                .knows("no note of order1")
        })
    })
}

fn in_words(report: Report) -> String {
    report.render(Style {
        language: lab::tell::Language::English,
        glyphs: lab::tell::Glyphs::Unicode,
        color: false,
        width: Some(100),
    })
}

#[test]
fn an_invariant_is_searched_for_and_called_by_its_name() {
    let score = Search::new(&noted(), CODE).every_schedule(2);
    let (schedule, verdict) = score.first.expect("one fault is enough");
    assert_eq!(
        schedule.to_string(),
        "order1/db.insert notes#1: fails",
        "with the fewest faults"
    );
    assert_eq!(verdict.name(), "an order without a note");
    let report = Check::new(noted(), CODE).report(&schedule, Length::Short);
    let text = in_words(report.expect("it fails"));
    assert_eq!(
        text.lines().take(4).collect::<Vec<_>>(),
        [
            "ACCIDENT · an order without a note",
            "schedule   order1/db.insert notes#1: fails",
            "expected   every order has a note",
            "found      order1 is confirmed; no note of order1",
        ]
    );
    let report = Check::new(noted(), CODE).report(&schedule, Length::Story);
    let text = in_words(report.expect("it fails"));
    assert!(
        text.contains("the shop believes     order1 is confirmed"),
        "{text}"
    );
    assert!(text.contains("beside it  (the calm day"), "{text}");
}

#[test]
fn a_drawn_breach_is_made_small() {
    let lab: Lab<Free> = Lab::of(noted());
    let report = lab.whatever_happens(4).expect_err("it is found");
    let text = in_words(report);
    let schedule = "schedule   order1/db.insert notes#1: fails\n";
    assert!(
        text.contains(schedule) && text.contains("an order without a note"),
        "{text}"
    );
}

#[test]
fn an_accident_of_the_lab_s_own_comes_first() {
    let unpaid = Setup::new()
        .schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;")
        .invariant("nothing is ever right", |_| Some(Wrong::expected("peace")));
    let run = replay(&unpaid, CODE, &"".parse().expect("it is calm"));
    assert!(run.evidence.breach.is_some());
    let verdict = judge(&run).expect("nobody has paid");
    assert_eq!(verdict.name(), "confirmed without payment");
}

#[test]
fn an_invariant_that_panics_is_named() {
    let slip = shop().invariant("points add up", |end| {
        let last: Option<&str> = end.charges.last().map(|charge| charge.id.as_str());
        panic!("no charge at all: {last:?}")
    });
    let run = replay(&slip, CODE, &"".parse().expect("it is calm"));
    let Some(Verdict::Breach(Breach::Panicked {
        invariant, message, ..
    })) = judge(&run)
    else {
        panic!("{:?}", judge(&run));
    };
    assert_eq!(invariant.as_str(), "points add up");
    assert_eq!(message, "no charge at all: None");
    let calm = "".parse().expect("it is calm");
    let report = Check::new(slip, CODE).report(&calm, Length::Short);
    let text = in_words(report.expect("it fails"));
    assert!(
        text.contains("NO VERDICT · an invariant panicked"),
        "{text}"
    );
    assert!(
        text.contains("The invariant \"points add up\" panicked at "),
        "{text}"
    );
}
