//! What the order code of chapter 7 owes to its customers. `cargo test -p ch07` is red until you have fixed
//! `src/exercise.rs`; that is the course.

use crate::{AWAY, CHAPTER};
use course::isolate::{Outcome, isolated};
use lab::engine::trace::Event;
use lab::judge::evidence::Evidence;
use lab::language::fault::Fault;
use lab::language::schedule::Schedule;
use lab::language::step::Step;
use lab::language::time::Ms;
use lab::two_phase::record::Participation;

/// The accidents of the text, one by one.
mod accidents {
    use super::*;

    #[test]
    fn the_coordinator_dies_and_nobody_can_decide() -> Outcome {
        isolated(|| CHAPTER.story("order1/inventory.prepare#1: crash after"))
    }

    #[test]
    fn a_lost_reply_to_a_commit_is_no_refusal() -> Outcome {
        isolated(|| CHAPTER.survives("order1/orders.commit#1: reply lost"))
    }

    #[test]
    fn a_lost_commit_is_sent_again() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.commit#1: request lost")?;
            CHAPTER.survives("order1/inventory.commit#1: request lost")
        })
    }

    #[test]
    fn the_coordinator_dies_between_two_commits() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/orders.commit#1: crash after")?;
            CHAPTER.survives("order1/payment.commit#1: crash before")?;
            CHAPTER.survives("order1/inventory.commit#1: crash after")
        })
    }

    #[test]
    fn the_coordinator_may_die_at_any_step() -> Outcome {
        isolated(|| {
            CHAPTER.survives_at_every_step(Fault::CrashBefore)?;
            CHAPTER.survives_at_every_step(Fault::CrashAfter)
        })
    }

    #[test]
    fn the_coordinator_dies_before_it_has_asked_everybody() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/inventory.prepare#1: crash before")?;
            CHAPTER.survives("order1/payment.prepare#1: crash before")
        })
    }

    #[test]
    fn silence_is_no_promise() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.prepare#1: request lost")?;
            CHAPTER.survives("order1/orders.prepare#1: request lost")
        })
    }

    #[test]
    fn an_abort_can_be_lost_as_well() -> Outcome {
        isolated(|| {
            CHAPTER.survives(
                "order1/inventory.prepare#1: declined; order1/payment.abort#1: request lost",
            )
        })
    }

    #[test]
    fn a_late_promise_finds_that_it_is_over() -> Outcome {
        isolated(|| CHAPTER.survives("order1/inventory.prepare#1: request late 1h"))
    }

    #[test]
    fn a_participant_restarts_and_keeps_its_promise() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.commit#1: down 10m")?;
            CHAPTER.survives("order1/inventory.commit#1: down 1h")
        })
    }

    #[test]
    fn whoever_can_be_told_is_told_whoever_else_is_silent() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.commit#1: down 1h")?;
            CHAPTER.survives("order1/inventory.prepare#1: declined; order1/orders.abort#1: down 1h")
        })
    }

    #[test]
    fn a_transaction_that_is_stuck_keeps_no_other_in_doubt() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("two-customers")?;
            let stuck = "order1/payment.commit#1: down 1h";
            chapter.survives(&format!("{stuck}; order2/orders.prepare#1: crash after"))
        })
    }

    #[test]
    fn a_decision_outlasts_any_outage() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("bank-away-for-thirty-hours")?;
            chapter.survives("")?;
            // For code that has decided, and died right then.
            chapter.survives("order1/orders.commit#1: crash after")
        })
    }

    #[test]
    fn what_is_decided_twice_is_decided_once() -> Outcome {
        isolated(|| {
            // For patient code: this order is still collecting promises when the job takes it for abandoned.
            let chapter = CHAPTER.in_world("two-customers")?;
            let slow = "order2/payment.prepare#1: reply late 40s";
            chapter.survives(&format!(
                "{slow}; order2/inventory.prepare#1: reply late 40s"
            ))
        })
    }

    #[test]
    fn an_answer_need_not_be_a_yes() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/payment.commit#1: error before")?;
            CHAPTER.survives("order1/payment.commit#1: refused")?;
            CHAPTER.survives(
                "order1/inventory.prepare#1: declined; order1/payment.abort#1: error before",
            )
        })
    }

    #[test]
    fn a_no_stays_a_no() -> Outcome {
        isolated(|| {
            let declined = "order1/inventory.prepare#1: declined";
            CHAPTER.survives(&format!("{declined}; order1/submit#1: twice after 1h"))
        })
    }

    #[test]
    fn a_double_click_is_one_transaction() -> Outcome {
        isolated(|| CHAPTER.survives("order1/submit#1: twice after 100ms"))
    }

    #[test]
    fn a_promise_does_not_lapse() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("away-for-eight-days")?;
            chapter.survives("order1/orders.commit#1: crash after")?;
            chapter.survives("order1/payment.commit#1: crash before")
        })
    }

    #[test]
    fn an_id_is_never_used_again() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("two-customers")?;
            chapter.survives("order1/inventory.prepare#1: crash after")
        })
    }

    #[test]
    fn what_somebody_is_working_on_is_left_alone() -> Outcome {
        isolated(|| CHAPTER.in_world("two-customers")?.survives(""))
    }

    #[test]
    fn a_no_is_a_no_for_everybody() -> Outcome {
        isolated(|| {
            CHAPTER.survives("order1/orders.prepare#1: declined")?;
            CHAPTER.survives("order1/payment.prepare#1: declined")?;
            CHAPTER.survives("order1/inventory.prepare#1: declined")
        })
    }

    #[test]
    fn a_calm_day_confirms_at_once() -> Outcome {
        isolated(|| CHAPTER.survives(""))
    }

    #[test]
    fn what_befalls_a_stranger_is_no_reason_to_wait() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("two-strangers")?;
            chapter.survives("order1/payment.prepare#1: request lost")?;
            let open = "order1/payment.commit#1: request lost";
            chapter.survives(&format!("{open}; recover/payment.commit#1: request lost"))
        })
    }

    #[test]
    fn two_want_the_same_book_and_get_one_each() -> Outcome {
        isolated(|| CHAPTER.in_world("one-book")?.survives(""))
    }
}

/// The proof.
mod properties {
    use super::*;

    #[test]
    fn whatever_happens_all_three_agree_in_the_end() -> Outcome {
        isolated(|| CHAPTER.whatever_happens(4))
    }

    #[test]
    fn any_number_of_clicks_is_as_good_as_one() -> Outcome {
        isolated(|| CHAPTER.any_number_of_deliveries(6))
    }

    #[test]
    fn orders_that_want_the_same_row_do_not_tear_each_other_apart() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("one-book")?;
            chapter.every_schedule(1)?;
            chapter.whatever_happens(3)
        })
    }

    #[test]
    fn whatever_befalls_one_of_two_strangers_ends_well() -> Outcome {
        isolated(|| CHAPTER.in_world("two-strangers")?.every_schedule(1))
    }

    #[test]
    fn every_schedule_of_two_faults_ends_well() -> Outcome {
        isolated(|| CHAPTER.every_schedule(2))
    }
}

/// What no code can fix. These pass from the start, and they still pass when you are done: they measure.
mod what_stays {
    use super::*;

    #[test]
    fn while_the_coordinator_is_away_nobody_else_can_decide() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("away-for-ten-minutes")?;
            chapter.measured(&when_all_have_promised, |evidence| {
                let (down, up) = absence(evidence)?;
                let promised = |it: &&Participation| it.from <= down && it.row.is_some();
                let stood: Vec<_> = evidence.participations.iter().filter(promised).collect();
                if stood.is_empty() {
                    return Err("nobody had promised anything when it died".to_owned());
                }
                let mut stood = stood.into_iter();
                match stood.find(|it| it.until.is_some_and(|until| until < up)) {
                    Some(it) => Err(format!("{} did not wait: {it:?}", it.participant)),
                    None => Ok(()),
                }
            })
        })
    }

    #[test]
    fn and_whoever_wants_the_same_book_waits_with_them() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("away-for-ten-minutes")?;
            chapter.measured(&when_all_have_promised, |evidence| {
                let (_, up) = absence(evidence)?;
                for it in &evidence.walk_ins {
                    if let Some((at, true)) = it.told.filter(|(at, _)| *at < up) {
                        return Err(format!("{} had a book at {at}", it.name));
                    }
                }
                let sent_home = evidence
                    .walk_ins
                    .iter()
                    .filter(|it| it.told.is_some_and(|(at, sold)| !sold && at < up));
                match sent_home.count() {
                    4 => Ok(()),
                    other => Err(format!("{other} were sent home before it was back")),
                }
            })
        })
    }

    #[test]
    fn under_a_saga_nobody_waits() -> Outcome {
        isolated(|| {
            let chapter = CHAPTER.in_world("saga-away-for-ten-minutes")?;
            chapter.measured_of(
                "saga",
                "order1/inventory.reserve#1: crash after",
                |evidence| {
                    absence(evidence)?;
                    if let Some(wait) = evidence.row_waits.first() {
                        return Err(format!("somebody waited: {wait:?}"));
                    }
                    for it in &evidence.walk_ins {
                        if it.told != Some((it.at, true)) {
                            return Err(format!("{} got no book at once: {:?}", it.name, it.told));
                        }
                    }
                    match lab::judge::accident::find(evidence) {
                        None => Ok(()),
                        Some(finding) => Err(format!("{finding:?}")),
                    }
                },
            )
        })
    }

    #[test]
    fn and_the_saga_ends_well_under_the_same_faults() -> Outcome {
        isolated(|| CHAPTER.in_world("saga")?.every_schedule_of("saga", 2))
    }

    /// The coordinator dies as soon as the last participant has promised, whichever that is.
    fn when_all_have_promised(steps: &[Step]) -> Schedule {
        let mut prepares = steps.iter().rev();
        let last = prepares.find(|step| step.what.as_str().ends_with(".prepare"));
        Schedule::of(last.map(|last| (*last, Fault::CrashAfter)))
    }

    /// When the process died and when it came up again: for as long as this world says, and once.
    fn absence(evidence: &Evidence) -> Result<(Ms, Ms), String> {
        let entries = evidence.trace.entries.iter();
        let at = |wanted: Event| {
            let mut found = entries.clone().filter(|entry| entry.event == wanted);
            found.next().map(|entry| entry.at)
        };
        match (at(Event::Crashed), at(Event::Started(2))) {
            (Some(down), Some(up)) if up - down == AWAY => Ok((down, up)),
            other => Err(format!("it was not away for {AWAY}: {other:?}")),
        }
    }
}
