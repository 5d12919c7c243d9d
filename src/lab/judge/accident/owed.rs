//! What a customer is owed: an answer, an end, and the order that was promised.

use super::Accident::*;
use super::words::is_known;
use super::{
    ANSWERS_WITHIN, AT_ONCE, Finding, LOCKED_OUT_AFTER, exists, is_confirmed, order_named, told,
};
use crate::engine::record::Submission;
use crate::engine::trace::{Entry, Event, Told};
use crate::judge::claim::Expected;
use crate::judge::evidence::Evidence;
use crate::judge::fairness::unharmed;
use crate::language::instance::unmarked;
use crate::language::message::{CallError, ChargeStatus};
use crate::language::name::Name;
use crate::language::order::{Answer, Order};
use crate::language::step::{BACKGROUND, RECOVER};
use crate::services::record::ChargeRecord;

pub(super) fn never_settled(evidence: &Evidence) -> Option<Finding> {
    let finding =
        |order: &Order, expected| Finding::of_order(NeverSettled, expected, evidence, order);
    let mut submissions = evidence.submissions.iter();
    if let Some(waits) = submissions.find(|submission| submission.told.is_none()) {
        let order = &waits.order;
        let expected = Expected::Answered {
            order: order.name(),
        };
        return Some(finding(order, expected));
    }
    let mut submitted = evidence.submitted().into_iter();
    if let Some(order) =
        submitted.find(|order| exists(evidence, order) && !is_confirmed(evidence, order))
    {
        let expected = Expected::Ends {
            order: order.name(),
        };
        return Some(finding(order, expected));
    }
    if let Some(order) = late(evidence) {
        let expected = Expected::AnsweredWithin {
            order: order.name(),
            limit: AT_ONCE,
        };
        return Some(finding(order, expected));
    }
    if let Some(put_off) = turned_away(evidence).into_iter().next() {
        let order = &put_off.order;
        let expected = Expected::ConfirmedAtOnce {
            order: order.name(),
        };
        return Some(finding(order, expected));
    }
    if let Some(order) = never_told(evidence) {
        let expected = Expected::ToldItCannotBe {
            order: order.name(),
        };
        return Some(finding(order, expected));
    }
    told::pending_and_forgotten(evidence)
}

/// Nothing went wrong, and the answer took too long.
fn late(evidence: &Evidence) -> Option<&Order> {
    evidence.submissions.iter().find_map(|submission| {
        let (at, (told_at, _)) = (submission.at?, submission.told.as_ref()?);
        let calm = is_calm_for(evidence, &submission.order);
        (calm && *told_at - at > AT_ONCE).then_some(&submission.order)
    })
}

/// Whether nothing goes wrong for this order: no fault strikes, no service that it needs is down or takes longer than a
/// caller may wait, and the card is good.
fn is_calm_for(evidence: &Evidence, order: &Order) -> bool {
    let is_down = |entry: &Entry| match &entry.event {
        Event::NoConnection { request, .. } => {
            let actor = unmarked(entry.actor);
            match request.order() {
                Some(named) => named == order.name() || actor == order.name(),
                // What a background task or the job asks for without naming an order may be for any.
                None => [order.name(), BACKGROUND, RECOVER].contains(&actor),
            }
        }
        _ => false,
    };
    evidence.fired.is_calm()
        && evidence.terms.slowest <= ANSWERS_WITHIN
        && !is_refused(evidence, order.name())
        && !waits_at_length(evidence, order.name())
        && !evidence.trace.entries.iter().any(is_down)
}

/// Whether somebody else's transaction kept this order from a participant's row for longer than anybody has to wait.
fn waits_at_length(evidence: &Evidence, order: Name) -> bool {
    let mut waits = evidence.row_waits.iter();
    waits.any(|wait| {
        let until = wait.until.unwrap_or(evidence.ended_at);
        unmarked(wait.actor) == order && until - wait.from >= LOCKED_OUT_AFTER
    })
}

/// Whether a provider has said no.
fn is_refused(evidence: &Evidence, order: Name) -> bool {
    let is_refused = |charge: &ChargeRecord| charge.status == ChargeStatus::Declined;
    let said_no = |entry: &Entry| {
        let is_no = matches!(
            &entry.event,
            Event::Executed { response, .. } if *response == Err(CallError::Declined)
        );
        is_no && unmarked(entry.actor) == order
    };
    evidence.charges_of(order).any(is_refused) || evidence.trace.entries.iter().any(said_no)
}

/// Whether the periodic job was still working on this order, with a request under way, when it was submitted again or
/// while that was served. Until that is settled, the only honest answers are "pending" and "come back later".
fn is_in_hand(evidence: &Evidence, submission: &Submission) -> bool {
    let Some(at) = submission.at else {
        return false;
    };
    let mut others = evidence.submissions.iter();
    let promises_nothing = !matches!(
        submission.answer(),
        Some(Answer::Confirmed | Answer::Cancelled)
    );
    let told = submission
        .told
        .as_ref()
        .map_or(evidence.ended_at, |told| told.0);
    let mut entries = evidence.trace.entries.iter();
    promises_nothing
        && (others.any(|other| {
            let told = other.told.as_ref().map_or(evidence.ended_at, |told| told.0);
            let same = other.order.id == submission.order.id && !std::ptr::eq(other, submission);
            same && other.at.is_some_and(|came| came <= at) && at <= told
        }) || entries.any(|entry| {
            (at..=told).contains(&entry.at) && is_told_in_flight(entry, submission.order.name())
        }))
}

fn is_told_in_flight(entry: &Entry, order: Name) -> bool {
    let in_flight = matches!(
        &entry.event,
        Event::Replied { response, .. } if *response == Err(CallError::InFlight)
    );
    in_flight && unmarked(entry.actor) == order
}

/// Nothing went wrong, and yet a customer has no final answer and never will. If the goods do not suffice, a refusal is
/// owed, and at once: "pending" is only for waiting on others, such as a payment that settles later, or an undo.
fn never_told(evidence: &Evidence) -> Option<&Order> {
    let submission = evidence.submissions.iter().find(|submission| {
        let order = &submission.order;
        let unknown = evidence.status(order.name()).is_none();
        let put_off = match submission.told {
            Some((_, Told::ErrorPage(_))) => true,
            Some((_, Told::Answer(Answer::Pending))) => {
                unknown || !(evidence.terms.settles_later || evidence.terms.called_off)
            }
            _ => false,
        };
        put_off && is_calm_for(evidence, order) && !is_in_hand(evidence, submission)
    });
    submission.map(|submission| &submission.order)
}

/// Whether the shop's own stock, if it keeps one, still has what this order asks for.
fn is_in_stock(evidence: &Evidence, order: &Order) -> bool {
    let stock = match &evidence.shop_stock {
        Some(stock) => stock,
        // The warehouse takes part in the transaction, so it could say no.
        None if !evidence.participations.is_empty() => &evidence.stock,
        None => return true,
    };
    let mut records = stock.iter();
    let record = records.find(|record| record.sku == Name::new(&order.sku));
    // What somebody else's card could not pay for was set aside until that was known.
    let others = evidence.submitted().into_iter();
    let set_aside: i64 = others
        .filter(|other| other.id != order.id && other.sku == order.sku)
        .filter(|other| is_refused(evidence, other.name()))
        .map(|other| i64::from(other.quantity))
        .sum();
    record.is_some_and(|record| record.free - set_aside >= i64::from(order.quantity))
}

/// Customers who had a right to hear "confirmed", and were told something else.
pub(super) fn turned_away(evidence: &Evidence) -> Vec<&Submission> {
    if evidence.terms.strangers.is_some() {
        // Among strangers there may be too little for all, but a stranger's bad luck is no reason to refuse anybody.
        let refused = unharmed(evidence)
            .into_iter()
            .filter(|customer| customer.enough && is_something_else(evidence, customer.submission))
            .filter(|customer| !was_off(evidence, customer.submission))
            .filter(|customer| !is_refused(evidence, customer.submission.order.name()));
        let brisk = evidence.terms.slowest <= ANSWERS_WITHIN;
        return refused
            .filter(|_| brisk)
            .map(|customer| customer.submission)
            .collect();
    }
    // Nothing is owed for what is sold out, or was called off.
    let submissions = evidence.submissions.iter();
    let refused = submissions.filter(|submission| {
        is_something_else(evidence, submission)
            && !evidence.terms.called_off
            && is_calm_for(evidence, &submission.order)
            && (is_in_stock(evidence, &submission.order)
                || is_confirmed(evidence, &submission.order))
    });
    refused.collect()
}

/// Whether this order was finally refused before it was submitted again. Whether that refusal was right is judged at
/// its own time.
fn was_off(evidence: &Evidence, submission: &Submission) -> bool {
    let name = submission.order.name();
    let mut books = evidence.books.iter();
    books.any(|line| {
        line.order == name && line.is("cancelled") && submission.at.is_some_and(|at| line.at < at)
    })
}

/// Whether the customer got some answer, but not the one for a good day.
fn is_something_else(evidence: &Evidence, submission: &Submission) -> bool {
    let promised = submission.answer() == Some(Answer::Confirmed);
    // If the money moves only later, nothing better can be said at once, as long as it comes true.
    let kept_posted = evidence.terms.settles_later
        && submission.answer() == Some(Answer::Pending)
        && is_confirmed(evidence, &submission.order);
    submission.told.is_some() && !promised && !kept_posted && !is_in_hand(evidence, submission)
}

pub(super) fn swallowed(evidence: &Evidence) -> Option<Finding> {
    let refused = turned_away(evidence).into_iter().find(|submission| {
        let order = &submission.order;
        // A customer with an order, or one who was told that it is being worked on, is owed something else: news.
        let forgotten = evidence.keeps_orders && submission.answer() == Some(Answer::Pending);
        match evidence.status(order.name()) {
            Some("cancelled") => true,
            Some(_) => false,
            None => !forgotten,
        }
    });
    refused
        .map(|submission| {
            let order = &submission.order;
            let expected = Expected::ConfirmedUnharmed {
                order: order.name(),
            };
            Finding::of_order(ALegitimateRequestSwallowed, expected, evidence, order)
        })
        .or_else(|| never_written_down(evidence))
        .or_else(|| never_ships(evidence))
        .or_else(|| told::confirmed_and_not_sent(evidence))
        .or_else(|| given_up_too_early(evidence))
}

/// A promise that the books have never recorded.
fn never_written_down(evidence: &Evidence) -> Option<Finding> {
    let mut told = told::who_was_told(evidence, Answer::Confirmed);
    let (order, _) = told.find(|(order, _)| !is_known(evidence, order.name()))?;
    let expected = Expected::ConfirmedAsTold {
        order: order.name(),
    };
    Some(Finding::of_order(
        ALegitimateRequestSwallowed,
        expected,
        evidence,
        order,
    ))
}

/// A promise that nobody keeps: the order is confirmed, and there is no parcel.
fn never_ships(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        is_confirmed(evidence, order) && evidence.parcels_of(order.name()).next().is_none()
    })?;
    let expected = Expected::ConfirmedAndSent {
        order: order.name(),
    };
    let finding = || Finding::of_order(ALegitimateRequestSwallowed, expected, evidence, order);
    evidence.terms.ships.then(finding)
}

/// The customer called it off in time, and was told that it was too late.
fn given_up_too_early(evidence: &Evidence) -> Option<Finding> {
    let early = evidence.books.iter().find(|entered| {
        let mut parcels = evidence.parcels_of(entered.order);
        entered.is("confirmed") && parcels.any(|parcel| entered.at < parcel.dispatched_at)
    })?;
    let order = order_named(evidence, early.order)?;
    let expected = Expected::StoppedInTime {
        order: order.name(),
    };
    let finding = || Finding::of_order(ALegitimateRequestSwallowed, expected, evidence, order);
    evidence.terms.called_off.then(finding)
}
