//! Chapter 1: one database is a peaceful world. This file only wires things up: the code that the chapter speaks of
//! is in `broken.rs`, and yours is in `exercise.rs`.

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
        language.pick(
            "Five orders, one after another, and three books in stock.",
            "注文が5件、1件ずつ順番に。在庫は3冊です。",
        )
    },
    setup: worlds::five_orders,
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
