//! Chapter 2: a rollback does not cross the border. This file only wires things up: the code that the chapter speaks
//! of is in `broken.rs`, and yours is in `exercise.rs`.

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
    patterns: &[],
    codes: CODES,
    setup: || calm_network().schema(schema!(10)),
    worlds: &[last_book, side_by_side],
    bounds: Some(&BOUNDS),
    ..course::chapter!()
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

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_a_box_before_and_after,
    right_key_from_the_order,
    right_money_first,
    right_one_hand_per_order,
    right_put_back_by_hand,
    right_write_until_it_works,
    wrong_a_key_makes_it_safe,
    wrong_any_row_will_do,
    wrong_audit_in_a_transaction,
    wrong_book_stays_taken,
    wrong_charge_after_the_commit,
    wrong_charge_last,
    wrong_job_gives_back_what_is_in_hand,
    wrong_look_once,
    wrong_nobody_comes_back,
    wrong_one_key_for_all_refunds,
    wrong_one_piece_goes_back,
    wrong_other_click_is_told_yes,
    wrong_refund_on_error,
    wrong_refunded_means_cancelled,
    wrong_refusals_are_tidied_up,
    wrong_replay_is_a_payment,
    wrong_the_no_is_forgotten,
    wrong_tidy_up_first,
    wrong_told_before_the_money_is_back,
    wrong_void_after_a_failed_commit,
}

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
