//! What a customer is told is true when it is told.

use super::day::*;
use super::script::{accident, customers, world};
use lab::engine::trace::Told;
use lab::judge::accident::Accident::*;
use lab::judge::evidence::Evidence;
use lab::judge::terms::Terms;
use lab::language::message::ChargeStatus;
use lab::language::order::{Answer, Yen};
use lab::language::time::Ms;
use lab::services::PaymentRules;
use lab::services::record::{ChargeRecord, ParcelRecord};

#[test]
fn who_is_told_cancelled_has_not_paid_from_then_on() {
    let held = |held: &[(u64, u64)]| {
        let held: Vec<_> = held.iter().map(|(at, yen)| (Ms(*at), Yen(*yen))).collect();
        move |it: &mut Evidence| {
            it.charges = vec![ChargeRecord {
                held,
                ..charge(ChargeStatus::Voided, Yen(0))
            }];
        }
    };
    // The customer is told at 200 ms.
    holds(cancelled_day(), held(&[(100, 1_200), (200, 0)]));
    for late in [
        vec![(100, 1_200), (201, 0)],
        vec![(100, 1_200), (150, 1), (3_600_000, 0)],
        vec![(300, 1_200), (400, 0)],
    ] {
        breaks(cancelled_day(), held(&late), ChargedWithoutAnOrder);
    }
    // Who orders anew, and has the order, has a word taken back, and no money.
    let anew = |it: &mut Evidence| {
        it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Cancelled)));
    };
    breaks(stormy(good_day()), anew, AFinalWordTakenBack);
}

#[test]
fn what_was_asked_back_before_may_be_on_its_way_for_a_second() {
    let undone = (
        0,
        "insert pending; charge a; void a; update cancelled; cancelled",
    );
    // The charge takes effect at 100 ms; the void is sent at 200 ms, and takes effect at 300 ms.
    let other_click = |at| customers(&[undone, (at, "cancelled")]);
    let heard_late = "order1/payment.void#1: reply late 1s";
    assert_eq!(accident(&other_click(250), heard_late), None);
    assert_eq!(
        accident(&other_click(150), heard_late),
        Some(ChargedWithoutAnOrder)
    );
    let slow = "order1/payment.void#1: request late 1s";
    assert_eq!(
        accident(&other_click(250), slow),
        Some(ChargedWithoutAnOrder)
    );
}

#[test]
fn the_ledger_is_read_as_of_the_moment() {
    let undone = |how: &str| world(&format!("insert pending; charge a; {how}"));
    let first = undone("void a; update cancelled; cancelled");
    assert_eq!(
        accident(&first, "order1/payment.void#1: reply late 1s"),
        None
    );
    // Told first, and undone by a task of its own: here a second copy of the request that comes late.
    let lost = "order1/payment.void#1: request late 1s";
    assert_eq!(accident(&first, lost), None);
    let copied = world("insert pending; hurry a; void a; update cancelled; cancelled");
    assert_eq!(
        accident(&copied, "order1/payment.charge#1: request late 1h"),
        None
    );
    let unvoided = world("insert pending; hurry a; update cancelled; cancelled");
    assert_eq!(accident(&unvoided, ""), Some(ChargedWithoutAnOrder));
}

#[test]
fn who_is_told_confirmed_has_paid_by_then() {
    let paid_at = |at| move |it: &mut Evidence| it.charges[0].held = vec![(at, PRICE)];
    holds(good_day(), paid_at(Ms(200)));
    breaks(good_day(), paid_at(Ms(201)), ConfirmedWithoutPayment);
    // It need not stand in the books as confirmed by then.
    let later = world("insert pending; charge a; history; confirmed");
    assert_eq!(accident(&later, ""), Some(AFinalWordTakenBack));
    let settles = PaymentRules {
        settles_after: Some(Ms::seconds(30)),
        ..PaymentRules::default()
    };
    let promised = "insert pending; charge a; sleep 20000; confirmed";
    let early = world(promised).payment(settles);
    assert_eq!(accident(&early, ""), Some(AFinalWordTakenBack));
}

#[test]
fn who_is_told_confirmed_has_a_parcel_coming() {
    let shipped = |requested_at, cancelled_at| {
        move |it: &mut Evidence| {
            it.terms.ships = true;
            it.parcels = vec![ParcelRecord {
                requested_at,
                cancelled_at,
                ..parcel(false)
            }];
        }
    };
    holds(good_day(), shipped(Ms(200), None));
    breaks(
        good_day(),
        shipped(Ms(201), None),
        ALegitimateRequestSwallowed,
    );
}

#[test]
fn who_is_told_cancelled_gets_no_parcel_not_even_for_a_while() {
    let shipped = |requested_at, cancelled_at| {
        move |it: &mut Evidence| {
            it.terms.ships = true;
            it.parcels = vec![ParcelRecord {
                requested_at,
                cancelled_at,
                ..parcel(false)
            }];
        }
    };
    holds(cancelled_day(), shipped(Ms(100), Some(Ms(200))));
    for (from, until) in [(100, 201), (300, 400)] {
        let sent = shipped(Ms(from), Some(Ms(until)));
        breaks(cancelled_day(), sent, AFinalWordTakenBack);
    }
    let stopped = "insert pending; charge a; ship b; stop b; void a; update cancelled; cancelled";
    assert_eq!(
        accident(&world(stopped).ships(), "order1/payment.charge#1: declined"),
        None
    );
}

#[test]
fn who_is_told_pending_is_not_forgotten() {
    let written = world("insert pending; charge a; history; update confirmed; pending");
    let slow = "order1/payment.charge#1: reply late 1s";
    assert_eq!(accident(&written, slow), None);
    let kept_in_mind = world("charge a; pending");
    let declined = "order1/payment.charge#1: declined";
    assert_eq!(accident(&kept_in_mind, declined), Some(NeverSettled));
    let torn_out = world("insert pending; charge a; delete; pending");
    assert_eq!(accident(&torn_out, declined), Some(NeverSettled));
}

#[test]
fn who_was_told_pending_is_remembered_until_there_is_more_to_say() {
    let declined = "order1/payment.charge#1: declined";
    let on_it = (0, "insert pending; charge a; pending");
    let torn_out_later = customers(&[on_it, (9_000, "delete; sleep 100; cancelled")]);
    assert_eq!(accident(&torn_out_later, declined), Some(NeverSettled));
    let told_before = customers(&[on_it, (5_000, "cancelled"), (9_000, "delete; cancelled")]);
    assert_eq!(accident(&told_before, declined), None);
}

#[test]
fn what_participants_keep_and_what_was_called_off_is_judged_by_its_end_alone() {
    let voided = |it: &mut Evidence| {
        it.charges = vec![ChargeRecord {
            held: vec![(Ms(100), PRICE), (Ms(1_300), Yen(0))],
            ..charge(ChargeStatus::Voided, Yen(0))
        }];
    };
    breaks(cancelled_day(), voided, ChargedWithoutAnOrder);
    let called_off = Evidence {
        terms: Terms {
            called_off: true,
            ..cancelled_day().terms
        },
        ..cancelled_day()
    };
    holds(called_off, voided);
}
