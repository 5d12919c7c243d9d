//! Scenarios: their text form, what is drawn, and what is left of them when proptest has shrunk them.

use super::runner;
use lab::language::message::Service;
use lab::language::order::Yen;
use lab::language::time::Ms;
use lab::search::random::{Case, cases, faults};
use lab::search::scenario::{Bounds, Scenario};
use lab::services::RefundsSettle;
use lab::shop::Plan;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{TestCaseError, TestError};

/// Whatever a chapter may allow.
const BOUNDS: Bounds = Bounds {
    goods: &[
        ("book", Yen(1_200)),
        ("pen", Yen(150)),
        ("atlas", Yen(3_400)),
    ],
    shelves: &[
        ("-- ten of each", &[("book", 10), ("pen", 10)]),
        ("-- one book", &[("book", 1), ("pen", 10)]),
    ],
    most_customers: 12,
    most_pieces: 3,
    comes_again: true,
    edges: &[Ms::minutes(15)],
    slow: &[Service::Payment, Service::Shipping],
    slowest: Ms::seconds(5),
    away: &[Service::Payment, Service::Shipping],
    longest_outage: Ms::hours(60),
    settles: &[Ms::seconds(30), Ms::hours(3)],
    covers: true,
    latest: Ms::hours(10),
    ..Bounds::ONE_BOOK
};

/// Where refunds settle later, and voids may come too late.
const REFUNDS: Bounds = Bounds {
    refunds: &[
        RefundsSettle {
            after: Ms::hours(1),
            failing: 0,
        },
        RefundsSettle {
            after: Ms::hours(3),
            failing: 2,
        },
    ],
    voids_too_late: true,
    ..Bounds::ONE_BOOK
};

/// Where every order is called off again.
const CALLED_OFF: Bounds = Bounds {
    undoes: &[Service::Payment, Service::Inventory, Service::Shipping],
    ..BOUNDS
};

fn drawn(count: usize) -> Vec<Scenario> {
    drawn_within(BOUNDS, count)
}

fn drawn_within(bounds: Bounds, count: usize) -> Vec<Scenario> {
    let mut runner = runner(1);
    let strategy = cases(bounds, faults(0));
    let draw = |_| strategy.new_tree(&mut runner).unwrap().current();
    (0..count)
        .map(draw)
        .map(|case| Scenario::clone(&case.scenario))
        .collect()
}

/// What proptest leaves of the scenarios in which this is so.
fn shrunk(seed: u64, is_so: fn(&Scenario) -> bool) -> String {
    shrunk_within(BOUNDS, seed, is_so)
}

fn shrunk_within(bounds: Bounds, seed: u64, is_so: fn(&Scenario) -> bool) -> String {
    let outcome = runner(seed).run(&cases(bounds, faults(0)), |case: Case| {
        if is_so(&case.scenario) {
            Err(TestCaseError::fail("it is so"))
        } else {
            Ok(())
        }
    });
    match outcome {
        Err(TestError::Fail(_, case)) => case.scenario.text(&bounds),
        other => panic!("nothing of the kind was drawn with seed {seed}: {other:?}"),
    }
}

#[track_caller]
fn says(text: &str, message: &str) {
    says_within(BOUNDS, text, message);
}

#[track_caller]
fn says_within(bounds: Bounds, text: &str, message: &str) {
    let error = Scenario::parse(text, &bounds).unwrap_err().to_string();
    assert_eq!(
        error.lines().take(3).collect::<Vec<_>>().join("\n"),
        message
    );
}

#[test]
fn what_is_printed_can_be_read_and_is_then_equal() {
    for scenario in drawn(2_000) {
        let text = scenario.text(&BOUNDS);
        assert_eq!(Scenario::parse(&text, &BOUNDS), Ok(scenario), "{text}");
    }
    for scenario in drawn_within(CALLED_OFF, 2_000) {
        let text = scenario.text(&CALLED_OFF);
        assert_eq!(Scenario::parse(&text, &CALLED_OFF), Ok(scenario), "{text}");
    }
}

#[test]
fn a_step_is_undone_only_where_a_chapter_calls_orders_off() {
    let text = "pen by ann at 0ms; payment undone 2 times after 25h";
    let plan = Plan {
        step: Service::Payment,
        after: Ms::hours(25),
        times: 2,
    };
    let scenario = Scenario::parse(text, &CALLED_OFF).unwrap();
    assert_eq!(scenario.undone, Some(plan));
    says(
        "pen by ann at 0ms; payment undone after 25h",
        "world, column 20:\n  pen by ann at 0ms; payment undone after 25h\n                     ^ there is no step `payment` to undo",
    );
    says_within(
        CALLED_OFF,
        "pen by ann at 0ms; paymant undone after 25h",
        "world, column 20:\n  pen by ann at 0ms; paymant undone after 25h\n                     ^ there is no step `paymant` to undo; did you mean `payment`?",
    );
    says_within(
        CALLED_OFF,
        "pen by ann at 0ms; payment undone 0 times after 25h",
        "world, column 35:\n  pen by ann at 0ms; payment undone 0 times after 25h\n                                    ^ what is undone is undone once at least; did you mean `1`?",
    );
}

#[test]
fn only_the_service_of_the_step_that_is_undone_is_slow_or_away() {
    for scenario in drawn_within(CALLED_OFF, 500) {
        let service = scenario.undone.unwrap().step;
        let text = scenario.text(&CALLED_OFF);
        let mut slow = scenario.takes.iter();
        assert!(slow.all(|takes| takes.service == service), "{text}");
        let mut away = scenario.outages.iter();
        assert!(away.all(|away| away.service == service), "{text}");
    }
}

#[test]
fn an_undo_is_shrunk_to_the_soonest_and_to_one() {
    let late = |scenario: &Scenario| {
        let mut plan = scenario.undone.iter();
        plan.any(|plan| plan.step == Service::Shipping && plan.after >= Ms::minutes(10))
    };
    for seed in 0..20 {
        let left = shrunk_within(CALLED_OFF, seed, late);
        let (visit, undone) = left.split_once("; ").unwrap();
        assert_eq!(visit, "book by ann at 0ms");
        let (_, after) = undone.split_once("shipping undone after ").unwrap();
        let after: u64 = after.split_once('m').unwrap().0.parse().unwrap();
        assert!((10..20).contains(&after), "{left}");
    }
}

#[test]
fn an_order_may_come_again_and_may_have_another_number_and_price() {
    let text = "order2: 2 × pen by ann at 0ms for ¥500; order2 again at 59900ms; shelf 1 book, 10 pen; \
                shipping takes 100ms to 2s; payment settles after 3h; accounts cover ¥5000; begins at 23h; \
                ends after 24h; dice 7";
    let scenario = Scenario::parse(text, &BOUNDS).unwrap();
    assert_eq!(scenario.visits[1].order, scenario.visits[0].order);
    assert_eq!(scenario.visits[0].order.amount, Yen(500));
    assert_eq!(scenario.text(&BOUNDS), text);
}

#[test]
fn a_slip_is_answered_with_its_place_and_what_was_perhaps_meant() {
    says(
        "2 × pem by ann at 59900ms",
        "world, column 5:\n  2 × pem by ann at 59900ms\n      ^ this shop does not sell `pem`; did you mean `pen`?",
    );
    says(
        "pen by ann at 0ms; paiment down 0ms for 9h",
        "world, column 20:\n  pen by ann at 0ms; paiment down 0ms for 9h\n                     ^ there is no service called `paiment`; did you mean `payment`?",
    );
    says(
        "pen by ann at 59900",
        "world, column 15:\n  pen by ann at 59900\n                ^ `59900` has no unit; did you mean `59900ms`?",
    );
    says(
        "pen by ann at 0ms; order2 again at 1h",
        "world, column 20:\n  pen by ann at 0ms; order2 again at 1h\n                     ^ nobody has ordered `order2` yet; did you mean `order1`?",
    );
    says(
        "payment takes 1s",
        "world, column 17:\n  payment takes 1s\n                  ^ nobody comes to this shop",
    );
}

#[test]
fn everybody_can_finish_before_the_world_ends() {
    let all = [drawn(500), drawn_within(CALLED_OFF, 500)].concat();
    for scenario in all {
        let visits = scenario.visits.iter().map(|visit| visit.at);
        let back = scenario.outages.iter().map(|away| away.until);
        let after = scenario.undone.map_or(Ms::ZERO, |plan| plan.after);
        let quiet = visits.chain(back).max().unwrap() + after + Ms::hours(1);
        let job_runs = (0..20).map(|n| Ms::minutes(1 << n));
        let left = job_runs.filter(|run| quiet <= *run && *run < scenario.ends_after);
        assert!(left.count() >= 3, "{}", scenario.text(&BOUNDS));
    }
}

#[test]
fn what_fails_whatever_the_world_is_like_is_left_with_the_plainest_one() {
    for seed in 0..20 {
        assert_eq!(shrunk(seed, |_| true), "book by ann at 0ms");
    }
}

#[test]
fn two_customers_at_once_are_left_where_it_takes_two() {
    let at_once = |scenario: &Scenario| {
        let visits = &scenario.visits;
        visits
            .windows(2)
            .any(|two| two[0].at == two[1].at && two[0].order.id != two[1].order.id)
    };
    for seed in 0..20 {
        let left = shrunk(seed, at_once);
        let visits = left.matches(" at 0ms").count();
        assert_eq!((visits, left.matches(';').count()), (2, 1), "{left}");
    }
}

#[test]
fn an_outage_is_shrunk_to_the_shortest_that_does_it() {
    let nine_hours = |scenario: &Scenario| {
        let mut outages = scenario.outages.iter();
        outages.any(|away| away.until - away.from >= Ms::hours(9))
    };
    for seed in 0..20 {
        let left = shrunk(seed, nine_hours);
        let (visit, outage) = left.split_once("; ").unwrap();
        assert_eq!(visit, "book by ann at 0ms");
        assert!(outage.contains("down 0ms for "), "{left}");
        assert_eq!(left.matches("down").count(), 1, "{left}");
    }
}

#[test]
fn refunds_and_voids_are_drawn_written_down_and_made_plainer() {
    let all = drawn_within(REFUNDS, 100);
    for scenario in &all {
        let text = scenario.text(&REFUNDS);
        assert_eq!(
            Scenario::parse(&text, &REFUNDS).as_ref(),
            Ok(scenario),
            "{text}"
        );
    }
    let with = |wanted: fn(&Scenario) -> bool| all.iter().filter(|it| wanted(it)).count();
    assert!(with(|it| it.refunds.is_none()) > 10);
    assert!(with(|it| it.refunds.is_some_and(|it| it.failing == 0)) > 10);
    assert!(with(|it| it.refunds.is_some_and(|it| it.failing == 2)) > 10);
    assert!(with(|it| it.voids_too_late) > 10);
    let said = "book by ann at 0ms; refunds settle after 3h but 2 fail; voids until captured";
    let scenario = Scenario::parse(said, &REFUNDS).expect("a scenario");
    assert!(scenario.text(&REFUNDS).starts_with(said));
    let none = Scenario::parse("book by ann at 0ms", &BOUNDS).expect("a scenario");
    assert_eq!((none.refunds, none.voids_too_late), (None, false));
    assert!(
        Scenario::parse(
            "book by ann at 0ms; refunds settle after 1h but 99 fail",
            &BOUNDS
        )
        .is_err()
    );
}

#[test]
fn of_refunds_and_voids_only_what_is_needed_is_left() {
    let says = |is_so: fn(&Scenario) -> bool, least: &str| {
        for seed in 0..20 {
            let left = shrunk_within(REFUNDS, seed, is_so);
            // A world that has to wait for refunds lasts longer.
            let (what, _) = left.split_once("; ends after").unwrap_or((&left, ""));
            assert_eq!(what, least, "seed {seed}");
        }
    };
    says(|_| true, "book by ann at 0ms");
    says(
        |it| it.voids_too_late,
        "book by ann at 0ms; voids until captured",
    );
    says(
        |it| it.refunds.is_some_and(|it| it.after == Ms::hours(1)),
        "book by ann at 0ms; refunds settle after 1h",
    );
    // Of the two that fail, one would do.
    says(
        |it| it.refunds.is_some_and(|it| it.failing > 0),
        "book by ann at 0ms; refunds settle after 3h but 1 fail",
    );
    says(
        |it| it.voids_too_late && it.refunds.is_some_and(|it| it.failing > 1),
        "book by ann at 0ms; refunds settle after 3h but 2 fail; voids until captured",
    );
}
