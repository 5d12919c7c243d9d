//! Money that is set aside on a card, and taken later or not at all.

use lab::language::message::{By, CallError, ChargeStatus, Key, Reply, Request, Response};
use lab::language::name::Name;
use lab::language::order::Yen;
use lab::language::time::Ms;
use lab::services::{AUTHORIZED_FOR, Payment, PaymentRules, Service as _};

const ORDER: Name = Name::of("order1");

fn authorize(key: &str) -> Request {
    Request::Authorize {
        order: ORDER,
        amount: Yen(1_200),
        key: Key::from(key),
    }
}

fn capture(key: &str) -> Request {
    Request::Capture {
        key: Key::from(key),
    }
}

fn at(payment: &mut Payment, at: Ms, request: &Request) -> Response {
    payment.execute(at, at, request, false).response
}

fn status(response: Response) -> ChargeStatus {
    match response {
        Ok(Reply::Charge(charge)) => charge.status,
        other => panic!("no charge, but {other:?}"),
    }
}

#[test]
fn no_money_moves_before_it_is_captured_and_then_it_moves_once() {
    let mut payment = Payment::new(PaymentRules::default());
    let set_aside = at(&mut payment, Ms(0), &authorize("k"));
    assert_eq!(status(set_aside), ChargeStatus::Authorized);
    assert_eq!(payment.kept(ORDER, Ms(0)), Yen(0));
    for time in [Ms(10), Ms(20)] {
        let taken = at(&mut payment, time, &capture("k"));
        assert_eq!(status(taken), ChargeStatus::Captured);
    }
    assert_eq!(payment.kept(ORDER, Ms(20)), Yen(1_200));
    assert_eq!(payment.records().len(), 1);
}

#[test]
fn as_long_as_it_is_being_captured_nobody_is_told_that_it_is() {
    let mut payment = Payment::new(PaymentRules::default());
    let _ = at(&mut payment, Ms(0), &authorize("k"));
    let slowly = payment.execute(Ms(10), Ms(400), &capture("k"), false);
    assert_eq!(status(slowly.response), ChargeStatus::Captured);
    assert_eq!(
        at(&mut payment, Ms(20), &capture("k")),
        Err(CallError::InFlight)
    );
    let find = Request::Find(By::Order("order1".to_owned()));
    let found = at(&mut payment, Ms(20), &find);
    let Ok(Reply::Charges(found)) = found else {
        panic!("nothing found: {found:?}");
    };
    assert_eq!(found[0].status, ChargeStatus::Authorized);
    let taken = at(&mut payment, Ms(400), &capture("k"));
    assert_eq!(status(taken), ChargeStatus::Captured);
}

#[test]
fn it_lapses_to_the_millisecond() {
    let last = AUTHORIZED_FOR - Ms(1);
    for (time, wanted) in [(last, true), (AUTHORIZED_FOR, false)] {
        let mut payment = Payment::new(PaymentRules::default());
        let _ = at(&mut payment, Ms(0), &authorize("k"));
        let taken = at(&mut payment, time, &capture("k"));
        assert_eq!(taken.is_ok(), wanted, "{taken:?} at {time}");
        if !wanted {
            assert_eq!(taken, Err(CallError::NotFound));
        }
    }
}

#[test]
fn a_void_takes_it_back_even_before_it_has_arrived() {
    let void = Request::Void {
        key: Key::from("k"),
    };
    let mut payment = Payment::new(PaymentRules::default());
    let _ = at(&mut payment, Ms(0), &authorize("k"));
    assert_eq!(at(&mut payment, Ms(1), &void), Ok(Reply::Voided(Yen(0))));
    assert_eq!(
        at(&mut payment, Ms(2), &capture("k")),
        Err(CallError::Undone)
    );

    let mut payment = Payment::new(PaymentRules::default());
    let _ = at(&mut payment, Ms(0), &void);
    assert_eq!(
        at(&mut payment, Ms(1), &authorize("k")),
        Err(CallError::Undone)
    );
}

#[test]
fn a_card_that_does_not_cover_it_is_declined() {
    let mut payment = Payment::new(PaymentRules {
        covers: Some(Yen(1_000)),
        ..PaymentRules::default()
    });
    assert_eq!(
        at(&mut payment, Ms(0), &authorize("k")),
        Err(CallError::Declined)
    );
    assert_eq!(
        at(&mut payment, Ms(1), &capture("k")),
        Err(CallError::NotFound)
    );
}
