//! Chapter 4: accepted is not paid. This file only wires things up: the code that the chapter speaks of is in
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

pub use worlds::{SCHEMA, SLOWLY, USUALLY};

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &["A", "B"],
    codes: CODES,
    setup: worlds::shop,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// Five orders at a bank that takes half a minute, and accounts that do not cover all of them.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick(
            "Five orders, a bank that takes 30 s, and accounts that cover no more than ¥5,000.",
            "注文が5件。銀行の処理に30秒かかり、口座の残高は最大で¥5,000です。",
        )
    },
    setup: worlds::five_orders,
    seed: 1,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_ask_every_minute,
    right_give_up,
    right_hint,
    right_outbox,
    right_polling,
    right_ticker,
    wrong_a_second_click_begins_again,
    wrong_accepted_is_paid,
    wrong_another_key_after_a_no,
    wrong_ask_under_the_key_again,
    wrong_found_means_paid,
    wrong_give_up_by_the_clock,
    wrong_not_found_means_failed,
    wrong_one_order_per_run,
    wrong_one_transaction_for_the_job,
    wrong_only_good_news,
    wrong_outbox_apart,
    wrong_paid_then_charge,
    wrong_ship_on_acceptance,
    wrong_ship_per_webhook,
    wrong_slow_means_no,
    wrong_spawn_after_commit,
    wrong_told_before_known,
    wrong_told_while_undoing,
    wrong_void_before_deciding,
    wrong_wait_for_the_money,
    wrong_wait_for_the_webhook,
    wrong_webhook_revives,
}
