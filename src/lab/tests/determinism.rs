//! A world is a pure function of code, schedule and seed.

use crate::common::{ORDERS, play};
use lab::engine::network::Latency;
use lab::engine::trace::{Entry, Event};
use lab::flow::Code;
use lab::prelude::*;
use lab::run::run;
use lab::search::random::faults;
use lab::setup::Setup;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestRunner};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::cell::RefCell;

/// Everything that could differ between two runs: rows, keys, tasks, timeouts, retries.
struct Busy {
    shop: Shop,
}

impl Busy {
    async fn settle(&self, id: &str, amount: Yen) -> Result<(), Failure> {
        let key = self.shop.new_key();
        let request = ChargeRequest {
            order: id.to_owned(),
            amount,
        };
        let charge = self.shop.payment.charge(request, Some(&key));
        let patience = Ms(700).duration();
        if let Ok(Ok(charge)) = tokio::time::timeout(patience, charge).await {
            let tx = self.shop.db.begin().await?;
            let sql = "UPDATE orders SET status = 'confirmed' WHERE id = ?1";
            tx.execute(sql, params![id]).await?;
            self.shop.log(format!("{key}: {charge}"));
            tx.commit().await?;
        }
        Ok(())
    }
}

impl OrderFlow for Busy {
    fn start(shop: Shop) -> Self {
        Busy { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'pending')";
        let params = params![order.id, order.amount];
        self.shop.db.execute(insert, params).await?;
        let (shop, ships) = (self.shop.clone(), order.clone());
        tokio::spawn(async move { shop.shipping.request(&ships, None).await });
        self.settle(&order.id, order.amount).await?;
        Ok(Answer::Pending)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.settle(&row.get::<String>("id"), row.get("amount"))
                .await?;
        }
        Ok(())
    }
}

fn busy_shop(seed: u64) -> Setup {
    Setup::new()
        .schema(ORDERS)
        .orders(["order1", "order2"].map(|id| (Ms::ZERO, Order::new(id, Yen(1_200)))))
        .latency(Latency {
            spread: Ms(1_500),
            ..Latency::default()
        })
        .seed(seed)
}

#[test]
fn a_world_is_a_pure_function_of_code_schedule_and_seed() {
    let mut runner = TestRunner::new(Config {
        cases: 200,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(1),
        ..Config::default()
    });
    let code = Code::of::<Busy>("busy");
    let mut with_faults = 0;
    let outcome = runner.run(&(faults(4), any::<u64>()), |(plan, seed)| {
        let setup = busy_shop(seed);
        let one = run(&setup, code, plan.oracle());
        let other = run(&setup, code, plan.oracle());
        if one.evidence == other.evidence && one.asked == other.asked {
            Ok(())
        } else {
            Err(TestCaseError::fail("two worlds"))
        }
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    for seed in 0..20 {
        let dice = lab::engine::oracle::Dice::new(seed, 0.2, 4);
        with_faults += run(&busy_shop(seed), code, Box::new(dice))
            .evidence
            .fired
            .faults()
            .len();
    }
    // The property would hold trivially if nothing ever went wrong.
    assert!(with_faults > 20, "only {with_faults} faults in 20 worlds");
}

/// How long each charge took at the provider.
fn drawn(seed: u64, schedule: &str) -> Vec<(String, u64)> {
    let run = play::<Busy>(&busy_shop(seed), schedule);
    let entries = &run.evidence.trace.entries;
    let first = |id: &str| {
        let done = entries.iter().find(|entry| {
            entry.actor.as_str() == id
                && matches!(&entry.event, Event::Executed { service, .. }
                    if *service == lab::language::message::Service::Payment)
        });
        done.map(|entry| (id.to_owned(), entry.at.0))
    };
    ["order1", "order2"].into_iter().filter_map(first).collect()
}

#[test]
fn a_latency_depends_on_the_seed_and_the_step_alone() {
    let seeds: Vec<Vec<(String, u64)>> = (0..20).map(|seed| drawn(seed, "")).collect();
    assert!(seeds.iter().any(|drawn| *drawn != seeds[0]));
    assert!(seeds.iter().any(|drawn| drawn[0].1 != drawn[1].1));
    for drawn in seeds.iter().flatten() {
        assert!((100..=1_600).contains(&drawn.1), "{drawn:?}");
    }
    // What happens to one order changes nobody else's latency.
    for seed in 0..20 {
        let calm = drawn(seed, "");
        for fault in [
            "order1/submit#1: twice after 100ms",
            "order1/payment.charge#1: refused",
        ] {
            let stormy = drawn(seed, fault);
            assert_eq!(stormy.last(), calm.last(), "seed {seed}, {fault}");
        }
    }
}

/// Lives on ties: tasks that sleep until the same milliseconds, set at different times and for different spans. And it leaves
/// behind what a world can leave: tasks that still sleep, a clock that stands between two milliseconds, a panic.
struct Tied {
    shop: Shop,
}

impl OrderFlow for Tied {
    fn start(shop: Shop) -> Self {
        Tied { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let began = tokio::time::Instant::now();
        let odd = u64::from(order.id.ends_with('1'));
        let amount = order.amount.0;
        for (n, rings_at) in [64, 4_096, 262_144, 16_777_216].into_iter().enumerate() {
            for first in [1, 63, rings_at / 2, rings_at - 1] {
                let (shop, order) = (self.shop.clone(), order.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(Ms(first + odd * (amount % 7)).duration()).await;
                    let rings_at = began + Ms(rings_at + amount % 5 + 63).duration();
                    tokio::time::sleep_until(rings_at).await;
                    shop.log(format!("{} rings at {n} after {first}", order.id));
                    let _ = shop.shipping.request(&order, None).await;
                });
            }
        }
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let _ = tokio::time::timeout(Ms(100 + amount % 700).duration(), charge).await;
        match amount % 11 {
            7 => {
                tokio::spawn(tokio::time::sleep(Ms::hours(1_000).duration()));
            }
            8 => tokio::time::advance(std::time::Duration::from_micros(300)).await,
            9 => panic!("{} is the ninth", order.id),
            _ => {}
        }
        Ok(Answer::Pending)
    }
}

fn tied(world: usize) -> lab::run::Run {
    let amount = Yen(1_000 + world as u64 % 77);
    let orders = ["order1", "order2"].map(|id| (Ms(world as u64 % 3), Order::new(id, amount)));
    let horizon = [Ms::seconds(10), Ms::hours(12), Ms::hours(24 * 30)][world / 7 % 3];
    let delay = ["1ms", "700ms", "5h"][world % 3];
    let late = format!("order1/payment.charge#1: reply late {delay}");
    let schedule = [late.as_str(), "", "order2/submit#1: crash after"][world % 7 % 3];
    play::<Tied>(&Setup::new().orders(orders).horizon(horizon), schedule)
}

#[test]
fn a_world_does_not_notice_which_worlds_came_before_it() {
    // On a thread of its own a world is the first.
    let alone: Vec<_> = (0..231)
        .map(|world| {
            let run = std::thread::spawn(move || tied(world)).join();
            run.unwrap_or_else(|_| panic!("world {world} panics"))
        })
        .collect();
    let rings = alone.iter().map(|run| run.evidence.trace.entries.len());
    assert!(rings.max() > Some(100), "nothing rings");
    let mut dice = StdRng::seed_from_u64(1);
    for n in 0..10_000 {
        let world = dice.random_range(0..alone.len());
        let run = tied(world);
        let same = run.evidence == alone[world].evidence && run.asked == alone[world].asked;
        assert!(same, "world {world}, the {n}th on this thread");
    }
}

thread_local! {
    static HEARD: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn who_follows_a_world_hears_its_trace_as_it_is_written() {
    let setup = Setup::new().schema(ORDERS);
    let setup = setup.heard_by(|entry| HEARD.with_borrow_mut(|heard| heard.push(entry.clone())));
    let run = play::<Busy>(&setup, "order1/payment.charge#1: reply late 1500ms");
    let heard = HEARD.take();
    // Nothing takes a service any time here, so it is written in the order in which it happens.
    assert_eq!(heard, run.evidence.trace.entries);
    assert!(
        heard
            .iter()
            .any(|entry| matches!(entry.event, Event::Told(_)))
    );
}

#[test]
fn a_world_may_end_when_everybody_is_served() {
    let setup = Setup::new().schema(ORDERS);
    let minutes = |setup: &Setup| {
        let run = play::<Busy>(setup, "");
        let last = run.evidence.trace.entries.last().map(|entry| entry.at);
        last.expect("something happens").0 / 60_000
    };
    assert!(minutes(&setup) > 60, "the job runs until the horizon");
    assert_eq!(minutes(&setup.clone().until_served()), 0);
}
