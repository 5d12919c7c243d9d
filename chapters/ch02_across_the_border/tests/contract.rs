//! What the order code of chapter 2 owes to its customers. `cargo test -p ch02` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use ch02::CHAPTER;
use lab::fault::Fault;
use lab::isolate::{Red, isolated};

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn no_rollback_brings_the_money_back() -> Red {
        isolated(|| CHAPTER.story_at_every_statement(Fault::Fails))
    }

    #[test]
    fn the_process_may_die_before_any_statement() -> Red {
        isolated(|| CHAPTER.survives_at_every_statement(Fault::CrashBefore))
    }

    #[test]
    fn the_process_may_die_after_any_statement() -> Red {
        isolated(|| CHAPTER.survives_at_every_statement(Fault::CrashAfter))
    }

    #[test]
    fn the_last_book_is_paid_for_once() -> Red {
        isolated(|| CHAPTER.in_world("last-book")?.survives(""))
    }

    // The eight fallacies of distributed computing, as the text tells them.

    #[test]
    fn the_network_is_not_reliable() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: reply lost"))
    }

    #[test]
    fn latency_is_not_zero() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: reply late 1500ms"))
    }

    #[test]
    fn bandwidth_is_not_infinite() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request twice after 300ms"))
    }

    #[test]
    fn the_network_is_not_secure() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request twice after 1h"))
    }

    #[test]
    fn the_topology_changes() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request late 1h"))
    }

    #[test]
    fn there_is_more_than_one_administrator() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: crash after"))
    }

    #[test]
    fn transport_is_not_free() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request late 1500ms"))
    }

    #[test]
    fn the_network_is_not_homogeneous() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: error after"))
    }

    // What must not get lost over all that.

    #[test]
    fn a_commit_may_fail_after_it_took_effect() -> Red {
        isolated(|| CHAPTER.survives_at_every_statement(Fault::FailsAfter))
    }

    #[test]
    fn a_refused_card_gives_the_book_back() -> Red {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: declined"))
    }

    #[test]
    fn a_refusal_stays_a_refusal() -> Red {
        isolated(|| {
            CHAPTER
                .in_world("last-book")?
                .survives("order1/payment.charge#1: declined; order2/submit#1: twice after 1h")
        })
    }

    #[test]
    fn a_refusal_is_nobody_elses_business() -> Red {
        isolated(|| {
            let chapter = CHAPTER.in_world("side-by-side")?;
            chapter.survives("order1/payment.charge#1: declined")?;
            chapter.survives("order2/payment.charge#1: declined")
        })
    }

    #[test]
    fn a_calm_day_confirms_at_once() -> Red {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn a_double_click_is_one_order() -> Red {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 100ms"))
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn whatever_happens_both_sides_agree_in_the_end() -> Red {
        isolated(|| CHAPTER.whatever_happens(4))
    }

    #[test]
    fn two_customers_change_nothing() -> Red {
        isolated(|| {
            CHAPTER.in_world("last-book")?.every_schedule(1)?;
            CHAPTER.in_world("side-by-side")?.every_schedule(1)
        })
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Red {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
