//! Orders that waited for a stranger's transaction.

use super::Accident::*;
use super::owed::turned_away;
use super::{Finding, LOCKED_OUT_AFTER, beliefs, order_named};
use crate::engine::record::LockWait;
use crate::engine::trace::Event;
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::judge::fairness::unharmed;
use crate::language::instance::Instance;
use crate::language::name::Name;
use crate::language::order::Answer;
use crate::language::time::Ms;

pub(super) fn locked_out(evidence: &Evidence) -> Option<Finding> {
    waited_for_a_lock(evidence)
        .or_else(|| held_up(evidence))
        .or_else(|| turned_away_at_a_row(evidence))
        .or_else(|| turned_away_at_a_lock(evidence))
}

/// An order that waited for a lock of the shop's own database: that of another order, or of the shop's job while a
/// customer was being served.
fn waited_for_a_lock(evidence: &Evidence) -> Option<Finding> {
    let waited = |wait: &LockWait| {
        let until = wait.until.unwrap_or(evidence.ended_at);
        until - wait.from - stood_still(evidence, wait.from, until)
    };
    let mut waits = evidence.lock_waits.iter();
    let wait = waits.find(|wait| {
        let by_another_order = order_named(evidence, wait.holder).is_some();
        order_named(evidence, wait.actor).is_some()
            && wait.actor != wait.holder
            && waited(wait) >= LOCKED_OUT_AFTER
            && (by_another_order || is_served(evidence, wait))
    })?;
    Some(Finding {
        accident: OtherOrdersLockedOut,
        expected: Expected::WaitsLess {
            order: wait.actor,
            limit: LOCKED_OUT_AFTER,
        },
        believes: vec![Claim::HoldsForSafety {
            holder: wait.holder,
        }],
        knows: vec![Claim::WaitedForLock {
            order: wait.actor,
            waited: waited(wait),
        }],
    })
}

/// For how long, in this time, one of the processes stood still. Whoever holds a lock then cannot help keeping it: that is
/// the fault's doing, and not the code's.
fn stood_still(evidence: &Evidence, from: Ms, until: Ms) -> Ms {
    let stood = |process| process_stood_still(evidence, process, from, until);
    let longest = Instance::ALL.into_iter().map(stood).max();
    longest.unwrap_or_default()
}

fn process_stood_still(evidence: &Evidence, process: Instance, from: Ms, until: Ms) -> Ms {
    let (mut since, mut still) = (None, Ms::ZERO);
    let overlap =
        |since: Option<Ms>, to: Ms| since.map_or(Ms::ZERO, |since| to.min(until) - since.max(from));
    let entries = evidence.trace.entries.iter();
    for entry in entries.filter(|entry| Instance::of(entry.actor) == process) {
        if entry.event == Event::Paused {
            since = since.or(Some(entry.at));
        } else if [Event::WentOn, Event::Crashed].contains(&entry.event) {
            still = still + overlap(since.take(), entry.at);
        }
    }
    still + overlap(since, evidence.ended_at)
}

/// Whether a customer waits for an answer during this.
fn is_served(evidence: &Evidence, wait: &LockWait) -> bool {
    let mut submissions = evidence.submissions.iter();
    submissions.any(|submission| {
        let told_at = submission.told.as_ref().map(|(at, _)| *at);
        submission.order.name() == wait.actor
            && submission.at.is_some_and(|at| at <= wait.from)
            && told_at.is_none_or(|at| at >= wait.from + LOCKED_OUT_AFTER)
    })
}

/// No database lock was involved, yet a customer who suffered no fault had to wait.
fn held_up(evidence: &Evidence) -> Option<Finding> {
    let mut customers = unharmed(evidence).into_iter();
    let customer = customers.find(|customer| customer.kept_waiting >= LOCKED_OUT_AFTER)?;
    let order = customer.submission.order.name();
    Some(Finding {
        accident: OtherOrdersLockedOut,
        expected: Expected::OwnWaitsOnly { order },
        believes: vec![Claim::NothingWentWrong { order }],
        knows: vec![Claim::KeptWaiting {
            order,
            waited: customer.kept_waiting,
        }],
    })
}

/// A customer who suffered no fault was not served: the database was locked by somebody else, and the code did not wait
/// a second for it. (If the customer was told "sold out", that is a worse accident than a lock.)
fn turned_away_at_a_lock(evidence: &Evidence) -> Option<Finding> {
    let behind = |order: Name| {
        let mut waits = evidence.lock_waits.iter();
        waits.find(|wait| {
            let waited = wait.until.is_none_or(|until| until > wait.from);
            wait.actor == order && wait.holder != order && waited
        })
    };
    let turned_away = turned_away(evidence).into_iter();
    let mut put_off =
        turned_away.filter(|submission| submission.answer() != Some(Answer::Cancelled));
    put_off.find_map(|submission| {
        let order = &submission.order;
        let wait = behind(order.name())?;
        Some(Finding {
            accident: OtherOrdersLockedOut,
            expected: Expected::NotPutOff {
                order: order.name(),
                holder: wait.holder,
            },
            believes: beliefs(evidence, order),
            knows: vec![Claim::FoundLocked {
                order: order.name(),
                holder: wait.holder,
                at: wait.from,
            }],
        })
    })
}

/// A customer who suffered no fault was sent away: a participant's row was locked by somebody else.
fn turned_away_at_a_row(evidence: &Evidence) -> Option<Finding> {
    let locked_by = |order: Name| {
        let mut waits = evidence.row_waits.iter();
        waits.find(|wait| wait.actor == order && wait.holder != order && !wait.served)
    };
    turned_away(evidence).into_iter().find_map(|submission| {
        let order = &submission.order;
        let wait = locked_by(order.name())?;
        Some(Finding {
            accident: OtherOrdersLockedOut,
            expected: Expected::NotTurnedAway {
                order: order.name(),
                holder: wait.holder,
            },
            believes: beliefs(evidence, order),
            knows: vec![Claim::RowKept {
                order: order.name(),
                holder: wait.holder,
                row: wait.row,
                participant: wait.participant,
            }],
        })
    })
}
