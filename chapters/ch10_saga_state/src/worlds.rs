//! The worlds of this chapter: a shop with two processes on one database, each of which may die, sleep, or be left alone
//! by its customer.

use lab::engine::network::Latency;
use lab::judge::evidence::Evidence;
use lab::judge::invariant::Wrong;
use lab::language::fault::VOCABULARY;
use lab::language::message::Service;
use lab::language::name::Name;
use lab::language::order::{Order, Yen};
use lab::language::schedule::Schedule;
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::services::RESERVED_FOR;
use lab::setup::Setup;

/// The shop's tables. In `orders` all but `id` and `status` is yours to use or to leave empty, and so is the table `log`.
pub const SCHEMA: &str = "
    CREATE TABLE orders (
        id          TEXT PRIMARY KEY,
        customer    TEXT NOT NULL,
        sku         TEXT NOT NULL,
        quantity    INTEGER NOT NULL CHECK (quantity > 0),
        amount      INTEGER NOT NULL CHECK (amount > 0),
        status      TEXT NOT NULL,
        state       TEXT,
        direction   TEXT,
        version     INTEGER,
        charge_key  TEXT,
        reserve_key TEXT,
        ship_key    TEXT,
        owner       TEXT,
        lease_until INTEGER,
        token       INTEGER,
        placed_at   INTEGER
    ) STRICT;
    CREATE TABLE log (
        order_id TEXT NOT NULL REFERENCES orders (id),
        seq      INTEGER NOT NULL,
        entry    TEXT NOT NULL,
        key      TEXT,
        at       INTEGER,
        PRIMARY KEY (order_id, seq)
    ) STRICT;
";

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[
    undeliverable,
    out_of_stock,
    died_at_the_pivot,
    died_on_the_way_back,
    payment_away,
    shipping_away,
    behind_a_stuck_one,
    one_process,
    uneven,
];

/// What drawn worlds may contain.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("lamp", Yen(900))],
    most_customers: 8,
    most_pieces: 3,
    comes_again: true,
    // A hold lapses.
    edges: &[RESERVED_FOR],
    slow: SERVICES,
    slowest: Ms(400),
    away: SERVICES,
    longest_outage: Ms::hours(30),
    covers: true,
    ..Bounds::ONE_BOOK
};

const SERVICES: &[Service] = &[Service::Payment, Service::Inventory, Service::Shipping];

/// Two processes serve one customer, who orders one book for ¥1,200. A call takes 400 ms, 200 of them at the service;
/// meanwhile the same request gets `InFlight`. What goes wrong is whatever there is, for as long as a schedule
/// usually says: a pause takes ten minutes. Two processes with a job each take so many steps that the pairs with all other
/// lengths would be seven times as many worlds; those happen alone in all the worlds with a name, and up to four at a
/// time in those that are drawn. After three hours every message has arrived, and each job has run once more.
pub(crate) fn shop() -> Setup {
    where_anything_happens().suffers(|fault| VOCABULARY.contains(&fault))
}

/// The same shop, and whatever there is can go wrong, for however long.
pub(crate) fn where_anything_happens() -> Setup {
    Setup::new()
        .schema(SCHEMA)
        .instances(2)
        .stock([("book", 10), ("lamp", 10)])
        .ships()
        .keys_last(Ms::hours(30 * 24))
        .suffers(|_| true)
        .horizon(Ms::hours(3))
        .latency(Latency {
            processing: Ms(200),
            ..Latency::default()
        })
}

/// The shipper says no: everything has to go back.
fn undeliverable() -> Setup {
    where_anything_happens()
        .called("undeliverable")
        .given("order1/shipping.request#1: declined")
}

/// The warehouse says no.
fn out_of_stock() -> Setup {
    where_anything_happens()
        .called("out-of-stock")
        .given("order1/inventory.reserve#1: declined")
        .orders([(Ms::ZERO, lamps("order1", "bob", 1))])
        .begins_at(Ms::hours(9))
}

/// The process has died with the shipper's answer in its hands; whatever else goes wrong does so in its successor, or in
/// the other process.
fn died_at_the_pivot() -> Setup {
    where_anything_happens()
        .called("died-at-the-pivot")
        .given("order1/shipping.request#1: crash after")
}

/// It has died when it had just turned round.
fn died_on_the_way_back() -> Setup {
    where_anything_happens()
        .called("died-on-the-way-back")
        .given("order1/shipping.request#1: declined; order1/inventory.release#1: crash before")
        .begins_at(Ms::hours(23))
}

const A_WEEK: Ms = Ms::hours(7 * 24);

/// The payment provider goes down while the first charge is on its way, and stays so for half a day. Then both processes
/// ask at the same time.
fn payment_away() -> Setup {
    where_anything_happens()
        .called("payment-away")
        .outage(Service::Payment, Ms(50), Ms::hours(14))
        .orders(asks_again(Ms::hours(15)))
        .horizon(A_WEEK)
}

/// The answer of the shipper is lost, and then the shipper is down until long after the parcel has left.
fn shipping_away() -> Setup {
    where_anything_happens()
        .called("shipping-away")
        .given("order1/shipping.request#1: reply lost")
        .outage(Service::Shipping, Ms(1_700), Ms::hours(20))
        .orders(asks_again(Ms::hours(9)))
        .horizon(A_WEEK)
}

/// Ann's order cannot be delivered, and when her money has to go back, the payment provider is down for twelve hours.
/// Bob's needs the shipper alone by then, and its process dies.
fn behind_a_stuck_one() -> Setup {
    let orders = [
        (Ms::ZERO, lamps("order1", "ann", 1)),
        (Ms(300), lamps("order2", "bob", 1)),
    ];
    where_anything_happens()
        .called("behind-a-stuck-one")
        .given(ANN_IS_STUCK)
        .outage(Service::Payment, PAYMENT_GOES_DOWN, Ms::hours(12))
        .orders(orders)
        .invariant("kept waiting behind a stuck order", bob_is_served)
        .horizon(A_WEEK)
}

const ANN_IS_STUCK: &str =
    "order1/shipping.request#1: declined; order2@2/shipping.request#1: crash before";

/// If nothing else goes wrong, Bob's order has an end long before the payment provider is back: it was paid for before
/// that went down. (An order that has to go back needs the provider.)
fn bob_is_served(end: &Evidence) -> Option<Wrong> {
    let bobs = Name::of("order2");
    let given: Schedule = ANN_IS_STUCK.parse().ok()?;
    let mut fired = end.fired.faults().iter();
    let needs_the_shipper_alone = fired.all(|fault| given.faults().contains(fault))
        && end.held_at(bobs, PAYMENT_GOES_DOWN) > Yen(0)
        && end.status(bobs) == Some("confirmed");
    let mut books = end.books.iter().filter(|entered| entered.order == bobs);
    let confirmed = books.find(|entered| entered.status.as_deref() == Some("confirmed"))?;
    if !needs_the_shipper_alone || confirmed.at < Ms::hours(6) {
        return None;
    }
    let wrong = Wrong::expected("order2 is served within 6 h: nothing that it needs is away");
    Some(wrong.believes(format!("order2 was confirmed after {}", confirmed.at)))
}

/// When Bob's order has been paid for, and Ann's has not been refused yet.
const PAYMENT_GOES_DOWN: Ms = Ms(1_300);

/// One process only, as in the chapters before.
fn one_process() -> Setup {
    where_anything_happens()
        .called("one-process")
        .instances(1)
        .orders([(Ms::ZERO, lamps("order1", "cid", 2))])
}

/// The services are slow with one request, and fast with another: what was sent later may be answered first.
fn uneven() -> Setup {
    let latency = Latency {
        spread: Ms(300),
        ..Latency::default()
    };
    where_anything_happens()
        .called("uneven-services")
        .latency(latency)
        .orders([(Ms::ZERO, lamps("order1", "eve", 1))])
        .seed(7)
}

/// So many lamps, at ¥900.
fn lamps(id: &str, customer: &str, quantity: u32) -> Order {
    Order {
        sku: "lamp".to_owned(),
        customer: customer.to_owned(),
        quantity,
        ..Order::new(id, Yen(900 * u64::from(quantity)))
    }
}

/// The order is submitted, and again at this time.
fn asks_again(later: Ms) -> [(Ms, Order); 2] {
    [Ms::ZERO, later].map(|at| (at, Order::new("order1", Yen(1_200))))
}

/// The world of the demo: five orders, one of which cannot be delivered, and services that take 400 to 1,100 ms.
pub(crate) fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    where_anything_happens()
        .one_after_another(orders)
        .given("order3/shipping.request#1: declined")
        .latency(Latency {
            spread: Ms(700),
            ..Latency::default()
        })
        .seed(seed)
}
