//! What the order code of chapter 3 owes to its customers. `cargo test -p ch03` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use course::isolate::{Outcome, isolated};

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn a_timeout_is_not_a_refusal() -> Outcome {
        isolated(|| CHAPTER.story("order1/payment.charge#1: reply late 1500ms"))
    }

    #[test]
    fn a_lost_reply_hides_a_success() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: reply lost"))
    }

    #[test]
    fn a_request_can_land_an_hour_later() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request late 1h"))
    }

    #[test]
    fn no_patience_is_long_enough() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request late 9h"))
    }

    #[test]
    fn an_error_may_come_after_the_effect() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: error after"))
    }

    #[test]
    fn a_crash_forgets_what_was_not_written_down() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: crash after"))
    }

    #[test]
    fn the_network_may_deliver_twice() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request twice after 300ms"))
    }

    #[test]
    fn an_old_request_may_be_played_again() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request twice after 1h"))
    }

    #[test]
    fn a_request_may_outlast_our_patience() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request late 1500ms"))
    }

    #[test]
    fn in_flight_is_not_an_answer() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("slow-provider")?;
            chapter
                .survives("order1/submit#1: twice after 100ms; order1/payment.charge#1: declined")
        })
    }

    #[test]
    fn no_number_of_tries_is_enough() -> Outcome {
        isolated(|| CHAPTER.in_world("asks-every-half-hour")?.survives(""))
    }

    #[test]
    fn a_calm_day_confirms_at_once() -> Outcome {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn a_refused_card_is_no_order() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: declined"))
    }

    #[test]
    fn a_lost_request_keeps_nobody_waiting_for_ever() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request lost"))
    }

    #[test]
    fn a_double_click_is_one_order() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 100ms"))
    }

    #[test]
    fn a_refusal_stays_a_refusal() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/submit#1: twice after 1h; order1/payment.charge#1: declined")
        })
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn whatever_happens_both_sides_agree_in_the_end() -> Outcome {
        isolated(|| CHAPTER.whatever_happens(4))
    }

    #[test]
    fn every_order_is_an_order_of_its_own() -> Outcome {
        isolated(|| CHAPTER.in_world("three-orders")?.every_schedule(1))
    }

    #[test]
    fn a_slow_provider_changes_nothing() -> Outcome {
        isolated(|| CHAPTER.in_world("slow-provider")?.every_schedule(1))
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
