//! What the order code of chapter 9 owes to its customers. `cargo test -p ch09` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use course::isolate::{Outcome, isolated};

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn silence_is_something_to_undo() -> Outcome {
        isolated(|| CHAPTER.story("order1/payment.charge#1: reply lost"))
    }

    #[test]
    fn a_crash_between_a_step_and_its_undo() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: crash after"))
    }

    #[test]
    fn an_undo_can_fail() -> Outcome {
        isolated(|| {
            CHAPTER.survives(
                "order1/shipping.request#1: declined; order1/payment.refund#1: request lost",
            )?;
            CHAPTER.survives(
                "order1/shipping.request#1: declined; order1/payment.refund#1: error before",
            )
        })
    }

    #[test]
    fn what_is_not_released_is_missing_on_the_shelf() -> Outcome {
        isolated(|| {
            CHAPTER.survives(
                "order1/shipping.request#1: declined; order1/inventory.release#1: request lost",
            )
        })
    }

    #[test]
    fn an_undo_may_overtake_its_step() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: request late 1h")?;
            CHAPTER.survives("order1/payment.charge#1: down 10m")?;
            CHAPTER.survives("order1/inventory.reserve#1: request late 1h")?;
            CHAPTER.survives("order1/inventory.confirm#1: request late 5m")
        })
    }

    #[test]
    fn behind_the_pivot_nothing_is_undone() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/shipping.request#1: reply lost")?;
            CHAPTER.survives("order1/shipping.request#1: error after")?;
            CHAPTER.survives("order1/shipping.request#1: request late 1h")?;
            CHAPTER.survives("order1/shipping.request#1: crash after")
        })
    }

    #[test]
    fn an_undo_run_twice_undoes_once() -> Outcome {
        isolated(|| {
            CHAPTER.survives(
                "order1/shipping.request#1: declined; order1/payment.refund#1: crash after",
            )?;
            CHAPTER.survives(
                "order1/shipping.request#1: declined; order1/payment.refund#1: reply lost",
            )?;
            CHAPTER.survives(
                "order1/shipping.request#1: declined; order1/payment.refund#1: request late 1h",
            )
        })
    }

    #[test]
    fn the_second_click_does_not_undo_the_first() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/submit#1: twice after 100ms")?;
            CHAPTER.survives("order1/submit#1: twice after 900ms")?;
            CHAPTER.survives("order1/submit#1: twice after 1300ms")
        })
    }

    #[test]
    fn whoever_clicks_again_on_a_calm_day_gets_the_parcel() -> Outcome {
        isolated(|| CHAPTER.in_world("impatient")?.survives(""))
    }

    #[test]
    fn who_has_turned_round_goes_on_back() -> Outcome {
        isolated(|| {
            CHAPTER.survives(
                "order1/shipping.request#1: declined; order1/inventory.release#1: crash after",
            )?;
            CHAPTER.survives(
                "order1/submit#1: twice after 1h; order1/shipping.request#1: declined; \
                 order1/payment.refund#1: crash after",
            )
        })
    }

    #[test]
    fn accepted_is_not_given_back() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("refunds-fail")?;
            chapter.survives("")?;
            // Nor does it matter how one gets to know.
            chapter.survives("order1/webhook.refund_failed#1: lost")
        })
    }

    #[test]
    fn the_same_news_twice_is_one_refund() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("refunds-fail")?;
            chapter.survives("order1/webhook.refund_failed#1: request twice after 300ms")?;
            chapter.survives("order1/webhook.refund_failed#1: late 1h")
        })
    }

    #[test]
    fn nobody_gives_up_before_it_is_undone() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("payment-away")?.survives("")?;
            CHAPTER.in_world("inventory-away")?.survives("")
        })
    }

    #[test]
    fn it_may_fail_more_often_than_anybody_counts() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("refunds-fail-again")?.survives("")?;
            CHAPTER.in_world("asks-every-half-hour")?.survives("")
        })
    }

    #[test]
    fn a_stuck_order_keeps_no_other_waiting() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("a-bad-night")?.survives("")?;
            CHAPTER.in_world("a-lamp-meanwhile")?.survives("")
        })
    }

    #[test]
    fn whose_parcel_leaves_pays_for_it() -> Outcome {
        isolated(|| CHAPTER.in_world("shipping-away")?.survives(""))
    }

    #[test]
    fn a_sunny_day_confirms_at_once() -> Outcome {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn a_no_takes_everything_back() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: declined")?;
            CHAPTER.survives("order1/inventory.reserve#1: declined")?;
            CHAPTER.survives("order1/shipping.request#1: declined")
        })
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn run_and_then_undone_is_as_if_it_had_never_happened() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("card-declined")?.every_schedule(1)?;
            CHAPTER.in_world("out-of-stock")?.every_schedule(1)?;
            CHAPTER.in_world("undeliverable")?.every_schedule(1)
        })
    }

    #[test]
    fn a_sale_in_between_stays_a_sale() -> Outcome {
        isolated(|| CHAPTER.in_world("a-sale-in-between")?.every_schedule(1))
    }

    #[test]
    fn a_refund_that_fails_is_owed_again() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("refunds-fail")?.every_schedule(1)?;
            CHAPTER.in_world("slow-refunds")?.every_schedule(1)
        })
    }

    #[test]
    fn whoever_is_away_is_asked_again_for_as_long_as_it_takes() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("payment-away")?.every_schedule(1)?;
            CHAPTER.in_world("inventory-away")?.every_schedule(1)?;
            CHAPTER.in_world("shipping-away")?.every_schedule(1)
        })
    }

    #[test]
    fn a_hold_that_has_lapsed_is_no_hold() -> Outcome {
        isolated(|| CHAPTER.in_world("a-hold-lapses")?.every_schedule(1))
    }

    #[test]
    fn every_order_goes_its_own_way() -> Outcome {
        isolated(|| CHAPTER.in_world("three-orders")?.every_schedule(1))
    }

    #[test]
    fn what_is_answered_first_need_not_be_what_was_sent_first() -> Outcome {
        isolated(|| CHAPTER.in_world("uneven-services")?.every_schedule(1))
    }

    #[test]
    fn whatever_happens_all_or_nothing_is_left() -> Outcome {
        isolated(|| CHAPTER.whatever_happens(4))
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
