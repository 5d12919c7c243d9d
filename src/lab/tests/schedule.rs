//! A schedule as people write it: reading it, writing it, and holding it against what happened.

use lab::language::fault::{Fault, VOCABULARY, menu};
use lab::language::message::operations;
use lab::language::name::Name;
use lab::language::schedule::Schedule;
use lab::language::step::Step;
use lab::language::time::{HORIZON, Ms};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

fn step(actor: &str, what: &str, attempt: u32) -> Step {
    Step::new(Name::new(actor), Name::new(what), attempt)
}

fn read(text: &str) -> Schedule {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_design_s_example_is_read() {
    let schedule = read("order1/payment.charge#1: reply late 1500ms; recover#1: crash before");
    let late = (
        step("order1", "payment.charge", 1),
        Fault::ReplyLate(Ms(1_500)),
    );
    let crash = (step("recover", "", 1), Fault::CrashBefore);
    assert_eq!(schedule.faults(), [late, crash]);
}

#[test]
fn blanks_line_breaks_and_empty_faults_are_tolerated() {
    let wrapped = "\n ; order1/db.insert\n  orders # 2 :fails;;recover#3:crash\tafter ;\u{3000}\n";
    assert_eq!(
        read(wrapped).to_string(),
        "order1/db.insert orders#2: fails; recover#3: crash after"
    );
    assert_eq!(read(" ;\n "), Schedule::CALM);
}

#[test]
fn a_statement_may_have_signs_of_the_grammar_in_its_name() {
    let schedule = read("order1/db.insert a/b#c#2: fails");
    assert_eq!(schedule.faults()[0].0, step("order1", "db.insert a/b#c", 2));
}

#[test]
fn every_word_of_the_vocabulary_is_read_at_a_step_that_can_suffer_it() {
    for what in [
        "payment.charge",
        "db.commit",
        "db.begin",
        "submit",
        "",
        "webhook.captured",
    ] {
        let step = step(if what.is_empty() { "recover" } else { "order1" }, what, 7);
        for fault in menu(&step) {
            let text = format!("{step}: {fault}");
            assert_eq!(read(&text).faults(), [(step, fault)]);
        }
    }
}

#[test]
fn spans_are_read_in_each_unit() {
    for (text, ms) in [
        ("1ms", 1),
        ("1500ms", 1_500),
        ("2s", 2_000),
        ("10m", 600_000),
        ("12h", HORIZON.0),
    ] {
        let schedule = read(&format!("order1/shipping.request#1: down {text}"));
        assert_eq!(schedule.faults()[0].1, Fault::Down(Ms(ms)));
    }
}

#[test]
fn a_schedule_whose_steps_all_happened_is_accepted() {
    let happened = [step("order1", "payment.charge", 1), step("recover", "", 1)];
    let schedule = read("recover#1: crash before; order1/payment.charge#1: declined");
    assert_eq!(schedule.check_steps(&happened), Ok(()));
    assert_eq!(Schedule::CALM.check_steps(&[]), Ok(()));
}

#[test]
fn a_step_that_never_happened_is_an_error_listing_those_that_did_nearest_first() {
    let happened = [
        step("order1", "submit", 1),
        step("order1", "db.insert orders", 1),
        step("order1", "payment.charge", 1),
        step("recover", "", 1),
    ];
    let schedule = read("recover#1: crash before; order1/payment.charge#2: declined");
    let error = schedule
        .check_steps(&happened)
        .expect_err("it never happened");
    assert_eq!(
        error.to_string(),
        "schedule, column 26:
  recover#1: crash before; order1/payment.charge#2: declined
                           ^ this step never happened in this run; did you mean `order1/payment.charge#1`?
  these steps did, the nearest first:
    order1/payment.charge#1
    order1/submit#1
    order1/db.insert orders#1
    recover#1"
    );
    let error = schedule.check_steps(&[]).expect_err("nothing happened");
    assert_eq!(error.expected(), "no step happened at all");
}

#[test]
fn a_step_that_never_happened_is_found_behind_one_that_ends_like_it() {
    let schedule = read("xrecover/submit#1: crash before; recover/submit#1: crash before");
    let error = schedule
        .check_steps(&[step("xrecover", "submit", 1)])
        .expect_err("it never happened");
    assert_eq!(error.column(), 34);
}

fn any_step() -> impl Strategy<Value = Step> {
    let operations = operations().into_iter();
    let operations: Vec<String> = operations.map(|it| it.what.to_string()).collect();
    let what = prop_oneof![
        4 => proptest::sample::select(operations),
        2 => "(db|webhook|delivery)\\.[a-z明細]{1,6}( [a-z在庫]{1,6}){0,2}",
        1 => Just("submit".to_owned()),
        1 => Just("db.commit".to_owned()),
        1 => Just(String::new()),
    ];
    let actor = prop_oneof!["[a-z注文][a-z0-9_.-]{0,8}", Just("recover".to_owned())];
    (actor, what, 1..=u32::MAX).prop_map(|(actor, what, attempt)| {
        let actor = if what.is_empty() { "recover" } else { &actor };
        step(actor, &what, attempt)
    })
}

fn any_fault() -> impl Strategy<Value = (Step, Fault)> {
    let span = prop_oneof![
        1..=HORIZON.0,
        1..10_000_u64,
        (1..=12_u64).prop_map(|h| h * 3_600_000)
    ];
    let place = any::<proptest::sample::Index>();
    (any_step(), place, span).prop_map(|(step, place, span)| {
        let menu = menu(&step);
        (step, menu[place.index(menu.len())].with_span(Ms(span)))
    })
}

/// Nearly a schedule: pieces of schedules in any order, with anything in between.
fn nearly() -> impl Strategy<Value = String> {
    let words = VOCABULARY.map(|fault| fault.to_string()).to_vec();
    let piece = prop_oneof![
        any_fault().prop_map(|(step, fault)| format!("{step}: {fault}")),
        any_step().prop_map(|step| step.to_string()),
        proptest::sample::select(words),
        proptest::sample::select(vec![
            ":", ";", "#", "/", " ", "\n", "#1", "recover", "：", "1500", "é"
        ])
        .prop_map(str::to_owned),
        ".{0,3}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn settings() -> ProptestConfig {
    ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Whatever the text, it is either a schedule or an error whose message can be shown.
fn reads_or_complains(text: &str) {
    if let Err(error) = text.parse::<Schedule>() {
        assert!(text.is_char_boundary(error.byte()));
        assert!(!error.problem().is_empty());
        assert!(
            !error
                .to_string()
                .contains(|c: char| c.is_control() && c != '\n')
        );
    }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn what_is_printed_is_read_back_as_the_same(faults in proptest::collection::vec(any_fault(), 0..6)) {
        let schedule = Schedule::of(faults);
        prop_assert_eq!(read(&schedule.to_string()), schedule);
    }

    #[test]
    fn no_text_whatever_makes_reading_panic(text in any::<String>()) {
        reads_or_complains(&text);
    }

    #[test]
    fn no_text_that_is_nearly_a_schedule_makes_reading_panic(text in nearly()) {
        reads_or_complains(&text);
    }
}
