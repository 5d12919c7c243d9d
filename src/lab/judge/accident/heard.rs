//! A no that the shop has heard is final: asking again until it is a yes is asking for another transaction.
//!
//! A no counts if it was heard and could be kept. Nobody has heard a no on a lost reply, or on one that comes after its
//! caller gave up, or one that a process hears in the millisecond in which it dies. One that comes while the process
//! stands still is heard after whatever the process does as soon as it goes on. If the database refused to store
//! it, it binds only if it was told to the customer.

use super::Accident::*;
use super::{Finding, has_the_last_word, order_named};
use crate::engine::trace::{CallId, Entry, Event};
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::instance::{Instance, unmarked};
use crate::language::message::{
    CallError, ChargeStatus, Notice, Reply, Request, Response, Service,
};
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::step::StepKind;
use crate::language::time::Ms;

/// A no: whose it is, which order it is about, and when it was heard.
struct No {
    service: Service,
    order: Name,
    at: Ms,
    /// Which process heard it.
    by: Instance,
    /// It had come before, while the process stood still.
    waited: bool,
}

impl No {
    /// Whether a request that is sent at this time is sent in spite of it.
    fn binds(&self, at: Ms) -> bool {
        !self.waited || self.at < at
    }
}

/// A request for money or for a parcel.
struct Asked {
    call: CallId,
    order: Name,
    /// When the earlier no was heard.
    after_a_no_at: Option<Ms>,
}

pub(super) fn a_no_and_asked_again(evidence: &Evidence) -> Option<Finding> {
    if !has_the_last_word(evidence) {
        return None;
    }
    let entries = &evidence.trace.entries;
    let mut noes: Vec<No> = Vec::new();
    let mut asked: Vec<Asked> = Vec::new();
    let mut still: Vec<Instance> = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        match &entry.event {
            Event::Sent { call, request, .. } => asked.extend(wanted(request).map(|order| {
                let mut before = noes.iter();
                let before = before.find(|no| {
                    no.order == order && no.service == request.service() && no.binds(entry.at)
                });
                Asked {
                    call: *call,
                    order,
                    after_a_no_at: before.map(|no| no.at),
                }
            })),
            Event::Replied {
                call,
                service,
                response,
                unheard: false,
            } if !dies_with_it(&entries[n..]) => {
                let order = asked.iter().find(|it| it.call == *call).map(|it| it.order);
                let refused = refused_in(response, order).into_iter();
                noes.extend(refused.map(|order| No {
                    service: *service,
                    order,
                    at: entry.at,
                    by: Instance::of(entry.actor),
                    waited: still.contains(&Instance::of(entry.actor)),
                }));
            }
            Event::WebhookArrived {
                service,
                notice: Notice::Charge(charge),
            } if charge.status != ChargeStatus::Captured && !dies_with_it(&entries[n..]) => noes
                .push(No {
                    service: *service,
                    order: entry.actor,
                    at: entry.at,
                    by: Instance::FIRST,
                    waited: still.contains(&Instance::FIRST),
                }),
            Event::Paused => still.push(Instance::of(entry.actor)),
            Event::WentOn | Event::Crashed if still.contains(&Instance::of(entry.actor)) => {
                let process = Instance::of(entry.actor);
                still.retain(|it| *it != process);
                // Nothing was sent meanwhile; a dead process has heard nothing of what waited for it.
                noes.retain(|no| no.by != process || !no.waited || entry.event == Event::WentOn);
                for no in noes.iter_mut().filter(|no| no.waited && no.by == process) {
                    no.at = no.at.max(entry.at);
                }
            }
            // It was heard, and could not be stored.
            Event::Struck { step, .. }
                if matches!(step.kind(), StepKind::Sql | StepKind::Commit) =>
            {
                noes.retain(|no| no.order != unmarked(entry.actor) || no.at < entry.at);
            }
            Event::Executed {
                call,
                response: Ok(reply),
                replayed: false,
                ..
            } => {
                let mut all = asked.iter();
                let Some((it, heard_at)) =
                    all.find_map(|it| Some((it, it.after_a_no_at.filter(|_| it.call == *call)?)))
                else {
                    continue;
                };
                if let Some(order) = order_named(evidence, it.order)
                    && took_effect(evidence, reply)
                {
                    return Some(finding(evidence, order, reply, heard_at));
                }
            }
            _ => {}
        }
    }
    None
}

/// The order for which this asks for money or a parcel.
fn wanted(request: &Request) -> Option<Name> {
    match request {
        Request::Charge { order, .. }
        | Request::Authorize { order, .. }
        | Request::Ship { order, .. } => Some(*order),
        _ => None,
    }
}

/// The orders that this reply, to a request for `order`, finally refuses.
fn refused_in(response: &Response, order: Option<Name>) -> Vec<Name> {
    match response {
        Err(CallError::Declined) => order.into_iter().collect(),
        Ok(Reply::Charges(found)) => {
            let declined = found.iter();
            let declined = declined.filter(|charge| charge.status == ChargeStatus::Declined);
            declined.map(|charge| charge.order).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the process dies in the millisecond of the first of these.
fn dies_with_it(entries: &[Entry]) -> bool {
    let mut same = entries.iter().take_while(|it| it.at == entries[0].at);
    same.any(|entry| entry.event == Event::Crashed)
}

/// Whether this moved money, or sent a parcel.
fn took_effect(evidence: &Evidence, reply: &Reply) -> bool {
    match reply {
        Reply::Charge(charge) => {
            let mut charges = evidence.charges.iter().filter(|it| it.id == charge.id);
            charges.any(|it| it.held.iter().any(|(_, held)| *held > Yen(0)))
        }
        Reply::Parcel(_) => true,
        _ => false,
    }
}

fn finding(evidence: &Evidence, order: &Order, reply: &Reply, heard_at: Ms) -> Finding {
    let of = match reply {
        Reply::Parcel(_) => Service::Shipping,
        _ => Service::Payment,
    };
    let expected = Expected::NoIsFinal {
        of,
        order: order.name(),
    };
    let mut finding = Finding::of_order(AFinalWordTakenBack, expected, evidence, order);
    let heard = Claim::HeardNo {
        order: order.name(),
        at: heard_at,
    };
    finding.believes.insert(0, heard);
    finding
}
