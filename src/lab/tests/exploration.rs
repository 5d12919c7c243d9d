//! The exhaustive search: what it tries, in which order, how often, and what it says of it.

mod common;
#[path = "common/keyed.rs"]
mod keyed;

use common::schedule_of;
use keyed::{Keyed, RIGHT, WRONG_AFTER_A_REFUSAL, WRONG_ON_THE_DOT};
use lab::explore::{Level, Score, Search};
use lab::fault::{Fault, menu};
use lab::flow::Code;
use lab::grid::explain;
use lab::prelude::*;
use lab::schedule::Schedule;
use lab::step::Step;
use lab::verdict::{Verdict, judge};
use lab::world::{Setup, replay};
use std::collections::BTreeSet;

const RIGHT_CODE: Code = Code::of::<Keyed<RIGHT>>("right");

/// Long enough for the periodic job to run after the last late message.
fn an_afternoon() -> Setup {
    let setup = Setup::new().schema(keyed::SCHEMA);
    setup.horizon(Ms::hours(3))
}

/// Writes its order down, and asks for charges in a task of its own: nobody waits for the answer.
struct Asks {
    shop: Shop,
}

impl OrderFlow for Asks {
    fn start(shop: Shop) -> Self {
        Asks { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert = "INSERT OR IGNORE INTO orders VALUES (?1, 1, 'confirmed')";
        self.shop.db.execute(insert, params![order.id]).await?;
        let (shop, by) = (self.shop.clone(), By::Order(order.id.clone()));
        tokio::spawn(async move { shop.payment.find(by).await });
        Ok(Answer::Confirmed)
    }
}

/// Everything that can go wrong at the steps of these runs.
fn everything_at(steps: impl IntoIterator<Item = Step>) -> Vec<(Step, Fault)> {
    let steps: BTreeSet<Step> = steps.into_iter().collect();
    let all = steps.into_iter().map(|step| {
        let faults = menu(&step).into_iter();
        faults.map(move |fault| (step, fault)).collect::<Vec<_>>()
    });
    all.flatten().collect()
}

/// Every set of `most` faults or fewer of which all take hold, found by trying every combination of what any
/// smaller set leads to. Slow, and blind to how the search goes about it.
fn by_brute_force(setup: &Setup, code: Code, most: usize) -> Vec<usize> {
    let mut level = BTreeSet::from([Vec::new()]);
    let mut reached = BTreeSet::new();
    let mut counts = Vec::new();
    for faults in 0..=most {
        counts.push(level.len());
        for set in &level {
            reached.extend(replay(setup, code, &Schedule::of(set.clone())).steps());
        }
        if faults == most {
            break;
        }
        let mut next = BTreeSet::new();
        for set in &level {
            for (step, fault) in everything_at(reached.iter().copied()) {
                let mut larger: Vec<(Step, Fault)> = set.clone();
                larger.push((step, fault));
                larger.sort();
                let run = replay(setup, code, &Schedule::of(larger.clone()));
                if run.evidence.fired.faults().len() == faults + 1 {
                    next.insert(larger);
                }
            }
        }
        level = next;
    }
    counts
}

fn counts(score: &Score) -> Vec<usize> {
    score.levels.iter().map(|level| level.run).collect()
}

#[test]
fn every_schedule_is_run_and_none_twice() {
    // The search stops at the first level with an accident, so this flow must have none.
    let setup = Setup::new().without_payment().schema(common::ORDERS);
    let setup = setup.horizon(Ms::seconds(90));
    let code = Code::of::<Asks>("asks");
    let score = Search::new(&setup, code).unpruned().every_schedule(2);
    assert!(score.holds(), "{:?}", score.first);
    let by_brute_force = by_brute_force(&setup, code, 2);
    assert_eq!(counts(&score), by_brute_force);
    assert!(by_brute_force[2] > 100, "{by_brute_force:?}");
}

#[test]
fn a_level_is_finished_before_the_search_stops() {
    let code = Code::of::<Keyed<WRONG_ON_THE_DOT>>("dot");
    let setup = an_afternoon();
    let broken = Search::new(&setup, code).every_schedule(3);
    assert_eq!(broken.levels.len(), 2);
    let right = Search::new(&setup, RIGHT_CODE).every_schedule(1);
    assert_eq!(counts(&broken), counts(&right));
}

#[test]
fn exactly_at_the_deadline_is_tried_once_for_each_leg() {
    let setup = an_afternoon();
    let code = Code::of::<Keyed<WRONG_ON_THE_DOT>>("dot");
    let score = Search::new(&setup, code).every_schedule(1);
    let Some((schedule, Verdict::Accident(_))) = &score.first else {
        panic!("{:?}", score.first);
    };
    let expected = "order1/payment.charge#1: request late 500ms";
    assert_eq!(schedule.to_string(), expected);
    // One for the request and one for the reply, and neither of them twice.
    assert_eq!(score.levels[1].broke, 2);
    let calm = replay(&setup, RIGHT_CODE, &Schedule::CALM);
    let once = everything_at(calm.steps()).len();
    let unpruned = Search::new(&setup, RIGHT_CODE).unpruned();
    assert_eq!(unpruned.every_schedule(1).levels[1].run, once + 2);
}

#[test]
fn the_first_accident_has_the_fewest_faults_possible() {
    let setup = an_afternoon();
    let code = Code::of::<Keyed<WRONG_AFTER_A_REFUSAL>>("refusal");
    let score = Search::new(&setup, code).every_schedule(3);
    let broke: Vec<bool> = score.levels.iter().map(|level| level.broke > 0).collect();
    assert_eq!(broke, [false, false, true]);
    let Some((schedule, _)) = &score.first else {
        panic!("no accident");
    };
    assert_eq!(schedule.faults().len(), 2);
    assert!(judge(&replay(&setup, code, schedule)).is_some());
    for place in 0..2 {
        let fewer = replay(&setup, code, &schedule.without(place));
        assert_eq!(judge(&fewer), None);
    }
    assert!(!score.holds());
}

#[test]
fn what_is_left_out_makes_no_difference() {
    let setup = an_afternoon();
    for (code, most) in [
        (RIGHT_CODE, 2),
        (Code::of::<Keyed<WRONG_ON_THE_DOT>>("dot"), 1),
        (Code::of::<Keyed<WRONG_AFTER_A_REFUSAL>>("refusal"), 2),
    ] {
        let pruned = Search::new(&setup, code).every_schedule(most);
        let unpruned = Search::new(&setup, code).unpruned().every_schedule(most);
        assert!(pruned.run() < unpruned.run(), "nothing was left out");
        assert_eq!(pruned.holds(), unpruned.holds(), "{}", code.name());
        assert_eq!(pruned.ends, unpruned.ends, "{}", code.name());
        let broken = |score: &Score| -> Vec<bool> {
            score.levels.iter().map(|level| level.broke > 0).collect()
        };
        assert_eq!(broken(&pruned), broken(&unpruned));
        let first = |score: Score| score.first.map(|(schedule, _)| schedule);
        assert_eq!(first(pruned), first(unpruned));
    }
}

fn levels(numbers: &[(usize, usize)]) -> Score {
    let levels = numbers.iter().enumerate();
    Score {
        levels: levels
            .map(|(faults, &(run, broke))| Level { faults, run, broke })
            .collect(),
        ..Score::default()
    }
}

#[test]
fn a_score_says_what_was_survived_and_what_was_not() {
    for (numbers, expected) in [
        (
            &[(1, 0), (15, 0), (151, 30)][..],
            "survives every schedule of 0 and 1 faults (16 of 16); breaks in 30 of 151 with 2",
        ),
        (
            &[(1, 0), (15, 0), (151, 0)],
            "survives every schedule of 0, 1 and 2 faults (167 of 167)",
        ),
        (&[(1, 0)], "survives the calm day"),
        (
            &[(1, 0), (15, 3)],
            "survives the calm day; breaks in 3 of 15 with 1",
        ),
        (&[(1, 1)], "breaks on the calm day"),
    ] {
        assert_eq!(levels(numbers).to_string(), expected);
    }
}

#[test]
fn the_grid_tells_what_held_what_broke_and_what_was_never_tried() {
    let setup = an_afternoon();
    let calm = Search::new(&setup, RIGHT_CODE).every_schedule(0);
    let never = calm.never_tried();
    for step in ["order1/payment.charge", "order1/submit", "recover"] {
        assert!(never.iter().any(|name| name == step), "{never:?}");
    }
    let one = Search::new(&setup, RIGHT_CODE).every_schedule(1);
    // After one fault the periodic job has something to do, but nothing happens to it any more.
    assert!(
        one.never_tried()
            .contains(&"recover/payment.charge".to_owned())
    );
    assert!(
        !one.never_tried()
            .contains(&"order1/payment.charge".to_owned())
    );
    let two = Search::new(&setup, RIGHT_CODE).every_schedule(2);
    assert_eq!(two.never_tried(), Vec::<String>::new());
    let text = explain(&one);
    assert!(text.contains("\n  order1/payment.charge\n"), "{text}");
    assert!(
        text.contains("    declined               held 1\n"),
        "{text}"
    );
    assert!(
        text.contains("warning: reached only by the last fault"),
        "{text}"
    );
    let code = Code::of::<Keyed<WRONG_ON_THE_DOT>>("dot");
    let text = explain(&Search::new(&setup, code).every_schedule(1));
    assert!(
        text.contains("    reply late             BROKE 1, held 1\n"),
        "{text}"
    );
    // A schedule counts once for each of its faults.
    let held: usize = one.grid.values().flatten().map(|(_, cell)| cell.held).sum();
    assert_eq!(held, one.levels[1].run);
    assert_eq!(schedule_of("").faults(), []);
}
