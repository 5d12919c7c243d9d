//! On a calm day an order is confirmed at once; and what a calm day is.

use super::day::*;
use super::script::{accident, play, world};
use lab::engine::network::Latency;
use lab::engine::trace::{CallId, Entry, Event, Told};
use lab::judge::accident::ANSWERS_WITHIN;
use lab::judge::accident::Accident::*;
use lab::judge::accident::beliefs;
use lab::judge::evidence::Evidence;
use lab::judge::terms::Terms;
use lab::judge::verdict::judge;
use lab::language::message::{CallError, ChargeStatus, Key, Request, Service};
use lab::language::name::Name;
use lab::language::order::{Answer, Yen};
use lab::language::step::{BACKGROUND, RECOVER};
use lab::language::time::Ms;
use lab::tell::catalogue::joined;
use lab::tell::{Language, Say};

#[test]
fn a_service_that_is_slow_even_on_a_calm_day_excuses_who_has_no_patience() {
    let refused = |slowest| {
        move |it: &mut Evidence| {
            it.fired = lab::language::schedule::Schedule::CALM;
            it.terms.slowest = slowest;
        }
    };
    holds(cancelled_day(), refused(ANSWERS_WITHIN + Ms(1)));
    let brisk = refused(ANSWERS_WITHIN);
    breaks(cancelled_day(), brisk, ALegitimateRequestSwallowed);
    // The world says how slow its services are.
    let latency = Latency {
        processing: Ms(100),
        spread: Ms(301),
        ..Latency::default()
    };
    let off = world("insert cancelled; cancelled");
    assert_eq!(accident(&off, ""), Some(ALegitimateRequestSwallowed));
    assert_eq!(accident(&off.latency(latency), ""), None);
}

#[test]
fn who_cannot_pay_is_owed_nothing() {
    let declined = |it: &mut Evidence| {
        it.fired = lab::language::schedule::Schedule::CALM;
        it.charges = vec![charge(ChargeStatus::Declined, Yen(0))];
    };
    holds(cancelled_day(), declined);
}

#[test]
fn a_world_with_an_outage_says_so() {
    let off = world("charge a; insert cancelled; cancelled");
    assert!(!play(&off, "").evidence.terms.outages);
    let down = off.outage(Service::Payment, Ms::ZERO, Ms::minutes(1));
    assert!(play(&down, "").evidence.terms.outages);
    assert_eq!(accident(&down, ""), None);
}

#[test]
fn a_refused_call_that_names_no_order_may_have_been_for_this_one() {
    let refused = |actor: Name| {
        move |it: &mut Evidence| {
            it.fired = lab::language::schedule::Schedule::CALM;
            let request = Request::Confirm {
                key: Key::from("hold"),
            };
            it.trace.entries = vec![Entry {
                at: Ms(150),
                actor,
                event: Event::NoConnection {
                    call: CallId(0),
                    request,
                },
            }];
        }
    };
    for actor in [ORDER1, BACKGROUND, RECOVER] {
        holds(cancelled_day(), refused(actor));
    }
    let of_another = refused(ORDER2);
    breaks(cancelled_day(), of_another, ALegitimateRequestSwallowed);
}

#[test]
fn a_row_that_nobody_has_ordered_is_no_order() {
    let shop = "charge a; insert confirmed; history";
    let setup = world(&format!("{shop}; stranger order9; confirmed"));
    // It has no line in the history either.
    assert_eq!(accident(&setup, ""), Some(ConfirmedWithoutPayment));
    let unknown = |it: &mut Evidence| it.orders.push(row(ORDER2, "confirmed"));
    breaks(good_day(), unknown, ConfirmedWithoutPayment);
    let free = Evidence {
        terms: Terms {
            paid_by_card: false,
            ..good_day().terms
        },
        charges: vec![],
        ..good_day()
    };
    breaks(free, unknown, StockOutOfBalance);
    let off = |it: &mut Evidence| it.orders.push(row(ORDER2, "cancelled"));
    holds(good_day(), off);
}

#[test]
fn an_order_left_open_is_never_settled_whatever_else_it_lacks() {
    let open = |it: &mut Evidence| {
        it.orders[0].status = "pending".to_owned();
        it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Pending)));
        it.history = Some(vec![]);
        it.shop_stock = Some(vec![lab::engine::record::StockRecord {
            sku: lab::language::name::Name::of("book"),
            at_first: 10,
            free: 10,
        }]);
    };
    breaks(stormy(good_day()), open, NeverSettled);
    // Two are gone for one order, open or not.
    let too_many = |it: &mut Evidence| {
        open(it);
        it.shop_stock
            .iter_mut()
            .flatten()
            .for_each(|it| it.free = 8);
    };
    breaks(stormy(good_day()), too_many, StockOutOfBalance);
}

#[test]
fn a_slip_of_the_pen_is_no_accident() {
    let name = |script: &str, schedule: &str| {
        let verdict = judge(&play(&world(script), schedule));
        verdict.map(|verdict| verdict.name())
    };
    let slip = Some("the SQL is not valid");
    assert_eq!(name("sql; cancelled", ""), slip);
    // Nor does it matter where nothing comes of it.
    let fine = "charge a; sql; insert confirmed; history; confirmed";
    assert_eq!(name(fine, ""), None);
    assert_eq!(
        name("cancelled", ""),
        Some("a legitimate request swallowed")
    );
}

#[test]
fn every_finding_says_what_would_have_been_right() {
    let mut evidence = cancelled_day();
    evidence.charges = vec![captured()];
    let finding = lab::judge::accident::find(&evidence).expect("an accident");
    assert_eq!(
        finding.expected.english(),
        "order1 is confirmed and paid, or cancelled and nothing is charged"
    );
    assert_eq!(
        joined(finding.found(), "; ", Language::English),
        "order1 is cancelled; the customer was told: cancelled; order1 was charged ¥1,200 (pay_1)"
    );
}

#[test]
fn in_flight_excuses_only_the_answer_that_was_given_while_it_was() {
    let told_pending = |heard_at: Ms| {
        move |it: &mut Evidence| {
            it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Pending)));
            it.trace.entries = vec![Entry {
                at: heard_at,
                actor: ORDER1,
                event: Event::Replied {
                    call: CallId(0),
                    service: Service::Payment,
                    response: Err(CallError::InFlight),
                    unheard: false,
                },
            }];
        }
    };
    holds(good_day(), told_pending(Ms(150)));
    breaks(good_day(), told_pending(Ms::hours(1)), NeverSettled);
}

#[test]
fn who_hears_the_same_all_the_time_is_told_of_once() {
    let told_so_often = |times: usize| {
        let mut it = good_day();
        let pending = || submission(ORDER1, Some(Told::Answer(Answer::Pending)));
        it.submissions = (0..times).map(|_| pending()).collect();
        it.submissions
            .push(submission(ORDER1, Some(Told::Answer(Answer::Confirmed))));
        let order = it.submissions[0].order.clone();
        joined(&beliefs(&it, &order), "; ", Language::English)
    };
    let pending = "the customer was told: pending";
    let confirmed = "the customer was told: confirmed";
    let stands = "order1 is confirmed";
    assert_eq!(
        told_so_often(100),
        format!("{stands}; {pending} (100 times); {confirmed}")
    );
    assert_eq!(
        told_so_often(2),
        format!("{stands}; {pending}; {pending}; {confirmed}")
    );
}
