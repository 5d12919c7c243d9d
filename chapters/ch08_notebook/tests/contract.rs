//! What the lab checks in a notebook. `cargo test -p ch08` is red until you have thought again and filled in
//! `src/exercise.rs`; that is the course.

use crate::notebook::Remote::{self, Inventory, Payment, Shipping};
use crate::notebook::When;
use crate::notebook::question::{FlowStep, Mishap};
use crate::{CHAPTER, GRADER};
use course::isolate::{Outcome, isolated};
use saga_lab::language::fault::Fault;
use saga_lab::language::time::Ms;

/// Q1: which step does our rollback take back?
mod boundaries {
    use super::*;

    #[test]
    fn the_order_is_a_row_of_our_own() -> Outcome {
        isolated(|| GRADER.boundary(FlowStep::Order))
    }

    #[test]
    fn the_payment_has_a_ledger_of_its_own() -> Outcome {
        isolated(|| GRADER.story_of_a_boundary(FlowStep::Payment))
    }

    #[test]
    fn the_warehouse_has_a_ledger_of_its_own() -> Outcome {
        isolated(|| GRADER.boundary(FlowStep::Inventory))
    }

    #[test]
    fn the_shipper_has_a_ledger_of_its_own() -> Outcome {
        isolated(|| GRADER.boundary(FlowStep::Shipping))
    }
}

/// Q2: what does each side know, and what diverges?
mod divergences {
    use super::*;

    #[test]
    fn the_payment_succeeded_and_we_timed_out() -> Outcome {
        isolated(|| GRADER.divergence(Mishap::PaymentTimedOut))
    }

    #[test]
    fn the_reservation_succeeded_and_no_reply_came() -> Outcome {
        isolated(|| GRADER.divergence(Mishap::ReservationUnanswered))
    }

    #[test]
    fn the_shipping_request_was_delivered_twice() -> Outcome {
        isolated(|| GRADER.divergence(Mishap::ShippedTwice))
    }
}

/// Q3: one undo for each step, and until when it works.
mod compensations {
    use super::*;

    #[test]
    fn money_undone_in_time_is_back() -> Outcome {
        isolated(|| GRADER.undone(Payment, When::InTime))
    }

    #[test]
    fn money_undone_a_day_late_is_back() -> Outcome {
        isolated(|| GRADER.undone(Payment, When::Late))
    }

    #[test]
    fn money_undone_twice_is_back_once() -> Outcome {
        isolated(|| GRADER.undone(Payment, When::Twice))
    }

    #[test]
    fn money_undone_before_it_moved_never_moves() -> Outcome {
        isolated(|| GRADER.story_of_an_undo(Payment, When::BeforeItArrives))
    }

    #[test]
    fn money_that_is_just_moving_comes_back() -> Outcome {
        isolated(|| GRADER.undone(Payment, When::InFlight))
    }

    #[test]
    fn money_nobody_told_us_of_is_back() -> Outcome {
        isolated(|| GRADER.undone(Payment, When::ReplyLost))
    }

    #[test]
    fn everybodys_money_is_back() -> Outcome {
        isolated(|| for_all("undo-payment-for-all"))
    }

    #[test]
    fn an_undo_of_money_may_itself_go_wrong() -> Outcome {
        isolated(|| go_wrong(Payment))
    }

    #[test]
    fn money_has_no_point_of_no_return() -> Outcome {
        isolated(|| GRADER.until(Payment))
    }

    #[test]
    fn books_undone_in_time_are_back() -> Outcome {
        isolated(|| GRADER.undone(Inventory, When::InTime))
    }

    #[test]
    fn books_undone_an_hour_late_are_back() -> Outcome {
        isolated(|| {
            GRADER.undone(Inventory, When::Late)?;
            // Nobody confirmed this one. It has lapsed by itself by the time the undo comes.
            let late = CHAPTER.in_world("undo-inventory-late")?;
            late.survives("order1/inventory.reserve#1: reply lost")
        })
    }

    #[test]
    fn books_undone_twice_are_back_once() -> Outcome {
        isolated(|| GRADER.undone(Inventory, When::Twice))
    }

    #[test]
    fn books_undone_before_they_were_taken_stay() -> Outcome {
        isolated(|| GRADER.undone(Inventory, When::BeforeItArrives))
    }

    #[test]
    fn books_that_are_just_being_taken_come_back() -> Outcome {
        isolated(|| GRADER.undone(Inventory, When::InFlight))
    }

    #[test]
    fn books_nobody_told_us_of_are_back() -> Outcome {
        isolated(|| GRADER.undone(Inventory, When::ReplyLost))
    }

    #[test]
    fn books_that_nobody_confirmed_are_back_once() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("undo-inventory")?;
            chapter.survives("order1/inventory.confirm#1: request lost")
        })
    }

    #[test]
    fn everybodys_goods_are_back() -> Outcome {
        isolated(|| for_all("undo-inventory-for-all"))
    }

    #[test]
    fn an_undo_of_books_may_itself_go_wrong() -> Outcome {
        isolated(|| go_wrong(Inventory))
    }

    #[test]
    fn books_have_no_point_of_no_return() -> Outcome {
        isolated(|| GRADER.until(Inventory))
    }

    #[test]
    fn a_parcel_undone_in_time_stays() -> Outcome {
        isolated(|| GRADER.undone(Shipping, When::InTime))
    }

    #[test]
    fn a_parcel_that_has_left_cannot_be_called_back() -> Outcome {
        isolated(|| GRADER.undone(Shipping, When::Late))
    }

    #[test]
    fn a_parcel_undone_twice_stays() -> Outcome {
        isolated(|| GRADER.undone(Shipping, When::Twice))
    }

    #[test]
    fn a_parcel_undone_before_it_was_ordered_stays() -> Outcome {
        isolated(|| GRADER.undone(Shipping, When::BeforeItArrives))
    }

    #[test]
    fn a_parcel_that_is_just_being_packed_stays() -> Outcome {
        isolated(|| GRADER.undone(Shipping, When::InFlight))
    }

    #[test]
    fn a_parcel_nobody_told_us_of_stays() -> Outcome {
        isolated(|| GRADER.undone(Shipping, When::ReplyLost))
    }

    #[test]
    fn a_parcel_may_have_been_stopped_before_nobody_answers() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("undo-shipping")?;
            let stopped = "recover/shipping.cancel#1: reply lost";
            chapter.survives(&format!("{stopped}; recover/shipping.cancel#2: down 1h"))
        })
    }

    #[test]
    fn everybodys_parcel_stays_or_has_left() -> Outcome {
        isolated(|| for_all("undo-shipping-for-all"))
    }

    #[test]
    fn an_undo_of_a_parcel_may_itself_go_wrong() -> Outcome {
        isolated(|| go_wrong(Shipping))
    }

    #[test]
    fn a_parcel_has_a_point_of_no_return() -> Outcome {
        isolated(|| GRADER.until(Shipping))
    }

    /// Other people, other goods, another time of day; and a service that is down for long.
    fn for_all(world: &str) -> Outcome {
        CHAPTER.in_world(world)?.every_schedule(1)
    }

    /// An undo's messages may get lost or arrive twice like any others.
    fn go_wrong(step: Remote) -> Outcome {
        for fault in [
            Fault::ReplyLost,
            Fault::RequestLost,
            Fault::Refused,
            Fault::ErrorBefore,
            Fault::ErrorAfter,
            Fault::RequestTwice(Ms(300)),
            Fault::CrashAfter,
        ] {
            GRADER.undone_at_every_call(step, fault)?;
        }
        Ok(())
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn whatever_happens_the_money_is_back() -> Outcome {
        isolated(|| GRADER.whatever_happens_to(Payment, 4))
    }

    #[test]
    fn whatever_happens_the_goods_are_back() -> Outcome {
        isolated(|| GRADER.whatever_happens_to(Inventory, 4))
    }

    #[test]
    fn whatever_happens_the_parcel_stays_or_has_left() -> Outcome {
        isolated(|| GRADER.whatever_happens_to(Shipping, 4))
    }

    #[test]
    fn every_schedule_of_two_faults_undoes_the_payment() -> Outcome {
        isolated(|| {
            GRADER.every_schedule_is_undone(Payment, When::Late, 1)?;
            GRADER.every_schedule_is_undone(Payment, When::Twice, 1)?;
            GRADER.every_schedule_is_undone(Payment, When::InFlight, 1)?;
            GRADER.every_schedule_is_undone(Payment, When::InTime, 2)
        })
    }

    #[test]
    fn every_schedule_of_two_faults_undoes_the_reservation() -> Outcome {
        isolated(|| {
            GRADER.every_schedule_is_undone(Inventory, When::Late, 1)?;
            GRADER.every_schedule_is_undone(Inventory, When::Twice, 1)?;
            GRADER.every_schedule_is_undone(Inventory, When::InFlight, 1)?;
            GRADER.every_schedule_is_undone(Inventory, When::InTime, 2)
        })
    }

    #[test]
    fn every_schedule_of_two_faults_undoes_the_parcel_or_lets_it_go() -> Outcome {
        isolated(|| {
            GRADER.every_schedule_is_undone(Shipping, When::Late, 1)?;
            GRADER.every_schedule_is_undone(Shipping, When::Twice, 1)?;
            GRADER.every_schedule_is_undone(Shipping, When::InFlight, 1)?;
            GRADER.every_schedule_is_undone(Shipping, When::InTime, 2)
        })
    }
}
