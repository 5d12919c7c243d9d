//! Chapter 8: the notebook. This file only wires things up: the notebook that the chapter speaks of is in `broken.rs`,
//! yours is in `exercise.rs`, and the flow that both are about is in `flow.rs`. What a notebook is, and how it is graded, is in
//! `notebook.rs`.

// A notebook says `use lab::notebook::prelude::*;`, as when notebooks were part of the lab: a notebook begun then still
// compiles.
extern crate self as lab;

pub use saga_lab::prelude;

/// The notebook before any thinking.
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
pub mod flow;
pub mod notebook;
mod worlds;

use course::chapter::Chapter;
use course::demo::{Demo, Pages};
use notebook::{Entry, Grader, codes};
use saga_lab::Code;

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: &CODES,
    setup: worlds::shop,
    worlds: worlds::NAMED,
    bounds: Some(&worlds::BOUNDS),
    ..course::chapter!()
};

/// The chapter, as the tests of its three questions see it.
pub const GRADER: Grader = Grader {
    chapter: CHAPTER,
    notebooks: NOTEBOOKS,
};

/// The demo's pages: the whole notebook beside the runs, and each question of its own.
pub const PAGES: Pages = Pages {
    story: |code, style| GRADER.whole(code, style),
    about: |chapter, code, schedule, style| {
        let grader = Grader {
            chapter: *chapter,
            ..GRADER
        };
        grader.page(code, schedule, style)
    },
};

/// The demo: the whole notebook beside the runs.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: |language| {
        language.pick("The notebook demo: every prediction and every undo of your notebook, beside what the runs say.", "ノートのデモ。あなたの予想と戻し処理を全部、実際の実行と並べて見せます。")
    },
    setup: worlds::demo,
    seed: 0,
};

// The notebooks: the exercise first, then the one that the text speaks of, then the answers.
course::answers! {
    const NOTEBOOKS: &[Entry] = Entry::of::<MyNotebook>;
    exercise, broken;
    solution,
    right_let_the_rest_lapse,
    right_look_it_up_first,
    right_make_sure_then_refund,
    right_wait_while_it_is_in_flight,
    wrong_a_failed_undo_is_done,
    wrong_always_too_late,
    wrong_cancel_by_order,
    wrong_charge_again_to_find_out,
    wrong_gone_after_half_an_hour,
    wrong_in_flight_is_done,
    wrong_in_flight_is_too_late,
    wrong_it_lapses_by_itself,
    wrong_lapsed_by_the_clock,
    wrong_look_at_the_clock_first,
    wrong_not_found_means_never_charged,
    wrong_nothing_written_down,
    wrong_one_book_is_like_another,
    wrong_one_request_one_parcel,
    wrong_only_what_failed_diverges,
    wrong_plus_two,
    wrong_plus_two_if_it_was_heard,
    wrong_plus_two_under_a_key,
    wrong_refund_what_we_were_told_of,
    wrong_silence_is_done,
    wrong_the_clock_on_the_wall,
    wrong_the_price_of_one,
    wrong_the_warehouse_is_ours,
    wrong_too_late_is_done,
    wrong_void_under_a_new_key,
}

const CODES: [Code; NOTEBOOKS.len()] = codes(NOTEBOOKS);
