//! Chapter 5: the transaction that waits. This file only wires things up: the code that the chapter speaks of
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

pub use worlds::{HOLD, SCHEMA};

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &["A", "B", "C"],
    codes: CODES,
    setup: worlds::ten_buyers,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// The demo: ten buyers, half a second apart, and a payment provider that is jammed.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick(
            "Ten buyers, half a second apart, at a payment provider that takes 200 to 4,200 ms.",
            "買い物客が10人、0.5秒おきにやってきます。決済会社の返事には200〜4,200 msかかります。",
        )
    },
    setup: worlds::demo,
    seed: 1,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_a_task_per_order,
    right_count_the_open_orders,
    right_hold_in_the_order,
    wrong_a_bigger_pool,
    wrong_a_click_after_a_no,
    wrong_a_click_renews_the_hold,
    wrong_abort_what_idles,
    wrong_call_inside_the_retry,
    wrong_checked_before_the_call,
    wrong_clean_up_at_the_start,
    wrong_confirmed_unchecked,
    wrong_expired_means_unpaid,
    wrong_frees_one_hold,
    wrong_locked_means_sold_out,
    wrong_more_patience_for_the_lock,
    wrong_no_expiry,
    wrong_one_at_a_time,
    wrong_read_call_write,
    wrong_statement_timeout,
    wrong_the_job_voids_inside_a_transaction,
    wrong_tried_for_a_day,
}
