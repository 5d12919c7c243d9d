//! What a scene makes of a trace: when the shop is in doubt, and where it is wrong.

use crate::render_runs::{self, ALL, ORDER1, Run, charge, paid};
use lab::engine::trace::Event;
use lab::judge::evidence::Evidence;
use lab::language::fault::Fault;
use lab::language::message::{By, CallError, Key, Reply, Request, Service};
use lab::language::name::Name;
use lab::language::order::{Answer, Yen};
use lab::language::step::RECOVER;
use lab::language::time::Ms;
use lab::tell::Language;
use lab::tell::scene::{Lane, Note, Scene, SpanKind};

/// The time and the words at which belief and truth part.
fn parting(evidence: &Evidence) -> Option<(u64, String)> {
    let scene = Scene::of(evidence);
    let lines = scene.lines.iter();
    let lines = lines.map(|line| (line.moment.at.0, line.text(Language::English), &line.notes));
    let messages = scene.messages.iter();
    let messages = messages.map(|message| {
        (
            message.arrives.at.0,
            message.text(Language::English),
            &message.notes,
        )
    });
    let mut parted = lines
        .chain(messages)
        .filter(|(.., notes)| notes.contains(&Note::Parting));
    let first = parted.next();
    assert!(parted.next().is_none(), "once is enough");
    first.map(|(at, text, _)| (at, text))
}

#[test]
fn belief_and_truth_part_where_the_shop_is_wrong_for_good() {
    let expected = [
        ("calm", None),
        (
            "late_reply",
            Some((700, "700 ms timeout: takes it for a failure")),
        ),
        ("lost_request", Some((700, "tells the customer: confirmed"))),
        (
            "lost_reply",
            Some((700, "700 ms timeout: takes it for a failure")),
        ),
        ("refused", None),
        // The look-up puts it right.
        ("crash_and_recover", None),
        (
            "request_an_hour_late",
            Some((60_200, "reply: no charge found")),
        ),
        ("locked_out", None),
        // The shop says "pending" and means it.
        ("three_services", None),
        ("charged_twice", Some((1_100, "captured pay_2 ¥1,200"))),
        (
            "delivered_twice",
            Some((400, "order1: captured pay_2 ¥1,200")),
        ),
        ("webhooks", None),
        ("talkative", None),
        ("crossing", None),
    ];
    for ((name, run), (same, parts)) in ALL.iter().zip(expected) {
        assert_eq!(*name, same);
        let parts = parts.map(|(at, text)| (at, text.to_owned()));
        assert_eq!(parting(&run()), parts, "{name}");
    }
}

#[test]
fn a_charge_that_is_voided_in_time_parts_nothing() {
    let mut run = Run::default();
    run.sql(0, ORDER1, &["begin", "insert orders"])
        .sent(0, ORDER1, 0, charge(ORDER1, Some("key-1")), 100)
        .executed(
            100,
            ORDER1,
            0,
            Service::Payment,
            Ok(Reply::Charge(paid("pay_1", ORDER1))),
        )
        .gave_up(700, ORDER1, 0, 700)
        .rollback(700, ORDER1);
    let void = Request::Void {
        key: Key::from("key-1"),
    };
    run.call(700, ORDER1, 1, void, Reply::Voided(Yen(1_200)));
    let evidence = run.tells(900, ORDER1, Answer::Cancelled).end();
    assert_eq!(parting(&evidence), None);
}

#[test]
fn a_wrong_guess_that_a_look_up_puts_right_parts_nothing() {
    let mut run = Run::default();
    run.sql(0, ORDER1, &["begin", "insert orders"])
        .sent(0, ORDER1, 0, charge(ORDER1, None), 100)
        .executed(
            100,
            ORDER1,
            0,
            Service::Payment,
            Ok(Reply::Charge(paid("pay_1", ORDER1))),
        )
        .gave_up(700, ORDER1, 0, 700)
        .rollback(700, ORDER1);
    let find = Request::Find(By::Order("order1".to_owned()));
    let found = Reply::Charges(vec![paid("pay_1", ORDER1)]);
    let evidence = run.call(60_000, RECOVER, 1, find, found).end();
    assert_eq!(parting(&evidence), None);
}

#[test]
fn a_500_leaves_the_shop_in_doubt_and_a_refusal_does_not() {
    let open = |answer: CallError| {
        let evidence = Run::default()
            .sent(0, ORDER1, 0, charge(ORDER1, None), 100)
            .replied(200, ORDER1, 0, Service::Payment, Err(answer), false)
            .end();
        let scene = Scene::of(&evidence);
        assert_eq!(scene.spans[0].kind, SpanKind::InDoubt);
        scene.spans[0].until.is_none()
    };
    assert!(open(CallError::ServerError));
    assert!(!open(CallError::Declined));
}

#[test]
fn a_retry_with_the_same_key_ends_the_doubt_of_the_first_attempt() {
    let until = |second: &str| {
        let mut run = Run::default();
        run.sent(0, ORDER1, 0, charge(ORDER1, Some("key-1")), None)
            .gave_up(700, ORDER1, 0, 700)
            .call(
                700,
                ORDER1,
                1,
                charge(ORDER1, Some(second)),
                Reply::Charge(paid("pay_1", ORDER1)),
            );
        Scene::of(&run.end()).spans[0].until.map(|until| until.at)
    };
    assert_eq!(until("key-1"), Some(Ms(900)));
    assert_eq!(until("key-2"), None);
}

#[test]
fn every_fault_that_struck_is_pointed_at_once() {
    for (name, run) in ALL {
        let evidence = run();
        let struck = |entry: &&lab::engine::trace::Entry| {
            matches!(entry.event, lab::engine::trace::Event::Struck { .. })
        };
        let struck = evidence.trace.entries.iter().filter(struck).count();
        let scene = Scene::of(&evidence);
        let notes = scene.lines.iter().flat_map(|line| &line.notes);
        let notes = notes.chain(scene.messages.iter().flat_map(|message| &message.notes));
        let faults = notes.filter(|note| matches!(note, Note::Fault { .. }));
        assert_eq!(faults.count(), struck, "{name}");
    }
}

#[test]
fn a_fault_that_shows_nowhere_else_gets_a_line_of_its_own() {
    let evidence = Run::default()
        .struck(0, ORDER1, "queue.publish", Fault::RequestLost)
        .end();
    let scene = Scene::of(&evidence);
    assert_eq!(
        scene.lines[0].notes,
        [Note::Fault {
            fault: Fault::RequestLost,
            at: None
        }]
    );
}

#[test]
fn lanes_are_those_that_are_used_and_stand_in_the_order_of_the_flow() {
    let names = |run: fn() -> Evidence| -> Vec<&str> {
        let scene = Scene::of(&run());
        scene.lanes.iter().map(|lane: &Lane| lane.name()).collect()
    };
    assert_eq!(names(render_runs::talkative), ["shop"]);
    assert_eq!(names(render_runs::calm), ["shop", "payment"]);
    assert_eq!(
        names(render_runs::three_services),
        ["shop", "payment", "inventory", "shipping"]
    );
}

#[test]
fn the_lock_is_held_from_the_first_write_to_the_commit() {
    let scene = Scene::of(&render_runs::locked_out());
    let spans = scene
        .spans
        .iter()
        .filter(|span| span.kind != SpanKind::InDoubt);
    let spans: Vec<(SpanKind, Name, u64, Option<u64>)> = spans
        .map(|span| {
            let until = span.until.map(|until| until.at.0);
            (span.kind, span.actor, span.from.at.0, until)
        })
        .collect();
    assert_eq!(
        spans,
        [
            (SpanKind::LockHeld, ORDER1, 0, Some(3_000)),
            (SpanKind::LockWait, render_runs::ORDER2, 400, Some(3_000)),
            (SpanKind::LockHeld, render_runs::ORDER2, 3_000, Some(3_200)),
        ]
    );
}

#[test]
fn a_line_that_names_order10_does_not_name_order1() {
    let order10 = Name::of("order10");
    let waits = Event::LockWaits { holder: order10 };
    let run = Run::default()
        .sql(0, order10, &["begin", "insert orders"])
        .sql(100, ORDER1, &["begin"])
        .at(100, ORDER1, waits)
        .end();
    let lines = Scene::of(&run).lines;
    let last = lines.last().map(|line| line.text(Language::English));
    let named = "order1: waits for the lock order10 holds";
    assert_eq!(last.as_deref(), Some(named));

    let log = Event::Log("order10 is next".to_owned());
    let run = Run::default()
        .sql(0, order10, &["begin"])
        .sql(100, ORDER1, &["begin"])
        .at(100, ORDER1, log)
        .end();
    let lines = Scene::of(&run).lines;
    let last = lines.last().map(|line| line.text(Language::English));
    assert_eq!(last.as_deref(), Some("order1: \"order10 is next\""));
}
