//! Fault plans: random, decided on the way, and shrunk to the smallest that still fails.

use lab::fault::Fault;
use lab::name::Name;
use lab::oracle::Oracle;
use lab::schedule::Schedule;
use lab::step::Step;
use lab::strategy::{FaultPlan, faults};
use lab::time::Ms;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use std::cell::Cell;
use std::collections::BTreeMap;

/// A toy world: what happens depends on what went wrong, and every fault makes further steps.
struct Toy {
    oracle: Box<dyn Oracle>,
    attempts: BTreeMap<(&'static str, &'static str), u32>,
}

/// Why an actor stopped early.
enum Stop {
    GaveUp,
    Crashed,
}

impl Toy {
    fn new(plan: &FaultPlan) -> Toy {
        Toy {
            oracle: plan.oracle(),
            attempts: BTreeMap::new(),
        }
    }

    fn ask(&mut self, actor: &'static str, what: &'static str) -> Result<Option<Fault>, Stop> {
        let attempt = self.attempts.entry((actor, what)).or_default();
        *attempt += 1;
        let step = Step::new(Name::of(actor), Name::of(what), *attempt);
        match self.oracle.decide(&step) {
            Some(Fault::CrashBefore | Fault::CrashAfter) => Err(Stop::Crashed),
            fault => Ok(fault),
        }
    }

    /// How late the reply to a call comes, after up to four tries with a transaction each.
    fn call(&mut self, actor: &'static str, what: &'static str) -> Result<Ms, Stop> {
        for _ in 0..4 {
            if self.ask(actor, "db.begin")?.is_some() {
                continue;
            }
            match self.ask(actor, what)? {
                None => return Ok(Ms::ZERO),
                Some(Fault::ReplyLate(span)) => return Ok(span),
                Some(_) => {}
            }
        }
        Err(Stop::GaveUp)
    }

    /// An order charges, and when its process dies, `recover` begins anew.
    fn order(&mut self, actor: &'static str) -> Ms {
        let calm = match self.ask(actor, "submit") {
            Ok(_) => self.call(actor, "payment.charge"),
            Err(stop) => Err(stop),
        };
        match calm {
            Ok(late) => late,
            Err(Stop::GaveUp) => Ms::ZERO,
            Err(Stop::Crashed) => {
                let _ = self.ask("recover", "");
                self.call("recover", "payment.charge").unwrap_or(Ms::ZERO)
            }
        }
    }
}

/// One fault suffices: a reply that is more than 700 ms late, at whichever attempt of whichever order.
fn charged_without_an_order(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    // Both orders happen, whatever becomes of the first.
    let late = [toy.order("order1"), toy.order("order2")];
    late.iter().any(|late| *late > Ms(700))
}

/// Two faults are needed: the process dies, and then the look-up takes more than two seconds.
fn charged_twice(plan: &FaultPlan) -> bool {
    let mut toy = Toy::new(plan);
    let (first, second) = (toy.order("order1"), toy.order("order2"));
    if toy.attempts.contains_key(&("recover", "")) {
        let found = toy.call("recover", "payment.find");
        return found.is_ok_and(|late| late > Ms(2_000));
    }
    // Calm worlds ask something as well.
    toy.call("order1", "shipping.request").is_err() && first > second && first < second
}

/// What proptest reports of a world that has accidents, and how many worlds that took.
fn shrunk(seed: u64, accident: fn(&FaultPlan) -> bool) -> (Schedule, u32) {
    let worlds = Cell::new(0);
    let outcome = runner(seed).run(&faults(4), |plan| {
        worlds.set(worlds.get() + 1);
        fails_if(accident(&plan))
    });
    match outcome {
        Err(TestError::Fail(_, plan)) => (plan.fired(), worlds.get()),
        other => panic!("no accident with seed {seed}: {other:?}"),
    }
}

fn runner(seed: u64) -> TestRunner {
    TestRunner::new(Config {
        cases: 5_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    })
}

fn fails_if(accident: bool) -> Result<(), TestCaseError> {
    match accident {
        true => Err(TestCaseError::fail("accident")),
        false => Ok(()),
    }
}

#[test]
fn where_one_fault_suffices_one_is_left_two_hundred_times_of_two_hundred() {
    for seed in 0..200 {
        let (left, worlds) = shrunk(seed, charged_without_an_order);
        let least = "order1/payment.charge#1: reply late 701ms";
        assert_eq!(left.to_string(), least, "seed {seed}, {worlds} worlds");
    }
}

#[test]
fn where_two_faults_are_needed_two_are_left_two_hundred_times_of_two_hundred() {
    for seed in 0..200 {
        let (left, worlds) = shrunk(seed, charged_twice);
        let text = left.to_string();
        assert_eq!(
            left.faults().len(),
            2,
            "seed {seed}, {worlds} worlds: {text}"
        );
        assert!(text.contains(": crash "), "seed {seed}: {text}");
        let late = "recover/payment.find#1: reply late 2001ms";
        assert!(text.ends_with(late), "seed {seed}: {text}");
    }
}

#[test]
fn an_accident_without_any_fault_shrinks_to_the_calm_day() {
    for seed in 0..20 {
        let (left, _) = shrunk(seed, |plan| {
            charged_without_an_order(plan);
            true
        });
        assert_eq!(left, Schedule::CALM);
    }
}

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
