//! Final words: what must not be taken back, because somebody may have acted on it.

use super::Accident::*;
use super::told::{cancelled_and_sent, who_was_told};
use super::{Finding, heard, is_confirmed, knowledge, order_named};
use crate::engine::record::Entered;
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

/// A row that was confirmed or cancelled, and then something else, or gone.
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
        let id = first.order;
        let was = first.status.as_deref().unwrap_or_default();
        let is = match &then.status {
            Some(status) => format!("{id} was {status} at {}", then.at),
            None => format!("the row of {id} was gone at {}", then.at),
        };
        let knows = match order_named(evidence, id) {
            Some(order) => knowledge(evidence, order),
            None => vec![format!("nobody has ever ordered {id}")],
        };
        Some(Finding {
            accident: AFinalWordTakenBack,
            expected: format!("{id} stays {was}, from {} on", first.at),
            believes: vec![format!("{id} was {was} at {}", first.at), is],
            knows,
        })
    })
}

/// One customer was told both.
fn two_answers(evidence: &Evidence) -> Option<Finding> {
    who_was_told(evidence, Answer::Confirmed).find_map(|(order, confirmed_at)| {
        let mut off = who_was_told(evidence, Answer::Cancelled);
        let (_, cancelled_at) = off.find(|(other, _)| other.id == order.id)?;
        let mut told = [(confirmed_at, "confirmed"), (cancelled_at, "cancelled")];
        told.sort_unstable();
        let told = told.map(|(at, what)| format!("the customer was told at {at}: {what}"));
        Some(Finding {
            accident: AFinalWordTakenBack,
            expected: format!("who asks for {} again hears the same again", order.id),
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
    let expected = format!("{} stays cancelled: the customer was told so", order.id);
    Some(Finding::of_order(
        AFinalWordTakenBack,
        expected,
        evidence,
        order,
    ))
}

/// "Thank you for your order" was a promise, too. (Of an order that the books have never known, nothing is taken back:
/// it was swallowed.)
fn not_confirmed_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut told = who_was_told(evidence, Answer::Confirmed);
    let (order, _) =
        told.find(|(order, _)| is_known(evidence, order.name()) && !is_confirmed(evidence, order))?;
    let expected = format!("{} ends confirmed: the customer was told so", order.id);
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

/// An order that stands as cancelled, and its parcel, which is on its way.
fn sent_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        let cancelled = evidence.status(order.name()) == Some("cancelled");
        cancelled && evidence.parcels_of(order.name()).next().is_some()
    })?;
    let expected = format!(
        "{} is cancelled, and no parcel is on its way for it",
        order.id
    );
    let finding = || Finding::of_order(AFinalWordTakenBack, expected, evidence, order);
    evidence.terms.ships.then(finding)
}
