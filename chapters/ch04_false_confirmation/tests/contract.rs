//! What the order code of chapter 4 owes to its customers. `cargo test -p ch04` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use course::isolate::{Outcome, isolated};

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn accepted_is_not_paid() -> Outcome {
        isolated(|| CHAPTER.story("order1/payment.charge#1: declined"))
    }

    #[test]
    fn a_crash_forgets_what_was_only_spawned() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: crash before"))
    }

    #[test]
    fn a_lost_request_was_never_processed() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request lost"))
    }

    #[test]
    fn an_error_may_come_after_the_effect() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: error after"))
    }

    #[test]
    fn a_lost_webhook_leaves_nobody_waiting() -> Outcome {
        isolated(|| CHAPTER.survives("order1/webhook.captured#1: lost"))
    }

    #[test]
    fn a_no_can_get_lost_as_well_as_a_yes() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: declined; order1/webhook.declined#1: lost")
        })
    }

    #[test]
    fn a_webhook_hours_late_revives_nothing() -> Outcome {
        isolated(|| CHAPTER.survives("order1/webhook.captured#1: late 9h"))
    }

    #[test]
    fn a_webhook_may_come_twice() -> Outcome {
        isolated(|| CHAPTER.survives("order1/webhook.captured#1: request twice after 300ms"))
    }

    #[test]
    fn a_crash_may_come_with_the_webhook() -> Outcome {
        isolated(|| CHAPTER.survives("order1/webhook.captured#1: crash before"))
    }

    #[test]
    fn a_request_can_land_an_hour_later() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request late 1h"))
    }

    #[test]
    fn a_calm_day_ends_confirmed() -> Outcome {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn a_slow_bank_is_not_a_no() -> Outcome {
        isolated(|| CHAPTER.in_world("slow-bank")?.survives(""))
    }

    #[test]
    fn a_double_click_is_one_order() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 100ms"))
    }

    #[test]
    fn a_refusal_stays_a_refusal() -> Outcome {
        isolated(|| {
            CHAPTER
                .survives("order1/submit#1: twice after 1h; order1/payment.charge#1: declined")?;
            // Nor does it matter how the refusal arrived.
            CHAPTER.survives(
                "order1/submit#1: twice after 1h; order1/payment.charge#1: declined; \
                 order1/webhook.declined#1: lost",
            )
        })
    }

    #[test]
    fn who_asks_before_the_webhook_hears_the_truth() -> Outcome {
        isolated(|| {
            CHAPTER
                .survives("order1/submit#1: twice after 45s; order1/webhook.captured#1: lost")?;
            CHAPTER.survives(
                "order1/submit#1: twice after 45s; order1/payment.charge#1: declined; \
                 order1/webhook.declined#1: lost",
            )
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
    fn a_slow_bank_changes_nothing() -> Outcome {
        isolated(|| CHAPTER.in_world("slow-bank")?.every_schedule(1))
    }

    #[test]
    fn a_provider_out_of_reach_changes_nothing() -> Outcome {
        isolated(|| CHAPTER.in_world("out-of-reach")?.every_schedule(1))
    }

    #[test]
    fn a_provider_back_again_changes_nothing() -> Outcome {
        isolated(|| CHAPTER.in_world("back-again")?.every_schedule(1))
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
