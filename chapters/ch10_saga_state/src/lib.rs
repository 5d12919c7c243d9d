//! Chapter 10: whoever dies knows where he was. This file only wires things up: the code that the chapter speaks of is in
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
/// The state diagram of the text.
#[cfg(feature = "answers")]
pub mod states;
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

/// The demo: five orders one after another, at services that take 400 to 1,100 ms, with two processes of the shop; the
/// third order cannot be delivered.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick(
            "The demo of a saga's state: five orders, two processes of the shop, services that take 400 to 1,100 ms.",
            "サガの状態のデモ。注文は5件、お店のプロセスは2つ。サービスの返事には400〜1,100 msかかります。",
        )
    },
    setup: worlds::five_orders,
    seed: 1,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_lease_with_fencing,
    right_log_of_events,
    right_stop_the_parcel,
    wrong_cancelled_before_the_last_undo,
    wrong_completions_only,
    wrong_direction_not_stored,
    wrong_intent_after_the_call,
    wrong_job_stops_at_the_first_error,
    wrong_lease_without_fencing,
    wrong_only_final_words_are_safe,
    wrong_restart_from_step_one,
    wrong_state_in_memory,
    wrong_the_clock_decides,
    wrong_update_without_where,
}
