//! Chapter 2: a rollback does not cross the border. This file only wires things up: the code that the chapter speaks
//! of is in `broken.rs`, and yours is in `exercise.rs`.

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
use lab::language::fault::Fault;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::setup::Setup;

/// The shop's three tables, with so many books in stock, and ten pens: whoever forgets a WHERE takes one. `charge_key` is yours to use or to leave empty.
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

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    id: "ch02",
    directory: "chapters/ch02_across_the_border",
    section: "Everything but the money",
    patterns: &[],
    codes: CODES,
    setup: || calm_network().schema(schema!(10)),
    worlds: &[last_book, side_by_side],
    bounds: Some(&BOUNDS),
    scenario: None,
};

/// What the worlds that are drawn may contain. Few customers: whoever keeps a transaction open while the bank is at work
/// keeps the others waiting, and that is another chapter.
const BOUNDS: Bounds = Bounds {
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

/// Five orders one after another, and three books.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: "Five orders, one after another, three books in stock, and a payment provider that never fails.",
    setup: five_orders,
    seed: 1,
};

const CODES: &[Code] = &[
    Code::of::<exercise::Checkout>("exercise"),
    Code::of::<broken::Checkout>("broken"),
    #[cfg(feature = "answers")]
    Code::of::<answers::solution::Checkout>("solution"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_a_box_before_and_after::Checkout>("right_a_box_before_and_after"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_key_from_the_order::Checkout>("right_key_from_the_order"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_money_first::Checkout>("right_money_first"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_one_hand_per_order::Checkout>("right_one_hand_per_order"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_put_back_by_hand::Checkout>("right_put_back_by_hand"),
    #[cfg(feature = "answers")]
    Code::of::<answers::right_write_until_it_works::Checkout>("right_write_until_it_works"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_a_key_makes_it_safe::Checkout>("wrong_a_key_makes_it_safe"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_any_row_will_do::Checkout>("wrong_any_row_will_do"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_audit_in_a_transaction::Checkout>("wrong_audit_in_a_transaction"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_book_stays_taken::Checkout>("wrong_book_stays_taken"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_charge_after_the_commit::Checkout>("wrong_charge_after_the_commit"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_charge_last::Checkout>("wrong_charge_last"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_job_gives_back_what_is_in_hand::Checkout>(
        "wrong_job_gives_back_what_is_in_hand",
    ),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_look_once::Checkout>("wrong_look_once"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_nobody_comes_back::Checkout>("wrong_nobody_comes_back"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_one_key_for_all_refunds::Checkout>("wrong_one_key_for_all_refunds"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_one_piece_goes_back::Checkout>("wrong_one_piece_goes_back"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_other_click_is_told_yes::Checkout>("wrong_other_click_is_told_yes"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_refund_on_error::Checkout>("wrong_refund_on_error"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_refunded_means_cancelled::Checkout>("wrong_refunded_means_cancelled"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_refusals_are_tidied_up::Checkout>("wrong_refusals_are_tidied_up"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_replay_is_a_payment::Checkout>("wrong_replay_is_a_payment"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_the_no_is_forgotten::Checkout>("wrong_the_no_is_forgotten"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_tidy_up_first::Checkout>("wrong_tidy_up_first"),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_told_before_the_money_is_back::Checkout>(
        "wrong_told_before_the_money_is_back",
    ),
    #[cfg(feature = "answers")]
    Code::of::<answers::wrong_void_after_a_failed_commit::Checkout>(
        "wrong_void_after_a_failed_commit",
    ),
];

/// What can go wrong in this chapter: what the shop can know. Its own statements and commits fail, cards are declined, and
/// customers click twice. The network delivers, and the process lives; chapter 3 takes both away.
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

fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    Setup::new()
        .schema(schema!(3))
        .one_after_another(orders)
        .seed(seed)
}
