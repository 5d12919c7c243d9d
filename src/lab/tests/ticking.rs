//! Background workers of the order code's own: what they look at in vain is left out, and their worlds come to an end.

mod common;

use common::{ORDERS, play, schedule_of};
use lab::engine::record::Halt;
use lab::flow::Code;
use lab::judge::verdict::judge;
use lab::prelude::*;
use lab::search::exhaustive::Search;
use lab::setup::{Run, Setup, replay};
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
    assert!(ticks(&goes_on) > 8_600, "{}", ticks(&goes_on));
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
    let pruned = Search::new(&setup, code).every_schedule(2);
    let unpruned = Search::new(&setup, code).unpruned().every_schedule(2);
    assert!(pruned.run() < unpruned.run(), "nothing was left out");
    assert_eq!(pruned.holds(), unpruned.holds());
    assert_eq!(pruned.ends, unpruned.ends);
    let first = |score: lab::search::exhaustive::Score| score.first.map(|(schedule, _)| schedule);
    assert_eq!(first(pruned), first(unpruned));
}

#[test]
fn who_looks_ten_times_a_second_is_told_so() {
    let code = Code::of::<Ticks<100, true>>("often");
    let run = replay(&shop(), code, &schedule_of(""));
    assert_eq!(
        run.evidence.halt,
        Some(Halt::TicksTooOften { ticks: 25_000 })
    );
    let name = judge(&run).map(|verdict| verdict.name());
    assert_eq!(name, Some("looks too often"));
}
