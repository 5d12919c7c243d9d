//! Fault plans: random, decided on the way, and shrunk to the smallest that still fails.

mod plan;
mod scenarios;
mod shrink;
mod toy;

use proptest::test_runner::{Config, RngSeed, TestRunner};

fn runner(seed: u64) -> TestRunner {
    TestRunner::new(Config {
        cases: 5_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    })
}
