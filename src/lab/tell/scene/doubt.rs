//! What the shop cannot know.
//!
//! From the moment a request leaves until something shows how it ended, the shop is *in doubt*. Giving up does not end
//! that; only an answer does, its own or that of a later look-up.

use crate::engine::trace::{CallId, Entry, Event, Trace};
use crate::language::message::{By, CallError, ChargeStatus, Reply, Request, Response};
use crate::language::name::Name;
use crate::tell::scene::divergence::effects;
use crate::tell::scene::{Lane, Moment, Span, SpanKind};
use std::collections::BTreeMap;

/// A request that left the shop.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) turn: usize,
    pub(crate) actor: Name,
    pub(crate) call: CallId,
    pub(crate) request: &'a Request,
}

/// A trace and its requests. They are looked up once: a run that never settles has thousands of them.
pub(crate) struct Story<'a> {
    pub(crate) entries: &'a [Entry],
    requests: BTreeMap<CallId, Sent<'a>>,
}

impl<'a> Story<'a> {
    pub(crate) fn of(trace: &'a Trace) -> Story<'a> {
        let entries = &trace.entries;
        let sent = entries.iter().enumerate().filter_map(|(turn, entry)| {
            let Event::Sent { call, request, .. } = &entry.event else {
                return None;
            };
            let sent = Sent {
                turn,
                actor: entry.actor,
                call: *call,
                request,
            };
            Some((*call, sent))
        });
        Story {
            entries,
            requests: sent.collect(),
        }
    }

    /// The request that made this call.
    pub(crate) fn request(&self, call: CallId) -> Option<Sent<'a>> {
        self.requests.get(&call).copied()
    }
}

/// The spans in which the shop does not know, one for every request that changes something.
pub(crate) fn spans(story: &Story<'_>) -> Vec<Span> {
    let moment = |turn: usize| Moment {
        at: story.entries[turn].at,
        turn,
    };
    let requests = story.requests.values();
    requests
        .filter(|sent| !sent.request.is_look_up())
        .map(|sent| Span {
            lane: Lane::Shop,
            kind: SpanKind::InDoubt,
            actor: sent.actor,
            from: moment(sent.turn),
            until: cleared_up(story, sent).map(moment),
        })
        .collect()
}

/// The entry that tells the shop how this request ended.
pub(crate) fn cleared_up(story: &Story<'_>, sent: &Sent<'_>) -> Option<usize> {
    let told = |(_, entry): &(usize, &Entry)| match &entry.event {
        Event::Replied {
            call,
            response,
            unheard: false,
            ..
        } if is_conclusive(response) => {
            *call == sent.call
                || story
                    .request(*call)
                    .filter(|other| other.turn > sent.turn)
                    .is_some_and(|other| tells_about(other.request, response, sent.request))
        }
        Event::WebhookArrived { notice, .. } => {
            let mut effects = effects(story).filter(|effect| effect.by.call == sent.call);
            effects.any(|effect| effect.id == notice.charge())
        }
        _ => false,
    };
    let rest = story.entries.iter().enumerate().skip(sent.turn);
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
