//! Decisions: one that was never made, and one that was made twice.

use super::Accident::*;
use super::sides::how_it_ended;
use super::{Accident, Finding, order_named};
use crate::evidence::{Evidence, Outcome, Participation};

/// Two outcomes, or one that is still open, of a transaction across services.
pub(super) fn across(evidence: &Evidence) -> Option<Finding> {
    two_outcomes(evidence).or_else(|| left_in_doubt(evidence))
}

pub(super) fn left_in_doubt(evidence: &Evidence) -> Option<Finding> {
    let mut all = evidence.participations.iter();
    let open = all.find(|participation| participation.outcome == Outcome::InDoubt)?;
    Some(finding(LeftInDoubt, evidence, open))
}

/// One transaction across services, and two ends of it.
pub(super) fn two_outcomes(evidence: &Evidence) -> Option<Finding> {
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
    let expected = match accident {
        LeftInDoubt => format!(
            "{} is told how {} ends, and lets go of its locks",
            one.participant, one.transaction
        ),
        _ => format!("all participants end {} alike", one.transaction),
    };
    if let Some(order) = one.order.and_then(|name| order_named(evidence, name)) {
        return Finding::of_order(accident, expected, evidence, order);
    }
    let all = evidence.participations.iter();
    let same = all.filter(|other| other.transaction == one.transaction);
    Finding {
        accident,
        expected,
        believes: vec![format!("{} is over", one.transaction)],
        knows: same.map(|it| how_it_ended(it, one.transaction)).collect(),
    }
}
