//! The worlds of this chapter: a shop, and a bank that always answers.

use lab::language::fault::Fault;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::setup::Setup;

/// The shop's three tables, with this many books in stock, and ten pens: code that forgets a WHERE takes one. You may
/// use `charge_key` or leave it empty.
macro_rules! schema {
    ($books:literal) => {
        concat!(
            include_str!("schema.sql"),
            "INSERT INTO stock (sku, quantity) VALUES ('book', ",
            $books,
            "), ('pen', 10);"
        )
    };
}

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[last_book, side_by_side];

/// What drawn worlds may contain. Few customers: code that keeps a transaction open during the bank's work keeps the
/// others waiting, and that is another chapter.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
    shelves: &[
        (schema!(10), &[("book", 10), ("pen", 10)]),
        (schema!(1), &[("book", 1), ("pen", 10)]),
        (schema!(3), &[("book", 3), ("pen", 10)]),
    ],
    most_customers: 2,
    most_pieces: 3,
    comes_again: true,
    covers: true,
    ..Bounds::ONE_BOOK
};

/// What can go wrong in this chapter: only what the shop can know about. Its own statements and commits fail, cards are
/// declined, and customers click twice. The network delivers, and the process lives; chapter 3 takes both away.
fn calm_network() -> Setup {
    Setup::new().keys_last(Ms::hours(30 * 24)).suffers(|fault| {
        matches!(
            fault,
            Fault::Fails | Fault::FailsAfter | Fault::Declined | Fault::Twice(_)
        )
    })
}

/// Two customers want the last book. The second one comes while the first one's payment is under way, and wants more pens
/// than there are, too.
fn last_book() -> Setup {
    let book = Order::new("order1", Yen(1_200));
    let same_book = Order::new("order2", Yen(1_200));
    let too_many_pens = Order {
        customer: same_book.customer.clone(),
        sku: "pen".to_owned(),
        quantity: 12,
        ..Order::new("order3", Yen(1_800))
    };
    calm_network()
        .called("last-book")
        .schema(schema!(1))
        .orders([
            (Ms::ZERO, book),
            (Ms(50), same_book),
            (Ms(120), too_many_pens),
        ])
}

/// Customers whose payments are under way at the same time: one wants a book, another two books, and the first one two pens
/// as well. There is enough of everything.
fn side_by_side() -> Setup {
    let book = Order::new("order1", Yen(1_200));
    let two_books = Order {
        quantity: 2,
        ..Order::new("order2", Yen(2_400))
    };
    let two_pens = Order {
        customer: book.customer.clone(),
        sku: "pen".to_owned(),
        quantity: 2,
        ..Order::new("order3", Yen(300))
    };
    calm_network()
        .called("side-by-side")
        .schema(schema!(10))
        .orders([(Ms::ZERO, book), (Ms(50), two_books), (Ms(120), two_pens)])
}

pub(crate) fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    Setup::new()
        .schema(schema!(3))
        .one_after_another(orders)
        .seed(seed)
}

/// The shop of the chapter's tests.
pub(crate) fn shop() -> Setup {
    calm_network().schema(schema!(10))
}
