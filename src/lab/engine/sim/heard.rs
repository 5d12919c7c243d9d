//! Asking again and hearing nothing new is as idle as a look into the shop's own database.
//!
//! A look-up changes nothing at its service, and neither does a request under a key, or about a transaction, that the
//! service has answered the same way before: that is what idempotent means. All it can change is what the shop knows,
//! and not even that if the same process got the same answer before. So such a call is no change of the world's
//! [`state`](Sim::state), and a tick or a run of the periodic job that does no more than that may *repeat* an earlier
//! one; see [`crate::search::exhaustive`] for what follows. An answer that differs is a change, and the tick that has
//! asked for it repeats nothing. To leave out nothing that could matter, these count as changes, too:
//!
//! - a call that suffers a fault, one that is given up, and one whose answer nobody waits for;
//! - the first answer that a process hears, whatever a dead one has heard;
//! - an answer that comes after a key, a reservation or an authorisation has lapsed, or a parcel has been dispatched,
//!   even if it is the same: the services have changed silently.

use super::{Sim, Tick};
use crate::engine::due::Call;
use crate::engine::trace::{CallId, Event};
use crate::language::instance::{Instance, unmarked};
use crate::language::message::{CallError, Request, Response};
use crate::language::step::RECOVER;
use crate::language::time::Ms;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The answers that the current process has had, and what may have changed silently since.
pub(crate) struct Heard {
    /// The last answer to each request, and when it came.
    answers: Vec<(Instance, Request, Response, Ms)>,
    /// When what the services remember lapses.
    lapses: Vec<Ms>,
    /// How long they remember a key.
    pub(crate) keys_last: Ms,
    /// When the thing that was just answered about lapses.
    pub(crate) lapses_at: fn(Ms, &Response) -> Option<Ms>,
}

impl Heard {
    /// No answers yet, from services that remember a key for this long.
    pub(crate) fn nothing(keys_last: Ms, lapses_at: fn(Ms, &Response) -> Option<Ms>) -> Heard {
        Heard {
            answers: Vec::new(),
            lapses: Vec::new(),
            keys_last,
            lapses_at,
        }
    }

    /// This process has died, and has forgotten what it heard.
    pub(crate) fn forget(&mut self, instance: Instance) {
        self.answers.retain(|(whose, ..)| *whose != instance);
    }

    /// Whether this process repeats a request that may be sent any number of times.
    pub(crate) fn is_again(&self, instance: Instance, request: &Request) -> bool {
        let mut answers = self.answers.iter();
        request.is_idempotent()
            && answers.any(|(whose, asked, ..)| *whose == instance && asked == request)
    }

    /// Whether the caller's process has had the same answer before, and nothing has lapsed since.
    fn is_known(&self, now: Ms, call: &Call, response: &Response) -> bool {
        let mut answers = self.answers.iter();
        answers.any(|(whose, asked, answer, since)| {
            let has_lapsed = |at: &Ms| *since < *at && *at <= now;
            *whose == call.instance
                && *asked == call.request
                && answer == response
                && !self.lapses.iter().any(has_lapsed)
        })
    }

    fn hear(&mut self, now: Ms, call: &Call, response: &Response) {
        let Call {
            instance, request, ..
        } = call;
        if !request.is_idempotent() {
            return;
        }
        self.answers
            .retain(|(whose, asked, ..)| whose != instance || asked != request);
        self.answers
            .push((*instance, request.clone(), response.clone(), now));
    }
}

impl Sim {
    /// The step that was just reached is a request; returns in which tick, if a background task has sent it.
    pub(crate) fn asks_for(&mut self, request: &Request) -> Option<u32> {
        let n = self.asked.last()?.tick?;
        let tick = &mut self.activity.ticks[n as usize];
        let mut hasher = DefaultHasher::new();
        // The same question about two orders is two questions.
        (tick.what, format!("{request:?}")).hash(&mut hasher);
        tick.what = hasher.finish();
        tick.calls += 1;
        tick.look_ups += u32::from(request.is_look_up());
        Some(n)
    }

    /// A service has answered this call. If the caller was told the same before, or would be, nothing has changed.
    pub(super) fn is_answered(&mut self, done: Ms, id: CallId, response: &Response) {
        let call = &self.calls[id.0 as usize];
        if call.again && self.heard.is_known(done, call, response) {
            return;
        }
        let Heard {
            keys_last,
            lapses_at,
            ..
        } = self.heard;
        if !call.request.is_look_up() && call.request.key().is_some() {
            self.heard.lapses.push(done + keys_last);
        }
        self.heard.lapses.extend(lapses_at(done, response));
        self.is_news(id);
    }

    /// An answer has reached the shop.
    pub(super) fn is_heard(&mut self, at: Ms, id: CallId, response: &Response) {
        let call = &mut self.calls[id.0 as usize];
        let is_refusal = *response == Err(CallError::ConnectionRefused);
        let in_vain =
            !is_refusal && call.again && call.waiting && self.heard.is_known(at, call, response);
        call.in_vain = in_vain;
        let is_news = !call.in_vain && !is_refusal;
        if call.waiting {
            self.heard.hear(at, call, response);
        }
        if is_news {
            self.is_news(id)
        } else {
            self.tried_in_vain()
        }
    }

    /// The caller knows more now, if only that nobody answers: the tick that asked was not idle.
    pub(crate) fn is_news(&mut self, id: CallId) {
        self.touch();
        if let Some(n) = self.calls[id.0 as usize].tick {
            self.activity.ticks[n as usize].repeats = false;
        }
    }

    /// The calls of repeated ticks: they have heard what they had heard before.
    pub(crate) fn vain_calls(&self) -> BTreeSet<CallId> {
        let calls = (0..).map(CallId).zip(&self.calls);
        let repeats = |n: u32| self.activity.ticks[n as usize].repeats;
        calls
            .filter(|(_, call)| call.tick.is_some_and(repeats))
            .map(|(id, _)| id)
            .collect()
    }

    /// Leaves out of the trace what ticks have looked up in vain: telling it once is enough.
    pub(crate) fn leave_out_vain_look_ups(&mut self) {
        // Other requests stay: verdicts ask whether somebody sent them, and who got no answer.
        let is_left_out =
            |tick: &Tick| tick.repeats && tick.told_to > 0 && tick.look_ups == tick.calls;
        if !self.activity.ticks.iter().any(is_left_out) {
            return;
        }
        let mut told = vec![true; self.trace.entries.len()];
        for tick in self.activity.ticks.iter().filter(|tick| is_left_out(tick)) {
            for (place, entry) in self.trace.entries[..tick.told_to]
                .iter()
                .enumerate()
                .skip(tick.told_from)
            {
                told[place] = unmarked(entry.actor) == RECOVER;
            }
        }
        for (place, entry) in self.trace.entries.iter().enumerate() {
            if let Event::Sent { call, .. }
            | Event::Executed { call, .. }
            | Event::Replied { call, .. } = entry.event
            {
                let call = &self.calls[call.0 as usize];
                let tick = call.tick.map(|n| &self.activity.ticks[n as usize]);
                told[place] = !(call.in_vain && tick.is_some_and(is_left_out));
            }
        }
        let mut told = told.into_iter();
        self.trace.entries.retain(|_| told.next().unwrap_or(true));
    }
}
