//! What the shop cannot know, and where it is wrong.
//!
//! From the moment a request leaves until something tells how it ended, the shop is *in doubt*. Ceasing to
//! wait does not end that; only an answer does, its own or that of a later look-up.
//!
//! Belief and truth *part* where the shop acts on something that is not so, and nothing it ever hears
//! corrects it. A shop that keeps the question open and asks again later never parts.

use super::scene::{Moment, Span, SpanKind};
use crate::evidence::Evidence;
use crate::message::{By, CallError, ChargeStatus, Reply, Request, Response};
use crate::name::Name;
use crate::order::Answer;
use crate::trace::{CallId, Entry, Event, Told, Trace};

/// A request that left the shop.
struct Sent<'a> {
    turn: usize,
    actor: Name,
    call: CallId,
    request: &'a Request,
}

fn requests(entries: &[Entry]) -> impl Iterator<Item = Sent<'_>> {
    entries.iter().enumerate().filter_map(|(turn, entry)| {
        let Event::Sent { call, request, .. } = &entry.event else {
            return None;
        };
        Some(Sent {
            turn,
            actor: entry.actor,
            call: *call,
            request,
        })
    })
}

/// The spans in which the shop does not know, one for every request that changes something.
pub(super) fn spans(trace: &Trace) -> Vec<Span> {
    let entries = &trace.entries;
    let moment = |turn: usize| Moment {
        at: entries[turn].at,
        turn,
    };
    requests(entries)
        .filter(|sent| !sent.request.is_look_up())
        .map(|sent| Span {
            kind: SpanKind::InDoubt,
            actor: sent.actor,
            from: moment(sent.turn),
            until: cleared_up(entries, &sent).map(moment),
        })
        .collect()
}

/// The entry that tells the shop how this request ended.
fn cleared_up(entries: &[Entry], sent: &Sent<'_>) -> Option<usize> {
    let told = |(turn, entry): &(usize, &Entry)| match &entry.event {
        Event::Replied {
            call,
            response,
            unheard: false,
            ..
        } if is_conclusive(response) => {
            *call == sent.call
                || requests(&entries[..*turn])
                    .filter(|other| other.turn > sent.turn && other.call == *call)
                    .any(|other| tells_about(other.request, response, sent.request))
        }
        Event::WebhookArrived { text, .. } => {
            let order = sent.request.order();
            let mut ids = effects(entries).filter(|effect| effect.by.call == sent.call);
            order.is_some_and(|order| text.contains(order.as_str()))
                || ids.any(|effect| text.contains(effect.id.as_str()))
        }
        _ => false,
    };
    let rest = entries.iter().enumerate().skip(sent.turn);
    rest.into_iter().find(told).map(|(turn, _)| turn)
}

/// Whether this answer says how its request ended. After a 500 the caller knows no more than before, and
/// a charge that is merely accepted may still go either way.
fn is_conclusive(response: &Response) -> bool {
    match response {
        Err(CallError::ServerError | CallError::InFlight | CallError::KeyReused) => false,
        Ok(Reply::Charge(charge)) => charge.status != ChargeStatus::Accepted,
        _ => true,
    }
}

/// Whether the answer to `asked` also says how an earlier request ended.
fn tells_about(asked: &Request, response: &Response, earlier: &Request) -> bool {
    if asked.service() != earlier.service() {
        return false;
    }
    if let (Some(key), Some(other)) = (asked.key(), earlier.key()) {
        return key == other;
    }
    match (asked, earlier, response) {
        (
            Request::Find(By::Order(_)),
            Request::Refund { charge, .. },
            Ok(Reply::Charges(found)),
        ) => found.iter().any(|known| known.id == *charge),
        (
            Request::Find(By::Order(id))
            | Request::FindParcels(By::Order(id))
            | Request::CancelParcel(By::Order(id)),
            earlier,
            Ok(_),
        ) => earlier
            .order()
            .is_some_and(|order| order.as_str() == id.as_str()),
        _ => false,
    }
}

/// Something a service really did: money taken, a parcel sent, stock set aside.
struct Effect<'a> {
    /// When it was done.
    turn: usize,
    by: Sent<'a>,
    order: Name,
    id: Name,
}

/// The entry from which on belief and truth part; nothing if they never do, or come together again.
pub(super) fn parting(evidence: &Evidence) -> Option<usize> {
    let entries = &evidence.trace.entries;
    let standing: Vec<Effect<'_>> = effects(entries)
        .filter(|effect| !is_undone(entries, effect))
        .collect();
    let unknown = standing
        .iter()
        .filter(|effect| !is_learned(entries, effect));
    let decided = unknown.filter_map(|effect| {
        let ruled_out = ruled_out(entries, effect);
        let doubled = standing
            .iter()
            .filter(|other| other.id != effect.id && other.order == effect.order)
            .filter(|other| other.by.request.what() == effect.by.request.what())
            .map(|other| other.turn.max(effect.turn))
            .min();
        ruled_out.into_iter().chain(doubled).min()
    });
    decided.chain(confirmed_unpaid(evidence)).min()
}

fn effects(entries: &[Entry]) -> impl Iterator<Item = Effect<'_>> {
    entries.iter().enumerate().filter_map(|(turn, entry)| {
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
        let by = requests(entries).find(|sent| sent.call == *call)?;
        Some(Effect {
            turn,
            by,
            order,
            id,
        })
    })
}

/// Whether a later request took the effect back.
fn is_undone(entries: &[Entry], effect: &Effect<'_>) -> bool {
    let key = effect.by.request.key();
    entries.iter().any(|entry| {
        let Event::Executed {
            call,
            response: Ok(_),
            ..
        } = &entry.event
        else {
            return false;
        };
        requests(entries)
            .filter(|sent| sent.call == *call)
            .any(|sent| match sent.request {
                Request::Refund { charge, .. } => *charge == effect.id,
                Request::Void { key: other } | Request::Release { key: other } => {
                    key == Some(other)
                }
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
            Event::WebhookArrived { text, .. } => {
                text.contains(effect.id.as_str()) || text.contains(effect.order.as_str())
            }
            _ => false,
        })
}

/// Where the shop acts as if the effect had not been and would not be: it takes its own work back or tells
/// the customer so while still in doubt, or takes a look-up for proof that came before the request did.
fn ruled_out(entries: &[Entry], effect: &Effect<'_>) -> Option<usize> {
    let sent = &effect.by;
    let until = cleared_up(entries, sent).unwrap_or(entries.len());
    let in_doubt = sent.turn + 1..until;
    let own =
        |turn: &usize| entries[*turn].actor == sent.actor || entries[*turn].actor == effect.order;
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
fn confirmed_unpaid(evidence: &Evidence) -> Option<usize> {
    let entries = &evidence.trace.entries;
    let paid = |order: Name| {
        effects(entries).any(|effect| {
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
            && asked(entry.actor)
            && !paid(entry.actor)
    })
}
