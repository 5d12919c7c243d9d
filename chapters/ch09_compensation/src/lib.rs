//! Chapter 9: prepare a way back. This file only wires things up: the code that the chapter speaks of is in
//! `broken.rs`, and yours is in `exercise.rs`.

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
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: CODES,
    setup: worlds::shop,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// The demo: five orders one after another, at services that take 400 to 1,100 ms; the first cannot be delivered.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick("The demo of the way back: five orders, services that take 400 to 1,100 ms, and a shipper who cannot deliver the first.", "戻り道のデモ。注文は5件。サービスの返事には400〜1,100 msかかり、1件目は届けられません。")
    },
    setup: worlds::five_orders,
    seed: 5,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_cancel_the_parcel,
    right_forward_first,
    right_let_it_lapse,
    right_state_machine,
    right_straight_line,
    right_worker,
    wrong_accepted_is_refunded,
    wrong_back_on_the_shelf_by_number,
    wrong_cancelled_is_written_first,
    wrong_first_failing_undo_ends_it,
    wrong_gives_up_after_ten_tries,
    wrong_it_lapses_by_itself,
    wrong_look_before_you_refund,
    wrong_not_found_means_nothing_to_undo,
    wrong_refund_again_with_each_webhook,
    wrong_refund_before_the_parcel_is_stopped,
    wrong_refund_under_a_fresh_key,
    wrong_second_run_goes_forward,
    wrong_the_loser_goes_back,
    wrong_too_late_is_done,
    wrong_undo_errors_are_logged,
    wrong_undo_registered_after_the_call,
    wrong_undo_what_answered_ok,
    wrong_undoes_behind_the_pivot,
}
