//! Background workers of the order code's own: what they look at in vain is left out, and their worlds come to an end.

use crate::common::{self, ORDERS, play, schedule_of};
use lab::engine::record::Halt;
use lab::engine::trace::Event;
use lab::flow::Code;
use lab::judge::verdict::judge;
use lab::language::message::Service;
use lab::prelude::*;
use lab::run::{Run, replay};
use lab::search::exhaustive::{Score, Search};
use lab::services::PaymentRules;
use lab::setup::Setup;
use std::time::Duration;

/// Writes orders down, and has a worker of its own charge them, which looks every `PERIOD` ms. With `CLOCK` the worker looks
/// at the clock as well.
struct Ticks<const PERIOD: u64, const CLOCK: bool> {
    shop: Shop,
}

impl<const PERIOD: u64, const CLOCK: bool> OrderFlow for Ticks<PERIOD, CLOCK> {
    fn start(shop: Shop) -> Self {
        let worker = Ticks::<PERIOD, CLOCK> { shop: shop.clone() };
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(PERIOD)).await;
                // What went wrong now is tried again at the next tick.
                let _ = worker.sweep().await;
            }
        });
        Ticks { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert = "INSERT OR IGNORE INTO orders VALUES (?1, ?2, 'pending')";
        let values = params![order.id, order.amount];
        self.shop.db.execute(insert, values).await?;
        self.sweep().await?;
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![order.id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}

impl<const PERIOD: u64, const CLOCK: bool> Ticks<PERIOD, CLOCK> {
    async fn sweep(&self) -> Result<(), Failure> {
        if CLOCK {
            let _ = self.shop.now();
        }
        let open = "SELECT id, amount FROM orders WHERE status = 'pending'";
        for row in self.shop.db.query(open, params![]).await? {
            let (order, amount): (String, Yen) = (row.get("id"), row.get("amount"));
            let key = Key::from(order.as_str());
            let request = ChargeRequest {
                order: order.clone(),
                amount,
            };
            let charge = self.shop.payment.charge(request, Some(&key));
            let charged = tokio::time::timeout(Ms(700).duration(), charge).await;
            let status = match charged {
                Ok(Ok(_)) => "confirmed",
                Ok(Err(CallError::Declined)) => "cancelled",
                _ => continue,
            };
            let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
            self.shop.db.execute(close, params![order, status]).await?;
        }
        Ok(())
    }
}

fn shop() -> Setup {
    Setup::new().schema(ORDERS)
}

fn ticks(run: &Run) -> usize {
    run.asked
        .iter()
        .filter(|asked| asked.tick.is_some())
        .count()
}

#[test]
fn a_world_at_rest_ends_and_one_that_looks_at_the_clock_goes_on() {
    let rests = play::<Ticks<5_000, false>>(&shop(), "");
    assert_eq!(rests.evidence.halt, None);
    assert_eq!(common::rows(&rests), [("order1", "confirmed")]);
    assert!(ticks(&rests) < 40, "{}", ticks(&rests));
    let goes_on = play::<Ticks<5_000, true>>(&shop(), "");
    assert_eq!(goes_on.evidence.halt, None);
    // Three times as long in vain, and it looks a dozen times more.
    assert!((60..200).contains(&ticks(&goes_on)), "{}", ticks(&goes_on));
    // What is looked at in vain is told once.
    assert!(goes_on.evidence.trace.entries.len() < 100);
    // A request on its way keeps the world from resting.
    let late = "order1/payment.charge#1: request late 1h";
    let late = play::<Ticks<300_000, false>>(&shop(), late);
    assert_eq!(common::executed(&late).last(), Some(&3_600_100));
}

#[test]
fn a_service_that_is_down_is_no_rest() {
    let down = play::<Ticks<30_000, false>>(&shop(), "order1/payment.charge#1: down 1h");
    assert_eq!(common::rows(&down), [("order1", "confirmed")]);
}

#[test]
fn a_worker_dies_with_its_process_and_is_started_with_the_next() {
    let crash = "order1/payment.charge#1: crash after";
    let run = play::<Ticks<30_000, false>>(&shop(), crash);
    assert_eq!(common::rows(&run), [("order1", "confirmed")]);
    assert_eq!(judge(&run), None);
}

#[test]
fn ticks_that_are_left_out_make_no_difference() {
    // Short, or the unpruned search would try thousands of ticks.
    let setup = shop().horizon(Ms::minutes(30));
    let code = Code::of::<Ticks<300_000, true>>("ticks");
    compare(&setup, code, 2);
}

/// Both searches come to the same end, and one of them sooner.
fn compare(setup: &Setup, code: Code, most: usize) {
    let pruned = Search::new(setup, code).every_schedule(most);
    let unpruned = Search::new(setup, code).unpruned().every_schedule(most);
    assert!(pruned.run() < unpruned.run(), "nothing was left out");
    assert_eq!(pruned.holds(), unpruned.holds());
    assert_eq!(pruned.ends, unpruned.ends);
    let first = |score: Score| score.first.map(|(schedule, _)| schedule);
    assert_eq!(first(pruned), first(unpruned));
}

/// Charges each order once, and has a worker ask every minute what has become of it. With `AGAIN` the worker sends the charge
/// again before it asks. With `WRONG` it takes an error of the provider for a no, once it has heard that the money has moved
/// and could not write it down.
struct AsksAgain<const AGAIN: bool, const WRONG: bool> {
    shop: Shop,
}

impl<const AGAIN: bool, const WRONG: bool> OrderFlow for AsksAgain<AGAIN, WRONG> {
    fn start(shop: Shop) -> Self {
        let worker = AsksAgain::<AGAIN, WRONG> { shop: shop.clone() };
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Ms::minutes(1).duration()).await;
                let _ = worker.ask().await;
            }
        });
        AsksAgain { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert = "INSERT OR IGNORE INTO orders VALUES (?1, ?2, 'pending')";
        let values = params![order.id, order.amount];
        self.shop.db.execute(insert, values).await?;
        self.charge(&order.id, order.amount).await;
        Ok(Answer::Pending)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount FROM orders WHERE status = 'pending'";
        for row in self.shop.db.query(open, params![]).await? {
            let order: String = row.get("id");
            self.charge(&order, row.get("amount")).await;
        }
        Ok(())
    }
}

impl<const AGAIN: bool, const WRONG: bool> AsksAgain<AGAIN, WRONG> {
    async fn charge(&self, order: &str, amount: Yen) {
        let key = Key::from(order);
        let order = order.to_owned();
        let charge = self
            .shop
            .payment
            .charge(ChargeRequest { order, amount }, Some(&key));
        let _ = tokio::time::timeout(Ms(700).duration(), charge).await;
    }

    async fn ask(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount FROM orders WHERE status = 'pending'";
        for row in self.shop.db.query(open, params![]).await? {
            let order: String = row.get("id");
            if AGAIN {
                self.charge(&order, row.get("amount")).await;
            }
            let find = self.shop.payment.find(By::Order(order.clone()));
            let found = tokio::time::timeout(Ms(700).duration(), find).await;
            let status = match found {
                Ok(Ok(found)) => match found.first().map(|charge| charge.status) {
                    Some(ChargeStatus::Captured) => "confirmed",
                    Some(ChargeStatus::Declined) => "cancelled",
                    _ => continue,
                },
                Ok(Err(_)) if WRONG => "cancelled",
                Ok(Err(_)) | Err(_) => continue,
            };
            let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
            self.shop.db.execute(close, params![order, status]).await?;
        }
        Ok(())
    }
}

/// A bank that takes five minutes.
fn slow_bank() -> Setup {
    let payment = PaymentRules {
        settles_after: Some(Ms(290_000)),
        ..PaymentRules::default()
    };
    shop().payment(payment).horizon(Ms::minutes(30))
}

#[test]
fn who_hears_nothing_new_repeats_and_who_does_hear_something_does_not() {
    let repeats = |run: Run| -> Vec<bool> { run.ticks.iter().map(|tick| tick.repeats).collect() };
    let asks = play::<AsksAgain<false, false>>(&slow_bank(), "");
    assert_eq!(common::rows(&asks), [("order1", "confirmed")]);
    // What is looked up in vain is told once: beside four charges, the first look-up, the next one and the last.
    let is_sent = |event: &Event| matches!(event, Event::Sent { .. });
    let told = asks.evidence.trace.entries.iter();
    assert_eq!(told.filter(|entry| is_sent(&entry.event)).count(), 4 + 3);
    // The first tick hears that the charge is accepted, and the second one that it still is. Before the fifth the money moves;
    // then that is written down, and from there on nothing is pending.
    let expected = [false, false, true, true, false, false, false, true, false];
    assert_eq!(repeats(asks)[..8], expected[..8]);
    let again = play::<AsksAgain<true, false>>(&slow_bank(), "");
    let (charges, finds): (Vec<bool>, Vec<bool>) = {
        let repeats = repeats(again);
        let pairs = repeats.chunks_exact(2).take(5);
        pairs.map(|pair| (pair[0], pair[1])).unzip()
    };
    assert_eq!(charges, [false, false, true, true, false]);
    assert_eq!(finds, [false, false, true, true, false]);
}

#[test]
fn an_answer_that_differs_is_a_change_though_nothing_else_tells_of_it() {
    // The provider works on the charge for nearly five minutes, and nobody hears when it is done.
    let slowly = shop().takes(Service::Payment, Ms(290_000), Ms::ZERO);
    let lost = "order1/payment.charge#1: reply lost";
    let run = play::<AsksAgain<false, false>>(&slowly, lost);
    let repeats: Vec<bool> = run.ticks.iter().map(|tick| tick.repeats).collect();
    assert_eq!(repeats[..5], [false, false, true, true, false]);
    assert_eq!(common::rows(&run), [("order1", "confirmed")]);
}

#[test]
fn an_answer_that_comes_after_a_key_has_lapsed_is_a_change_though_it_is_the_same() {
    let forgets = slow_bank().keys_last(Ms(150_000));
    let run = play::<AsksAgain<false, false>>(&forgets, "order1/webhook.captured#1: lost");
    let repeats: Vec<bool> = run.ticks.iter().map(|tick| tick.repeats).collect();
    assert_eq!(repeats[..3], [false, false, false]);
}

#[test]
fn look_ups_that_are_left_out_make_no_difference() {
    let setup = slow_bank();
    compare(&setup, Code::of::<AsksAgain<false, false>>("asks"), 1);
    compare(&setup, Code::of::<AsksAgain<true, false>>("again"), 1);
    compare(&setup, Code::of::<AsksAgain<false, true>>("wrong"), 1);
}

/// Calls an order off when it is six hours old. Its worker looks at the clock every half minute.
struct CallsOff {
    shop: Shop,
}

impl OrderFlow for CallsOff {
    fn start(shop: Shop) -> Self {
        let worker = shop.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(30)).await;
                let old = "SELECT id FROM orders WHERE status = 'pending' AND ?1 > 21600000";
                let Ok(rows) = worker.db.query(old, params![worker.now()]).await else {
                    continue;
                };
                for row in rows {
                    let close = "UPDATE orders SET status = 'cancelled' WHERE id = ?1";
                    let order: String = row.get("id");
                    let _ = worker.db.execute(close, params![order]).await;
                }
            }
        });
        CallsOff { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert = "INSERT OR IGNORE INTO orders VALUES (?1, ?2, 'pending')";
        let values = params![order.id, order.amount];
        self.shop.db.execute(insert, values).await?;
        Ok(Answer::Pending)
    }
}

#[test]
fn whose_time_has_come_is_a_tenth_late_at_most() {
    let run = play::<CallsOff>(&shop(), "");
    assert_eq!(common::rows(&run), [("order1", "cancelled")]);
    let entries = run.evidence.trace.entries.iter();
    let mut updates = entries.filter(|entry| match entry.event {
        Event::Sql { label, .. } => label.as_str().starts_with("update"),
        _ => false,
    });
    let at = updates.next().map(|entry| entry.at);
    assert!(
        at >= Some(Ms::hours(6)) && at < Some(Ms::minutes(6 * 66)),
        "{at:?}"
    );
    assert!(ticks(&run) < 400, "{}", ticks(&run));
}

#[test]
fn who_looks_ten_times_a_second_for_an_hour_is_told_so() {
    let code = Code::of::<Ticks<100, true>>("often");
    // As long as a message is on its way, anything may happen.
    let late = schedule_of("order1/payment.charge#1: request late 1h");
    let run = replay(&shop(), code, &late);
    assert_eq!(
        run.evidence.halt,
        Some(Halt::TicksTooOften { ticks: 25_000 })
    );
    let name = judge(&run).map(|verdict| verdict.name());
    assert_eq!(name, Some("looks too often"));
}
