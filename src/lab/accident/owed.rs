//! What a customer is owed: an answer, an end, and the order that was promised.

use super::Accident::*;
use super::{AT_ONCE, Finding, exists, is_confirmed, order_named};
use crate::evidence::Evidence;
use crate::name::Name;
use crate::order::{Answer, Order};
use crate::strangers::unharmed;
use crate::trace::{Event, Told};

pub(super) fn never_settled(evidence: &Evidence) -> Option<Finding> {
    let waits = evidence
        .submissions
        .iter()
        .find(|submission| submission.told.is_none())
        .map(|submission| &submission.order);
    let order = waits.or_else(|| {
        evidence
            .submitted()
            .into_iter()
            .find(|order| exists(evidence, order) && !is_confirmed(evidence, order))
    });
    let late = || {
        evidence.submissions.iter().find_map(|submission| {
            let (at, (told_at, _)) = (submission.at?, submission.told.as_ref()?);
            let calm = is_calm_for(evidence, &submission.order);
            (calm && *told_at - at > AT_ONCE).then_some(&submission.order)
        })
    };
    order
        .or_else(late)
        .or_else(|| never_told(evidence))
        .map(|order| Finding::of_order(NeverSettled, evidence, order))
}

/// Whether nothing goes wrong for this order: no fault strikes, and no service is down when it is called for it.
fn is_calm_for(evidence: &Evidence, order: &Order) -> bool {
    let mut entries = evidence.trace.entries.iter();
    evidence.fired.is_calm()
        && !entries.any(|entry| {
            entry.actor == order.name() && matches!(entry.event, Event::NoConnection { .. })
        })
}

/// Nothing went wrong, and yet somebody has learned nothing and never will. Whom the goods do not last for is owed a
/// refusal, and at once: "pending" is for who has to wait for others, as for a payment that settles later, or for an undo.
fn never_told(evidence: &Evidence) -> Option<&Order> {
    let submission = evidence.submissions.iter().find(|submission| {
        let order = &submission.order;
        let unknown = evidence.status(order.name()).is_none();
        let put_off = match submission.told {
            Some((_, Told::ErrorPage(_))) => true,
            Some((_, Told::Answer(Answer::Pending))) => {
                unknown || !(evidence.settles_later || evidence.called_off)
            }
            _ => false,
        };
        put_off && is_calm_for(evidence, order)
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
    record.is_some_and(|record| record.free >= i64::from(order.quantity))
}

pub(super) fn swallowed(evidence: &Evidence) -> Option<Finding> {
    let calm = evidence.fired.is_calm();
    // Among strangers, there may be too little for all, and a stranger's bad luck is no reason to refuse anybody.
    let refused = unharmed(evidence).into_iter().find(|customer| {
        let answer = customer.submission.answer();
        let cancelled = answer == Some(Answer::Cancelled);
        let put_off = calm && customer.told.is_some() && answer != Some(Answer::Confirmed);
        customer.enough && (cancelled || put_off)
    });
    let swallowed = evidence.submissions.iter().find(|submission| {
        let promised = submission.answer() == Some(Answer::Confirmed);
        // Where the money moves only later, nothing better can be said at once, as long as it comes true.
        let kept_posted = evidence.settles_later
            && submission.answer() == Some(Answer::Pending)
            && is_confirmed(evidence, &submission.order);
        let sold_out = evidence.strangers.is_some();
        let refused = submission.told.is_some() && !promised && !kept_posted;
        // Nobody is owed what there is not, or what was called off.
        let owed = refused
            && !sold_out
            && !evidence.called_off
            && is_calm_for(evidence, &submission.order)
            && is_in_stock(evidence, &submission.order);
        owed || (promised && !is_confirmed(evidence, &submission.order))
    });
    let swallowed = refused.map(|customer| customer.submission).or(swallowed);
    swallowed
        .map(|submission| {
            Finding::of_order(ALegitimateRequestSwallowed, evidence, &submission.order)
        })
        .or_else(|| never_ships(evidence))
        .or_else(|| given_up_too_early(evidence))
}

/// A promise that nobody keeps: the order is confirmed, and there is no parcel.
fn never_ships(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        is_confirmed(evidence, order) && evidence.parcels_of(order.name()).next().is_none()
    })?;
    evidence
        .ships
        .then(|| Finding::of_order(ALegitimateRequestSwallowed, evidence, order))
}

/// The customer called it off in time, and was told that it was too late.
fn given_up_too_early(evidence: &Evidence) -> Option<Finding> {
    let early = evidence.books.iter().find(|entered| {
        let mut parcels = evidence.parcels_of(entered.order);
        entered.status == "confirmed" && parcels.any(|parcel| entered.at < parcel.dispatched_at)
    })?;
    let order = order_named(evidence, early.order)?;
    evidence
        .called_off
        .then(|| Finding::of_order(ALegitimateRequestSwallowed, evidence, order))
}
