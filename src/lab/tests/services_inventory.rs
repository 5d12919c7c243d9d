//! The warehouse. What it shares with the other services, the rules of keys, is tested with the payment
//! provider; here stands that they hold for reservations too.

use lab::engine::record::StockRecord;
use lab::language::message::{CallError, Key, Reply, Request, Reservation, Response};
use lab::language::name::Name;
use lab::language::time::Ms;
use lab::services::record::{ReservationRecord, ReservationStatus};
use lab::services::{Inventory, REMEMBERED, RESERVED_FOR, Service as _};

const BOOK: Name = Name::of("book");
const ORDER: Name = Name::of("order1");
/// When a reservation made at 0 ms lapses.
const LAPSE: u64 = RESERVED_FOR.0;

fn with_books(pieces: u32) -> Inventory {
    Inventory::new(&[(BOOK, pieces)])
}

fn reserve(quantity: u32, key: &str) -> Request {
    Request::Reserve {
        order: ORDER,
        sku: BOOK,
        quantity,
        key: key.into(),
    }
}

fn release(key: &str) -> Request {
    Request::Release { key: key.into() }
}

fn confirm(key: &str) -> Request {
    Request::Confirm { key: key.into() }
}

/// Arrives and is done in the same millisecond.
fn at(inventory: &mut Inventory, ms: u64, request: &Request) -> Response {
    during(inventory, ms, ms, request)
}

fn during(inventory: &mut Inventory, arrived: u64, done: u64, request: &Request) -> Response {
    inventory
        .execute(Ms(arrived), Ms(done), request, false)
        .response
}

fn free(inventory: &Inventory, ms: u64) -> i64 {
    inventory.stock(Ms(ms))[0].free
}

fn status(inventory: &Inventory, ms: u64) -> ReservationStatus {
    inventory.records(Ms(ms))[0].status
}

fn reserved(id: &'static str, expires_at: u64) -> Response {
    Ok(Reply::Reserved(Reservation {
        id: Name::of(id),
        order: ORDER,
        expires_at: Ms(expires_at),
    }))
}

#[test]
fn a_reservation_takes_goods_out_of_the_free_stock() {
    let pen = Name::of("pen");
    let mut inventory = Inventory::new(&[(BOOK, 3), (pen, 5)]);
    let answer = during(&mut inventory, 0, 100, &reserve(2, "k"));
    assert_eq!(answer, reserved("res_1", 100 + LAPSE));
    let record = ReservationRecord {
        id: Name::of("res_1"),
        order: ORDER,
        sku: BOOK,
        quantity: 2,
        status: ReservationStatus::Held,
    };
    assert_eq!(inventory.records(Ms(100)), [record]);
    let line = |sku, at_first, free| StockRecord {
        sku,
        at_first,
        free,
    };
    assert_eq!(
        inventory.stock(Ms(100)),
        [line(BOOK, 3, 1), line(pen, 5, 5)]
    );
}

#[test]
fn the_stock_never_falls_below_zero() {
    let mut inventory = with_books(3);
    // The second one arrives while the first is executing: its goods are spoken for.
    during(&mut inventory, 0, 100, &reserve(2, "a")).unwrap();
    assert_eq!(
        at(&mut inventory, 50, &reserve(2, "b")),
        Err(CallError::Declined)
    );
    assert_eq!(
        at(&mut inventory, 50, &reserve(1, "c")),
        reserved("res_2", 50 + LAPSE)
    );
    assert_eq!(free(&inventory, 100), 0);
    assert_eq!(
        at(&mut inventory, 100, &reserve(1, "d")),
        Err(CallError::Declined)
    );
    assert_eq!(
        at(&mut inventory, 100, &reserve(u32::MAX, "e")),
        Err(CallError::Declined)
    );
}

#[test]
fn a_scheduled_decline_reserves_nothing_and_is_replayed() {
    let mut inventory = with_books(3);
    let first = inventory.execute(Ms(0), Ms(0), &reserve(1, "k"), true);
    assert_eq!(first.response, Err(CallError::Declined));
    let again = inventory.execute(Ms(1), Ms(1), &reserve(1, "k"), false);
    assert_eq!(again.response, Err(CallError::Declined));
    assert!(again.replayed);
    assert_eq!(inventory.records(Ms(1)), []);
}

#[test]
fn under_the_same_key_a_reservation_is_replayed_and_not_repeated() {
    let mut inventory = with_books(3);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    let again = inventory.execute(Ms(1), Ms(1), &reserve(1, "k"), true);
    assert_eq!(again.response, reserved("res_1", LAPSE));
    assert!(again.replayed);
    assert_eq!(free(&inventory, 1), 2);
    assert_eq!(
        at(&mut inventory, 2, &reserve(2, "k")),
        Err(CallError::KeyReused)
    );
}

#[test]
fn while_a_reservation_is_executing_its_key_is_in_flight() {
    let mut inventory = with_books(3);
    during(&mut inventory, 0, 100, &reserve(1, "k")).unwrap();
    for request in [reserve(1, "k"), confirm("k"), release("k")] {
        assert_eq!(
            at(&mut inventory, 99, &request),
            Err(CallError::InFlight),
            "{request}"
        );
    }
    assert_eq!(at(&mut inventory, 100, &confirm("k")), Ok(Reply::Confirmed));
}

#[test]
fn a_reservation_of_nothing_or_of_unknown_goods_is_refused_and_leaves_the_key_free() {
    let mut inventory = with_books(3);
    let unknown = Request::Reserve {
        order: ORDER,
        sku: Name::of("unicorn"),
        quantity: 1,
        key: Key::from("k"),
    };
    assert_eq!(at(&mut inventory, 0, &unknown), Err(CallError::NotFound));
    assert_eq!(
        at(&mut inventory, 1, &reserve(0, "k")),
        Err(CallError::Invalid)
    );
    assert_eq!(
        at(&mut inventory, 2, &reserve(1, "k")),
        reserved("res_1", 2 + LAPSE)
    );
}

#[test]
fn a_request_for_another_service_is_invalid() {
    let void = Request::Void { key: "k".into() };
    assert_eq!(at(&mut with_books(1), 0, &void), Err(CallError::Invalid));
}

#[test]
fn a_reservation_lapses_exactly_15_minutes_after_it_was_done() {
    let mut inventory = with_books(1);
    assert_eq!(RESERVED_FOR, Ms::minutes(15));
    during(&mut inventory, 0, 100, &reserve(1, "k")).unwrap();
    let last = 100 + LAPSE - 1;
    assert_eq!(status(&inventory, last), ReservationStatus::Held);
    assert_eq!(free(&inventory, last), 0);
    assert_eq!(
        at(&mut inventory, last, &reserve(1, "early")),
        Err(CallError::Declined)
    );
    assert_eq!(status(&inventory, last + 1), ReservationStatus::Expired);
    assert_eq!(free(&inventory, last + 1), 1);
    assert_eq!(
        at(&mut inventory, last + 1, &confirm("k")),
        Err(CallError::NotFound)
    );
    at(&mut inventory, last + 1, &reserve(1, "next")).unwrap();
}

#[test]
fn a_replay_still_tells_of_a_reservation_that_has_lapsed() {
    let mut inventory = with_books(1);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    assert_eq!(
        at(&mut inventory, LAPSE, &reserve(1, "k")),
        reserved("res_1", LAPSE)
    );
    assert_eq!(free(&inventory, LAPSE), 1);
}

#[test]
fn a_confirmed_reservation_does_not_lapse() {
    let mut inventory = with_books(1);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    // It counts when the confirmation arrives, not when that is done.
    let answer = during(&mut inventory, LAPSE - 1, LAPSE + 99, &confirm("k"));
    assert_eq!(answer, Ok(Reply::Confirmed));
    assert_eq!(status(&inventory, LAPSE), ReservationStatus::Confirmed);
    assert_eq!(free(&inventory, LAPSE + 99), 0);
}

#[test]
fn confirming_twice_is_fine() {
    let mut inventory = with_books(1);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    assert_eq!(at(&mut inventory, 1, &confirm("k")), Ok(Reply::Confirmed));
    assert_eq!(
        at(&mut inventory, LAPSE, &confirm("k")),
        Ok(Reply::Confirmed)
    );
    assert_eq!(inventory.records(Ms(LAPSE)).len(), 1);
    // Nor does a confirmation use the key up: the reservation is still replayed under it.
    assert_eq!(
        at(&mut inventory, LAPSE, &reserve(1, "k")),
        reserved("res_1", LAPSE)
    );
}

#[test]
fn a_confirmation_concerns_no_other_reservation() {
    let mut inventory = with_books(2);
    at(&mut inventory, 0, &reserve(1, "other")).unwrap();
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    at(&mut inventory, 1, &confirm("k")).unwrap();
    let records = inventory.records(Ms(1));
    assert_eq!(records[0].status, ReservationStatus::Held);
    assert_eq!(records[1].status, ReservationStatus::Confirmed);
}

#[test]
fn only_a_reservation_that_stands_can_be_confirmed() {
    let mut inventory = with_books(1);
    assert_eq!(
        at(&mut inventory, 0, &confirm("never")),
        Err(CallError::NotFound)
    );
    at(&mut inventory, 1, &reserve(1, "released")).unwrap();
    at(&mut inventory, 2, &release("released")).unwrap();
    assert_eq!(
        at(&mut inventory, 3, &confirm("released")),
        Err(CallError::NotFound)
    );
    assert_eq!(free(&inventory, 3), 1);
}

#[test]
fn a_release_gives_the_goods_back_once() {
    let mut inventory = with_books(3);
    at(&mut inventory, 0, &reserve(2, "k")).unwrap();
    at(&mut inventory, 0, &reserve(1, "other")).unwrap();
    assert_eq!(at(&mut inventory, 1, &release("k")), Ok(Reply::Released));
    assert_eq!(status(&inventory, 1), ReservationStatus::Released);
    assert_eq!(free(&inventory, 1), 2);
    let again = inventory.execute(Ms(2), Ms(2), &release("k"), false);
    assert_eq!(again.response, Ok(Reply::Released));
    assert!(again.replayed);
    assert_eq!(free(&inventory, 2), 2);
}

#[test]
fn released_goods_are_free_when_the_release_is_done() {
    let mut inventory = with_books(1);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    during(&mut inventory, 10, 100, &release("k")).unwrap();
    assert_eq!(
        at(&mut inventory, 99, &reserve(1, "early")),
        Err(CallError::Declined)
    );
    assert_eq!(
        at(&mut inventory, 100, &reserve(1, "next")),
        reserved("res_2", 100 + LAPSE)
    );
}

#[test]
fn releasing_a_lapsed_reservation_gives_nothing_back_a_second_time() {
    let mut inventory = with_books(1);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    assert_eq!(
        at(&mut inventory, LAPSE, &release("k")),
        Ok(Reply::Released)
    );
    assert_eq!(status(&inventory, LAPSE), ReservationStatus::Expired);
    assert_eq!(free(&inventory, LAPSE), 1);
}

#[test]
fn a_reservation_that_arrives_after_its_release_is_refused() {
    let mut inventory = with_books(1);
    assert_eq!(at(&mut inventory, 0, &release("k")), Ok(Reply::Released));
    assert_eq!(
        at(&mut inventory, 1, &reserve(1, "k")),
        Err(CallError::Undone)
    );
    assert_eq!(free(&inventory, 1), 1);
    assert_eq!(
        at(&mut inventory, REMEMBERED.0 - 1, &reserve(1, "k")),
        Err(CallError::Undone)
    );
    at(&mut inventory, REMEMBERED.0, &reserve(1, "k")).unwrap();
}

#[test]
fn a_reservation_repeated_after_its_release_is_refused_and_not_replayed() {
    let mut inventory = with_books(1);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    at(&mut inventory, 1, &release("k")).unwrap();
    assert_eq!(
        at(&mut inventory, 2, &reserve(1, "k")),
        Err(CallError::Undone)
    );
}

#[test]
fn releasing_a_confirmed_reservation_brings_the_goods_back() {
    let mut inventory = with_books(1);
    at(&mut inventory, 0, &reserve(1, "k")).unwrap();
    at(&mut inventory, 1, &confirm("k")).unwrap();
    // Long after the key has been forgotten, too: the warehouse's ledger has not.
    let day_after = REMEMBERED.0 + 1;
    assert_eq!(
        at(&mut inventory, day_after, &release("k")),
        Ok(Reply::Released)
    );
    assert_eq!(status(&inventory, day_after), ReservationStatus::Released);
    assert_eq!(free(&inventory, day_after), 1);
}

fn restock(key: Option<&str>) -> Request {
    Request::Restock {
        order: ORDER,
        sku: BOOK,
        quantity: 2,
        key: key.map(Key::from),
    }
}

#[test]
fn restocking_asks_no_reservation() {
    let mut inventory = with_books(3);
    let done = during(&mut inventory, 0, 100, &restock(None));
    assert_eq!(done, Ok(Reply::Restocked));
    assert_eq!((free(&inventory, 99), free(&inventory, 100)), (3, 5));
    // Each execution counts.
    at(&mut inventory, 200, &restock(None)).unwrap();
    assert_eq!(free(&inventory, 200), 7);
}

#[test]
fn restocking_under_a_key_counts_once() {
    let mut inventory = with_books(3);
    for ms in [0, 1] {
        assert_eq!(
            at(&mut inventory, ms, &restock(Some("k"))),
            Ok(Reply::Restocked)
        );
    }
    assert_eq!(free(&inventory, 1), 5);
    // It is no release: under a reservation's key it is another request.
    at(&mut inventory, 2, &reserve(1, "r")).unwrap();
    assert_eq!(
        at(&mut inventory, 3, &restock(Some("r"))),
        Err(CallError::KeyReused)
    );
}

#[test]
fn only_what_the_warehouse_carries_can_be_restocked() {
    let mut inventory = Inventory::new(&[(Name::of("pen"), 1)]);
    assert_eq!(
        at(&mut inventory, 0, &restock(None)),
        Err(CallError::NotFound)
    );
    let nothing = Request::Restock {
        order: ORDER,
        sku: Name::of("pen"),
        quantity: 0,
        key: None,
    };
    assert_eq!(at(&mut inventory, 0, &nothing), Err(CallError::Invalid));
}
