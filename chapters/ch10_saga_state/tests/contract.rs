//! What the order code of chapter 10 owes to its customers. `cargo test -p ch10` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::CHAPTER;
use crate::worlds::where_anything_happens;
use course::chapter::Chapter;
use course::isolate::{Outcome, isolated};
use lab::language::fault::Fault;
use lab::language::time::Ms;

const A_PAUSE: Fault = Fault::Pauses(Ms::minutes(10));

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn in_doubt_is_not_the_same_as_never_started() -> Outcome {
        isolated(|| CHAPTER.story("order1/payment.charge#1: crash after"))
    }

    #[test]
    fn nor_is_it_for_goods_and_parcels() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/inventory.reserve#1: crash after")?;
            CHAPTER.survives("order1/inventory.confirm#1: crash after")?;
            CHAPTER.survives("order1/shipping.request#1: crash after")
        })
    }

    #[test]
    fn two_workers_wake_up_at_the_same_time() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.charge#1: down 10m")?;
            CHAPTER.survives("order1/shipping.request#1: down 10m")
        })
    }

    #[test]
    fn a_second_click_goes_to_the_other_process() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/submit#1: twice after 100ms")?;
            CHAPTER.survives("order1/submit#1: twice after 900ms")?;
            CHAPTER.survives("order1/submit#1: twice after 1300ms")?;
            CHAPTER.survives("order1/submit#1: twice after 1h")
        })
    }

    #[test]
    fn who_has_slept_has_been_overtaken() -> Outcome {
        isolated(|| CHAPTER.survives_at_every_step(A_PAUSE))
    }

    #[test]
    fn also_on_the_way_back() -> Outcome {
        isolated(|| {
            CHAPTER
                .in_world("undeliverable")?
                .survives_at_every_step(A_PAUSE)
        })
    }

    #[test]
    fn who_has_turned_round_goes_on_back() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("undeliverable")?;
            chapter.survives("order1/payment.void#1: crash after")?;
            chapter.survives("order1/inventory.release#1: crash after")?;
            chapter.survives("order1/payment.void#1: down 1h")
        })
    }

    #[test]
    fn a_crash_before_the_first_undo_changes_nothing() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("undeliverable")?;
            chapter.survives("order1/inventory.release#1: crash before")?;
            chapter.survives_at_every_step(Fault::CrashAfter)
        })
    }

    #[test]
    fn cancelled_is_the_last_thing_to_be_written() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("undeliverable")?;
            chapter.survives("order1/payment.void#1: request lost; order1/payment.void#2: request lost; order1/payment.void#3: request lost")?;
            chapter.survives("order1/inventory.release#1: down 10m")?;
            chapter.survives_at_every_step(Fault::CrashBefore)
        })
    }

    #[test]
    fn the_parcel_may_be_on_its_way() -> Outcome {
        isolated(|| CHAPTER.in_world("shipping-away")?.survives(""))
    }

    #[test]
    fn the_customer_hangs_up_and_the_order_goes_on() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/submit#1: hangs up after 300ms")?;
            CHAPTER.survives("order1/submit#1: hangs up after 1100ms")?;
            CHAPTER.survives("order1/submit#1: hangs up after 1500ms")?;
            let chapter = CHAPTER.in_world("undeliverable")?;
            chapter.survives("order1/submit#1: hangs up after 1900ms")
        })
    }

    #[test]
    fn whoever_takes_over_may_die_as_well() -> Outcome {
        isolated(|| {
            for world in ["died-at-the-pivot", "died-on-the-way-back"] {
                let chapter = CHAPTER.in_world(world)?;
                chapter.survives_at_every_step(Fault::CrashAfter)?;
                chapter.survives_at_every_step(Fault::CrashBefore)?;
            }
            Ok(())
        })
    }

    #[test]
    fn one_that_is_stuck_keeps_no_other_waiting() -> Outcome {
        isolated(|| CHAPTER.in_world("behind-a-stuck-one")?.survives(""))
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
    fn a_saga_ends_in_the_direction_it_has_decided_on() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("undeliverable")?.every_schedule(1)?;
            CHAPTER.in_world("out-of-stock")?.every_schedule(1)
        })
    }

    #[test]
    fn whatever_happens_to_whoever_takes_over() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("died-at-the-pivot")?.every_schedule(1)?;
            CHAPTER.in_world("died-on-the-way-back")?.every_schedule(1)
        })
    }

    #[test]
    fn however_long_somebody_is_away() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("payment-away")?.every_schedule(1)?;
            CHAPTER.in_world("shipping-away")?.every_schedule(1)
        })
    }

    #[test]
    fn nobody_waits_behind_a_stuck_order() -> Outcome {
        isolated(|| CHAPTER.in_world("behind-a-stuck-one")?.every_schedule(1))
    }

    #[test]
    fn one_process_alone_gets_through_as_well() -> Outcome {
        isolated(|| {
            CHAPTER.in_world("one-process")?.every_schedule(1)?;
            CHAPTER.in_world("uneven-services")?.every_schedule(1)
        })
    }

    #[test]
    fn whatever_happens_every_saga_ends() -> Outcome {
        isolated(|| {
            let chapter = Chapter {
                setup: where_anything_happens,
                ..CHAPTER
            };
            chapter.whatever_happens(4)
        })
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}
