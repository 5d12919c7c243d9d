//! What the order code of chapter 1 owes to its customers. `cargo test -p ch01` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use course::isolate::{Outcome, isolated};
use lab::language::fault::Fault;

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn any_statement_may_fail() -> Outcome {
        isolated(|| CHAPTER.story_at_every_statement(Fault::Fails))
    }

    #[test]
    fn the_process_may_die_before_any_statement() -> Outcome {
        isolated(|| CHAPTER.survives_at_every_statement(Fault::CrashBefore))
    }

    #[test]
    fn the_process_may_die_after_any_statement() -> Outcome {
        isolated(|| CHAPTER.survives_at_every_statement(Fault::CrashAfter))
    }

    #[test]
    fn the_last_book_is_sold_once() -> Outcome {
        isolated(|| CHAPTER.in_world("last-book")?.survives(""))
    }

    #[test]
    fn a_commit_may_fail_after_it_took_effect() -> Outcome {
        isolated(|| CHAPTER.survives_at_every_statement(Fault::FailsAfter))
    }

    #[test]
    fn a_promise_outlives_the_process() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: crash after"))
    }

    #[test]
    fn a_calm_day_confirms_at_once() -> Outcome {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn a_double_click_is_one_order() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 100ms"))
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn whatever_happens_no_order_is_half_there() -> Outcome {
        isolated(|| CHAPTER.whatever_happens(4))
    }

    #[test]
    fn two_customers_at_once_change_nothing() -> Outcome {
        isolated(|| CHAPTER.in_world("last-book")?.every_schedule(2))
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
