//! The shipper. What it shares with the other services, the rules of keys, is tested with the payment
//! provider; here stands that they hold for parcels too.

use lab::language::message::{By, CallError, Key, Parcel, Reply, Request, Response};
use lab::language::name::Name;
use lab::language::time::Ms;
use lab::services::record::ParcelRecord;
use lab::services::{DISPATCHED_AFTER, REMEMBERED, Service as _, Shipping};

const ORDER: Name = Name::of("order1");
/// When a parcel requested at 0 ms leaves.
const LEAVES: u64 = DISPATCHED_AFTER.0;

fn ship(key: Option<&str>) -> Request {
    Request::Ship {
        order: ORDER,
        key: key.map(Key::from),
    }
}

fn by_key(key: &str) -> By {
    By::Key(key.into())
}

fn by_order() -> By {
    By::Order("order1".into())
}

/// Arrives and is done in the same millisecond.
fn at(shipping: &mut Shipping, ms: u64, request: &Request) -> Response {
    during(shipping, ms, ms, request)
}

fn during(shipping: &mut Shipping, arrived: u64, done: u64, request: &Request) -> Response {
    shipping
        .execute(Ms(arrived), Ms(done), request, false)
        .response
}

fn cancel(shipping: &mut Shipping, ms: u64, by: By) -> Response {
    at(shipping, ms, &Request::CancelParcel(by))
}

fn found(shipping: &mut Shipping, ms: u64, by: By) -> Vec<Parcel> {
    match at(shipping, ms, &Request::FindParcels(by)) {
        Ok(Reply::Parcels(parcels)) => parcels,
        other => panic!("a look-up answered {other:?}"),
    }
}

fn cancelled(shipping: &Shipping) -> Vec<bool> {
    let records = shipping.records();
    records.iter().map(|record| record.is_cancelled()).collect()
}

fn parcel(id: &'static str, dispatched_at: u64) -> Response {
    Ok(Reply::Parcel(Parcel {
        id: Name::of(id),
        order: ORDER,
        dispatched_at: Ms(dispatched_at),
        cancelled: false,
    }))
}

#[test]
fn without_a_key_every_execution_is_a_parcel() {
    let mut shipping = Shipping::new();
    assert_eq!(DISPATCHED_AFTER, Ms::minutes(30));
    assert_eq!(
        during(&mut shipping, 0, 100, &ship(None)),
        parcel("parcel_1", 100 + LEAVES)
    );
    assert_eq!(
        at(&mut shipping, 1, &ship(None)),
        parcel("parcel_2", 1 + LEAVES)
    );
    let line = |id, at| ParcelRecord {
        id: Name::of(id),
        order: ORDER,
        requested_at: Ms(at),
        dispatched_at: Ms(at + LEAVES),
        cancelled_at: None,
    };
    assert_eq!(
        shipping.records(),
        [line("parcel_1", 100), line("parcel_2", 1)]
    );
}

#[test]
fn under_the_same_key_a_parcel_is_replayed_and_not_repeated() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(Some("k"))).unwrap();
    let again = shipping.execute(Ms(1), Ms(1), &ship(Some("k")), true);
    assert_eq!(again.response, parcel("parcel_1", LEAVES));
    assert!(again.replayed);
    assert_eq!(shipping.records().len(), 1);
    let other_order = Request::Ship {
        order: Name::of("order2"),
        key: Some("k".into()),
    };
    assert_eq!(
        at(&mut shipping, 2, &other_order),
        Err(CallError::KeyReused)
    );
}

#[test]
fn a_scheduled_decline_sends_nothing_and_is_replayed() {
    let mut shipping = Shipping::new();
    let first = shipping.execute(Ms(0), Ms(0), &ship(Some("k")), true);
    assert_eq!(first.response, Err(CallError::Declined));
    let again = shipping.execute(Ms(1), Ms(1), &ship(Some("k")), false);
    assert_eq!(again.response, Err(CallError::Declined));
    assert!(again.replayed);
    assert_eq!(shipping.records(), []);
}

#[test]
fn while_a_request_is_executing_its_key_is_in_flight() {
    let mut shipping = Shipping::new();
    during(&mut shipping, 0, 100, &ship(Some("k"))).unwrap();
    assert_eq!(
        at(&mut shipping, 99, &ship(Some("k"))),
        Err(CallError::InFlight)
    );
    assert_eq!(
        cancel(&mut shipping, 99, by_key("k")),
        Err(CallError::InFlight)
    );
    assert_eq!(
        at(&mut shipping, 100, &ship(Some("k"))),
        parcel("parcel_1", 100 + LEAVES)
    );
}

#[test]
fn a_request_for_another_service_is_invalid() {
    let void = Request::Void { key: "k".into() };
    assert_eq!(at(&mut Shipping::new(), 0, &void), Err(CallError::Invalid));
}

#[test]
fn a_look_up_sees_parcels_only_when_they_are_done_oldest_first() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(None)).unwrap();
    during(&mut shipping, 1, 100, &ship(Some("k"))).unwrap();
    assert_eq!(found(&mut shipping, 99, by_order()).len(), 1);
    assert_eq!(found(&mut shipping, 99, by_key("k")), []);
    let ids: Vec<Name> = found(&mut shipping, 100, by_order())
        .iter()
        .map(|parcel| parcel.id)
        .collect();
    assert_eq!(ids, [Name::of("parcel_1"), Name::of("parcel_2")]);
    assert_eq!(found(&mut shipping, 100, by_key("k")).len(), 1);
    assert_eq!(found(&mut shipping, 100, By::Order("order2".into())), []);
}

#[test]
fn a_parcel_can_be_cancelled_until_it_is_dispatched() {
    let mut shipping = Shipping::new();
    during(&mut shipping, 0, 100, &ship(Some("k"))).unwrap();
    let answer = cancel(&mut shipping, 100 + LEAVES - 1, by_key("k"));
    assert_eq!(answer, Ok(Reply::ParcelCancelled(1)));
    assert_eq!(cancelled(&shipping), [true]);
}

#[test]
fn from_its_dispatch_on_it_is_too_late() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(Some("k"))).unwrap();
    assert_eq!(
        cancel(&mut shipping, LEAVES, by_key("k")),
        Err(CallError::TooLate)
    );
    assert_eq!(
        cancel(&mut shipping, LEAVES, by_order()),
        Err(CallError::TooLate)
    );
    assert_eq!(cancelled(&shipping), [false]);
    // Nothing was undone, so the key keeps its answer.
    assert_eq!(
        at(&mut shipping, LEAVES, &ship(Some("k"))),
        parcel("parcel_1", LEAVES)
    );
}

#[test]
fn cancelling_twice_is_fine_even_after_the_time_of_dispatch() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(Some("k"))).unwrap();
    let stopped = Ok(Reply::ParcelCancelled(1));
    assert_eq!(cancel(&mut shipping, 1, by_key("k")), stopped);
    let again = Request::CancelParcel(by_key("k"));
    let again = shipping.execute(Ms(LEAVES), Ms(LEAVES), &again, false);
    assert_eq!(again.response, stopped);
    assert!(again.replayed);
    assert_eq!(cancel(&mut shipping, LEAVES, by_order()), stopped);
}

#[test]
fn a_second_cancellation_does_not_put_the_first_one_off() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(Some("k"))).unwrap();
    cancel(&mut shipping, 1, by_key("k")).unwrap();
    during(&mut shipping, 2, 100, &Request::CancelParcel(by_order())).unwrap();
    assert!(found(&mut shipping, 99, by_order())[0].cancelled);
}

#[test]
fn a_cancellation_counts_when_it_arrives_and_is_seen_when_it_is_done() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(Some("k"))).unwrap();
    let request = Request::CancelParcel(by_key("k"));
    let answer = during(&mut shipping, LEAVES - 1, LEAVES + 99, &request);
    assert_eq!(answer, Ok(Reply::ParcelCancelled(1)));
    assert!(!found(&mut shipping, LEAVES + 98, by_order())[0].cancelled);
    assert!(found(&mut shipping, LEAVES + 99, by_order())[0].cancelled);
    assert_eq!(cancelled(&shipping), [true]);
}

#[test]
fn a_request_that_arrives_after_its_cancellation_is_refused() {
    let mut shipping = Shipping::new();
    assert_eq!(
        cancel(&mut shipping, 0, by_key("k")),
        Ok(Reply::ParcelCancelled(0))
    );
    assert_eq!(
        at(&mut shipping, 1, &ship(Some("k"))),
        Err(CallError::Undone)
    );
    assert_eq!(shipping.records(), []);
    let last = REMEMBERED.0 - 1;
    assert_eq!(
        at(&mut shipping, last, &ship(Some("k"))),
        Err(CallError::Undone)
    );
    at(&mut shipping, last + 1, &ship(Some("k"))).unwrap();
}

#[test]
fn a_request_repeated_after_its_cancellation_is_refused_and_not_replayed() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(Some("k"))).unwrap();
    cancel(&mut shipping, 1, by_key("k")).unwrap();
    assert_eq!(
        at(&mut shipping, 2, &ship(Some("k"))),
        Err(CallError::Undone)
    );
}

#[test]
fn cancelling_by_order_stops_all_its_parcels_and_no_other() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(None)).unwrap();
    at(&mut shipping, 1, &ship(Some("k"))).unwrap();
    let other_order = Request::Ship {
        order: Name::of("order2"),
        key: None,
    };
    at(&mut shipping, 2, &other_order).unwrap();
    assert_eq!(
        cancel(&mut shipping, 3, by_order()),
        Ok(Reply::ParcelCancelled(2))
    );
    assert_eq!(cancelled(&shipping), [true, true, false]);
}

#[test]
fn cancelling_by_order_does_not_stop_what_is_still_to_come() {
    let mut shipping = Shipping::new();
    during(&mut shipping, 0, 100, &ship(None)).unwrap();
    assert_eq!(
        cancel(&mut shipping, 99, by_order()),
        Ok(Reply::ParcelCancelled(0))
    );
    assert_eq!(
        at(&mut shipping, 101, &ship(Some("k"))),
        parcel("parcel_2", 101 + LEAVES)
    );
    assert_eq!(cancelled(&shipping), [false, false]);
}

#[test]
fn cancelling_by_order_stops_what_it_can_and_owns_up_to_what_has_left() {
    let mut shipping = Shipping::new();
    at(&mut shipping, 0, &ship(None)).unwrap();
    at(&mut shipping, 1, &ship(None)).unwrap();
    assert_eq!(
        cancel(&mut shipping, LEAVES, by_order()),
        Err(CallError::TooLate)
    );
    assert_eq!(cancelled(&shipping), [false, true]);
}
