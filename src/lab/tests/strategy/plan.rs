//! What a plan answers, remembers and shows.

use super::runner;
use super::toy::charged_without_an_order;
use lab::language::fault::Fault;
use lab::language::name::Name;
use lab::language::step::Step;
use lab::search::random::{FaultPlan, faults};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

/// Plans that have run in the toy world, one a seed.
fn trees() -> impl Iterator<Item = (impl ValueTree<Value = FaultPlan>, FaultPlan)> {
    (0..100).map(|seed| {
        let tree = faults(3).new_tree(&mut runner(seed)).expect("a tree");
        let plan = tree.current();
        charged_without_an_order(&plan);
        (tree, plan)
    })
}

/// Whether a step that never happened before goes wrong now, asking a thousand.
fn something_new_goes_wrong(plan: &FaultPlan) -> bool {
    let mut oracle = plan.oracle();
    let what = Name::of("payment.refund");
    (1..1_000).any(|attempt| {
        let step = Step::new(Name::of("order1"), what, attempt);
        oracle.decide(&step).is_some()
    })
}

#[test]
fn a_plan_answers_the_same_ever_after() {
    for (_, plan) in trees() {
        let fired = plan.fired();
        charged_without_an_order(&plan);
        assert_eq!(plan.fired(), fired);
        let mut oracle = plan.oracle();
        for (step, fault) in fired.faults() {
            assert_eq!(oracle.decide(step), Some(*fault));
        }
    }
}

#[test]
fn a_plan_shows_itself_as_the_schedule_that_fired() {
    let plans: Vec<FaultPlan> = trees().map(|(_, plan)| plan).collect();
    for plan in &plans {
        assert_eq!(format!("{plan:?}"), plan.fired().to_string());
        assert!(plan.fired().faults().len() <= 3);
    }
    let calm = plans.iter().filter(|plan| plan.fired().is_calm()).count();
    assert!((10..50).contains(&calm), "{calm} calm plans of 100");
    let full = plans.iter().filter(|plan| plan.fired().faults().len() == 3);
    assert!(full.count() > 5);
}

#[test]
fn a_plan_grows_until_shrinking_begins() {
    let grows = |(_, plan): (_, FaultPlan)| something_new_goes_wrong(&plan);
    assert!(trees().map(grows).filter(|new| *new).count() > 50);
}

#[test]
fn once_shrinking_has_begun_nothing_new_goes_wrong() {
    for (mut tree, first) in trees() {
        let mut more = tree.simplify();
        assert!(!something_new_goes_wrong(&first));
        while more {
            assert!(!something_new_goes_wrong(&tree.current()));
            more = tree.complicate();
        }
    }
}

#[test]
fn a_plan_that_is_run_again_because_its_neighbour_shrinks_is_frozen() {
    for (tree, _) in trees() {
        assert!(!something_new_goes_wrong(&tree.current()));
    }
}

#[test]
fn a_plan_knows_only_what_a_world_can_suffer() {
    let is_lost = |fault| matches!(fault, Fault::ReplyLost | Fault::RequestLost);
    let mut struck = 0;
    for seed in 0..100 {
        let tree = faults(3).suffered(is_lost).new_tree(&mut runner(seed));
        let plan = tree.expect("a tree").current();
        charged_without_an_order(&plan);
        struck += plan.fired().faults().len();
        assert!(
            plan.fired()
                .faults()
                .iter()
                .all(|(_, fault)| is_lost(*fault))
        );
    }
    assert!(struck > 20, "{struck}");
}
