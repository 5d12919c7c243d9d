//! Who asks again and hears nothing new is as idle as who looks into the shop's own database.
//!
//! A look-up changes nothing at its service, and neither does a request under a key, or about a transaction, that the service
//! has answered just so before: that is what idempotent means. All it can change is what the shop knows, and it does not even
//! do that if its answer is the one that the same process was given before. So such a call is no change of the world's
//! [`state`](Sim::state), and a tick or a run of the periodic job that does no more than that may *repeat* an earlier one;
//! see [`crate::search::exhaustive`] for what follows. An answer that differs is a change, and the tick that has asked for it repeats
//! nothing. What counts as a change besides, so that nothing is left out that could matter:
//!
//! - a call that suffers a fault, one that is given up, and one whose answer nobody waits for;
//! - the first answer that a process hears, whatever a dead one has heard;
//! - an answer that comes after a key, a reservation or an authorisation has lapsed, or a parcel has been dispatched, however
//!   equal it is: the services have changed without a word.

use super::{Sim, Tick};
use crate::engine::trace::{CallId, Event};
use crate::language::message::{CallError, Request, Response};
use crate::language::step::RECOVER;
use crate::language::time::Ms;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What the current process has been answered, and what may have changed since without a word.
pub(crate) struct Heard {
    /// The last answer to each request, and when it came.
    answers: Vec<(Request, Response, Ms)>,
    /// When what the services remember lapses.
    lapses: Vec<Ms>,
    /// How long they remember a key.
    pub(crate) keys_last: Ms,
    /// When that lapses which was just answered.
    pub(crate) lapses_at: fn(Ms, &Response) -> Option<Ms>,
}

impl Heard {
    /// Nothing yet, of services that remember a key for so long.
    pub(crate) fn nothing(keys_last: Ms, lapses_at: fn(Ms, &Response) -> Option<Ms>) -> Heard {
        Heard {
            answers: Vec::new(),
            lapses: Vec::new(),
            keys_last,
            lapses_at,
        }
    }

    /// The process has died, and has forgotten what it heard.
    pub(crate) fn forget(&mut self) {
        self.answers.clear();
    }

    /// Whether the process asks for something again that is the same however often it is asked for.
    pub(crate) fn is_again(&self, request: &Request) -> bool {
        request.is_idempotent() && self.answers.iter().any(|(asked, ..)| asked == request)
    }

    /// Whether the process has heard just this before, and nothing has lapsed since.
    fn is_known(&self, now: Ms, request: &Request, response: &Response) -> bool {
        let mut answers = self.answers.iter();
        answers.any(|(asked, answer, since)| {
            let has_lapsed = |at: &Ms| *since < *at && *at <= now;
            asked == request && answer == response && !self.lapses.iter().any(has_lapsed)
        })
    }

    fn hear(&mut self, now: Ms, request: &Request, response: &Response) {
        if !request.is_idempotent() {
            return;
        }
        self.answers.retain(|(asked, ..)| asked != request);
        self.answers.push((request.clone(), response.clone(), now));
    }
}

impl Sim {
    /// The step that was just reached is a request; tells in which tick, if it is one of a background task.
    pub(crate) fn asks_for(&mut self, request: &Request) -> Option<u32> {
        let n = self.asked.last()?.tick?;
        let tick = &mut self.activity.ticks[n as usize];
        let mut hasher = DefaultHasher::new();
        // What is asked about one order is not what is asked about another.
        (tick.what, format!("{request:?}")).hash(&mut hasher);
        tick.what = hasher.finish();
        tick.calls += 1;
        tick.look_ups += u32::from(request.is_look_up());
        Some(n)
    }

    /// A service has answered this call. Who is told what he was told before, or would be, has changed nothing.
    pub(super) fn is_answered(&mut self, done: Ms, id: CallId, response: &Response) {
        let call = &self.calls[id.0 as usize];
        if call.again && self.heard.is_known(done, &call.request, response) {
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
        call.in_vain = !is_refusal
            && call.again
            && call.waiting
            && self.heard.is_known(at, &call.request, response);
        let is_news = !call.in_vain && !is_refusal;
        if call.waiting {
            self.heard.hear(at, &call.request, response);
        }
        if is_news {
            self.is_news(id)
        } else {
            self.tried_in_vain()
        }
    }

    /// Whoever has made this call knows more now, if only that nobody answers: it was no idle tick that asked.
    pub(crate) fn is_news(&mut self, id: CallId) {
        self.touch();
        if let Some(n) = self.calls[id.0 as usize].tick {
            self.activity.ticks[n as usize].repeats = false;
        }
    }

    /// The calls that repeated ticks have made: they have heard what they had heard before.
    pub(crate) fn vain_calls(&self) -> BTreeSet<CallId> {
        let calls = (0..).map(CallId).zip(&self.calls);
        let repeats = |n: u32| self.activity.ticks[n as usize].repeats;
        calls
            .filter(|(_, call)| call.tick.is_some_and(repeats))
            .map(|(id, _)| id)
            .collect()
    }

    /// What is told once need not be told a thousand times: leaves out of the trace what ticks have looked up in vain.
    pub(crate) fn leave_out_vain_look_ups(&mut self) {
        // Of other requests the verdicts want to know whether somebody has sent them, and to whom nobody has answered.
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
                told[place] = entry.actor == RECOVER;
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
