//! The oracles that replay a schedule and that throw dice.

use lab::engine::oracle::{Dice, LONGEST_DELAY, Oracle, Replay};
use lab::language::fault::Fault;
use lab::language::name::Name;
use lab::language::schedule::Schedule;
use lab::language::step::Step;
use lab::language::time::Ms;
use std::collections::BTreeSet;

const STEPS: [&str; 7] = [
    "payment.charge",
    "payment.find",
    "db.insert orders",
    "db.commit",
    "submit",
    "webhook.captured",
    "shipping.request",
];

/// This many steps of all kinds.
fn steps(count: u32) -> Vec<Step> {
    let step = |n: u32| {
        let what = STEPS[n as usize % STEPS.len()];
        Step::new(Name::of("order1"), Name::of(what), 1 + n / 7)
    };
    (0..count).map(step).collect()
}

fn fired(oracle: &mut dyn Oracle, steps: &[Step]) -> Vec<(Step, Fault)> {
    let fault_at = |step: &Step| oracle.decide(step).map(|fault| (*step, fault));
    steps.iter().filter_map(fault_at).collect()
}

#[test]
fn a_replay_does_what_the_schedule_says_and_nothing_else() {
    let steps = steps(30);
    let schedule = Schedule::of([
        (steps[21], Fault::ReplyLate(Ms(700))),
        (steps[3], Fault::CrashAfter),
    ]);
    let replayed = fired(&mut Replay::new(schedule.clone()), &steps);
    assert_eq!(replayed, [schedule.faults()[1], schedule.faults()[0]]);
}

#[test]
fn a_replay_goes_by_whose_step_it_is_and_by_the_attempt() {
    let step = steps(1)[0];
    let mut replay = Replay::new(Schedule::of([(step, Fault::Refused)]));
    let again = Step { attempt: 2, ..step };
    let other = Step {
        actor: Name::of("order2"),
        ..step
    };
    assert_eq!(replay.decide(&again), None);
    assert_eq!(replay.decide(&other), None);
    assert_eq!(replay.decide(&step), Some(Fault::Refused));
}

#[test]
fn dice_say_the_same_at_a_step_whichever_other_steps_were_asked() {
    let steps = steps(300);
    for seed in 0..20 {
        let all = fired(&mut Dice::new(seed, 0.2, usize::MAX), &steps);
        let backwards: Vec<Step> = steps.iter().rev().copied().collect();
        let mut reversed = fired(&mut Dice::new(seed, 0.2, usize::MAX), &backwards);
        reversed.reverse();
        assert_eq!(all, reversed);
        let alone: Vec<_> = steps
            .iter()
            .flat_map(|step| fired(&mut Dice::new(seed, 0.2, usize::MAX), &[*step]))
            .collect();
        assert_eq!(all, alone);
    }
}

#[test]
fn dice_of_another_seed_say_something_else() {
    let steps = steps(100);
    let throws = |seed| fired(&mut Dice::new(seed, 0.2, usize::MAX), &steps);
    let different: BTreeSet<_> = (0..100).map(throws).collect();
    assert_eq!(different.len(), 100);
}

/// A larger vocabulary or another version of rand may change this; another machine may not.
#[test]
fn a_seed_means_the_same_everywhere() {
    let fired = fired(&mut Dice::new(7, 0.05, 3), &steps(100));
    assert_eq!(
        Schedule::of(fired).to_string(),
        "order1/db.commit#1: fails after; order1/shipping.request#7: request late 11893ms; \
         order1/shipping.request#9: request twice after 3499596ms"
    );
}

#[test]
fn the_chance_is_the_share_of_steps_that_suffer() {
    let steps = steps(20_000);
    let share = |chance| fired(&mut Dice::new(1, chance, usize::MAX), &steps).len();
    assert_eq!(share(0.0), 0);
    assert_eq!(share(1.0), 20_000);
    let tenth = share(0.1);
    assert!((1_850..2_150).contains(&tenth), "{tenth} of 20000");
}

#[test]
fn dice_stop_at_the_most_faults() {
    assert_eq!(fired(&mut Dice::new(1, 0.5, 3), &steps(1_000)).len(), 3);
    assert_eq!(fired(&mut Dice::new(1, 1.0, 0), &steps(1_000)).len(), 0);
}

#[test]
fn dice_say_only_what_the_step_can_suffer_and_all_of_it() {
    let fired = fired(&mut Dice::new(1, 1.0, usize::MAX), &steps(7_000));
    let misplaced = fired.iter().find(|(step, fault)| !fault.applies_to(step));
    assert_eq!(misplaced, None);
    let words: BTreeSet<&str> = fired.iter().map(|(_, fault)| fault.words()).collect();
    assert_eq!(words.len(), 18, "{words:?}");
}

#[test]
fn delays_are_of_every_order_of_magnitude_up_to_the_longest() {
    let fired = fired(&mut Dice::new(1, 1.0, usize::MAX), &steps(20_000));
    let mut spans: Vec<Ms> = fired.iter().filter_map(|(_, fault)| fault.span()).collect();
    spans.sort();
    // Two clicks may come in one millisecond; every other delay is one.
    let shortest = fired
        .iter()
        .min_by_key(|(_, fault)| fault.span().unwrap_or(Ms::hours(1)));
    assert!(
        matches!(shortest, Some((_, Fault::Twice(Ms::ZERO)))),
        "{shortest:?}"
    );
    spans.retain(|span| *span > Ms::ZERO);
    assert_eq!(spans[0], Ms(1));
    assert!(spans[spans.len() - 1] <= LONGEST_DELAY);
    assert!(spans[spans.len() - 1] > Ms::minutes(50));
    let median = spans[spans.len() / 2];
    assert!((Ms(1_000)..Ms(4_000)).contains(&median), "{median}");
}
