//! Final answers: what must not be taken back, because somebody may have acted on it.

use super::Accident::*;
use super::sides::stood;
use super::told::{cancelled_and_sent, who_was_told};
use super::{Finding, heard, is_confirmed, knowledge, order_named};
use crate::engine::record::Entered;
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::Answer;

pub(super) fn taken_back(evidence: &Evidence) -> Option<Finding> {
    a_row(evidence)
        .or_else(|| two_answers(evidence))
        .or_else(|| confirmed_after_all(evidence))
        .or_else(|| not_confirmed_after_all(evidence))
        .or_else(|| sent_after_all(evidence))
        .or_else(|| cancelled_and_sent(evidence))
        .or_else(|| heard::a_no_and_asked_again(evidence))
}

/// A row that was confirmed or cancelled, and then became something else, or disappeared.
fn a_row(evidence: &Evidence) -> Option<Finding> {
    let books = &evidence.books;
    let is_final = |entered: &Entered| entered.is("confirmed") || entered.is("cancelled");
    let finals = books
        .iter()
        .enumerate()
        .filter(|(_, entered)| is_final(entered));
    finals.into_iter().find_map(|(n, first)| {
        let mut later = books[n + 1..].iter();
        let then = later.find(|later| later.order == first.order)?;
        let order = first.order;
        let knows = match order_named(evidence, order) {
            Some(order) => knowledge(evidence, order),
            None => vec![Claim::OrderedByNobody { order }],
        };
        Some(Finding {
            accident: AFinalWordTakenBack,
            expected: Expected::Stays {
                order,
                status: first.status.clone().unwrap_or_default(),
                from: first.at,
            },
            believes: vec![stood(first), stood(then)],
            knows,
        })
    })
}

/// One customer was told both.
fn two_answers(evidence: &Evidence) -> Option<Finding> {
    who_was_told(evidence, Answer::Confirmed).find_map(|(order, confirmed_at)| {
        let mut off = who_was_told(evidence, Answer::Cancelled);
        let (_, cancelled_at) = off.find(|(other, _)| other.id == order.id)?;
        let confirmed = (confirmed_at, Answer::Confirmed);
        let cancelled = (cancelled_at, Answer::Cancelled);
        let told = if confirmed_at < cancelled_at {
            [confirmed, cancelled]
        } else {
            [cancelled, confirmed]
        };
        let told = told.map(|(at, answer)| Claim::ToldAt { answer, at });
        Some(Finding {
            accident: AFinalWordTakenBack,
            expected: Expected::SameAnswer {
                order: order.name(),
            },
            believes: told.to_vec(),
            knows: knowledge(evidence, order),
        })
    })
}

/// "You have not paid, and nothing will come" was a promise.
fn confirmed_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut told = who_was_told(evidence, Answer::Cancelled);
    let (order, _) = told.find(|(order, _)| {
        let mut books = evidence.books.iter();
        let entered = |it: &Entered| it.order == order.name() && it.is("confirmed");
        is_confirmed(evidence, order) || books.any(entered)
    })?;
    let expected = Expected::StaysCancelled {
        order: order.name(),
    };
    Some(Finding::of_order(
        AFinalWordTakenBack,
        expected,
        evidence,
        order,
    ))
}

/// "Thank you for your order" was a promise, too. (An order that the books have never known is not taken back: it was
/// swallowed.)
fn not_confirmed_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut told = who_was_told(evidence, Answer::Confirmed);
    let (order, _) =
        told.find(|(order, _)| is_known(evidence, order.name()) && !is_confirmed(evidence, order))?;
    let expected = Expected::EndsConfirmed {
        order: order.name(),
    };
    Some(Finding::of_order(
        AFinalWordTakenBack,
        expected,
        evidence,
        order,
    ))
}

/// Whether the books know an order, or have known it.
pub(super) fn is_known(evidence: &Evidence, order: Name) -> bool {
    let mut books = evidence.books.iter();
    evidence.status(order).is_some() || books.any(|entered| entered.order == order)
}

/// An order whose row says cancelled, although its parcel is on its way.
fn sent_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        let cancelled = evidence.status(order.name()) == Some("cancelled");
        cancelled && evidence.parcels_of(order.name()).next().is_some()
    })?;
    let expected = Expected::CancelledWithoutParcel {
        order: order.name(),
    };
    let finding = || Finding::of_order(AFinalWordTakenBack, expected, evidence, order);
    evidence.terms.ships.then(finding)
}
