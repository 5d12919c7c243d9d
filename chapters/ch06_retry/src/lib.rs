//! Chapter 6: a retry runs it twice. This file only wires things up: the code that the chapter speaks of is in
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
    patterns: &["A", "B", "C", "D"],
    codes: CODES,
    setup: worlds::shop,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// The demo: five orders one after another, at services that take 200 to 1,200 ms.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick("The retry demo: five orders, services that take 200 to 1,200 ms, and a shop that tries three times, for 700 ms each.", "リトライのデモ。注文は5件。サービスの返事には200〜1,200 msかかり、お店は700 msずつ、3回まで試します。")
    },
    setup: worlds::five_orders,
    seed: 3,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_a_task_per_order,
    right_look_up,
    right_undo,
    wrong_a_key_a_day,
    wrong_a_key_for_ever,
    wrong_age_since_the_last_try,
    wrong_confirmed_before_the_parcel,
    wrong_declined_is_tried_anew,
    wrong_every_error_is_retried,
    wrong_fresh_key_after_an_error,
    wrong_gives_up_the_way_back,
    wrong_in_flight_is_success,
    wrong_key_in_memory,
    wrong_key_with_a_timestamp,
    wrong_look_before_you_ship,
    wrong_new_key_per_attempt,
    wrong_one_key_for_all,
    wrong_only_money_has_a_key,
    wrong_paid_is_as_good_as_confirmed,
    wrong_same_basket_same_order,
    wrong_undeliverable_is_tried_anew,
    wrong_used_up_to_the_last_minute,
}
