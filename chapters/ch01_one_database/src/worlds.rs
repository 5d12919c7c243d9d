//! The worlds of this chapter: a shop with a database, and no services.

use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::setup::Setup;

/// The shop's three tables, with this much in stock. Nobody wants a pen; code that forgets a WHERE takes one.
macro_rules! schema {
    ($books:literal books $(, $pens:literal pens)?) => {
        concat!(
            include_str!("schema.sql"),
            "INSERT INTO stock (sku, quantity) VALUES ('book', ",
            $books,
            ")",
            $(", ('pen', ", $pens, ")",)?
            ";"
        )
    };
}

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[last_book];

/// What drawn worlds may contain.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
    shelves: &[
        (schema!(10 books, 10 pens), &[("book", 10), ("pen", 10)]),
        (schema!(1 books, 10 pens), &[("book", 1), ("pen", 10)]),
        (schema!(3 books, 2 pens), &[("book", 3), ("pen", 2)]),
        (schema!(5 books, 1 pens), &[("book", 5), ("pen", 1)]),
    ],
    most_customers: 12,
    most_pieces: 3,
    comes_again: true,
    ..Bounds::ONE_BOOK
};

/// Two customers want the same book, at the same moment, and it is the last one.
fn last_book() -> Setup {
    Setup::new()
        .called("last-book")
        .schema(schema!(1 books, 10 pens))
        .without_payment()
        .orders(["order1", "order2"].map(|id| (Ms::ZERO, Order::new(id, Yen(1_200)))))
}

pub(crate) fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    Setup::new()
        .schema(schema!(3 books))
        .without_payment()
        .one_after_another(orders)
        .seed(seed)
}

/// The shop of the chapter's tests.
pub(crate) fn shop() -> Setup {
    Setup::new()
        .schema(schema!(10 books, 10 pens))
        .without_payment()
}
