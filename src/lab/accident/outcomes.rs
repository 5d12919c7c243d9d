//! Decisions: one that was never made, and one that was made twice.

use super::Accident::*;
use super::{Finding, is_confirmed, order_named};
use crate::evidence::{ChargeRecord, Evidence, Outcome};
use crate::message::ChargeStatus;
use crate::order::{Answer, Yen};

pub(super) fn left_in_doubt(evidence: &Evidence) -> Option<Finding> {
    let open = evidence
        .participations
        .iter()
        .find(|participation| participation.outcome == Outcome::InDoubt)?;
    Some(Finding {
        accident: LeftInDoubt,
        believes: vec![format!("{} is over", open.transaction)],
        knows: vec![format!(
            "{} promised {} and was never told how it ended",
            open.participant, open.transaction
        )],
    })
}

pub(super) fn two_outcomes(evidence: &Evidence) -> Option<Finding> {
    let ends = |outcome: Outcome| {
        evidence
            .participations
            .iter()
            .filter(move |participation| participation.outcome == outcome)
    };
    for committed in ends(Outcome::Committed) {
        let other =
            ends(Outcome::Aborted).find(|aborted| aborted.transaction == committed.transaction);
        if let Some(aborted) = other {
            return Some(Finding {
                accident: TwoOutcomesOfOneTransaction,
                believes: vec![format!("{} ended in one way", committed.transaction)],
                knows: vec![
                    format!("{} committed it", committed.participant),
                    format!("{} aborted it", aborted.participant),
                ],
            });
        }
    }
    // "You have not paid, and nothing will come" was a promise, too.
    let promised = evidence.submissions.iter().find(|submission| {
        submission.answer() == Some(Answer::Cancelled) && is_confirmed(evidence, &submission.order)
    });
    promised
        .map(|submission| {
            Finding::of_order(TwoOutcomesOfOneTransaction, evidence, &submission.order)
        })
        .or_else(|| confirmed_after_all(evidence))
        .or_else(|| charged_after_all(evidence))
}

/// An order that was called off must stay so: somebody may have acted on it.
fn confirmed_after_all(evidence: &Evidence) -> Option<Finding> {
    evidence.books.iter().enumerate().find_map(|(n, entered)| {
        let order = order_named(evidence, entered.order)?;
        let first = evidence.books[..n].iter().find(|before| {
            before.order == entered.order
                && before.status == "cancelled"
                && entered.status == "confirmed"
        })?;
        Some(Finding {
            accident: TwoOutcomesOfOneTransaction,
            believes: vec![format!("{} was cancelled at {}", order.id, first.at)],
            knows: vec![format!("{} was confirmed at {}", order.id, entered.at)],
        })
    })
}

/// A declined card that was charged for the same order all the same.
fn charged_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        let declined = |charge: &ChargeRecord| charge.status == ChargeStatus::Declined;
        evidence.charges_of(order.name()).any(declined) && evidence.kept(order.name()) > Yen(0)
    })?;
    evidence
        .declined_is_final
        .then(|| Finding::of_order(TwoOutcomesOfOneTransaction, evidence, order))
}
