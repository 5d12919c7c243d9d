//! Accidents with parcels, rows and stock.

use super::day::*;
use lab::engine::record::{Entered, OrderRow, StockRecord};
use lab::engine::trace::Told;
use lab::judge::accident::Accident::*;
use lab::judge::evidence::Evidence;
use lab::judge::terms::Terms;
use lab::language::name::Name;
use lab::language::order::{Answer, Yen};
use lab::language::time::Ms;
use lab::services::record::{ReservationRecord, ReservationStatus};

#[test]
fn shipped_twice() {
    let two = |it: &mut Evidence| it.parcels = vec![parcel(false), parcel(false)];
    breaks(good_day(), two, ShippedTwice);
    holds(good_day(), |it| {
        it.parcels = vec![parcel(false), parcel(true)]
    });
}

#[test]
fn half_an_order() {
    let with_history =
        |ids: &'static [Name]| move |it: &mut Evidence| it.history = Some(ids.to_vec());
    breaks(good_day(), with_history(&[]), HalfAnOrder);
    breaks(good_day(), with_history(&[ORDER1, ORDER2]), HalfAnOrder);
    holds(good_day(), with_history(&[ORDER1]));
    // A cancelled order may or may not have left a line.
    holds(cancelled_day(), with_history(&[]));
    holds(cancelled_day(), with_history(&[ORDER1]));
}

#[test]
fn an_order_is_not_half_there_even_for_a_while() {
    let whole_at = |whole_at| {
        move |it: &mut Evidence| {
            it.books = vec![Entered {
                at: Ms(200),
                order: ORDER1,
                status: Some("confirmed".to_owned()),
                paid: Yen(1_200),
                whole_at,
            }];
        }
    };
    holds(good_day(), whole_at(Some(Ms(200))));
    breaks(good_day(), whole_at(Some(Ms(201))), HalfAnOrder);
    // What never came is told by the tables at the end.
    holds(good_day(), whole_at(None));
}

fn stock_of(sku: &'static str, at_first: i64, free: i64) -> StockRecord {
    StockRecord {
        sku: Name::of(sku),
        at_first,
        free,
    }
}

#[test]
fn the_shops_own_stock_out_of_balance() {
    let stock =
        |free| move |it: &mut Evidence| it.shop_stock = Some(vec![stock_of("book", 10, free)]);
    holds(good_day(), stock(9));
    breaks(good_day(), stock(10), StockOutOfBalance);
    breaks(good_day(), stock(8), StockOutOfBalance);
    holds(cancelled_day(), stock(10));
    breaks(cancelled_day(), stock(9), StockOutOfBalance);
    // Below zero is out of balance even if every piece was sold.
    let oversold = |it: &mut Evidence| it.shop_stock = Some(vec![stock_of("book", 0, -1)]);
    breaks(good_day(), oversold, StockOutOfBalance);
    holds(good_day(), |it| {
        it.shop_stock = Some(vec![stock_of("book", 10, 9), stock_of("pen", 3, 3)]);
    });
}

#[test]
fn nobody_is_owed_what_there_is_not() {
    // One book was there, and order1 has it.
    let one_book = |told: Told, left: i64| {
        move |it: &mut Evidence| {
            it.shop_stock = Some(vec![stock_of("book", 1 + left, left)]);
            it.submissions.push(submission(ORDER2, Some(told)));
        }
    };
    let cancelled = || Told::Answer(Answer::Cancelled);
    holds(good_day(), one_book(cancelled(), 0));
    let refused_for_nothing = one_book(cancelled(), 1);
    breaks(good_day(), refused_for_nothing, ALegitimateRequestSwallowed);
    // A refusal is owed: neither an error page is one nor a promise to see to it that nobody has written down.
    let error_page = || Told::ErrorPage("sorry".to_owned());
    breaks(good_day(), one_book(error_page(), 0), NeverSettled);
    let pending = one_book(Told::Answer(Answer::Pending), 0);
    breaks(good_day(), pending, NeverSettled);
    holds(stormy(good_day()), one_book(error_page(), 0));
    // Nor is "pending", whatever the books say: there is nothing to wait for.
    let put_off = |it: &mut Evidence| {
        one_book(Told::Answer(Answer::Pending), 0)(it);
        it.orders.push(OrderRow {
            id: ORDER2,
            status: "cancelled".to_owned(),
        });
    };
    breaks(good_day(), put_off, NeverSettled);
    let settles_later = || Evidence {
        terms: Terms {
            settles_later: true,
            ..good_day().terms
        },
        ..good_day()
    };
    holds(settles_later(), put_off);
}

#[test]
fn the_warehouses_stock_out_of_balance() {
    use ReservationStatus::{Confirmed, Expired, Held, Released};
    let reserved = |status| {
        move |it: &mut Evidence| {
            let free = if [Released, Expired].contains(&status) {
                10
            } else {
                9
            };
            it.stock = vec![stock_of("book", 10, free)];
            it.reservations = vec![ReservationRecord {
                id: Name::of("res_1"),
                order: ORDER1,
                sku: Name::of("book"),
                quantity: 1,
                status,
            }];
        }
    };
    holds(good_day(), reserved(Confirmed));
    for status in [Held, Released, Expired] {
        breaks(good_day(), reserved(status), StockOutOfBalance);
        holds(cancelled_day(), reserved(status));
    }
    breaks(cancelled_day(), reserved(Confirmed), StockOutOfBalance);
    // Put back without having been taken.
    let one_too_many = |it: &mut Evidence| {
        reserved(Released)(it);
        it.stock[0].free = 11;
    };
    breaks(cancelled_day(), one_too_many, StockOutOfBalance);
    let from_nowhere = |it: &mut Evidence| it.stock = vec![stock_of("book", 10, 11)];
    breaks(cancelled_day(), from_nowhere, StockOutOfBalance);
    // A shop that never reserves keeps its stock elsewhere.
    holds(good_day(), |it| it.stock = vec![stock_of("book", 10, 10)]);
}
