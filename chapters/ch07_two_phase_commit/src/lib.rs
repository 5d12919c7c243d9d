//! Chapter 7: two-phase commit. This file only wires things up: the code that the chapter speaks of is in
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
/// The same flow as a saga, to compare with.
pub mod saga;
mod worlds;

use course::chapter::Chapter;
use course::demo::Demo;
use lab::Code;

pub use worlds::{AWAY, SCHEMA};

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: CODES,
    setup: worlds::shop,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// The demo: five customers want the same book, and the coordinator dies in the middle of the third order.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick("The two-phase commit demo: five orders for the same book, and a coordinator that dies in the third.", "2相コミットのデモ。同じ本に注文が5件。3件目で、コーディネータが落ちます。")
    },
    setup: worlds::five_orders,
    seed: 1,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken, saga;
    solution,
    right_all_at_once,
    right_ask_who_is_in_doubt,
    right_the_decision_is_a_row,
    right_the_orders_service_decides,
    right_ticker,
    wrong_abort_is_said_once,
    wrong_abort_what_is_in_doubt,
    wrong_another_try_after_a_no,
    wrong_any_answer_is_an_answer,
    wrong_card_authorisation,
    wrong_commit_what_is_in_doubt,
    wrong_count_from_one,
    wrong_decided_when_all_have_committed,
    wrong_forgotten_after_a_day,
    wrong_id_from_the_clock,
    wrong_no_begin_in_the_books,
    wrong_nobody_in_doubt_so_it_is_over,
    wrong_not_found_means_failed,
    wrong_old_commits_are_called_off,
    wrong_one_at_a_time,
    wrong_one_transaction_around_it_all,
    wrong_participants_may_give_up,
    wrong_restart_the_participant,
    wrong_silence_is_a_yes,
    wrong_stop_at_the_first_silence,
    wrong_the_coordinator_knows_best,
    wrong_the_job_aborts_what_is_open,
    wrong_the_job_locks_the_books,
    wrong_the_oldest_first,
    wrong_three_tries,
}
