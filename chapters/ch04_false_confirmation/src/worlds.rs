//! The worlds of this chapter: a shop, and a bank that settles later.

use lab::engine::network::Latency;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::services::PaymentRules;
use lab::setup::Setup;

/// The shop's tables. You may use `charge_key`, `placed_at` and the outbox or leave them empty.
pub const SCHEMA: &str = "
    CREATE TABLE orders (
        id         TEXT PRIMARY KEY,
        amount     INTEGER NOT NULL CHECK (amount > 0),
        status     TEXT NOT NULL,
        charge_key TEXT UNIQUE,
        placed_at  INTEGER
    ) STRICT;
    CREATE TABLE outbox (
        order_id   TEXT PRIMARY KEY REFERENCES orders (id),
        charge_key TEXT NOT NULL UNIQUE
    ) STRICT;
";

/// How long the bank takes on most days.
pub const USUALLY: Ms = Ms::seconds(30);

/// How long the bank takes on slow days.
pub const SLOWLY: Ms = Ms::hours(3);

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[three_orders, slow_bank, out_of_reach, back_again];

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
    edges: &[USUALLY, SLOWLY],
    slow: &[Service::Payment],
    away: &[Service::Payment],
    longest_outage: Ms::hours(60),
    settles: &[USUALLY, SLOWLY],
    covers: true,
    ..Bounds::ONE_BOOK
};

fn settling_after(span: Ms) -> Setup {
    Setup::new()
        .schema(SCHEMA)
        .keys_last(Ms::hours(30 * 24))
        .payment(PaymentRules {
            settles_after: Some(span),
            ..PaymentRules::default()
        })
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
    settling_after(USUALLY)
        .called("three-orders")
        .one_after_another(orders)
}

/// The bank takes three hours.
fn slow_bank() -> Setup {
    settling_after(SLOWLY).called("slow-bank")
}

/// The charge is accepted, and from then on the provider is out of reach for longer than anybody wants to wait. The
/// bank moves the money all the same, and the customer asks once more meanwhile.
fn out_of_reach() -> Setup {
    away_until(Ms::hours(10)).called("out-of-reach")
}

/// The same, but code that gives up late finds the provider back.
fn back_again() -> Setup {
    away_until(Ms::hours(8)).called("back-again")
}

fn away_until(end: Ms) -> Setup {
    let asks_again = [Ms::ZERO, Ms::hours(9)].map(|at| (at, Order::new("order1", Yen(1_200))));
    settling_after(USUALLY)
        .outage(Service::Payment, Ms::seconds(1), end)
        .orders(asks_again)
        .horizon(Ms::hours(36))
}

/// One to five books each; an account covers four of them.
pub(crate) fn five_orders(seed: u64) -> Setup {
    let price = Yen(1_200);
    let orders = (1..=5).map(|n| {
        let quantity = 1 + (2 * (seed % 5) * (n * n + 1) + n + 2) % 5;
        Order {
            quantity: quantity as u32,
            ..Order::new(&format!("order{n}"), Yen(quantity * price.0))
        }
    });
    Setup::new()
        .schema(SCHEMA)
        .one_after_another(orders)
        .latency(Latency {
            spread: Ms(300),
            ..Latency::default()
        })
        .payment(PaymentRules {
            settles_after: Some(USUALLY),
            named_ids: true,
            covers: Some(Yen(5_000)),
            ..PaymentRules::default()
        })
        .seed(seed)
}

/// The shop of the chapter's tests.
pub(crate) fn shop() -> Setup {
    settling_after(USUALLY)
}
