//! Chapter 1: one database is a peaceful world. This file only wires things up: the code that the chapter speaks of
//! is in `broken.rs`, and yours is in `exercise.rs`.

/// The code of the text, deliberately broken.
pub mod broken;
/// Yours.
#[cfg(not(feature = "answers"))]
pub mod exercise;
// The course's own tests run the answers and never compile the learner's file.
#[cfg(feature = "answers")]
pub use broken as exercise;

use course::chapter::Chapter;
use course::demo::Demo;
use lab::flow::Code;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::setup::Setup;

/// The shop's three tables, with so much in stock. Nobody wants a pen, and whoever forgets a WHERE takes one.
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

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &[],
    codes: CODES,
    setup: || {
        Setup::new()
            .schema(schema!(10 books, 10 pens))
            .without_payment()
    },
    worlds: &[last_book],
    bounds: Some(&BOUNDS),
    ..course::chapter!()
};

/// What the worlds that are drawn may contain.
const BOUNDS: Bounds = Bounds {
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

/// Five orders one after another, and three books.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: "Five orders, one after another, and three books in stock.",
    setup: five_orders,
    seed: 1,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_compare_and_set,
    right_finish_later,
    right_look_first,
    right_one_desk,
    right_trigger,
    right_try_again,
    wrong_constraint_means_sold_out,
    wrong_failed_commit_is_a_no,
    wrong_half_orders_are_taken_back,
    wrong_history_afterwards,
    wrong_log_and_go_on,
    wrong_look_before_begin,
    wrong_one_no_stops_the_job,
    wrong_one_statement_outside,
    wrong_recover_completes_it,
    wrong_recover_sweeps,
    wrong_same_basket,
    wrong_second_click_hears_the_first,
    wrong_statistics_hold_the_lock,
    wrong_takes_what_is_there,
    wrong_told_before_it_is_written,
    wrong_undo_by_hand,
}

/// Two customers want the same book, at the same moment, and it is the last one.
fn last_book() -> Setup {
    Setup::new()
        .called("last-book")
        .schema(schema!(1 books, 10 pens))
        .without_payment()
        .orders(["order1", "order2"].map(|id| (Ms::ZERO, Order::new(id, Yen(1_200)))))
}

fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    Setup::new()
        .schema(schema!(3 books))
        .without_payment()
        .one_after_another(orders)
        .seed(seed)
}
