//! The worlds of this chapter: a shop, and a network that loses things.

use lab::engine::network::Latency;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::services::PaymentRules;
use lab::setup::Setup;

/// The shop's table. You may use `charge_key` or leave it empty.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[three_orders, slow_provider, asks_every_half_hour];

/// What drawn worlds may contain. No outage is too long: the provider remembers a key for 30 days.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[
        ("book", Yen(1_200)),
        ("pen", Yen(150)),
        ("atlas", Yen(3_400)),
    ],
    most_customers: 12,
    most_pieces: 3,
    comes_again: true,
    slow: &[Service::Payment],
    away: &[Service::Payment],
    longest_outage: Ms::hours(60),
    covers: true,
    ..Bounds::ONE_BOOK
};

pub(crate) fn shop() -> Setup {
    Setup::new().schema(SCHEMA).keys_last(Ms::hours(30 * 24))
}

/// One customer orders three times, one after the other: two things of one price, and one of another.
fn three_orders() -> Setup {
    let orders = [
        ("order1", Yen(1_200)),
        ("order2", Yen(3_400)),
        ("order3", Yen(1_200)),
    ];
    let orders = orders.map(|(id, amount)| Order {
        customer: "the same customer".to_owned(),
        ..Order::new(id, amount)
    });
    Setup::new()
        .called("three-orders")
        .schema(SCHEMA)
        .one_after_another(orders)
}

/// The payment provider works on a request for 400 ms. The same request meanwhile gets `InFlight`.
fn slow_provider() -> Setup {
    Setup::new()
        .called("slow-provider")
        .schema(SCHEMA)
        .latency(Latency {
            processing: Ms(400),
            ..Latency::default()
        })
}

/// The answer to the first charge is lost, and then the payment provider is away for two days. The customer asks every half
/// hour: more often than anybody counts.
fn asks_every_half_hour() -> Setup {
    let until = Ms::hours(50);
    let visits = (0..=100).map(|n| (Ms::minutes(30 * n), Order::new("order1", Yen(1_200))));
    shop()
        .called("asks-every-half-hour")
        .given("order1/payment.charge#1: reply lost")
        .outage(Service::Payment, Ms(300), until)
        .orders(visits)
        .horizon(Ms::hours(130))
}

pub(crate) fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    Setup::new()
        .schema(SCHEMA)
        .one_after_another(orders)
        .latency(Latency {
            spread: Ms(2_000),
            ..Latency::default()
        })
        .payment(PaymentRules {
            named_ids: true,
            ..PaymentRules::default()
        })
        .seed(seed)
}
