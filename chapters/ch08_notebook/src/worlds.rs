//! The worlds of this chapter: a shop that did everything in one transaction, and has to take some of it back.

use crate::notebook::SCHEMA;
use saga_lab::language::message::Service;
use saga_lab::language::order::{Order, Yen};
use saga_lab::language::time::Ms;
use saga_lab::search::scenario::Bounds;
use saga_lab::services::REMEMBERED;
use saga_lab::setup::Setup;

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[
    || undone("undo-payment", Service::Payment),
    || undone_late("undo-payment-late", Service::Payment, Ms::hours(25)),
    || undone_twice("undo-payment-twice", Service::Payment),
    || undone_in_flight("undo-payment-in-flight", Service::Payment),
    || undone_for_all("undo-payment-for-all", Service::Payment),
    || undone("undo-inventory", Service::Inventory),
    || undone_late("undo-inventory-late", Service::Inventory, Ms::hours(1)),
    || undone_twice("undo-inventory-twice", Service::Inventory),
    || undone_in_flight("undo-inventory-in-flight", Service::Inventory),
    || undone_for_all("undo-inventory-for-all", Service::Inventory),
    || undone("undo-shipping", Service::Shipping),
    || undone_late("undo-shipping-late", Service::Shipping, Ms::hours(1)),
    || undone_twice("undo-shipping-twice", Service::Shipping),
    || undone_in_flight("undo-shipping-in-flight", Service::Shipping),
    || undone_for_all("undo-shipping-for-all", Service::Shipping),
];

/// What drawn worlds may contain: in each of them one step of every order is done and then cancelled.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
    most_customers: 5,
    most_pieces: 3,
    comes_again: true,
    // An unconfirmed reservation lapses, a parcel leaves, a key is forgotten.
    edges: &[Ms::minutes(15), Ms::minutes(30), REMEMBERED],
    slow: SERVICES,
    // An undo may take five seconds, and may have to ask more than once.
    slowest: Ms::seconds(1),
    away: SERVICES,
    longest_outage: Ms::hours(30),
    covers: true,
    undoes: SERVICES,
    ..Bounds::ONE_BOOK
};

const SERVICES: &[Service] = &[Service::Payment, Service::Inventory, Service::Shipping];

/// A shop that does everything in one transaction, and sends what it sells.
pub(crate) fn shop() -> Setup {
    one_order().stock([("book", 10), ("pen", 10)]).ships()
}

/// Two books for ¥2,400.
fn one_order() -> Setup {
    let order = Order {
        quantity: 2,
        ..Order::new("order1", Yen(2_400))
    };
    Setup::new().schema(SCHEMA).orders([(Ms::ZERO, order)])
}

/// The same order: one step is done, and cancelled a minute later.
fn undone(name: &'static str, step: Service) -> Setup {
    one_order()
        .only(step)
        .called(name)
        .undone(step, Ms::ZERO, 1)
}

/// It is cancelled this much later. Long enough for the undo to be asked, and once more after that.
fn undone_late(name: &'static str, step: Service, after: Ms) -> Setup {
    one_order()
        .only(step)
        .called(name)
        .undone(step, after, 1)
        .horizon(Ms::hours(72))
}

/// Its undo is run to its end twice.
fn undone_twice(name: &'static str, step: Service) -> Setup {
    one_order()
        .only(step)
        .called(name)
        .undone(step, Ms::ZERO, 2)
}

/// The service is slow, so that an undo can come while it works on the step.
fn undone_in_flight(name: &'static str, step: Service) -> Setup {
    undone(name, step).takes(step, Ms(400), Ms::ZERO)
}

/// Customers order other things than two books, at any time of day. And the service is down for half a day when they
/// change their minds.
fn undone_for_all(name: &'static str, step: Service) -> Setup {
    let books = Order {
        quantity: 2,
        ..Order::new("order1", Yen(2_400))
    };
    let pens = Order {
        sku: "pen".to_owned(),
        quantity: 3,
        ..Order::new("order2", Yen(450))
    };
    undone(name, step)
        .stock([("book", 10), ("pen", 10)])
        .orders([(Ms::ZERO, books), (Ms::seconds(20), pens)])
        .begins_at(Ms::hours(23))
        .outage(step, Ms::seconds(50), Ms::hours(13))
        .horizon(Ms::hours(72))
}

/// The world of the demo, with this seed.
pub(crate) fn demo(_: u64) -> Setup {
    shop()
}
