//! Decisions: one that was never made, and one that was made twice.

use super::Accident::*;
use super::sides::how_it_ended;
use super::{Accident, Finding, is_confirmed, order_named};
use crate::evidence::{ChargeRecord, Evidence, Outcome, Participation};
use crate::message::ChargeStatus;
use crate::order::{Answer, Yen};

/// Two outcomes, or one that is still open, of a transaction across services.
pub(super) fn across(evidence: &Evidence) -> Option<Finding> {
    torn(evidence).or_else(|| left_in_doubt(evidence))
}

pub(super) fn left_in_doubt(evidence: &Evidence) -> Option<Finding> {
    let mut all = evidence.participations.iter();
    let open = all.find(|participation| participation.outcome == Outcome::InDoubt)?;
    Some(finding(LeftInDoubt, evidence, open))
}

fn torn(evidence: &Evidence) -> Option<Finding> {
    let ends = |outcome: Outcome| {
        let all = evidence.participations.iter();
        all.filter(move |participation| participation.outcome == outcome)
    };
    let torn = ends(Outcome::Committed).find(|committed| {
        ends(Outcome::Aborted).any(|aborted| aborted.transaction == committed.transaction)
    })?;
    Some(finding(TwoOutcomesOfOneTransaction, evidence, torn))
}

/// What is said of the transaction that this participant took part in.
fn finding(accident: Accident, evidence: &Evidence, one: &Participation) -> Finding {
    if let Some(order) = one.order.and_then(|name| order_named(evidence, name)) {
        return Finding::of_order(accident, evidence, order);
    }
    let all = evidence.participations.iter();
    let same = all.filter(|other| other.transaction == one.transaction);
    Finding {
        accident,
        believes: vec![format!("{} is over", one.transaction)],
        knows: same.map(|it| how_it_ended(it, one.transaction)).collect(),
    }
}

pub(super) fn two_outcomes(evidence: &Evidence) -> Option<Finding> {
    if let Some(torn) = torn(evidence) {
        return Some(torn);
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
        .or_else(|| sent_after_all(evidence))
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

/// An order that stands as cancelled, and its parcel, which is on its way.
fn sent_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        let cancelled = evidence.status(order.name()) == Some("cancelled");
        cancelled && evidence.parcels_of(order.name()).next().is_some()
    })?;
    evidence
        .ships
        .then(|| Finding::of_order(TwoOutcomesOfOneTransaction, evidence, order))
}
