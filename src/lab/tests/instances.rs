//! Two processes of the shop on one database.

use crate::common::{ORDERS, crashes, log, play, rows, schedule_of, told};
use lab::db::DbError;
use lab::engine::trace::{Event, Told};
use lab::flow::Code;
use lab::judge::verdict::judge;
use lab::language::fault::Fault;
use lab::prelude::*;
use lab::run::{Run, replay};
use lab::search::exhaustive::Search;
use lab::search::random::{cases, faults};
use lab::search::scenario::{Bounds, Scenario};
use lab::setup::Setup;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::cell::Cell;
use std::collections::BTreeSet;

/// Counts in its memory, and writes what it does into its log.
struct Counts {
    shop: Shop,
    served: Cell<u32>,
}

impl OrderFlow for Counts {
    fn start(shop: Shop) -> Self {
        Counts {
            shop,
            served: Cell::new(0),
        }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.served.set(self.served.get() + 1);
        self.shop
            .log(format!("{} is number {}", order.id, self.served.get()));
        let tx = self.shop.db.begin().await?;
        let sql = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        tx.execute(sql, params![order.id, order.amount]).await?;
        self.shop
            .payment
            .charge(ChargeRequest::of(order), None)
            .await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

fn four() -> Setup {
    let orders = (1..=4).map(|n| (Ms::seconds(n), Order::new(&format!("order{n}"), Yen(1_200))));
    Setup::new().schema(ORDERS).orders(orders)
}

fn steps(run: &Run) -> Vec<String> {
    run.steps().iter().map(ToString::to_string).collect()
}

#[test]
fn submissions_go_to_them_in_turn_and_steps_say_whose_they_are() {
    let run = play::<Counts>(&four().instances(2), "");
    let steps = steps(&run);
    for step in [
        "recover#1",
        "recover@2#1",
        "order1/payment.charge#1",
        "order2@2/submit#1",
        "order2@2/payment.charge#1",
        "order4@2/db.commit#1",
    ] {
        assert!(steps.iter().any(|it| it == step), "{step}: {steps:?}");
    }
    assert!(!steps.iter().any(|it| it == "order2/payment.charge#1"));
    assert_eq!(judge(&run), None);
}

#[test]
fn each_has_its_own_memory_and_all_have_one_database() {
    let run = play::<Counts>(&four().instances(2), "");
    let lines: Vec<&str> = log(&run).into_iter().map(|(_, line)| line).collect();
    assert_eq!(
        lines,
        [
            "order1 is number 1",
            "order2 is number 1",
            "order3 is number 2",
            "order4 is number 2"
        ]
    );
    assert_eq!(rows(&run).len(), 4);
}

#[test]
fn a_world_with_one_is_as_it_was() {
    let (one, usual) = (
        play::<Counts>(&four().instances(1), ""),
        play::<Counts>(&four(), ""),
    );
    assert_eq!(one.evidence.trace, usual.evidence.trace);
}

#[test]
fn a_crash_takes_one_down_and_the_other_serves_everybody_meanwhile() {
    let slow = four().instances(2).restarts_after(Ms::minutes(1));
    let run = play::<Counts>(&slow, "order2@2/payment.charge#1: crash after");
    assert_eq!(crashes(&run), [2_200]);
    let steps = steps(&run);
    for order in ["order1", "order3", "order4"] {
        assert!(steps.contains(&format!("{order}/submit#1")), "{steps:?}");
    }
    assert_eq!(told(&run)[1], Some((2_200, Told::ConnectionLost)));
    let all = ["order1", "order3", "order4"].map(|order| (order, "confirmed"));
    assert_eq!(rows(&run), all);
}

#[test]
fn a_dying_process_does_not_touch_the_transaction_of_the_other() {
    let both = Setup::new().schema(ORDERS).instances(2).orders([
        (Ms::ZERO, Order::new("order1", Yen(1_200))),
        (Ms(100), Order::new("order2", Yen(1_200))),
    ]);
    // The first holds the lock until 200 ms, and the second waits for it.
    let run = play::<Counts>(&both, "order2@2/db.begin#1: crash before");
    assert_eq!(crashes(&run), [100]);
    assert_eq!(rows(&run), [("order1", "confirmed")]);
}

#[test]
fn a_process_that_stands_still_keeps_its_lock_and_the_other_waits_in_vain() {
    let run = play::<Counts>(&four().instances(2), "order1/db.commit#1: pauses 10m");
    let locked = |event: &Event| {
        matches!(
            event,
            Event::Sql {
                error: Some(DbError::Locked),
                ..
            }
        )
    };
    let trace = &run.evidence.trace.entries;
    let failed: Vec<(u64, &str)> = trace
        .iter()
        .filter(|entry| locked(&entry.event))
        .map(|entry| (entry.at.0, entry.actor.as_str()))
        .collect();
    assert_eq!(failed, [(7_000, "order2@2"), (9_000, "order4@2")]);
    // Nobody tells the load balancer, so the third order waits, too.
    assert_eq!(told(&run)[2].as_ref().map(|(at, _)| *at), Some(601_400));
}

/// Confirms what it finds open; the job cancels what has been open for a minute. With `GUARDED`, only what is still open.
struct TakesOver<const GUARDED: bool> {
    shop: Shop,
}

impl<const GUARDED: bool> OrderFlow for TakesOver<GUARDED> {
    fn start(shop: Shop) -> Self {
        TakesOver { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let sql = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'open')";
        self.shop
            .db
            .execute(sql, params![order.id, order.amount])
            .await?;
        self.turn(&order.id, "confirmed").await?;
        let sql = "SELECT status FROM orders WHERE id = ?1";
        let rows = self.shop.db.query(sql, params![order.id]).await?;
        let status: String = rows[0].get("status");
        Ok(match status.as_str() {
            "confirmed" => Answer::Confirmed,
            _ => Answer::Cancelled,
        })
    }

    async fn recover(&self) -> Result<(), Failure> {
        let sql = "SELECT id FROM orders WHERE status = 'open'";
        for row in self.shop.db.query(sql, params![]).await? {
            let id: String = row.get("id");
            self.turn(&id, "cancelled").await?;
        }
        Ok(())
    }
}

impl<const GUARDED: bool> TakesOver<GUARDED> {
    async fn turn(&self, id: &str, to: &str) -> Result<(), Failure> {
        let guard = if GUARDED { " AND status = 'open'" } else { "" };
        let sql = format!("UPDATE orders SET status = ?2 WHERE id = ?1{guard}");
        self.shop.db.execute(&sql, params![id, to]).await?;
        Ok(())
    }
}

fn free_of_charge() -> Setup {
    Setup::new().without_payment().schema(ORDERS)
}

const STALE: Code = Code::of::<TakesOver<false>>("stale");
const GUARDED: Code = Code::of::<TakesOver<true>>("guarded");

#[test]
fn a_stale_writer_is_found_where_there_are_two_and_one_pauses() {
    let pauses = "order1/db.update orders#1: pauses 10m";
    // Alone, it finishes its write before its own job looks.
    assert_eq!(
        judge(&play::<TakesOver<false>>(&free_of_charge(), pauses)),
        None
    );
    let two = free_of_charge().instances(2);
    let verdict = judge(&play::<TakesOver<false>>(&two, pauses)).expect("it was taken over");
    assert_eq!(verdict.name(), "a final word taken back");
    let two = two.suffers(|fault| matches!(fault, Fault::Pauses(_)));
    assert!(!Search::new(&two, STALE).every_schedule(1).holds());
    let guarded = Search::new(&two, GUARDED).every_schedule(1);
    assert!(guarded.holds(), "{:?}", guarded.first);
}

#[test]
fn the_search_tries_the_steps_of_both() {
    let two = free_of_charge().instances(2);
    let score = Search::new(&two, GUARDED).every_schedule(1);
    let actors: Vec<&str> = score.grid.keys().map(|(actor, _)| actor.as_str()).collect();
    assert!(
        actors.contains(&"recover@2") && actors.contains(&"recover"),
        "{actors:?}"
    );
}

#[test]
fn the_same_world_twice() {
    let two = four().instances(2);
    let schedule = schedule_of("order1/db.commit#1: pauses 10m; order2@2/submit#1: crash after");
    let code = Code::of::<Counts>("counts");
    let (one, other) = (replay(&two, code, &schedule), replay(&two, code, &schedule));
    assert_eq!(one.evidence.trace, other.evidence.trace);
}

#[test]
fn the_job_of_the_second_has_its_name_in_schedules() {
    let text = "recover@2#3: crash before";
    assert_eq!(schedule_of(text).to_string(), text);
    let text = "recover@3#3: crash before";
    assert!(text.parse::<lab::language::schedule::Schedule>().is_err());
}

#[test]
#[should_panic(expected = "a shop has 1 to 2 processes, not 3")]
fn there_are_no_more_than_two() {
    let _ = Setup::new().instances(3);
}

const BOUNDS: Bounds = Bounds {
    two_instances: true,
    ..Bounds::ONE_BOOK
};

#[test]
fn a_world_says_that_there_are_two() {
    let text = "book by ann at 0ms; two processes";
    let scenario = Scenario::parse(text, &BOUNDS).expect("a world");
    assert_eq!(scenario.text(&BOUNDS), text);
    let pauses = "order1/db.update orders#1: pauses 10m";
    let setup = scenario.setup(free_of_charge(), &BOUNDS);
    assert!(judge(&play::<TakesOver<false>>(&setup, pauses)).is_some());
    let slip = Scenario::parse("book by ann at 0ms; two proceses", &BOUNDS);
    assert_eq!(slip.expect_err("a typo").nearest(), Some("processes"));
}

#[test]
fn where_two_are_drawn_both_kinds_of_world_are() {
    let drawn = |seed| {
        let mut runner = TestRunner::new(Config {
            rng_seed: RngSeed::Fixed(seed),
            ..Config::default()
        });
        let tree = cases(BOUNDS, faults(0)).new_tree(&mut runner);
        tree.expect("a world").current().scenario.instances
    };
    let drawn: BTreeSet<usize> = (0..20).map(drawn).collect();
    assert_eq!(drawn, BTreeSet::from([1, 2]));
}
