//! What a customer is told is true when it is told, and a refusal stays true.
//!
//! A customer who hears "cancelled" buys elsewhere a minute later; one who hears "confirmed" stops looking. Putting it
//! right an hour later helps neither. So these accidents look at the moment of the answer, not only at the end of the
//! world.

use super::Accident::*;
use super::{Finding, has_the_last_word, is_confirmed, knowledge};
use crate::engine::record::Entered;
use crate::engine::trace::{Entry, Event, Told};
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::instance::unmarked;
use crate::language::message::Request;
use crate::language::name::Name;
use crate::language::order::{Answer, Order, Yen};
use crate::language::time::Ms;
use crate::services::record::ParcelRecord;

/// Who was told this, and when.
pub(super) fn who_was_told(
    evidence: &Evidence,
    answer: Answer,
) -> impl Iterator<Item = (&Order, Ms)> {
    let submissions = evidence.submissions.iter();
    submissions.filter_map(move |submission| {
        let at = submission.told.as_ref()?.0;
        (submission.answer() == Some(answer)).then_some((&submission.order, at))
    })
}

/// How long a refund may still be on its way when the customer is told that nothing is charged: one that another click
/// has sent before, for example. Nobody looks at their account within that second.
const ON_ITS_WAY_BACK: Ms = Ms::seconds(1);

/// "You have not paid": the charge is neither there at that moment (unless its refund is on the way) nor later.
pub(super) fn cancelled_and_charged(evidence: &Evidence) -> Option<Finding> {
    if !has_the_last_word(evidence) {
        return None;
    }
    // If there is an order after all, another accident says more.
    let mut told = who_was_told(evidence, Answer::Cancelled)
        .filter(|(order, _)| !is_confirmed(evidence, order));
    told.find_map(|(order, at)| {
        let from = if is_on_its_way_back(evidence, order, at) {
            at + ON_ITS_WAY_BACK
        } else {
            at
        };
        let held_at = evidence.first_held_from(order.name(), from)?;
        let held = evidence.held_at(order.name(), held_at);
        let then = Claim::Held {
            order: order.name(),
            amount: held,
            at: held_at,
        };
        Some(Finding {
            accident: ChargedWithoutAnOrder,
            expected: match evidence.terms.cancellation_fee {
                Yen(0) => Expected::CancelledIsUnpaid {
                    order: order.name(),
                    from: at,
                },
                fee => Expected::CancelledCostsTheFee {
                    order: order.name(),
                    from: at,
                    fee,
                },
            },
            believes: vec![told_at(order, Answer::Cancelled, at)],
            knows: [vec![then], knowledge(evidence, order)].concat(),
        })
    })
}

/// Whether, shortly before a customer was told "cancelled" at this time, somebody had asked the provider to give the
/// money back; or another click for the order did so in the same millisecond, when the order of the two is unknown. (A
/// background task is no click: code that answers first and spawns the refund afterwards knows which came first.)
fn is_on_its_way_back(evidence: &Evidence, order: &Order, at: Ms) -> bool {
    let name = order.name();
    let told = Event::Told(Told::Answer(Answer::Cancelled));
    let entries = &evidence.trace.entries;
    let told_here =
        |entry: &Entry| entry.at == at && unmarked(entry.actor) == name && entry.event == told;
    let Some(place) = entries.iter().position(told_here) else {
        return false;
    };
    let mut asked = entries.iter().enumerate().filter(|(n, entry)| {
        let before = *n < place && entry.at + ON_ITS_WAY_BACK > at;
        before || entry.at == at && unmarked(entry.actor) == name
    });
    asked.any(|(_, entry)| match &entry.event {
        Event::Sent { request, .. } => gives_back(evidence, name, request),
        _ => false,
    })
}

/// Whether this asks the provider to give back what was charged for this order.
fn gives_back(evidence: &Evidence, order: Name, request: &Request) -> bool {
    let mut charges = evidence.charges_of(order);
    charges.any(|charge| match request {
        Request::Refund { charge: id, .. } => *id == charge.id,
        Request::Void { key } => charge.key.as_ref() == Some(key),
        _ => false,
    })
}

/// "Thank you for your order": it is paid.
pub(super) fn confirmed_and_unpaid(evidence: &Evidence) -> Option<Finding> {
    if !has_the_last_word(evidence) {
        return None;
    }
    // If there is no order in the end, another accident says more.
    let mut told = who_was_told(evidence, Answer::Confirmed)
        .filter(|(order, _)| is_confirmed(evidence, order));
    let (order, at) =
        told.find(|(order, at)| evidence.held_at(order.name(), *at) < order.amount)?;
    let held = evidence.held_at(order.name(), at);
    Some(Finding {
        accident: ConfirmedWithoutPayment,
        expected: Expected::ConfirmedIsPaid {
            order: order.name(),
            amount: order.amount,
            at,
        },
        believes: vec![told_at(order, Answer::Confirmed, at)],
        knows: vec![Claim::PaidByThen { amount: held }],
    })
}

/// "Thank you for your order": it is on its way.
pub(super) fn confirmed_and_not_sent(evidence: &Evidence) -> Option<Finding> {
    if !evidence.terms.ships || !has_the_last_word(evidence) {
        return None;
    }
    let mut told = who_was_told(evidence, Answer::Confirmed);
    let (order, at) = told.find(|(order, at)| {
        let is_on_its_way = |parcel: &ParcelRecord| {
            parcel.requested_at <= *at && parcel.cancelled_at.is_none_or(|off_at| off_at > *at)
        };
        let mut parcels = evidence.parcels.iter();
        !parcels.any(|parcel| parcel.order == order.name() && is_on_its_way(parcel))
    })?;
    Some(Finding {
        accident: ALegitimateRequestSwallowed,
        expected: Expected::ConfirmedIsSent {
            order: order.name(),
            at,
        },
        believes: vec![told_at(order, Answer::Confirmed, at)],
        knows: vec![Claim::NoParcelByThen {
            order: order.name(),
        }],
    })
}

/// "Nothing will come": no parcel is on its way at that moment, and none leaves later.
pub(super) fn cancelled_and_sent(evidence: &Evidence) -> Option<Finding> {
    if !has_the_last_word(evidence) {
        return None;
    }
    let mut told = who_was_told(evidence, Answer::Cancelled);
    told.find_map(|(order, at)| {
        let mut parcels = evidence.parcels.iter();
        let parcel = parcels.find(|parcel| {
            parcel.order == order.name() && parcel.cancelled_at.is_none_or(|off_at| off_at > at)
        })?;
        let since = if parcel.requested_at <= at {
            Claim::ParcelThen { id: parcel.id }
        } else {
            Claim::ParcelRequested {
                id: parcel.id,
                at: parcel.requested_at,
            }
        };
        Some(Finding {
            accident: AFinalWordTakenBack,
            expected: Expected::CancelledIsNotSent {
                order: order.name(),
                from: at,
            },
            believes: vec![told_at(order, Answer::Cancelled, at)],
            knows: [vec![since], knowledge(evidence, order)].concat(),
        })
    })
}

/// "We are working on it": the books keep the order until there is more to say.
pub(super) fn pending_and_forgotten(evidence: &Evidence) -> Option<Finding> {
    if !evidence.keeps_orders || !has_the_last_word(evidence) {
        return None;
    }
    let mut told = who_was_told(evidence, Answer::Pending);
    let (order, at, forgotten_at) =
        told.find_map(|(order, at)| Some((order, at, forgotten_at(evidence, order, at)?)))?;
    Some(Finding {
        accident: NeverSettled,
        expected: Expected::PendingIsRemembered {
            order: order.name(),
            at: forgotten_at,
        },
        believes: vec![told_at(order, Answer::Pending, at)],
        knows: [
            vec![Claim::NoRow {
                order: order.name(),
                at: forgotten_at,
            }],
            knowledge(evidence, order),
        ]
        .concat(),
    })
}

/// When the books first knew nothing of an order whose customer was told "pending" at this time, and nothing final
/// since.
fn forgotten_at(evidence: &Evidence, order: &Order, at: Ms) -> Option<Ms> {
    let of_order = || {
        let books = evidence.books.iter();
        books.filter(|entered: &&Entered| entered.order == order.name())
    };
    let by_then = of_order().rfind(|entered| entered.at <= at);
    if by_then.is_none_or(|entered| entered.status.is_none()) {
        return Some(at);
    }
    let mut since = of_order().filter(|entered| entered.at > at);
    let torn_out_at = since.find(|entered| entered.status.is_none())?.at;
    let mut finals =
        who_was_told(evidence, Answer::Confirmed).chain(who_was_told(evidence, Answer::Cancelled));
    let knows_more = finals
        .any(|(other, told_at)| other.id == order.id && (at..=torn_out_at).contains(&told_at));
    (!knows_more).then_some(torn_out_at)
}

fn told_at(order: &Order, answer: Answer, at: Ms) -> Claim {
    Claim::CustomerTold {
        order: order.name(),
        answer,
        at,
    }
}
