//! Where the shop is wrong.
//!
//! Belief and truth *diverge* where the shop acts on something false, and nothing it ever hears corrects it. A shop
//! that keeps the question open and asks again later never diverges.

use crate::engine::trace::{Entry, Event, Settled, Told};
use crate::judge::accident::order::is_refunded_twice;
use crate::judge::evidence::Evidence;
use crate::language::instance::unmarked;
use crate::language::message::{
    By, ChargeStatus, Notice, Part, Refund, RefundStatus, Reply, Request, TxId,
};
use crate::language::name::Name;
use crate::language::order::{Answer, Yen};
use crate::tell::scene::doubt::{Sent, Story, cleared_up};

/// Something a service really did: money taken, a parcel sent, stock set aside.
pub(crate) struct Effect<'a> {
    /// When it was done.
    turn: usize,
    pub(crate) by: Sent<'a>,
    order: Name,
    pub(crate) id: Name,
}

/// The entry from which on belief and truth diverge; `None` if they never do, or agree again later.
pub(crate) fn turn(story: &Story<'_>, evidence: &Evidence) -> Option<usize> {
    let standing: Vec<Effect<'_>> = effects(story)
        .filter(|effect| !is_undone(story, effect))
        .collect();
    let unknown = standing
        .iter()
        .filter(|effect| !is_learned(story.entries, effect));
    let decided = unknown.filter_map(|effect| {
        let ruled_out = ruled_out(story, effect);
        let doubled = standing
            .iter()
            .filter(|other| other.id != effect.id && other.order == effect.order)
            .filter(|other| other.by.request.what() == effect.by.request.what())
            .map(|other| other.turn.max(effect.turn))
            .min();
        ruled_out.into_iter().chain(doubled).min()
    });
    let parted = decided.chain(confirmed_unpaid(story, evidence));
    let parted = parted.chain(came_back_unheard(story, evidence));
    let parted = parted.chain(refunded_again(story, evidence));
    parted.chain(torn(story)).min()
}

/// Where a refund fails that was accepted, and the shop never hears of it. Who tried again has heard.
fn came_back_unheard(story: &Story<'_>, evidence: &Evidence) -> Option<usize> {
    let entries = story.entries.iter().enumerate();
    let mut failed = entries.filter_map(|(turn, entry)| match &entry.event {
        Event::Settled {
            what: Settled::Refund(refund),
            ..
        } if refund.status == RefundStatus::Failed => Some((turn, refund)),
        _ => None,
    });
    let unheard = failed.find(|(turn, refund)| {
        let mut charges = evidence.charges.iter();
        let charge = charges.find(|charge| charge.id == refund.charge);
        let kept = charge.is_some_and(|charge| charge.kept() > Yen(0));
        kept && !story.entries[*turn..]
            .iter()
            .any(|entry| tells_of(entry, refund))
    });
    unheard.map(|(turn, _)| turn)
}

/// Whether the shop hears here what has become of this refund.
fn tells_of(entry: &Entry, refund: &Refund) -> bool {
    match &entry.event {
        Event::Replied {
            response: Ok(Reply::Charges(found)),
            unheard: false,
            ..
        } => found.iter().any(|charge| charge.refunds.contains(refund)),
        Event::WebhookArrived {
            notice: Notice::Refund(news),
            ..
        } => news == refund,
        _ => false,
    }
}

/// Where more of an order's money goes back than is owed.
fn refunded_again(story: &Story<'_>, evidence: &Evidence) -> Option<usize> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| is_refunded_twice(evidence, order))?;
    let charges: Vec<Name> = evidence.charges_of(order.name()).map(|it| it.id).collect();
    let mut entries = story.entries.iter();
    let is_refund = |entry: &Entry| {
        match &entry.event {
        Event::Executed {
            call,
            response: Ok(Reply::Refunded(_) | Reply::RefundAccepted(_)),
            replayed: false,
            ..
        } => story.request(*call).is_some_and(|sent| {
            matches!(sent.request, Request::Refund { charge, .. } if charges.contains(charge))
        }),
        _ => false,
    }
    };
    entries.rposition(is_refund)
}

/// Where a coordinator begins to abort a transaction that somebody has already committed.
fn torn(story: &Story<'_>) -> Option<usize> {
    let committed = |by: usize, tx: &TxId| {
        story.entries[..by].iter().any(|entry| match &entry.event {
            Event::Executed {
                call,
                response: Ok(Reply::Committed),
                ..
            } => story
                .request(*call)
                .is_some_and(|sent| sent.request.key() == Some(tx)),
            _ => false,
        })
    };
    let mut entries = story.entries.iter().enumerate();
    let called_off = entries.find_map(|(turn, entry)| match &entry.event {
        Event::Sent {
            request:
                Request::Part {
                    part: Part::Abort { tx },
                    ..
                },
            ..
        } if committed(turn, tx) => Some(turn),
        _ => None,
    })?;
    let decided = &story.entries[called_off];
    // It is decided where the wait ends, if both fall into the same millisecond.
    let gave_up = (0..called_off).rev().find(|turn| {
        let entry = &story.entries[*turn];
        let same = entry.at == decided.at && entry.actor == decided.actor;
        same && matches!(entry.event, Event::GaveUp { .. })
    });
    Some(gave_up.unwrap_or(called_off))
}

/// All that the services really did for the shop.
pub(crate) fn effects<'a>(story: &Story<'a>) -> impl Iterator<Item = Effect<'a>> {
    story
        .entries
        .iter()
        .enumerate()
        .filter_map(|(turn, entry)| {
            let Event::Executed {
                call,
                response: Ok(reply),
                replayed: false,
                ..
            } = &entry.event
            else {
                return None;
            };
            let (id, order) = match reply {
                Reply::Charge(charge) if charge.status != ChargeStatus::Declined => {
                    (charge.id, charge.order)
                }
                Reply::Reserved(reservation) => (reservation.id, reservation.order),
                Reply::Parcel(parcel) => (parcel.id, parcel.order),
                _ => return None,
            };
            let by = story.request(*call)?;
            Some(Effect {
                turn,
                by,
                order,
                id,
            })
        })
}

/// Whether a later request took the effect back.
fn is_undone(story: &Story<'_>, effect: &Effect<'_>) -> bool {
    let key = effect.by.request.key();
    story.entries.iter().any(|entry| {
        let Event::Executed {
            call,
            response: Ok(_),
            ..
        } = &entry.event
        else {
            return false;
        };
        story.request(*call).is_some_and(|sent| match sent.request {
            Request::Refund { charge, .. } => *charge == effect.id,
            Request::Void { key: other } | Request::Release { key: other } => key == Some(other),
            Request::CancelParcel(By::Key(other)) => key == Some(other),
            Request::CancelParcel(By::Order(order)) => {
                matches!(effect.by.request, Request::Ship { .. })
                    && order.as_str() == effect.order.as_str()
            }
            _ => false,
        })
    })
}

/// Whether the shop ever hears of the effect.
fn is_learned(entries: &[Entry], effect: &Effect<'_>) -> bool {
    entries[effect.turn..]
        .iter()
        .any(|entry| match &entry.event {
            Event::Replied {
                response: Ok(reply),
                unheard: false,
                ..
            } => match reply {
                Reply::Charge(charge) => charge.id == effect.id,
                Reply::Charges(found) => found.iter().any(|charge| charge.id == effect.id),
                Reply::Reserved(reservation) => reservation.id == effect.id,
                Reply::Parcel(parcel) => parcel.id == effect.id,
                Reply::Parcels(found) => found.iter().any(|parcel| parcel.id == effect.id),
                _ => false,
            },
            Event::WebhookArrived { notice, .. } => notice.charge() == effect.id,
            _ => false,
        })
}

/// Where the shop acts as if the effect had not happened and never would: it rolls its own work back or tells the
/// customer so while still in doubt, or takes an early look-up, before the request arrived, for proof.
fn ruled_out(story: &Story<'_>, effect: &Effect<'_>) -> Option<usize> {
    let entries = story.entries;
    let sent = &effect.by;
    let until = cleared_up(story, sent).unwrap_or(entries.len());
    let in_doubt = sent.turn + 1..until;
    let own = |turn: &usize| {
        let actor = entries[*turn].actor;
        actor == sent.actor || unmarked(actor) == effect.order
    };
    let decision = in_doubt
        .clone()
        .filter(own)
        .find(|turn| match &entries[*turn].event {
            Event::RolledBack(_) => took_back_work(&entries[..*turn], entries[*turn].actor),
            Event::Told(Told::Answer(answer)) => *answer == Answer::Cancelled,
            _ => false,
        });
    let Some(decision) = decision else {
        let looked_up = entries.get(until).is_some_and(
            |entry| matches!(entry.event, Event::Replied { call, .. } if call != sent.call),
        );
        return (looked_up && until < effect.turn).then_some(until);
    };
    // The decision is made where the wait ends, if both fall into the same millisecond.
    let gave_up = in_doubt.clone().find(|turn| {
        entries[*turn].at == entries[decision].at
            && matches!(entries[*turn].event, Event::GaveUp { call, .. } if call == sent.call)
    });
    Some(gave_up.unwrap_or(decision))
}

/// Whether the transaction that this actor takes back had changed a row.
fn took_back_work(before: &[Entry], actor: Name) -> bool {
    before
        .iter()
        .rev()
        .filter(|entry| entry.actor == actor)
        .filter_map(|entry| match &entry.event {
            Event::Sql { label, error: None } => Some(label.as_str()),
            _ => None,
        })
        .take_while(|label| !label.starts_with("begin"))
        .any(|label| {
            ["insert", "update", "delete", "replace"]
                .iter()
                .any(|word| label.starts_with(word))
        })
}

/// Where the customer is promised an order whose charge never came to anything.
fn confirmed_unpaid(story: &Story<'_>, evidence: &Evidence) -> Option<usize> {
    let entries = story.entries;
    let paid = |order: Name| {
        effects(story).any(|effect| {
            let settled = evidence
                .charges
                .iter()
                .find(|charge| charge.id == effect.id);
            let status = settled.map(|charge| charge.status);
            matches!(effect.by.request, Request::Charge { .. })
                && effect.order == order
                && !matches!(
                    status,
                    Some(ChargeStatus::Declined | ChargeStatus::Accepted)
                )
        })
    };
    let asked = |order: Name| {
        entries.iter().any(|entry| match &entry.event {
            Event::Sent { request, .. } | Event::NoConnection { request, .. } => {
                matches!(request, Request::Charge { .. }) && request.order() == Some(order)
            }
            _ => false,
        })
    };
    entries.iter().position(|entry| {
        entry.event == Event::Told(Told::Answer(Answer::Confirmed))
            && asked(unmarked(entry.actor))
            && !paid(unmarked(entry.actor))
    })
}
