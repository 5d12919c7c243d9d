//! What is left of a plan when proptest has shrunk it.

use super::runner;
use super::toy::{
    a_late_reply_after_an_error, charged_twice, charged_without_an_order,
    noticed_only_if_not_too_late, two_double_clicks, two_of_fifty,
};
use lab::language::fault::Fault;
use lab::language::schedule::Schedule;
use lab::language::step::Step;
use lab::language::time::Ms;
use lab::search::random::{FaultPlan, faults};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use std::cell::Cell;

/// What proptest reports of a world that has accidents, and how many worlds the shrinking took.
fn shrunk(seed: u64, most: usize, accident: fn(&FaultPlan) -> bool) -> (Schedule, u32) {
    let worlds = Cell::new(0);
    let outcome = runner(seed).run(&faults(most), |plan| {
        let accident = accident(&plan);
        if accident || worlds.get() > 0 {
            worlds.set(worlds.get() + 1);
        }
        fails_if(accident)
    });
    match outcome {
        Err(TestError::Fail(_, plan)) => (plan.fired(), worlds.get()),
        other => panic!("no accident with seed {seed}: {other:?}"),
    }
}

/// Shrinks the accidents of this many seeds and returns what is left of each, and the most worlds it took.
fn all(seeds: u64, most: usize, accident: fn(&FaultPlan) -> bool) -> (Vec<Schedule>, u32) {
    let (left, worlds): (Vec<_>, Vec<_>) = (0..seeds).map(|n| shrunk(n, most, accident)).unzip();
    (left, worlds.into_iter().max().unwrap_or(0))
}

fn fails_if(accident: bool) -> Result<(), TestCaseError> {
    if accident {
        Err(TestCaseError::fail("accident"))
    } else {
        Ok(())
    }
}

#[track_caller]
fn all_are(left: &[Schedule], least: &str) {
    for (seed, left) in left.iter().enumerate() {
        assert_eq!(left.to_string(), least, "seed {seed}");
    }
}

#[test]
fn where_one_fault_suffices_one_is_left_two_hundred_times_of_two_hundred() {
    let (left, worlds) = all(200, 4, charged_without_an_order);
    all_are(&left, "order1/payment.charge#1: reply late 701ms");
    assert!(worlds < 45, "{worlds} worlds");
}

#[test]
fn where_two_faults_are_needed_two_are_left_two_hundred_times_of_two_hundred() {
    let (left, worlds) = all(200, 4, charged_twice);
    for left in left {
        let text = left.to_string();
        assert_eq!(left.faults().len(), 2, "{text}");
        assert!(text.contains(": crash "), "{text}");
        let late = "recover/payment.find#1: reply late 2001ms";
        assert!(text.ends_with(late), "{text}");
    }
    assert!(worlds < 75, "{worlds} worlds");
}

#[test]
fn faults_that_belong_together_move_together() {
    let (left, worlds) = all(50, 4, a_late_reply_after_an_error);
    for left in left {
        let text = left.to_string();
        assert_eq!(left.faults().len(), 2, "{text}");
        assert!(text.starts_with("order1/payment.charge#1: "), "{text}");
        let late = "; order1/payment.charge#2: reply late 701ms";
        assert!(text.ends_with(late), "{text}");
    }
    assert!(worlds < 80, "{worlds} worlds");
}

#[test]
fn a_fault_that_a_shorter_delay_makes_superfluous_goes() {
    let (left, _) = all(50, 4, noticed_only_if_not_too_late);
    all_are(&left, "order1/payment.charge#1: reply late 701ms");
}

#[test]
fn every_delay_shrinks_to_its_own_edge() {
    let (left, _) = all(50, 4, two_double_clicks);
    let least = "order1/submit#1: twice after 2001ms; order2/submit#1: twice after 701ms";
    all_are(&left, least);
}

#[test]
fn many_faults_go_in_few_worlds() {
    let (left, worlds) = all(50, 50, two_of_fifty);
    let steps = |schedule: &Schedule| -> Vec<u32> {
        schedule
            .faults()
            .iter()
            .map(|(step, _)| step.attempt)
            .collect()
    };
    assert!(left.iter().all(|schedule| steps(schedule) == [8, 32]));
    assert!(worlds < 160, "{worlds} worlds");
}

#[test]
fn an_accident_without_any_fault_shrinks_to_the_calm_day() {
    for seed in 0..20 {
        let (left, _) = shrunk(seed, 4, |plan| {
            charged_without_an_order(plan);
            true
        });
        assert_eq!(left, Schedule::CALM);
    }
}

#[test]
fn a_plan_and_its_neighbours_in_a_tuple_all_shrink() {
    for seed in 0..50 {
        let strategy = (0..1_000_u32, faults(4), 0..1_000_u32);
        let outcome = runner(seed).run(&strategy, |(before, plan, after)| {
            let accident = charged_without_an_order(&plan);
            fails_if(accident && before > 10 && after > 20)
        });
        let Err(TestError::Fail(_, (before, plan, after))) = outcome else {
            panic!("no accident with seed {seed}");
        };
        assert_eq!((before, after), (11, 21), "seed {seed}");
        let least = "order1/payment.charge#1: reply late 701ms";
        assert_eq!(plan.fired().to_string(), least, "seed {seed}");
    }
}

#[test]
fn shrinking_that_is_cut_short_reports_a_plan_that_failed() {
    for limit in 1..40 {
        let mut runner = TestRunner::new(Config {
            max_shrink_iters: limit,
            ..runner(u64::from(limit)).config().clone()
        });
        let outcome = runner.run(&faults(4), |plan| fails_if(charged_without_an_order(&plan)));
        let Err(TestError::Fail(_, plan)) = outcome else {
            panic!("no accident with limit {limit}");
        };
        let fired = plan.fired();
        let late =
            |(_, fault): &(Step, Fault)| matches!(fault, Fault::ReplyLate(late) if *late > Ms(700));
        assert!(fired.faults().iter().any(late), "limit {limit}: {fired}");
    }
}
