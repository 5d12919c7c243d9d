//! Chapter 2: a rollback does not cross the border. This file only wires things up: the code that the chapter speaks
//! of is in `broken.rs`, and yours is in `exercise.rs`.

/// The code of the text, deliberately broken.
pub mod broken;
#[cfg(test)]
#[path = "../tests/contract.rs"]
mod contract;
/// Yours.
#[cfg(not(feature = "answers"))]
pub mod exercise;
// The course's own tests run the answers and never compile the learner's file.
#[cfg(feature = "answers")]
pub use broken as exercise;
mod worlds;

use course::chapter::Chapter;
use course::demo::Demo;
use lab::Code;

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &[],
    codes: CODES,
    setup: worlds::shop,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// Five orders one after another, and three books.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick("Five orders, one after another, three books in stock, and a payment provider that never fails.", "注文が5件、1件ずつ順番に。在庫は3冊で、決済会社は一度も失敗しません。")
    },
    setup: worlds::five_orders,
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
