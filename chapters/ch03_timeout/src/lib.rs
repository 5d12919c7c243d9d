//! Chapter 3: a timeout does not mean failure. This file only wires things up: the code that the chapter speaks of
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

pub use worlds::SCHEMA;

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &["A"],
    codes: CODES,
    setup: worlds::shop,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// The timeout demo: five orders one after another, at a provider that takes 200 to 2,200 ms.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick("The timeout demo: five orders, a payment provider that takes 200 to 2,200 ms, and a shop that waits 700 ms.", "タイムアウトのデモ。注文は5件。決済会社の返事には200〜2,200 msかかり、お店は700 msまで待ちます。")
    },
    setup: worlds::five_orders,
    seed: 1,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_look_up,
    right_short_patience,
    right_ticker,
    right_void,
    right_worker,
    wrong_a_guard_voids_it,
    wrong_a_second_click_begins_again,
    wrong_a_task_outlives_its_request,
    wrong_an_error_is_a_no,
    wrong_another_card,
    wrong_dead_after_eight_tries,
    wrong_drop_the_call,
    wrong_in_flight_is_a_no,
    wrong_in_flight_is_success,
    wrong_key_in_memory,
    wrong_key_stored_after_the_call,
    wrong_last_attempt_decides,
    wrong_longer_timeout,
    wrong_look_then_write,
    wrong_look_up_once,
    wrong_new_key_per_attempt,
    wrong_no_intent_row,
    wrong_nobody_comes_back,
    wrong_old_means_failed,
    wrong_one_order_per_run,
    wrong_refund_at_once,
    wrong_same_price_same_purchase,
    wrong_told_before_known,
    wrong_told_before_the_void_is_heard,
    wrong_void_before_deciding,
    wrong_void_unheard,
}
