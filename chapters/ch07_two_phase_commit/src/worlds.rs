//! The worlds of this chapter: three participants and their coordinator.

use crate::saga;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::setup::Setup;

/// The coordinator's own table. You may use it or leave it empty.
pub const SCHEMA: &str = "
    CREATE TABLE transactions (
        order_id TEXT PRIMARY KEY,
        tx       TEXT NOT NULL,
        status   TEXT NOT NULL,
        began_at INTEGER
    ) STRICT;
";

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[
    one_book,
    two_customers,
    two_strangers,
    away,
    eight_days,
    bank_away,
    saga,
    saga_away,
];

/// What drawn worlds may contain. Few customers: if many want one row, some may have to be turned away, and which ones
/// depends on patience.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
    most_customers: 3,
    most_pieces: 2,
    comes_again: true,
    edges: &[Ms::minutes(1), Ms::minutes(10)],
    slow: &[Service::Orders, Service::Payment, Service::Inventory],
    away: &[Service::Orders, Service::Payment, Service::Inventory],
    longest_outage: Ms::hours(30),
    covers: true,
    ..Bounds::ONE_BOOK
};

/// One order, three participants; a call takes 200 ms.
pub(crate) fn shop() -> Setup {
    Setup::new()
        .schema(SCHEMA)
        .stock([("book", 10), ("pen", 10)])
}

/// Two customers want the same book in the same moment, and a third one comes later. There are two.
fn one_book() -> Setup {
    let orders = [("order1", 0), ("order2", 0), ("order3", 5_000)];
    let orders = orders.map(|(id, at)| (Ms(at), Order::new(id, Yen(1_200))));
    shop()
        .called("one-book")
        .stock([("book", 2)])
        .orders(orders)
}

/// Two strangers. The second one comes when the shop's job is about to look for unfinished orders.
fn two_customers() -> Setup {
    let orders = [("order1", 0), ("order2", 59_800)];
    let orders = orders.map(|(id, at)| (Ms(at), Order::new(id, Yen(1_200))));
    shop()
        .called("two-customers")
        .orders(orders)
        .strangers(Ms::minutes(15))
}

/// Two who have nothing in common, not even a row: other people, other goods. And the shop's job is about to run.
fn two_strangers() -> Setup {
    let pen = Order {
        sku: "pen".to_owned(),
        ..Order::new("order2", Yen(150))
    };
    let orders = [
        (Ms(58_500), Order::new("order1", Yen(1_200))),
        (Ms(59_000), pen),
    ];
    shop()
        .called("two-strangers")
        .orders(orders)
        .strangers(Ms::minutes(15))
}

/// The coordinator is down for ten minutes at a time. Meanwhile other people want books, too: at the warehouse's own
/// counter, where they have nothing to do with this shop.
fn away() -> Setup {
    shop()
        .called("away-for-ten-minutes")
        .restarts_after(AWAY)
        .counter(AT_THE_COUNTER)
}

/// How long the process is down.
pub const AWAY: Ms = Ms::minutes(10);

/// When the others come.
const AT_THE_COUNTER: [Ms; 6] = [
    Ms::minutes(1),
    Ms::minutes(3),
    Ms::minutes(5),
    Ms::minutes(7),
    Ms::seconds(9 * 60 + 30),
    Ms::seconds(9 * 60 + 50),
];

/// Down over the New Year holidays, and then some.
fn eight_days() -> Setup {
    shop()
        .called("away-for-eight-days")
        .restarts_after(Ms::hours(8 * 24))
        .horizon(Ms::hours(20 * 24))
}

/// All have promised, and then the bank is down for longer than anybody counts attempts.
fn bank_away() -> Setup {
    shop()
        .called("bank-away-for-thirty-hours")
        .outage(Service::Payment, Ms(700), Ms::hours(30))
        .horizon(Ms::hours(80))
}

/// The same order, as a saga.
fn saga() -> Setup {
    Setup::new().schema(saga::SCHEMA).called("saga")
}

/// The same outage, with the saga instead of the coordinator.
fn saga_away() -> Setup {
    saga()
        .called("saga-away-for-ten-minutes")
        .restarts_after(AWAY)
        .counter(AT_THE_COUNTER)
}

pub(crate) fn five_orders(_: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    shop()
        .one_after_another(orders)
        .given("order3/inventory.prepare#1: crash after")
}
