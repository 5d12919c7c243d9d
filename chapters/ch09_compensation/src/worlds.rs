//! The worlds of this chapter: a shop that has to take some of its orders back.

use lab::engine::network::Latency;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::services::{PaymentRules, RESERVED_FOR, RefundsSettle, Voids};
use lab::setup::Setup;

/// The shop's tables. All but `id` and `status` is yours to use or to leave empty.
pub const SCHEMA: &str = "
    CREATE TABLE orders (
        id        TEXT PRIMARY KEY,
        customer  TEXT NOT NULL,
        sku       TEXT NOT NULL,
        quantity  INTEGER NOT NULL CHECK (quantity > 0),
        amount    INTEGER NOT NULL CHECK (amount > 0),
        status    TEXT NOT NULL,
        placed_at INTEGER
    ) STRICT;
    CREATE TABLE steps (
        order_id TEXT NOT NULL REFERENCES orders (id),
        step     TEXT NOT NULL,
        key      TEXT,
        undo_key TEXT,
        state    TEXT,
        PRIMARY KEY (order_id, step)
    ) STRICT;
";

/// What the shop may keep of a cancelled order's money.
const FEE: Yen = Yen(600);

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[
    card_declined,
    out_of_stock,
    undeliverable,
    a_sale_in_between,
    refunds_fail,
    slow_refunds,
    payment_away,
    inventory_away,
    shipping_away,
    a_hold_lapses,
    three_orders,
    uneven,
    impatient,
    refunds_fail_again,
    asks_every_half_hour,
    a_bad_night,
    a_lamp_meanwhile,
];

/// What drawn worlds may contain. Whatever is sold costs more than the fee; and no outage is too long: the services
/// remember a key for 30 days.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[
        ("book", Yen(1_200)),
        ("lamp", Yen(900)),
        ("atlas", Yen(3_400)),
    ],
    most_customers: 12,
    most_pieces: 3,
    comes_again: true,
    // A hold lapses, a parcel leaves.
    edges: &[RESERVED_FOR, Ms::minutes(30)],
    slow: SERVICES,
    slowest: Ms(400),
    away: SERVICES,
    longest_outage: Ms::hours(60),
    covers: true,
    refunds: &[
        RefundsSettle {
            after: Ms::seconds(30),
            failing: 0,
        },
        RefundsSettle {
            after: Ms::hours(3),
            failing: 1,
        },
        RefundsSettle {
            after: Ms::minutes(20),
            failing: 2,
        },
    ],
    ..Bounds::ONE_BOOK
};

const SERVICES: &[Service] = &[Service::Payment, Service::Inventory, Service::Shipping];

/// One customer orders one book for ¥1,200. A call takes 400 ms, 200 of them at the service; meanwhile the same request
/// gets `InFlight`.
pub(crate) fn shop() -> Setup {
    Setup::new()
        .schema(SCHEMA)
        .stock([("book", 10), ("lamp", 10), ("atlas", 10)])
        .ships()
        .cancelling_costs(FEE)
        .keys_last(Ms::hours(30 * 24))
        .under_way_for(Ms::hours(1))
        .payment(CARDS)
        .latency(Latency {
            processing: Ms(200),
            ..Latency::default()
        })
}

/// What is captured can no longer be voided, and has to be refunded.
const CARDS: PaymentRules = PaymentRules {
    settles_after: None,
    named_ids: false,
    covers: None,
    voids: Voids::UntilCaptured,
    refunds: None,
    tells_of_refunds: false,
};

/// The bank says no: the first step is refused.
fn card_declined() -> Setup {
    shop()
        .called("card-declined")
        .given("order1/payment.charge#1: declined")
        .orders([(Ms::ZERO, lamps("order1", "ann", 2))])
}

/// The warehouse says no: the money has to go back.
fn out_of_stock() -> Setup {
    shop()
        .called("out-of-stock")
        .given("order1/inventory.reserve#1: declined")
        .orders([(Ms::ZERO, lamps("order1", "bob", 1))])
        .begins_at(Ms::hours(9))
}

/// The shipper says no: everything has to go back.
fn undeliverable() -> Setup {
    shop()
        .called("undeliverable")
        .given("order1/shipping.request#1: declined")
}

/// Three books are left. Ann's two cannot be delivered. Before they are back on the shelf, Bob buys the third; then
/// somebody asks for one at the counter, again and again.
fn a_sale_in_between() -> Setup {
    let two = Order {
        customer: "ann".to_owned(),
        quantity: 2,
        ..Order::new("order1", Yen(2_400))
    };
    let one = Order {
        customer: "bob".to_owned(),
        ..Order::new("order2", Yen(1_200))
    };
    shop()
        .called("a-sale-in-between")
        .stock([("book", 3)])
        .given("order1/shipping.request#1: declined")
        .orders([(Ms::ZERO, two), (Ms(900), one)])
        .counter([Ms(1_500), Ms::seconds(4), Ms::minutes(3)])
        .begins_at(Ms::hours(14))
}

/// The bank takes three hours over a refund, and sends the first one back. It is close to midnight.
fn refunds_fail() -> Setup {
    refunds_settle(Ms::hours(3), 1)
        .called("refunds-fail")
        .begins_at(Ms::hours(23))
}

/// A refund takes ten minutes, and the customer asks for news meanwhile.
fn slow_refunds() -> Setup {
    let asks = [Ms::ZERO, Ms::minutes(5), Ms::hours(20)];
    refunds_settle(Ms::minutes(10), 0)
        .called("slow-refunds")
        .orders(asks.map(|at| (at, lamps("order1", "cid", 3))))
}

/// The order is undeliverable, so there is something to refund; and the provider tells by webhook what has become of it.
fn refunds_settle(after: Ms, failing: u32) -> Setup {
    shop()
        .payment(PaymentRules {
            refunds: Some(RefundsSettle { after, failing }),
            tells_of_refunds: true,
            ..CARDS
        })
        .given("order1/shipping.request#1: declined")
        .horizon(Ms::hours(36))
}

/// The order is undeliverable, and when its money has to go back, the payment provider has been down for half a second
/// and stays so for two days: for longer than anybody counts attempts.
fn payment_away() -> Setup {
    shop()
        .called("payment-away")
        .given("order1/shipping.request#1: declined")
        .outage(Service::Payment, Ms(1_000), Ms::hours(50))
        .orders(asks_again(Ms::hours(51)))
        .horizon(A_WEEK)
}

/// The same at the warehouse, which still holds the goods.
fn inventory_away() -> Setup {
    shop()
        .called("inventory-away")
        .given("order1/shipping.request#1: declined")
        .outage(Service::Inventory, Ms(1_250), Ms::hours(45))
        .orders(asks_again(Ms::hours(30)))
        .horizon(A_WEEK)
}

/// The answer of the shipper is lost, and then the shipper is down until long after the parcel has left.
fn shipping_away() -> Setup {
    shop()
        .called("shipping-away")
        .given("order1/shipping.request#1: reply lost")
        .outage(Service::Shipping, Ms(1_500), Ms::hours(40))
        .orders(asks_again(Ms::hours(41)))
        .horizon(A_WEEK)
}

const A_WEEK: Ms = Ms::hours(7 * 24);

/// The goods are set aside, and before that can be made final the warehouse is down for longer than a hold lasts.
fn a_hold_lapses() -> Setup {
    shop()
        .called("a-hold-lapses")
        .outage(Service::Inventory, Ms(850), Ms::minutes(40))
        .orders([(Ms::ZERO, lamps("order1", "dora", 1))])
        .begins_at(Ms::hours(18))
}

/// Three customers: the first one's order cannot be delivered, and its refund fails at first; the last one's card is
/// declined.
fn three_orders() -> Setup {
    let atlas = Order {
        sku: "atlas".to_owned(),
        customer: "bob".to_owned(),
        ..Order::new("order2", Yen(3_400))
    };
    let orders = [
        (Ms::ZERO, lamps("order1", "ann", 1)),
        (Ms(300), atlas),
        (Ms::seconds(50), lamps("order3", "ann", 2)),
    ];
    refunds_settle(Ms::hours(1), 1)
        .called("three-orders")
        .given("order1/shipping.request#1: declined; order3/payment.charge#1: declined")
        .orders(orders)
        .outage(Service::Inventory, Ms::seconds(55), Ms::hours(2))
}

/// The services are slow with one request, and fast with another: what was sent later may be answered first.
fn uneven() -> Setup {
    let latency = Latency {
        spread: Ms(300),
        ..Latency::default()
    };
    shop()
        .called("uneven-services")
        .latency(latency)
        .orders([(Ms::ZERO, lamps("order1", "eve", 1))])
        .seed(7)
}

/// A calm day, and a customer who clicks four times.
fn impatient() -> Setup {
    let clicks = [Ms::ZERO, Ms::ZERO, Ms(100), Ms(900)];
    shop()
        .called("impatient")
        .orders(clicks.map(|at| (at, lamps("order1", "gus", 2))))
        .begins_at(Ms::hours(12))
}

/// The bank sends six refunds back, one after the other.
fn refunds_fail_again() -> Setup {
    refunds_settle(Ms::seconds(30), 6)
        .called("refunds-fail-again")
        .orders([(Ms::ZERO, lamps("order1", "finn", 3))])
        .begins_at(Ms::hours(16))
}

/// Three times a service is away for two days, and the customer whose order is stuck asks for it every half hour: once it
/// is the money that has to go back, once the goods, and once the parcel whose answer is lost.
fn asks_every_half_hour() -> Setup {
    let away = [
        (Service::Payment, Ms(1_000), Ms::ZERO, Ms::hours(50)),
        (Service::Inventory, Ms(1_250), Ms::hours(60), Ms::hours(110)),
        (Service::Shipping, Ms(1_500), Ms::hours(120), Ms::hours(165)),
    ];
    let ids = ["order1", "order2", "order3"];
    let mut visits = Vec::new();
    for (id, (_, _, from, until)) in ids.into_iter().zip(away) {
        let mut at = from;
        while at <= until {
            visits.push((at, Order::new(id, Yen(1_200))));
            at = at + Ms::minutes(30);
        }
    }
    let calm = shop()
        .called("asks-every-half-hour")
        .given(
            "order1/shipping.request#1: declined; order2/shipping.request#1: declined; \
             order3/shipping.request#1: reply lost",
        )
        .orders(visits)
        .horizon(Ms::hours(300));
    away.into_iter()
        .fold(calm, |setup, (service, after, from, until)| {
            setup.outage(service, from + after, until)
        })
}

/// The books are sold out, and twelve customers have paid for one when the payment provider goes down for ten hours.
fn a_bad_night() -> Setup {
    let customers = [
        "ann", "bob", "cid", "dora", "eve", "finn", "gus", "hal", "ida", "jo", "kim", "lea",
    ];
    let in_vain = customers.into_iter().zip(1..).map(|(customer, n)| {
        let order = Order {
            customer: customer.to_owned(),
            ..Order::new(&format!("order{n}"), Yen(1_200))
        };
        (Ms(20 * (n - 1)), order)
    });
    sold_out("a-bad-night")
        .payment(taking(Ms::seconds(30)))
        .orders(in_vain)
        .outage(Service::Payment, Ms(750), Ms::hours(10))
        .begins_at(Ms::hours(20))
        .horizon(A_WEEK)
}

/// The books are sold out. The bank takes three hours to give the money for one back, and meanwhile somebody wants a lamp.
fn a_lamp_meanwhile() -> Setup {
    let orders = [
        (Ms::ZERO, Order::new("order1", Yen(1_200))),
        (Ms::hours(1), lamps("order2", "max", 1)),
    ];
    sold_out("a-lamp-meanwhile")
        .payment(taking(Ms::hours(3)))
        .orders(orders)
}

/// A world without books.
fn sold_out(name: &'static str) -> Setup {
    shop().called(name).stock([("book", 0), ("lamp", 10)])
}

/// A bank that takes so long over a refund.
const fn taking(after: Ms) -> PaymentRules {
    PaymentRules {
        refunds: Some(RefundsSettle { after, failing: 0 }),
        ..CARDS
    }
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

/// The world of the demo: the first of five orders cannot be delivered, and services take 400 to 1,100 ms.
pub(crate) fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    shop()
        .one_after_another(orders)
        .given("order1/shipping.request#1: declined")
        .latency(Latency {
            spread: Ms(700),
            ..Latency::default()
        })
        .payment(PaymentRules {
            named_ids: true,
            ..CARDS
        })
        .seed(seed)
}
