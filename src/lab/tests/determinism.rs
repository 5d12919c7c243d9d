//! A world is a pure function of code, schedule and seed.

use crate::common::{ORDERS, play};
use lab::engine::network::Latency;
use lab::engine::trace::Event;
use lab::flow::Code;
use lab::prelude::*;
use lab::run::run;
use lab::search::random::faults;
use lab::setup::Setup;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestRunner};

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
