//! The payment provider, and with it the rules of idempotency keys that all services share.

use lab::language::message::{
    By, CallError, Charge, ChargeStatus, Key, RefundStatus, Reply, Request, Response,
};
use lab::language::name::Name;
use lab::language::order::Yen;
use lab::language::time::Ms;
use lab::services::record::ChargeRecord;
use lab::services::{Payment, PaymentRules, REMEMBERED, RefundsSettle, Service as _, Voids};

const ORDER: Name = Name::of("order1");

fn at_once() -> Payment {
    Payment::new(PaymentRules::default())
}

/// Payments that settle one virtual minute after they were accepted.
fn later() -> Payment {
    Payment::new(PaymentRules {
        settles_after: Some(Ms::minutes(1)),
        ..PaymentRules::default()
    })
}

fn charge(amount: u64, key: Option<&str>) -> Request {
    Request::Charge {
        order: ORDER,
        amount: Yen(amount),
        key: key.map(Key::from),
    }
}

fn refund(charge: &'static str, amount: u64, key: &str) -> Request {
    Request::Refund {
        charge: Name::of(charge),
        amount: Yen(amount),
        key: key.into(),
    }
}

fn void(key: &str) -> Request {
    Request::Void { key: key.into() }
}

/// Arrives and is done in the same millisecond.
fn at(payment: &mut Payment, ms: u64, request: &Request) -> Response {
    during(payment, ms, ms, request)
}

fn during(payment: &mut Payment, arrived: u64, done: u64, request: &Request) -> Response {
    payment
        .execute(Ms(arrived), Ms(done), request, false)
        .response
}

fn declined_at(payment: &mut Payment, ms: u64, request: &Request) -> Response {
    payment.execute(Ms(ms), Ms(ms), request, true).response
}

fn found(payment: &mut Payment, ms: u64, by: By) -> Vec<Charge> {
    match at(payment, ms, &Request::Find(by)) {
        Ok(Reply::Charges(charges)) => charges,
        other => panic!("a look-up answered {other:?}"),
    }
}

fn of_order(payment: &mut Payment, ms: u64) -> Vec<Charge> {
    found(payment, ms, By::Order("order1".into()))
}

fn statuses(payment: &mut Payment, ms: u64) -> Vec<ChargeStatus> {
    let charges = of_order(payment, ms);
    charges.iter().map(|charge| charge.status).collect()
}

fn kept(payment: &Payment) -> Yen {
    payment.records().iter().map(ChargeRecord::kept).sum()
}

fn captured(id: &'static str, amount: u64) -> Response {
    Ok(Reply::Charge(Charge {
        id: Name::of(id),
        order: ORDER,
        amount: Yen(amount),
        status: ChargeStatus::Captured,
        refunded: Yen(0),
        refunds: Vec::new(),
    }))
}

fn accepted(id: &'static str, amount: u64) -> Response {
    captured(id, amount).map(|reply| match reply {
        Reply::Charge(charge) => Reply::Charge(Charge {
            status: ChargeStatus::Accepted,
            ..charge
        }),
        other => other,
    })
}

#[test]
fn without_a_key_every_execution_is_a_charge() {
    let mut payment = at_once();
    assert_eq!(
        at(&mut payment, 0, &charge(1200, None)),
        captured("pay_1", 1200)
    );
    assert_eq!(
        at(&mut payment, 0, &charge(1200, None)),
        captured("pay_2", 1200)
    );
    assert_eq!(kept(&payment), Yen(2400));
}

#[test]
fn under_the_same_key_a_success_is_replayed_and_not_repeated() {
    let mut payment = at_once();
    let first = payment.execute(Ms(0), Ms(100), &charge(1200, Some("k")), false);
    let again = payment.execute(Ms(100), Ms(200), &charge(1200, Some("k")), false);
    assert!(!first.replayed && again.replayed);
    assert_eq!(first.response, again.response);
    assert_eq!(kept(&payment), Yen(1200));
}

#[test]
fn under_the_same_key_a_decline_is_replayed_although_the_card_would_work_now() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    assert_eq!(
        declined_at(&mut payment, 0, &request),
        Err(CallError::Declined)
    );
    let again = payment.execute(Ms(1), Ms(1), &request, false);
    assert_eq!(again.response, Err(CallError::Declined));
    assert!(again.replayed);
    assert_eq!(payment.records().len(), 1);
}

#[test]
fn a_scheduled_decline_does_not_touch_a_replayed_success() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    at(&mut payment, 0, &request).unwrap();
    assert_eq!(
        declined_at(&mut payment, 1, &request),
        captured("pay_1", 1200)
    );
}

#[test]
fn a_key_is_forgotten_24_hours_after_its_request_was_done() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    assert_eq!(REMEMBERED, Ms::hours(24));
    during(&mut payment, 0, 100, &request).unwrap();
    // A replay does not make the key live longer.
    let last = 100 + REMEMBERED.0 - 1;
    assert_eq!(at(&mut payment, last, &request), captured("pay_1", 1200));
    assert_eq!(
        at(&mut payment, last + 1, &request),
        captured("pay_2", 1200)
    );
    assert_eq!(found(&mut payment, last + 1, By::Key("k".into())).len(), 2);
}

#[test]
fn a_key_with_other_parameters_is_refused() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, Some("k"))).unwrap();
    let other_amount = charge(1300, Some("k"));
    let other_order = Request::Charge {
        order: Name::of("order2"),
        amount: Yen(1200),
        key: Some("k".into()),
    };
    for request in [other_amount, other_order] {
        assert_eq!(at(&mut payment, 1, &request), Err(CallError::KeyReused));
    }
    assert_eq!(kept(&payment), Yen(1200));
}

#[test]
fn charges_refunds_and_voids_share_one_key_space() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, Some("c"))).unwrap();
    let reused = Err(CallError::KeyReused);
    assert_eq!(at(&mut payment, 1, &refund("pay_1", 500, "c")), reused);
    at(&mut payment, 2, &refund("pay_1", 500, "r")).unwrap();
    assert_eq!(at(&mut payment, 3, &charge(500, Some("r"))), reused);
    assert_eq!(at(&mut payment, 4, &void("r")), reused);
    at(&mut payment, 5, &void("v")).unwrap();
    assert_eq!(at(&mut payment, 6, &refund("pay_1", 500, "v")), reused);
    assert_eq!(kept(&payment), Yen(700));
}

#[test]
fn while_the_first_request_is_executing_its_key_is_in_flight() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    during(&mut payment, 10, 100, &request).unwrap();
    for ms in [10, 11, 99] {
        let again = payment.execute(Ms(ms), Ms(ms), &request, false);
        assert_eq!(again.response, Err(CallError::InFlight), "at {ms} ms");
        assert!(!again.replayed);
        assert_eq!(at(&mut payment, ms, &void("k")), Err(CallError::InFlight));
    }
    assert_eq!(at(&mut payment, 100, &request), captured("pay_1", 1200));
}

#[test]
fn a_key_reused_while_it_is_in_flight_is_told_so_at_once() {
    let mut payment = at_once();
    during(&mut payment, 0, 100, &charge(1200, Some("k"))).unwrap();
    let other = charge(1300, Some("k"));
    assert_eq!(at(&mut payment, 50, &other), Err(CallError::KeyReused));
}

#[test]
fn a_charge_of_nothing_is_invalid_and_leaves_the_key_free() {
    let mut payment = at_once();
    assert_eq!(
        at(&mut payment, 0, &charge(0, Some("k"))),
        Err(CallError::Invalid)
    );
    assert_eq!(payment.records(), []);
    assert_eq!(
        at(&mut payment, 1, &charge(1200, Some("k"))),
        captured("pay_1", 1200)
    );
}

#[test]
fn a_request_for_another_service_is_invalid() {
    let parcel = Request::Ship {
        order: ORDER,
        key: None,
    };
    assert_eq!(at(&mut at_once(), 0, &parcel), Err(CallError::Invalid));
}

#[test]
fn a_look_up_sees_a_charge_only_when_it_is_done() {
    let mut payment = at_once();
    during(&mut payment, 0, 100, &charge(1200, Some("k"))).unwrap();
    assert_eq!(found(&mut payment, 99, By::Key("k".into())), []);
    assert_eq!(of_order(&mut payment, 99), []);
    assert_eq!(found(&mut payment, 100, By::Key("k".into())).len(), 1);
    assert_eq!(of_order(&mut payment, 100).len(), 1);
}

#[test]
fn a_look_up_lists_declined_and_voided_charges_too_oldest_first() {
    let mut payment = at_once();
    declined_at(&mut payment, 0, &charge(1, Some("a"))).unwrap_err();
    at(&mut payment, 1, &charge(2, Some("b"))).unwrap();
    at(&mut payment, 2, &void("b")).unwrap();
    at(&mut payment, 3, &charge(3, None)).unwrap();
    let other_order = Request::Charge {
        order: Name::of("order2"),
        amount: Yen(4),
        key: None,
    };
    at(&mut payment, 4, &other_order).unwrap();
    use ChargeStatus::{Captured, Declined, Voided};
    assert_eq!(statuses(&mut payment, 5), [Declined, Voided, Captured]);
    let recorded: Vec<_> = payment.records().iter().map(|line| line.status).collect();
    assert_eq!(recorded, [Declined, Voided, Captured, Captured]);
    assert_eq!(found(&mut payment, 5, By::Key("b".into())).len(), 1);
    assert_eq!(found(&mut payment, 5, By::Key("never".into())), []);
}

#[test]
fn the_ledger_tells_order_key_and_time_of_every_charge() {
    let mut payment = at_once();
    during(&mut payment, 0, 100, &charge(1200, Some("k"))).unwrap();
    let expected = ChargeRecord {
        id: Name::of("pay_1"),
        order: ORDER,
        amount: Yen(1200),
        key: Some("k".into()),
        at: Ms(100),
        status: ChargeStatus::Captured,
        refunded: Yen(0),
        refunds: Vec::new(),
        held: vec![(Ms(100), Yen(1200))],
    };
    assert_eq!(payment.records(), [expected]);
}

#[test]
fn a_named_id_tells_the_order_and_when_the_charge_was_done() {
    let mut payment = Payment::new(PaymentRules {
        named_ids: true,
        ..PaymentRules::default()
    });
    let request = charge(1200, None);
    assert_eq!(
        during(&mut payment, 0, 300, &request),
        captured("pay_order1_300", 1200)
    );
    // Two of the same order in the same millisecond are still told apart.
    assert_eq!(
        during(&mut payment, 1, 300, &request),
        captured("pay_order1_300_2", 1200)
    );
    let other_order = Request::Charge {
        order: Name::of("order2"),
        amount: Yen(1200),
        key: None,
    };
    during(&mut payment, 2, 300, &other_order).unwrap();
    assert_eq!(payment.records()[2].id, Name::of("pay_order2_300"));
}

#[test]
fn a_void_gives_back_what_was_charged() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, Some("k"))).unwrap();
    assert_eq!(
        at(&mut payment, 1, &void("k")),
        Ok(Reply::Voided(Yen(1200)))
    );
    assert_eq!(statuses(&mut payment, 1), [ChargeStatus::Voided]);
    assert_eq!(kept(&payment), Yen(0));
}

#[test]
fn a_void_gives_back_only_what_no_refund_has_given_back() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, Some("k"))).unwrap();
    // The refund is decided but not done when the void arrives.
    during(&mut payment, 1, 100, &refund("pay_1", 500, "r")).unwrap();
    assert_eq!(at(&mut payment, 2, &void("k")), Ok(Reply::Voided(Yen(700))));
}

#[test]
fn a_second_void_gets_the_same_answer_and_has_no_second_effect() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, Some("k"))).unwrap();
    at(&mut payment, 1, &void("k")).unwrap();
    let before = payment.records();
    let again = payment.execute(Ms(2), Ms(2), &void("k"), false);
    assert_eq!(again.response, Ok(Reply::Voided(Yen(1200))));
    assert!(again.replayed);
    assert_eq!(payment.records(), before);
}

#[test]
fn a_charge_that_arrives_after_its_void_is_refused() {
    let mut payment = at_once();
    assert_eq!(at(&mut payment, 0, &void("k")), Ok(Reply::Voided(Yen(0))));
    let late = payment.execute(Ms(1), Ms(1), &charge(1200, Some("k")), false);
    assert_eq!(late.response, Err(CallError::Undone));
    assert!(!late.replayed);
    assert_eq!(payment.records(), []);
    assert_eq!(at(&mut payment, 2, &void("k")), Ok(Reply::Voided(Yen(0))));
}

#[test]
fn a_charge_repeated_after_its_void_is_refused_and_not_replayed() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    at(&mut payment, 0, &request).unwrap();
    at(&mut payment, 1, &void("k")).unwrap();
    assert_eq!(at(&mut payment, 2, &request), Err(CallError::Undone));
    assert_eq!(kept(&payment), Yen(0));
}

#[test]
fn a_tombstone_lasts_24_hours_from_the_void_on() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    at(&mut payment, 0, &request).unwrap();
    at(&mut payment, 1000, &void("k")).unwrap();
    let last = 1000 + REMEMBERED.0 - 1;
    assert_eq!(at(&mut payment, last, &request), Err(CallError::Undone));
    assert_eq!(
        at(&mut payment, last + 1, &request),
        captured("pay_2", 1200)
    );
}

#[test]
fn a_void_that_is_still_executing_keeps_the_key_in_flight_and_is_not_yet_seen() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, Some("k"))).unwrap();
    during(&mut payment, 10, 100, &void("k")).unwrap();
    assert_eq!(
        at(&mut payment, 50, &charge(1200, Some("k"))),
        Err(CallError::InFlight)
    );
    assert_eq!(at(&mut payment, 50, &void("k")), Err(CallError::InFlight));
    assert_eq!(statuses(&mut payment, 99), [ChargeStatus::Captured]);
    assert_eq!(statuses(&mut payment, 100), [ChargeStatus::Voided]);
}

#[test]
fn voiding_a_declined_charge_gives_nothing_back_and_closes_the_key() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    declined_at(&mut payment, 0, &request).unwrap_err();
    assert_eq!(at(&mut payment, 1, &void("k")), Ok(Reply::Voided(Yen(0))));
    assert_eq!(statuses(&mut payment, 1), [ChargeStatus::Declined]);
    assert_eq!(at(&mut payment, 2, &request), Err(CallError::Undone));
}

#[test]
fn a_void_finds_charges_whose_key_is_long_forgotten() {
    let mut payment = at_once();
    let request = charge(1200, Some("k"));
    at(&mut payment, 0, &request).unwrap();
    at(&mut payment, REMEMBERED.0, &request).unwrap();
    at(&mut payment, REMEMBERED.0, &charge(1200, None)).unwrap();
    let answer = at(&mut payment, 2 * REMEMBERED.0, &void("k"));
    assert_eq!(answer, Ok(Reply::Voided(Yen(2400))));
    assert_eq!(kept(&payment), Yen(1200));
}

/// Refunds settle an hour after they were accepted; the first one fails.
fn refunds_fail() -> Payment {
    Payment::new(PaymentRules {
        refunds: Some(RefundsSettle {
            after: Ms::hours(1),
            failing: 1,
        }),
        ..PaymentRules::default()
    })
}

fn refunds(payment: &mut Payment, ms: u64) -> Vec<(Key, RefundStatus)> {
    let charge = of_order(payment, ms).swap_remove(0);
    let refunds = charge.refunds.into_iter();
    refunds.map(|refund| (refund.key, refund.status)).collect()
}

#[test]
fn parts_go_back_under_different_keys_and_a_look_up_lists_them() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, None)).unwrap();
    // Half the order, and once more: the provider cannot know that it was meant to be the same.
    at(&mut payment, 1, &refund("pay_1", 600, "a")).unwrap();
    at(&mut payment, 2, &refund("pay_1", 600, "b")).unwrap();
    let succeeded = |key: &str| (Key::from(key), RefundStatus::Succeeded);
    assert_eq!(refunds(&mut payment, 3), [succeeded("a"), succeeded("b")]);
    assert_eq!(payment.next_settlement(), None);
    let record = payment.records().swap_remove(0);
    assert_eq!(record.times_given_back(), 2);
    assert_eq!(record.given_back(), Yen(1200));
}

#[test]
fn a_refund_that_fails_later_leaves_the_money_with_the_provider() {
    let mut payment = refunds_fail();
    at(&mut payment, 0, &charge(1200, None)).unwrap();
    let accepted = at(&mut payment, 1, &refund("pay_1", 1200, "a"));
    assert_eq!(accepted, Ok(Reply::RefundAccepted(Yen(1200))));
    let a = |status| (Key::from("a"), status);
    assert_eq!(refunds(&mut payment, 2), [a(RefundStatus::Pending)]);
    // What is under way cannot be sent again.
    let more = at(&mut payment, 3, &refund("pay_1", 1, "b"));
    assert_eq!(more, Err(CallError::Invalid));
    assert_eq!(payment.next_settlement(), Some(Ms::hours(1) + Ms(1)));
    let settled = payment.settle_refunds(Ms::hours(2));
    assert_eq!(settled[0].status, RefundStatus::Failed);
    assert_eq!(refunds(&mut payment, 7_200_000), [a(RefundStatus::Failed)]);
    assert_eq!(of_order(&mut payment, 7_200_000)[0].refunded, Yen(0));
    assert_eq!(kept(&payment), Yen(1200));
    // The old key has its old answer, and another one sends the money.
    let old = payment.execute(
        Ms(7_200_001),
        Ms(7_200_001),
        &refund("pay_1", 1200, "a"),
        false,
    );
    assert!(old.replayed);
    assert_eq!(kept(&payment), Yen(1200));
    at(&mut payment, 7_200_002, &refund("pay_1", 1200, "c")).unwrap();
    payment.settle_refunds(Ms::hours(4));
    assert_eq!(kept(&payment), Yen(0));
    assert_eq!(payment.records()[0].times_given_back(), 1);
}

/// A void is refused once the money has moved.
fn strict(rules: PaymentRules) -> Payment {
    Payment::new(PaymentRules {
        voids: Voids::UntilCaptured,
        ..rules
    })
}

#[test]
fn a_void_too_late_is_refused_and_a_refund_is_what_is_left() {
    let mut payment = strict(PaymentRules::default());
    at(&mut payment, 0, &charge(1200, Some("k"))).unwrap();
    assert_eq!(at(&mut payment, 1, &void("k")), Err(CallError::TooLate));
    assert_eq!(kept(&payment), Yen(1200));
    // It has left no tombstone: the key still answers with its charge.
    let again = payment.execute(Ms(2), Ms(2), &charge(1200, Some("k")), false);
    assert!(again.replayed);
    at(&mut payment, 3, &refund("pay_1", 1200, "r")).unwrap();
    assert_eq!(kept(&payment), Yen(0));
    assert_eq!(at(&mut payment, 4, &void("k")), Err(CallError::TooLate));
}

#[test]
fn a_void_in_time_undoes_what_has_not_moved_or_never_will() {
    let mut payment = strict(PaymentRules {
        settles_after: Some(Ms::minutes(1)),
        ..PaymentRules::default()
    });
    at(&mut payment, 0, &charge(1200, Some("accepted"))).unwrap();
    let voided = at(&mut payment, 1, &void("accepted"));
    assert_eq!(voided, Ok(Reply::Voided(Yen(0))));
    assert_eq!(
        at(&mut payment, 2, &void("to come")),
        Ok(Reply::Voided(Yen(0)))
    );
    let late = at(&mut payment, 3, &charge(1200, Some("to come")));
    assert_eq!(late, Err(CallError::Undone));
    at(&mut payment, 4, &charge(500, Some("settled"))).unwrap();
    payment.settle(Ms::minutes(2));
    assert_eq!(
        at(&mut payment, 200_000, &void("settled")),
        Err(CallError::TooLate)
    );
}

#[test]
fn refunds_never_exceed_what_was_captured() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, None)).unwrap();
    let first = during(&mut payment, 1, 100, &refund("pay_1", 700, "a"));
    assert_eq!(first, Ok(Reply::Refunded(Yen(700))));
    // The first refund is still executing, and its money is spoken for.
    assert_eq!(
        at(&mut payment, 2, &refund("pay_1", 501, "b")),
        Err(CallError::Invalid)
    );
    let rest = at(&mut payment, 3, &refund("pay_1", 500, "c"));
    assert_eq!(rest, Ok(Reply::Refunded(Yen(1200))));
    assert_eq!(
        at(&mut payment, 4, &refund("pay_1", 1, "d")),
        Err(CallError::Invalid)
    );
    assert_eq!(payment.records()[0].refunded, Yen(1200));
    assert_eq!(payment.over_refunds(), Yen(0));
}

#[test]
fn a_refund_is_replayed_under_its_key() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, None)).unwrap();
    at(&mut payment, 1, &refund("pay_1", 500, "r")).unwrap();
    let again = payment.execute(Ms(2), Ms(2), &refund("pay_1", 500, "r"), false);
    assert_eq!(again.response, Ok(Reply::Refunded(Yen(500))));
    assert!(again.replayed);
    assert_eq!(kept(&payment), Yen(700));
    assert_eq!(
        at(&mut payment, 3, &refund("pay_1", 600, "r")),
        Err(CallError::KeyReused)
    );
}

#[test]
fn a_look_up_sees_a_refund_only_when_it_is_done() {
    let mut payment = at_once();
    at(&mut payment, 0, &charge(1200, None)).unwrap();
    during(&mut payment, 1, 100, &refund("pay_1", 500, "r")).unwrap();
    assert_eq!(of_order(&mut payment, 99)[0].refunded, Yen(0));
    assert_eq!(of_order(&mut payment, 100)[0].refunded, Yen(500));
}

#[test]
fn a_refund_of_an_unknown_charge_finds_nothing() {
    let mut payment = at_once();
    let request = refund("pay_1", 500, "r");
    assert_eq!(at(&mut payment, 0, &request), Err(CallError::NotFound));
    // A charge that is still being made is not known either, and the answer was not stored.
    during(&mut payment, 1, 100, &charge(1200, None)).unwrap();
    assert_eq!(at(&mut payment, 99, &request), Err(CallError::NotFound));
    assert_eq!(
        at(&mut payment, 100, &request),
        Ok(Reply::Refunded(Yen(500)))
    );
}

#[test]
fn a_refund_of_nothing_or_of_what_was_not_captured_is_invalid() {
    let mut payment = at_once();
    declined_at(&mut payment, 0, &charge(1200, None)).unwrap_err();
    at(&mut payment, 0, &charge(1200, Some("voided"))).unwrap();
    at(&mut payment, 0, &void("voided")).unwrap();
    at(&mut payment, 0, &charge(1200, None)).unwrap();
    for request in [
        refund("pay_1", 500, "a"),
        refund("pay_2", 500, "b"),
        refund("pay_3", 0, "c"),
    ] {
        assert_eq!(
            at(&mut payment, 1, &request),
            Err(CallError::Invalid),
            "{request}"
        );
    }
}

#[test]
fn a_payment_that_settles_later_is_only_accepted_at_first() {
    let mut payment = later();
    assert_eq!(payment.next_settlement(), None);
    let answer = during(&mut payment, 0, 100, &charge(1200, Some("k")));
    assert_eq!(answer, accepted("pay_1", 1200));
    assert_eq!(kept(&payment), Yen(0));
    assert_eq!(payment.next_settlement(), Some(Ms(60_100)));
    assert_eq!(payment.settle(Ms(60_099)), []);
    assert_eq!(statuses(&mut payment, 60_099), [ChargeStatus::Accepted]);

    let settled = payment.settle(Ms(60_100));
    assert_eq!(settled, of_order(&mut payment, 60_100));
    assert_eq!(settled[0].status, ChargeStatus::Captured);
    assert_eq!(kept(&payment), Yen(1200));
    assert_eq!(payment.next_settlement(), None);
    assert_eq!(payment.settle(Ms(60_100)), []);
}

#[test]
fn an_accepted_payment_is_declined_when_it_settles() {
    let mut payment = later();
    assert_eq!(
        declined_at(&mut payment, 0, &charge(1200, None)),
        accepted("pay_1", 1200)
    );
    assert_eq!(
        payment.settle(Ms::minutes(1))[0].status,
        ChargeStatus::Declined
    );
    assert_eq!(payment.records()[0].status, ChargeStatus::Declined);
}

#[test]
fn what_an_account_does_not_cover_is_declined() {
    let covers = Some(Yen(1200));
    let rules = PaymentRules {
        covers,
        ..PaymentRules::default()
    };
    let mut payment = Payment::new(rules);
    assert!(at(&mut payment, 0, &charge(1200, None)).is_ok());
    let refused = at(&mut payment, 0, &charge(1201, None));
    assert_eq!(refused, Err(CallError::Declined));

    let settles_after = Some(Ms::minutes(1));
    let mut payment = Payment::new(PaymentRules {
        settles_after,
        ..rules
    });
    let answer = at(&mut payment, 0, &charge(1201, None));
    assert_eq!(answer, accepted("pay_1", 1201));
    payment.settle(Ms::minutes(1));
    assert_eq!(payment.records()[0].status, ChargeStatus::Declined);
}

#[test]
fn payments_settle_in_the_order_in_which_they_fall_due() {
    let mut payment = later();
    during(&mut payment, 0, 200, &charge(1, None)).unwrap();
    during(&mut payment, 1, 100, &charge(2, None)).unwrap();
    assert_eq!(payment.next_settlement(), Some(Ms(60_100)));
    let amounts: Vec<Yen> = payment
        .settle(Ms(60_200))
        .iter()
        .map(|charge| charge.amount)
        .collect();
    assert_eq!(amounts, [Yen(2), Yen(1)]);
}

#[test]
fn a_replay_still_says_accepted_when_the_look_up_knows_better() {
    let mut payment = later();
    let request = charge(1200, Some("k"));
    at(&mut payment, 0, &request).unwrap();
    payment.settle(Ms::minutes(1));
    assert_eq!(at(&mut payment, 60_000, &request), accepted("pay_1", 1200));
    assert_eq!(statuses(&mut payment, 60_000), [ChargeStatus::Captured]);
}

#[test]
fn an_accepted_payment_that_was_voided_never_settles() {
    let mut payment = later();
    at(&mut payment, 0, &charge(1200, Some("k"))).unwrap();
    // Voided just before it settles; that the void takes a while changes nothing.
    let answer = during(&mut payment, 59_999, 60_050, &void("k"));
    assert_eq!(answer, Ok(Reply::Voided(Yen(0))));
    assert_eq!(payment.next_settlement(), None);
    assert_eq!(payment.settle(Ms::minutes(1)), []);
    assert_eq!(statuses(&mut payment, 60_050), [ChargeStatus::Voided]);
    assert_eq!(kept(&payment), Yen(0));
}

#[test]
fn an_accepted_payment_can_be_refunded_only_after_it_was_captured() {
    let mut payment = later();
    at(&mut payment, 0, &charge(1200, None)).unwrap();
    let request = refund("pay_1", 1200, "r");
    assert_eq!(at(&mut payment, 1, &request), Err(CallError::Invalid));
    payment.settle(Ms::minutes(1));
    // The same key: what was invalid has not been stored.
    assert_eq!(
        at(&mut payment, 60_000, &request),
        Ok(Reply::Refunded(Yen(1200)))
    );
}
