//! Orders that waited for a stranger's transaction.

use super::Accident::*;
use super::{Finding, LOCKED_OUT_AFTER};
use crate::evidence::Evidence;
use crate::name::Name;
use crate::order::Answer;
use crate::strangers::unharmed;
use crate::trace::Told;

pub(super) fn locked_out(evidence: &Evidence) -> Option<Finding> {
    let is_order = |name: Name| {
        evidence
            .submissions
            .iter()
            .any(|submission| submission.order.name() == name)
    };
    let wait = evidence.lock_waits.iter().find(|wait| {
        is_order(wait.actor)
            && is_order(wait.holder)
            && wait.actor != wait.holder
            && wait.until.unwrap_or(evidence.ended_at) - wait.from >= LOCKED_OUT_AFTER
    });
    let Some(wait) = wait else {
        return held_up(evidence);
    };
    let waited = wait.until.unwrap_or(evidence.ended_at) - wait.from;
    Some(Finding {
        accident: OtherOrdersLockedOut,
        believes: vec![format!(
            "{} holds a lock, for safety, while it waits for others",
            wait.holder
        )],
        knows: vec![format!("{} waited {waited} for that lock", wait.actor)],
    })
}

/// No lock of the database, and yet: nothing befell this customer, and still there was a wait, or no order.
fn held_up(evidence: &Evidence) -> Option<Finding> {
    let is_calm = evidence.fired.is_calm();
    unharmed(evidence).into_iter().find_map(|customer| {
        let id = &customer.submission.order.id;
        let knows = match customer.told {
            _ if customer.kept_waiting >= LOCKED_OUT_AFTER => {
                format!("{id} was kept waiting for {}", customer.kept_waiting)
            }
            Some(Told::ErrorPage(error)) if !is_calm && customer.enough => {
                format!("{id} got an error page ({error})")
            }
            Some(Told::Answer(Answer::Pending)) if !is_calm && customer.enough => {
                format!("{id} was put off: the customer was told: pending")
            }
            _ => return None,
        };
        Some(Finding {
            accident: OtherOrdersLockedOut,
            believes: vec![format!("nothing went wrong with {id}")],
            knows: vec![knows],
        })
    })
}
