//! Chapter 1: one database is a peaceful world. This file only wires things up: the code that the chapter speaks of
//! is in `broken.rs`, and yours is in `exercise.rs`.

#[cfg(feature = "answers")]
pub mod answers;
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
    id: "ch01",
    directory: "chapters/ch01_one_database",
    section: "Half an order",
    patterns: &[],
    codes: CODES,
    setup: || {
        Setup::new()
            .schema(schema!(10 books, 10 pens))
            .without_payment()
    },
    worlds: &[last_book],
    bounds: Some(&BOUNDS),
    scenario: None,
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

const CODES: &[Code] = &[
    Code::of::<exercise::Checkout>("exercise"),
    Code::of::<broken::Checkout>("broken"),
    #[cfg(feature = "answers")]
    Code::of::<answers::solution::Checkout>("solution"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_compare_and_set::Checkout>("right_compare_and_set"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_finish_later::Checkout>("right_finish_later"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_look_first::Checkout>("right_look_first"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_one_desk::Checkout>("right_one_desk"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_trigger::Checkout>("right_trigger"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_try_again::Checkout>("right_try_again"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_constraint_means_sold_out::Checkout>(
        "wrong_constraint_means_sold_out",
    ),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_failed_commit_is_a_no::Checkout>("wrong_failed_commit_is_a_no"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_half_orders_are_taken_back::Checkout>(
        "wrong_half_orders_are_taken_back",
    ),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_history_afterwards::Checkout>("wrong_history_afterwards"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_log_and_go_on::Checkout>("wrong_log_and_go_on"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_look_before_begin::Checkout>("wrong_look_before_begin"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_one_no_stops_the_job::Checkout>("wrong_one_no_stops_the_job"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_one_statement_outside::Checkout>("wrong_one_statement_outside"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_recover_completes_it::Checkout>("wrong_recover_completes_it"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_recover_sweeps::Checkout>("wrong_recover_sweeps"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_same_basket::Checkout>("wrong_same_basket"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_second_click_hears_the_first::Checkout>(
        "wrong_second_click_hears_the_first",
    ),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_statistics_hold_the_lock::Checkout>("wrong_statistics_hold_the_lock"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_takes_what_is_there::Checkout>("wrong_takes_what_is_there"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_told_before_it_is_written::Checkout>(
        "wrong_told_before_it_is_written",
    ),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_undo_by_hand::Checkout>("wrong_undo_by_hand"),
];

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
