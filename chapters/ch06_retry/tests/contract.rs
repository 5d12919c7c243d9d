//! What the order code of chapter 6 owes to its customers. `cargo test -p ch06` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use course::isolate::{Outcome, isolated};

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn a_retry_is_a_second_charge() -> Outcome {
        isolated(|| CHAPTER.story("order1/payment.charge#1: reply late 1500ms"))
    }

    #[test]
    fn a_retry_is_a_second_parcel() -> Outcome {
        isolated(|| CHAPTER.survives("order1/shipping.request#1: reply lost"))
    }

    #[test]
    fn an_error_may_come_after_the_effect() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: error after")?;
            CHAPTER.survives("order1/shipping.request#1: error after")
        })
    }

    #[test]
    fn a_crash_forgets_a_key_that_was_not_written_down() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: crash after"))
    }

    #[test]
    fn a_crash_between_the_money_and_the_parcel() -> Outcome {
        isolated(|| CHAPTER.survives("order1/shipping.request#1: crash before"))
    }

    #[test]
    fn the_network_may_deliver_twice() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: request twice after 300ms")?;
            CHAPTER.survives("order1/shipping.request#1: request twice after 1h")
        })
    }

    #[test]
    fn a_late_request_is_still_on_its_way() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: request late 1h")?;
            CHAPTER.survives("order1/shipping.request#1: request late 1h")
        })
    }

    #[test]
    fn a_double_click_is_one_order() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 100ms"))
    }

    #[test]
    fn a_click_while_the_parcel_is_ordered() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 700ms"))
    }

    #[test]
    fn in_flight_is_not_an_answer() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("uneven-services")?;
            chapter.survives(
                "order1/submit#1: twice after 100ms; order1/payment.charge#1: declined",
            )?;
            chapter
                .survives("order1/submit#1: twice after 100ms; order1/shipping.request#1: declined")
        })
    }

    #[test]
    fn declined_is_final() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: declined")?;
            CHAPTER.survives("order1/submit#1: twice after 30s; order1/payment.charge#1: declined")
        })
    }

    #[test]
    fn an_undeliverable_parcel_gives_the_money_back() -> Outcome {
        isolated(|| CHAPTER.survives("order1/shipping.request#1: declined"))
    }

    #[test]
    fn two_orders_are_not_a_retry() -> Outcome {
        isolated(|| CHAPTER.in_world("two-orders")?.survives(""))
    }

    #[test]
    fn a_key_does_not_live_for_ever() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("no-payment-for-a-day")?;
            chapter.survives("order1/payment.charge#1: reply lost")
        })
    }

    #[test]
    fn nobody_gives_up_before_the_money_is_back() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("no-payment-for-two-days")?;
            chapter.survives("order1/payment.charge#1: reply lost")?;
            chapter.survives("order1/shipping.request#1: declined")?;
            // Nor does it matter how often somebody asks meanwhile.
            CHAPTER.in_world("asks-every-half-hour")?.survives("")
        })
    }

    #[test]
    fn tomorrow_it_is_still_the_same_order() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("midnight")?;
            chapter.survives("order1/payment.charge#1: request late 1500ms")
        })
    }

    #[test]
    fn a_no_outlives_its_key() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("no-payment-for-a-day")?;
            chapter.survives("order1/payment.charge#1: declined")
        })
    }

    #[test]
    fn nor_does_the_shippers() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("no-shipping-for-a-day")?;
            chapter.survives("order1/shipping.request#1: reply lost")
        })
    }

    #[test]
    fn a_calm_day_confirms_at_once() -> Outcome {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn a_lost_request_keeps_nobody_waiting_for_ever() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: request lost")?;
            CHAPTER.survives("order1/shipping.request#1: request lost")
        })
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn any_number_of_deliveries_is_as_good_as_one() -> Outcome {
        isolated(|| CHAPTER.any_number_of_deliveries(6))
    }

    #[test]
    fn whatever_happens_all_sides_agree_in_the_end() -> Outcome {
        isolated(|| CHAPTER.whatever_happens(4))
    }

    #[test]
    fn every_order_is_an_order_of_its_own() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("two-orders")?;
            chapter.every_schedule(1)?;
            chapter.any_number_of_deliveries(6)
        })
    }

    #[test]
    fn what_is_answered_first_need_not_be_what_was_sent_first() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("uneven-services")?;
            chapter.every_schedule(1)?;
            chapter.any_number_of_deliveries(6)
        })
    }

    #[test]
    fn an_outage_longer_than_a_key_lives_changes_nothing() -> Outcome {
        isolated(|| {
            CHAPTER
                .in_world("no-payment-for-a-day")?
                .every_schedule(1)?;
            CHAPTER
                .in_world("no-shipping-for-a-day")?
                .every_schedule(1)?;
            CHAPTER.in_world("nobody-for-a-day")?.every_schedule(1)?;
            CHAPTER.in_world("declined-for-a-day")?.every_schedule(1)?;
            CHAPTER
                .in_world("no-payment-for-two-days")?
                .every_schedule(1)
        })
    }

    #[test]
    fn what_is_sent_may_arrive_when_the_key_is_forgotten() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("nearly-a-day")?.every_schedule(1)?;
            CHAPTER
                .in_world("nearly-a-day-at-the-shippers")?
                .every_schedule(1)
        })
    }

    #[test]
    fn whatever_happens_at_midnight_it_is_the_same_order() -> Outcome {
        isolated(|| CHAPTER.in_world("midnight")?.every_schedule(1))
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
