//! What the words of a schedule do to submissions, statements and runs of the periodic job.

use crate::common::{self, ORDERS, crashes, log, play, rows, seen, starts, told};
use lab::engine::trace::{Event, Told};
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;

/// Writes an order down in a transaction, and logs how each statement went.
struct Writes {
    shop: Shop,
}

impl OrderFlow for Writes {
    fn start(shop: Shop) -> Self {
        Writes { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        tokio::time::sleep(Ms(10).duration()).await;
        let tx = self.shop.db.begin().await?;
        let inserted = tx
            .execute(
                "INSERT OR IGNORE INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')",
                params![order.id, order.amount],
            )
            .await;
        self.shop.log(seen(&inserted));
        let committed = tx.commit().await.map(|()| "committed");
        self.shop.log(seen(&committed));
        Ok(Answer::Confirmed)
    }

    async fn recover(&self) -> Result<(), Failure> {
        self.shop.log("recover");
        Ok(())
    }
}

fn under(schedule: &str) -> Run {
    let setup = Setup::new().schema(ORDERS).horizon(Ms::seconds(30));
    play::<Writes>(&setup, schedule)
}

fn submitted(run: &Run) -> Vec<u64> {
    common::times(run, |event| matches!(event, Event::Submitted))
}

const CONFIRMED: Told = Told::Answer(Answer::Confirmed);

#[test]
fn a_double_click_submits_the_same_order_again() {
    let run = under("order1/submit#1: twice after 100ms");
    assert_eq!(submitted(&run), [0, 100]);
    assert_eq!(told(&run), [Some((10, CONFIRMED)), Some((110, CONFIRMED))]);
    assert_eq!(run.evidence.submitted().len(), 1);
}

#[test]
fn a_crash_before_a_submission_keeps_it_from_arriving() {
    let run = under("order1/submit#1: crash before");
    assert_eq!(submitted(&run), []);
    assert_eq!(told(&run), [Some((0, Told::ConnectionLost))]);
    assert_eq!(crashes(&run), [0]);
    assert_eq!(rows(&run), []);
}

#[test]
fn a_crash_after_a_submission_comes_when_the_customer_has_an_answer() {
    let run = under("order1/submit#1: crash after");
    assert_eq!(told(&run), [Some((10, CONFIRMED))]);
    assert_eq!(crashes(&run), [10]);
    assert_eq!(rows(&run), [("order1", "confirmed")]);
}

#[test]
fn a_statement_that_fails_changes_nothing_and_leaves_the_transaction_open() {
    let run = under("order1/db.insert orders#1: fails");
    let expected = [(0, "recover"), (10, "disk I/O error"), (10, "committed")];
    assert_eq!(log(&run), expected);
    assert_eq!(rows(&run), []);
}

#[test]
fn a_transaction_that_cannot_begin_is_an_error_page() {
    let run = under("order1/db.begin#1: fails");
    let page = Told::ErrorPage("disk I/O error".to_owned());
    assert_eq!(told(&run), [Some((10, page))]);
    assert_eq!(rows(&run), []);
}

#[test]
fn a_commit_that_fails_has_not_taken_effect() {
    let run = under("order1/db.commit#1: fails");
    let expected = [(0, "recover"), (10, "1"), (10, "disk I/O error")];
    assert_eq!(log(&run), expected);
    assert_eq!(rows(&run), []);
}

#[test]
fn a_commit_that_fails_after_taking_effect_sounds_the_same() {
    let (fails, fails_after) = (
        under("order1/db.commit#1: fails"),
        under("order1/db.commit#1: fails after"),
    );
    assert_eq!(log(&fails), log(&fails_after));
    assert_eq!(rows(&fails_after), [("order1", "confirmed")]);
}

#[test]
fn a_crash_around_a_commit_decides_whether_the_rows_are_there() {
    let before = under("order1/db.commit#1: crash before");
    assert_eq!(rows(&before), []);
    let after = under("order1/db.commit#1: crash after");
    assert_eq!(rows(&after), [("order1", "confirmed")]);
    for run in [before, after] {
        assert_eq!(crashes(&run), [10]);
        assert_eq!(starts(&run), [0, 1_010]);
        assert_eq!(told(&run), [Some((10, Told::ConnectionLost))]);
    }
}

#[test]
fn a_crash_before_a_run_of_the_periodic_job_keeps_it_from_running() {
    let run = under("recover#1: crash before");
    assert_eq!(crashes(&run), [0]);
    let recovered: Vec<u64> = log(&run)
        .into_iter()
        .filter_map(|(at, line)| (line == "recover").then_some(at))
        .collect();
    assert_eq!(recovered, [1_000]);
    assert_eq!(rows(&run), [("order1", "confirmed")]);
}

#[test]
fn a_crash_after_a_run_of_the_periodic_job_lets_it_end_first() {
    let run = under("recover#1: crash after");
    assert_eq!(crashes(&run), [0]);
    assert_eq!(starts(&run), [0, 1_000]);
    let recovered: Vec<u64> = log(&run)
        .into_iter()
        .filter_map(|(at, line)| (line == "recover").then_some(at))
        .collect();
    assert_eq!(recovered, [0, 1_000]);
}
