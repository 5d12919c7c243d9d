//! What the order code of chapter 5 owes to its customers. `cargo test -p ch05` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use course::isolate::{Outcome, isolated};

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn nobody_waits_for_a_strangers_payment() -> Outcome {
        isolated(|| CHAPTER.story("order1/payment.charge#1: reply late 8s"))
    }

    #[test]
    fn one_lost_request_is_no_outage() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: request lost"))
    }

    #[test]
    fn it_may_hang_in_the_middle_of_the_rush() -> Outcome {
        isolated(|| CHAPTER.survives("order5/payment.charge#1: reply late 30s"))
    }

    #[test]
    fn two_may_hang_at_a_time() -> Outcome {
        isolated(|| {
            CHAPTER.survives(
                "order1/payment.charge#1: request lost; order2/payment.charge#1: request lost",
            )
        })
    }

    #[test]
    fn a_rush_is_no_reason_to_wait() -> Outcome {
        isolated(|| CHAPTER.in_world("rush")?.survives(""))
    }

    #[test]
    fn a_charge_that_lands_belongs_to_an_order() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: reply lost"))
    }

    #[test]
    fn a_crash_leaves_nothing_stuck() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: crash after"))
    }

    #[test]
    fn a_crash_before_the_call_leaves_nothing_stuck() -> Outcome {
        isolated(|| CHAPTER.survives("order1/payment.charge#1: crash before"))
    }

    #[test]
    fn a_reservation_that_nobody_pays_for_runs_out() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("last-book")?;
            chapter.survives("order1/payment.charge#1: down 19m")
        })
    }

    #[test]
    fn it_is_checked_again_when_the_money_comes() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("photo-finish")?;
            chapter.survives("order1/payment.charge#1: down 15m")
        })
    }

    #[test]
    fn a_click_does_not_make_it_longer() -> Outcome {
        isolated(|| CHAPTER.in_world("impatient")?.survives(""))
    }

    #[test]
    fn it_may_run_out_while_the_payment_is_under_way() -> Outcome {
        isolated(|| CHAPTER.in_world("in-flight-at-the-end")?.survives(""))
    }

    #[test]
    fn the_way_back_has_no_last_attempt() -> Outcome {
        isolated(|| CHAPTER.in_world("out-of-reach")?.survives(""))
    }

    #[test]
    fn all_that_has_run_out_is_there_again() -> Outcome {
        isolated(|| CHAPTER.in_world("swept")?.survives(""))
    }

    #[test]
    fn nor_does_anybody_wait_for_the_job() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("while-the-job-undoes")?;
            chapter.survives("")?;
            chapter.survives("recover/payment.charge#1: reply late 8s")?;
            chapter.survives("recover/payment.void#1: reply late 8s")
        })
    }

    #[test]
    fn a_calm_day_confirms_all_ten() -> Outcome {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn the_last_book_is_sold_once() -> Outcome {
        isolated(|| CHAPTER.in_world("at-once")?.survives(""))
    }

    #[test]
    fn first_come_first_served() -> Outcome {
        isolated(|| CHAPTER.in_world("a-moment-later")?.survives(""))
    }

    #[test]
    fn a_refused_card_gives_the_book_back() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("last-book")?;
            chapter.survives("order1/payment.charge#1: declined")
        })
    }

    #[test]
    fn a_double_click_is_one_order() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 100ms"))
    }

    #[test]
    fn a_refusal_stays_a_refusal() -> Outcome {
        isolated(|| {
            for later in ["30s", "1h"] {
                CHAPTER.survives(&format!(
                    "order1/submit#1: twice after {later}; order1/payment.charge#1: declined"
                ))?;
            }
            Ok(())
        })
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn whatever_happens_strangers_stay_strangers() -> Outcome {
        isolated(|| CHAPTER.whatever_happens(4))
    }

    #[test]
    fn whatever_happens_the_last_book_is_sold_once() -> Outcome {
        isolated(|| CHAPTER.in_world("photo-finish")?.whatever_happens(4))
    }

    #[test]
    fn one_fault_at_any_of_ten_buyers_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(1))
    }

    #[test]
    fn a_shop_that_comes_up_again_serves_at_once() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("three-buyers")?;
            chapter.every_schedule(1)?;
            chapter.whatever_happens(4)
        })
    }

    #[test]
    fn whatever_strikes_when_a_reservation_has_run_out_ends_well() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("after-an-outage")?.every_schedule(1)?;
            CHAPTER.in_world("before-an-outage")?.every_schedule(1)?;
            CHAPTER.in_world("in-flight-at-the-end")?.every_schedule(1)
        })
    }

    #[test]
    fn who_comes_back_hears_the_truth() -> Outcome {
        isolated(|| CHAPTER.in_world("comes-back")?.every_schedule(1))
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.in_world("at-once")?.every_schedule(2))
    }
}
