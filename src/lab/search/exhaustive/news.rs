//! News in the middle: the moments at which something late can arrive, one of each kind.
//!
//! A message that is an hour late comes when everything is over, and one that is 1.5 s late comes before anything else
//! has begun. The accident lies in between: in the middle of a later run, after one of its steps and before the next.
//! The world in which the news never comes (the message is lost, the customer clicks once) shows which steps those are.
//! Until the news arrives, its own world is the same.
//!
//! # Why one arrival per gap is enough
//!
//! Between two consecutive moments at which anything happens only the clock moves, so it makes no difference when in
//! that gap the news arrives: both sides are in the same state, and everything that follows is the same, only at other
//! times. So each gap is tried once, in its middle, and not at all if one of the vocabulary's own spans falls into it.
//! An idle run of the periodic job is no such moment, for it changes nothing and calls nobody. Nor is a tick of a
//! background task, or a call it makes, that repeats an earlier one: news between two such ticks is the same as news
//! between two others.
//!
//! A late request that nobody waits for any more is news for its service only. The service cannot see what the shop
//! does between two requests, so only that service's moments count. A late reply is news as long as somebody waits for
//! it; after that it is heard by nobody and changes nothing.
//!
//! A customer who hangs up is such news, too. It is tried until the customer has an answer, and only the shop's moments
//! count: no service learns that its caller is gone. The end of a gap belongs to it, because in that millisecond the
//! dropped code gets no turn any more. (Statements take no time, so nobody hangs up between two of them; a crash does
//! that.)
//!
//! The end of a pause is news to everything that waited for the process, and what matters is what others have done by
//! then: services, another process, whoever waits for a lock. A world in which the process stands still for as long as a
//! world lasts shows that. It does not show the process's own timers, which come due unseen, so the moments at which
//! callers would have given up count as well. (A timer without a call is not seen. That is one more reason for samples.)
//!
//! Where no request is under way for longer than some time, one that would have to be is not tried.
//!
//! All this rests on the premise of the [search](super): code that looks at the clock could tell two moments of one gap
//! apart.

use crate::engine::trace::{CallId, Entry, Event};
use crate::judge::evidence::Evidence;
use crate::language::fault::Fault;
use crate::language::instance::unmarked;
use crate::language::message::{Reply, Service};
use crate::language::name::Name;
use crate::language::step::{RECOVER, Step};
use crate::language::time::{HORIZON, Ms};
use crate::run::Run;
use std::collections::BTreeSet;

/// How long after the last moment news arrives that comes after everything.
const AFTER_ALL: Ms = Ms::hours(1);

/// What a fault makes late, or sends again; or a customer's hanging up, which is news to the shop, too.
pub(super) struct News {
    fault: Fault,
    /// When it would arrive on time.
    usual: Ms,
    /// Whose step it is.
    actor: Name,
    /// The service that a request is for; `None` for news to the shop.
    service: Option<Service>,
    call: Option<CallId>,
}

impl News {
    /// The news that this fault has held up at this step, according to its run; `None` if the fault is of another kind.
    pub(super) fn of(run: &Run, step: &Step, fault: Fault) -> Option<News> {
        let span = fault.span()?;
        let mut entries = run.evidence.trace.entries.iter();
        let struck = entries
            .find(|entry| matches!(&entry.event, Event::Struck { step: at, .. } if at == step))?;
        let news = |usual, service, call| News {
            fault,
            usual,
            actor: step.actor,
            service,
            call,
        };
        let mut own = entries.filter(|entry| entry.actor == step.actor);
        match fault {
            Fault::Twice(_) | Fault::HangsUp(_) | Fault::Pauses(_) => {
                Some(news(struck.at, None, None))
            }
            Fault::Late(_) => own.find_map(|entry| match entry.event {
                Event::WebhookSent { arrives_at, .. } => Some(news(arrives_at? - span, None, None)),
                _ => None,
            }),
            Fault::RequestLate(_) | Fault::RequestTwice(_) => {
                own.find_map(|entry| match &entry.event {
                    Event::Sent {
                        call,
                        request,
                        arrives_at,
                    } => {
                        let late = match fault {
                            Fault::RequestLate(span) => span,
                            _ => Ms::ZERO,
                        };
                        let service = Some(request.service());
                        Some(news((*arrives_at)? - late, service, Some(*call)))
                    }
                    _ => None,
                })
            }
            Fault::ReplyLate(_) => {
                let sent = own.find_map(|entry| match entry.event {
                    Event::Sent { call, .. } => Some(call),
                    _ => None,
                })?;
                let heard = run.evidence.trace.entries.iter().find_map(|entry| {
                    matches!(entry.event, Event::Replied { call, .. } if call == sent)
                        .then_some(entry.at)
                })?;
                Some(news(heard - span, None, Some(sent)))
            }
            _ => None,
        }
    }

    /// The words of the fault that holds it up.
    pub(super) fn words(&self) -> &'static str {
        self.fault.words()
    }

    /// Whether nobody waits any more for a reply that this fault holds up. Such a reply is as good as lost.
    pub(super) fn is_unheard(&self, never: &Run, fault: Fault) -> bool {
        let (Fault::ReplyLate(span), Some(call)) = (fault, self.call) else {
            return false;
        };
        gave_up(never, call).is_some_and(|gave_up| gave_up < self.usual + span)
    }

    /// The fault whose world shows what happens while this news does not come; `None` if that is the world without any
    /// fault at this step.
    pub(super) fn never(&self) -> Option<Fault> {
        match self.fault {
            Fault::Late(_) => Some(Fault::Lost),
            Fault::RequestLate(_) => Some(Fault::RequestLost),
            Fault::ReplyLate(_) => Some(Fault::ReplyLost),
            _ => None,
        }
    }

    /// The fault whose world shows what others do while the process does not go on; `None` for other news.
    pub(super) fn on_and_on(&self) -> Option<Fault> {
        matches!(self.fault, Fault::Pauses(_)).then_some(Fault::Pauses(HORIZON))
    }

    /// The end of a pause, once for each gap of a world in which the process stands still `on_and_on`, except gaps that
    /// already contain one of `tried`. Without the pause, the world is `calm`.
    pub(super) fn when_it_goes_on(
        &self,
        on_and_on: &Run,
        calm: &Run,
        tried: &[Fault],
    ) -> Vec<Fault> {
        let mut moments = moments(on_and_on, Side::Both);
        let gave_up = calm.evidence.trace.entries.iter().filter_map(|entry| {
            let gave_up = matches!(entry.event, Event::GaveUp { .. });
            gave_up.then_some(entry.at)
        });
        moments.extend(gave_up);
        moments.retain(|at| *at >= self.usual);
        moments.sort_unstable();
        moments.dedup();
        if let Some(last) = moments.last() {
            moments.push(*last + AFTER_ALL + AFTER_ALL);
        }
        self.one_for_each_gap(moments, on_and_on.evidence.ended_at, None, tried)
    }

    /// The same fault, once for each gap of the world without this news, except gaps that already contain one of
    /// `tried`. A request comes [after so long](crate::setup::Setup::under_way_for) at most.
    pub(super) fn in_the_middle(
        &self,
        never: &Run,
        under_way_for: Option<Ms>,
        tried: &[Fault],
    ) -> Vec<Fault> {
        if let Fault::HangsUp(_) = self.fault {
            return self.wherever_it_waits(never, tried);
        }
        let gave_up = self.call.and_then(|call| gave_up(never, call));
        let is_heard = !matches!(self.fault, Fault::RequestTwice(_)) && gave_up.is_none();
        let service = self.service.filter(|_| !is_heard);
        let mut moments = moments(never, service.map_or(Side::Both, Side::Service));
        moments.retain(|at| *at >= self.usual);
        if matches!(self.fault, Fault::ReplyLate(_))
            && let Some(gave_up) = gave_up
        {
            moments.retain(|at| *at <= gave_up);
        } else if let Some(last) = moments.last() {
            moments.push(*last + AFTER_ALL + AFTER_ALL);
        }
        let longest = under_way_for.filter(|_| self.service.is_some());
        self.one_for_each_gap(moments, never.evidence.ended_at, longest, tried)
    }

    /// The same fault in the middle of each gap between these moments, or of the part of it that it reaches if it takes
    /// so long at most.
    fn one_for_each_gap(
        &self,
        moments: Vec<Ms>,
        ended_at: Ms,
        longest: Option<Ms>,
        tried: &[Fault],
    ) -> Vec<Fault> {
        let end = ended_at.min(self.usual + HORIZON);
        let latest = longest.map_or(end, |longest| self.usual + longest);
        let mut found = Vec::new();
        for gap in moments.windows(2) {
            let (from, until) = (gap[0], gap[1].min(end));
            let is_tried = |tried: &Fault| {
                let at = self.usual + tried.span().unwrap_or_default();
                tried.words() == self.fault.words() && from < at && at < until
            };
            let middle = Ms(from.0 + (until.min(latest) - from).0 / 2);
            if from < middle && !tried.iter().any(is_tried) {
                found.push(self.fault.with_span(middle - self.usual));
            }
        }
        found
    }

    /// The same hanging up, once for each gap between what the shop does before the customer has an answer, except gaps
    /// that already contain one of `tried`.
    fn wherever_it_waits(&self, never: &Run, tried: &[Fault]) -> Vec<Fault> {
        let Evidence {
            submissions,
            ended_at,
            ..
        } = &never.evidence;
        let mut submissions = submissions.iter();
        let own = submissions
            .find(|it| it.order.name() == unmarked(self.actor) && it.at == Some(self.usual))
            .and_then(|it| it.told.as_ref());
        let answered = own.map_or(*ended_at, |(at, _)| *at);
        let mut moments = moments(never, Side::Shop);
        moments.retain(|at| (self.usual..answered).contains(at));
        moments.push(answered.min(self.usual + HORIZON));
        let mut found = Vec::new();
        for gap in moments.windows(2) {
            let (from, until) = (gap[0], gap[1]);
            let is_tried = |tried: &Fault| {
                let at = self.usual + tried.span().unwrap_or_default();
                tried.words() == self.fault.words() && from < at && at <= until
            };
            let middle = until - Ms((until - from).0 / 2);
            if from < middle && !tried.iter().any(is_tried) {
                found.push(self.fault.with_span(middle - self.usual));
            }
        }
        found
    }
}

/// When the caller gave this call up.
fn gave_up(run: &Run, call: CallId) -> Option<Ms> {
    let mut entries = run.evidence.trace.entries.iter();
    entries.find_map(|entry| match entry.event {
        Event::GaveUp { call: id, .. } if id == call => Some(entry.at),
        _ => None,
    })
}

/// Whose moments count.
#[derive(Clone, Copy)]
enum Side {
    Both,
    Shop,
    Service(Service),
}

/// The times at which something happens before or after which news could come.
fn moments(run: &Run, side: Side) -> Vec<Ms> {
    let entries = &run.evidence.trace.entries;
    let ended = |entry: &Entry| match entry.event {
        Event::RecoverEnded {
            run, idle: true, ..
        } => Some((entry.actor, run)),
        _ => None,
    };
    let idle: Vec<(Name, u32)> = entries.iter().filter_map(ended).collect();
    let repeats = run.ticks.iter().filter(|tick| tick.repeats);
    let vain_ticks: BTreeSet<Ms> = repeats.map(|tick| tick.at).collect();
    let mut in_an_idle_run: Vec<Name> = Vec::new();
    let mut moments = Vec::new();
    for entry in entries {
        if let Event::RecoverBegan(run) = entry.event {
            in_an_idle_run.retain(|job| *job != entry.actor);
            if idle.contains(&(entry.actor, run)) {
                in_an_idle_run.push(entry.actor);
            }
        }
        if in_an_idle_run.contains(&entry.actor) {
            continue;
        }
        let of_a_vain_call = match &entry.event {
            Event::Sent { call, .. }
            | Event::NoConnection { call, .. }
            | Event::Executed { call, .. }
            | Event::Replied { call, .. } => run.vain_calls.contains(call),
            Event::Sql { .. } => unmarked(entry.actor) != RECOVER && vain_ticks.contains(&entry.at),
            _ => false,
        };
        if of_a_vain_call {
            continue;
        }
        if !matches!(side, Side::Shop) {
            moments.extend(lapses(entry));
        }
        let counts = match (&entry.event, side) {
            (Event::Log(_) | Event::Struck { .. }, _) => false,
            (Event::Replied { unheard, .. }, Side::Both | Side::Shop) => !unheard,
            (event, Side::Shop) => !is_of_a_service(event),
            (_, Side::Both) => true,
            (
                Event::Sent {
                    request,
                    arrives_at,
                    ..
                },
                Side::Service(service),
            ) => {
                // A service decides when the request arrives.
                moments.extend(arrives_at.filter(|_| request.service() == service));
                false
            }
            (
                Event::Executed { service: at, .. }
                | Event::Settled { service: at, .. }
                | Event::RowLocked { service: at, .. }
                | Event::RowFreed { service: at, .. },
                Side::Service(service),
            ) => *at == service,
            (_, Side::Service(_)) => false,
        };
        if counts {
            moments.push(entry.at);
        }
    }
    moments.sort_unstable();
    moments.dedup();
    moments.retain(|at| *at < run.evidence.ended_at);
    moments
}

/// Whether a service does this, and the shop has not heard of it yet.
fn is_of_a_service(event: &Event) -> bool {
    matches!(
        event,
        Event::Executed { .. }
            | Event::ReplyLost { .. }
            | Event::Settled { .. }
            | Event::RowLocked { .. }
            | Event::RowFreed { .. }
            | Event::WebhookSent { .. }
    )
}

/// When the subject of this entry will lapse, or leave, silently.
fn lapses(entry: &Entry) -> Option<Ms> {
    match &entry.event {
        Event::Executed { response, .. } => match response {
            Ok(Reply::Reserved(reservation)) => Some(reservation.expires_at),
            Ok(Reply::Parcel(parcel)) => Some(parcel.dispatched_at),
            _ => None,
        },
        _ => None,
    }
}
