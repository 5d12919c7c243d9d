//! The worlds of this chapter: customers who have nothing to do with each other, and one stock of goods.

use lab::db::Storage;
use lab::engine::network::Latency;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::setup::Setup;

/// The shop's tables, with this many books in stock, and ten pens: nobody wants one, and code that forgets a WHERE
/// takes one. You may use `charge_key`, `held_until` and the table `reservations` or leave them empty.
macro_rules! schema {
    ($books:literal) => {
        concat!(
            "
    CREATE TABLE stock (
        sku        TEXT PRIMARY KEY,
        quantity   INTEGER NOT NULL CHECK (quantity >= 0)
    ) STRICT;
    CREATE TABLE orders (
        id         TEXT PRIMARY KEY,
        sku        TEXT NOT NULL REFERENCES stock (sku),
        quantity   INTEGER NOT NULL CHECK (quantity > 0),
        amount     INTEGER NOT NULL CHECK (amount > 0),
        status     TEXT NOT NULL,
        charge_key TEXT UNIQUE,
        held_until INTEGER
    ) STRICT;
    CREATE TABLE reservations (
        order_id   TEXT PRIMARY KEY REFERENCES orders (id),
        sku        TEXT NOT NULL REFERENCES stock (sku),
        quantity   INTEGER NOT NULL CHECK (quantity > 0),
        expires_at INTEGER NOT NULL
    ) STRICT;
    INSERT INTO stock (sku, quantity) VALUES ('book', ",
            $books,
            "), ('pen', 10);"
        )
    };
}

/// The shop's tables, and ten books.
pub const SCHEMA: &str = schema!(10);

/// The same tables, and one book.
const ONE_BOOK: &str = schema!(1);

/// The same tables, and a hundred books.
const MANY_BOOKS: &str = schema!(100);

/// The same tables, and two books.
const TWO_BOOKS: &str = schema!(2);

/// How long the shop may keep goods for somebody who has not paid.
pub const HOLD: Ms = Ms::minutes(15);

/// The worlds of the chapter's tests that have a name.
pub(crate) const NAMED: &[fn() -> Setup] = &[
    three_buyers,
    at_once,
    last_book,
    photo_finish,
    after_an_outage,
    before_an_outage,
    a_moment_later,
    comes_back,
    impatient,
    in_flight_at_the_end,
    while_the_job_undoes,
    out_of_reach,
    swept,
    rush,
];

/// What drawn worlds may contain. No outage is too long: the provider remembers a key for 30 days.
pub(crate) const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
    shelves: &[
        (ONE_BOOK, &[("book", 1), ("pen", 10)]),
        (TWO_BOOKS, &[("book", 2), ("pen", 10)]),
        (SCHEMA, &[("book", 10), ("pen", 10)]),
        (MANY_BOOKS, &[("book", 100), ("pen", 10)]),
    ],
    most_customers: 12,
    most_pieces: 3,
    comes_again: true,
    edges: &[HOLD],
    slow: &[Service::Payment],
    away: &[Service::Payment],
    longest_outage: Ms::hours(30),
    covers: true,
    ..Bounds::ONE_BOOK
};

/// Strangers, each of whom wants one book, at these times.
fn shop(schema: &'static str, arrivals: impl IntoIterator<Item = Ms>) -> Setup {
    let arrivals = arrivals.into_iter().enumerate();
    Setup::new()
        .schema(schema)
        .storage(Storage::WriteAheadLog)
        .keys_last(Ms::hours(30 * 24))
        .strangers(HOLD)
        .orders(arrivals.map(|(n, at)| (at, Order::new(&format!("order{}", n + 1), Yen(1_200)))))
}

/// Ten buyers, half a second apart. There is a book for everybody.
pub(crate) fn ten_buyers() -> Setup {
    shop(SCHEMA, (0..10).map(|n| Ms(500 * n)))
}

/// Two buyers whose payments overlap, and one who comes when a shop that died has just come up again.
fn three_buyers() -> Setup {
    shop(SCHEMA, [Ms(0), Ms(100), Ms(1_500)]).called("three-buyers")
}

/// One book, and two buyers in the same millisecond.
fn at_once() -> Setup {
    shop(ONE_BOOK, [Ms(0), Ms(0)]).called("at-once")
}

/// One book, and a second buyer twenty minutes after the first.
fn last_book() -> Setup {
    shop(ONE_BOOK, [Ms(0), Ms::minutes(20)]).called("last-book")
}

/// One book, and a second buyer who comes just after the sixteenth minute, when the first one's payment may be on its
/// way.
fn photo_finish() -> Setup {
    shop(ONE_BOOK, [Ms(0), Ms::minutes(16) + Ms(100)]).called("photo-finish")
}

/// The same two, and a payment provider that nobody can reach for the first quarter of an hour: the search tries its
/// faults where a reservation has run out.
fn after_an_outage() -> Setup {
    photo_finish()
        .outage(Service::Payment, Ms::ZERO, HOLD)
        .called("after-an-outage")
}

/// The same two, and a payment provider that can be reached once, and then not for an hour: what the first buyer has
/// been told must still be true when the second one comes.
fn before_an_outage() -> Setup {
    photo_finish()
        .outage(Service::Payment, Ms(300), Ms::hours(1))
        .called("before-an-outage")
}

/// One book, and a second buyer who comes while the first one's payment is under way.
fn a_moment_later() -> Setup {
    shop(ONE_BOOK, [Ms(0), Ms(50)]).called("a-moment-later")
}

/// Two books, and two buyers who cannot pay: the provider is out of reach. When their quarter of an hour is over, to
/// the millisecond, two others come and can. Half a minute later the first two try again.
fn comes_back() -> Setup {
    let order = |n: u64| Order::new(&format!("order{n}"), Yen(1_200));
    let again = HOLD + Ms::seconds(30);
    shop(TWO_BOOKS, [])
        .orders([
            (Ms(0), order(1)),
            (Ms(0), order(2)),
            (HOLD, order(3)),
            (HOLD + Ms(50), order(4)),
            (again, order(1)),
            (again, order(2)),
        ])
        .outage(Service::Payment, Ms::ZERO, HOLD)
        .called("comes-back")
}

/// One book, and a buyer who clicks again a minute before the quarter of an hour ends, and still cannot pay. That does
/// not extend it: the next buyer comes when it is over.
fn impatient() -> Setup {
    let order = |n: u64| Order::new(&format!("order{n}"), Yen(1_200));
    shop(ONE_BOOK, [])
        .orders([
            (Ms(0), order(1)),
            (HOLD - Ms::minutes(1), order(1)),
            (HOLD + Ms::seconds(45), order(2)),
        ])
        .outage(Service::Payment, Ms::ZERO, HOLD + Ms::seconds(30))
        .called("impatient")
}

/// One book. Its reservation runs out while the payment for it is under way, and somebody else comes in the middle.
fn in_flight_at_the_end() -> Setup {
    let order = |n: u64| Order::new(&format!("order{n}"), Yen(1_200));
    shop(ONE_BOOK, [])
        .orders([
            (Ms(0), order(1)),
            (HOLD - Ms(100), order(1)),
            (HOLD + Ms(50), order(2)),
        ])
        .outage(Service::Payment, Ms::ZERO, HOLD - Ms::minutes(1))
        .called("in-flight-at-the-end")
}

/// One book, and six pens, for people who cannot pay for a quarter of an hour. Meanwhile somebody else gets the book.
/// The periodic job finds seven open orders, one of which it must undo. Four others buy a pen each while it runs.
fn while_the_job_undoes() -> Setup {
    let book = |n: u64| Order::new(&format!("order{n}"), Yen(1_200));
    let pen = |n: u64| Order {
        sku: "pen".to_owned(),
        amount: Yen(150),
        ..book(n)
    };
    let run = Ms::minutes(16);
    let others = [run, run + run]
        .into_iter()
        .flat_map(|at| [at + Ms(100), at + Ms(300)])
        .zip(9..)
        .map(|(at, n)| (at, pen(n)));
    shop(ONE_BOOK, [])
        .orders(
            [(Ms(0), book(1))]
                .into_iter()
                .chain((2..8).map(|n| (Ms(0), pen(n))))
                .chain([(HOLD + Ms::seconds(30), book(8))])
                .chain(others),
        )
        .outage(Service::Payment, Ms::ZERO, HOLD)
        .called("while-the-job-undoes")
}

/// One book, whose first buyer can pay only when the second one has it. Before the money has gone back, the provider is
/// down again, for longer than anybody counts attempts.
fn out_of_reach() -> Setup {
    shop(ONE_BOOK, [Ms(0), HOLD + Ms::seconds(30)])
        .outage(Service::Payment, Ms::ZERO, HOLD)
        .outage(Service::Payment, HOLD + Ms(90_000), Ms::hours(40))
        .horizon(Ms::hours(5 * 24))
        .called("out-of-reach")
}

/// Two books, held for two buyers who cannot pay, and three pens, held for a third. When their quarter of an hour is
/// over, somebody comes who wants both books.
fn swept() -> Setup {
    let order = |n: u64, sku: &str, quantity, price| Order {
        sku: sku.to_owned(),
        quantity,
        ..Order::new(&format!("order{n}"), Yen(price))
    };
    shop(TWO_BOOKS, [])
        .orders([
            (Ms(0), order(1, "book", 1, 1_200)),
            (Ms(100), order(2, "book", 1, 1_200)),
            (Ms(200), order(3, "pen", 3, 450)),
            (HOLD + Ms::seconds(30), order(4, "book", 2, 2_400)),
        ])
        .outage(Service::Payment, Ms::ZERO, HOLD)
        .called("swept")
}

/// Sixty buyers in the same millisecond. There is a book for everybody.
fn rush() -> Setup {
    shop(MANY_BOOKS, [Ms(0); 60]).called("rush")
}

/// The world of the demo, with this seed.
pub(crate) fn demo(seed: u64) -> Setup {
    ten_buyers()
        .latency(Latency {
            spread: Ms(4_000),
            ..Latency::default()
        })
        .seed(seed)
}
