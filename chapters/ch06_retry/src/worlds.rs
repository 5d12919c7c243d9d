//! The worlds of this chapter: a shop, a bank and a shipper who remember a key for a day.

use lab::engine::network::Latency;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::services::{PaymentRules, REMEMBERED};
use lab::setup::Setup;

/// The shop's table. You may use the last three columns or leave them empty.
pub const SCHEMA: &str = "
    CREATE TABLE orders (
        id         TEXT PRIMARY KEY,
        customer   TEXT NOT NULL,
        sku        TEXT NOT NULL,
        quantity   INTEGER NOT NULL CHECK (quantity > 0),
        amount     INTEGER NOT NULL CHECK (amount > 0),
        status     TEXT NOT NULL,
        charge_key TEXT UNIQUE,
        ship_key   TEXT UNIQUE,
        placed_at  INTEGER
    ) STRICT;
";

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[
    two_orders,
    uneven,
    no_payment,
    no_shipping,
    nobody,
    nearly_a_day,
    nearly_a_day_at_the_shippers,
    two_days,
    midnight,
    unwritten,
    asks_every_half_hour,
];

/// What drawn worlds may contain: among others, outages that outlast a key.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[
        ("book", Yen(1_200)),
        ("pen", Yen(150)),
        ("atlas", Yen(3_400)),
    ],
    most_customers: 12,
    most_pieces: 3,
    comes_again: true,
    edges: &[REMEMBERED],
    slow: &[Service::Payment, Service::Shipping],
    // A slower service would answer nobody in time, and would have forgotten the key by the next attempt.
    slowest: Ms(400),
    away: &[Service::Payment, Service::Shipping],
    longest_outage: Ms::hours(60),
    covers: true,
    ..Bounds::ONE_BOOK
};

/// A call takes 600 ms, 400 of them at the service. The same request meanwhile gets `InFlight`.
pub(crate) fn shop() -> Setup {
    Setup::new()
        .schema(SCHEMA)
        .ships()
        .under_way_for(Ms::hours(1))
        .latency(Latency {
            processing: Ms(400),
            ..Latency::default()
        })
}

/// One customer buys the same book twice, on purpose.
fn two_orders() -> Setup {
    let orders = ["order1", "order2"].map(|id| Order {
        customer: "the same customer".to_owned(),
        ..Order::new(id, Yen(1_200))
    });
    shop().called("two-orders").one_after_another(orders)
}

/// The services are slow with one request, and fast with another: what was sent later may be answered first.
fn uneven() -> Setup {
    let latency = Latency {
        spread: Ms(500),
        ..Latency::default()
    };
    shop().called("uneven-services").latency(latency).seed(13)
}

/// From 300 ms on, the payment provider is down for a day and half an hour. By then it has forgotten its keys.
fn no_payment() -> Setup {
    shop()
        .called("no-payment-for-a-day")
        .outage(Service::Payment, Ms(300), A_DAY_AND_A_BIT)
        .orders(asks_again())
        .horizon(THREE_DAYS)
}

/// The same at the shipper, who has had time to receive one parcel.
fn no_shipping() -> Setup {
    shop()
        .called("no-shipping-for-a-day")
        .outage(Service::Shipping, Ms(900), A_DAY_AND_A_BIT)
        .orders(asks_again())
        .horizon(THREE_DAYS)
}

/// Both are down from the start. When they are back, code that looks up before it uses an old key asks both.
fn nobody() -> Setup {
    shop()
        .called("nobody-for-a-day")
        .outage(Service::Payment, Ms::ZERO, A_DAY_AND_A_BIT)
        .outage(Service::Shipping, Ms::ZERO, A_DAY_AND_A_BIT)
        .orders(asks_again())
        .horizon(THREE_DAYS)
}

/// The services remember a key for 24 hours.
const A_DAY_AND_A_BIT: Ms = Ms::minutes(24 * 60 + 30);

/// The answer to the first charge is lost, and then the payment provider is down until an hour before it forgets the
/// key. Then the customer asks again. A request sent now may be under way for an hour.
fn nearly_a_day() -> Setup {
    shop()
        .called("nearly-a-day")
        .given("order1/payment.charge#1: reply lost")
        .outage(Service::Payment, Ms(300), Ms::hours(23))
        .orders(asks_at([Ms::ZERO, NEARLY_A_DAY]))
        .horizon(THREE_DAYS)
}

/// The same at the shipper.
fn nearly_a_day_at_the_shippers() -> Setup {
    shop()
        .called("nearly-a-day-at-the-shippers")
        .given("order1/shipping.request#1: reply lost")
        .outage(Service::Shipping, Ms(900), Ms::hours(23))
        .orders(asks_at([Ms::ZERO, NEARLY_A_DAY]))
        .horizon(THREE_DAYS)
}

/// The payment provider has answered once, and is down for two days after that: longer than anybody counts attempts.
fn two_days() -> Setup {
    shop()
        .called("no-payment-for-two-days")
        .outage(Service::Payment, Ms(700), Ms::hours(50))
        .orders(asks_at([Ms::ZERO, Ms::hours(51)]))
        .horizon(Ms::hours(7 * 24))
}

/// The first attempt begins today, the second one tomorrow.
fn midnight() -> Setup {
    shop().called("midnight").begins_at(Ms::hours(24) - Ms(500))
}

/// The bank says no, and is down from then on, until it has forgotten the key. Code that could not store the no, or
/// died at that moment, can still look the charge up.
fn unwritten() -> Setup {
    shop()
        .called("declined-for-a-day")
        .given("order1/payment.charge#1: declined")
        .outage(Service::Payment, Ms(300), A_DAY_AND_A_BIT)
        .orders(asks_again())
        .horizon(THREE_DAYS)
}

/// The answer to the first charge is lost, and then the payment provider is down for two days. The customer asks every half
/// hour: more often than anybody counts.
fn asks_every_half_hour() -> Setup {
    let visits = (0..=110).map(|n| (Ms::minutes(30 * n), Order::new("order1", Yen(1_200))));
    shop()
        .called("asks-every-half-hour")
        .given("order1/payment.charge#1: reply lost")
        .outage(Service::Payment, Ms(300), Ms::hours(50))
        .orders(visits)
        .horizon(Ms::hours(7 * 24))
}

/// Some minutes after the last moment at which a key may still be used: a message may be late by an hour.
const NEARLY_A_DAY: Ms = Ms::minutes(23 * 60 + 10);

/// In the middle of the outage, and after it, the customer submits the same order again, to hear about it.
fn asks_again() -> [(Ms, Order); 3] {
    asks_at([Ms::ZERO, Ms::hours(12), Ms::hours(25)])
}

/// The same order, submitted at these times.
fn asks_at<const TIMES: usize>(times: [Ms; TIMES]) -> [(Ms, Order); TIMES] {
    times.map(|at| (at, Order::new("order1", Yen(1_200))))
}

/// Long enough for `recover` to run after the outage, and once more after that.
const THREE_DAYS: Ms = Ms::hours(72);

pub(crate) fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    Setup::new()
        .schema(SCHEMA)
        .ships()
        .one_after_another(orders)
        .latency(Latency {
            spread: Ms(1_000),
            ..Latency::default()
        })
        .payment(PaymentRules {
            named_ids: true,
            ..PaymentRules::default()
        })
        .seed(seed)
}
