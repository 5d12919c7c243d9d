//! What the order code of chapter 2 owes to its customers. `cargo test -p ch02` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use course::isolate::{Outcome, isolated};
use lab::language::fault::Fault;

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn no_rollback_brings_the_money_back() -> Outcome {
        isolated(|| CHAPTER.story_at_every_statement(Fault::Fails))
    }

    #[test]
    fn a_commit_may_fail_after_it_took_effect() -> Outcome {
        isolated(|| CHAPTER.survives_at_every_statement(Fault::FailsAfter))
    }

    #[test]
    fn the_last_book_is_paid_for_once() -> Outcome {
        isolated(|| CHAPTER.in_world("last-book")?.survives(""))
    }

    #[test]
    fn a_refused_card_gives_the_book_back() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: declined"))
    }

    #[test]
    fn a_refusal_stays_a_refusal() -> Outcome {
        isolated(|| {
            CHAPTER
                .survives("order1/payment.charge#1: declined; order1/submit#1: twice after 1h")?;
            CHAPTER
                .in_world("last-book")?
                .survives("order1/payment.charge#1: declined; order2/submit#1: twice after 1h")
        })
    }

    #[test]
    fn a_refusal_that_is_not_written_down_is_not_told() -> Outcome {
        isolated(|| {
            // Right designs differ in which of their commits it is.
            for commit in ["order1/db.commit#1", "order1/db.commit#2"] {
                CHAPTER.survives(&format!(
                    "order1/payment.charge#1: declined; {commit}: fails; order1/submit#1: twice after 1h"
                ))?;
            }
            Ok(())
        })
    }

    #[test]
    fn a_refusal_is_nobody_elses_business() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("side-by-side")?;
            chapter.survives("order1/payment.charge#1: declined")?;
            chapter.survives("order2/payment.charge#1: declined")?;
            chapter.survives("order3/payment.charge#1: declined")
        })
    }

    // What must not get lost over all that.

    #[test]
    fn a_calm_day_confirms_at_once() -> Outcome {
        isolated(|| {
            CHAPTER.survives("")?;
            CHAPTER.in_world("side-by-side")?.survives("")
        })
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
    fn whatever_happens_both_sides_agree_in_the_end() -> Outcome {
        isolated(|| {
            CHAPTER.whatever_happens(4)?;
            CHAPTER.in_world("last-book")?.whatever_happens(4)?;
            CHAPTER.in_world("side-by-side")?.whatever_happens(4)
        })
    }

    #[test]
    fn two_customers_change_nothing() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("last-book")?.every_schedule(2)?;
            CHAPTER.in_world("side-by-side")?.every_schedule(2)
        })
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
