//! The network between the shop and its services.
//!
//! A service never runs inside the caller's future. If it did, a timeout that drops the future would stop the service
//! too, and the very accident of this course could not happen. So a call only sends its request; the services act on
//! their own, and the caller waits for a reply that may or may not come.

use crate::engine::behalf::current_actor;
use crate::engine::due::{Call, Due, ReplyFate};
use crate::engine::pause;
use crate::engine::process::BoxedSend;
use crate::engine::sim::Sim;
use crate::engine::trace::{CallId, Event};
use crate::engine::world::{Reached, World};
use crate::language::fault::{CallFault, Death, Fault};
use crate::language::instance::Instance;
use crate::language::message::{CallError, Request, Response, Service};
use crate::language::name::Name;
use crate::language::step::{BACKGROUND, Step};
use crate::language::time::Ms;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// How long things take on a calm day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// From the shop to a service, in virtual milliseconds.
    pub request: Ms,
    /// At the service, at least. Meanwhile, a second request with the same key gets `InFlight`.
    pub processing: Ms,
    /// At the service, up to this much more, drawn for every step from the seed of the world.
    pub spread: Ms,
    /// From a service back to the shop.
    pub reply: Ms,
}

impl Default for Latency {
    /// 100 ms there, 100 ms back, no time in between.
    fn default() -> Latency {
        Latency {
            request: Ms(100),
            processing: Ms::ZERO,
            spread: Ms::ZERO,
            reply: Ms(100),
        }
    }
}

impl Latency {
    /// How long a call takes on a calm day, if nothing is drawn.
    pub fn usual(&self) -> Ms {
        self.request + self.processing + self.reply
    }

    /// How long services take, unless set for one of them.
    fn pace(&self) -> Pace {
        Pace {
            processing: self.processing,
            spread: self.spread,
        }
    }
}

/// How long a service takes over a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// At least.
    pub(crate) processing: Ms,
    /// Up to this much more, drawn for every step from the seed of the world.
    pub(crate) spread: Ms,
}

impl Pace {
    /// Drawn from the seed and the step's name alone, so that a fault elsewhere changes nobody's latency.
    fn drawn(&self, seed: u64, step: &Step) -> Ms {
        if self.spread == Ms::ZERO {
            return self.processing;
        }
        let mut hasher = DefaultHasher::new();
        (seed, step.actor.as_str(), step.what.as_str(), step.attempt).hash(&mut hasher);
        let mut random = StdRng::seed_from_u64(hasher.finish());
        self.processing + Ms(random.random_range(0..=self.spread.0))
    }
}

/// A service is down, whatever the schedule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Which service.
    pub service: Service,
    /// From when on, in virtual ms since the world began.
    pub from: Ms,
    /// When it answers again.
    pub until: Ms,
}

/// One process's access to the world. A crash makes it stale: from then on, every call on it stays pending for ever.
/// Every client of the shop has one, so a copy is just another pointer.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Access>);

impl Handle {
    pub(crate) fn new(access: Access) -> Handle {
        Handle(Arc::new(access))
    }
}

impl Deref for Handle {
    type Target = Access;
    fn deref(&self) -> &Access {
        &self.0
    }
}

/// What a process knows of its world.
pub(crate) struct Access {
    pub(crate) world: Arc<World>,
    /// Which process it is.
    pub(crate) instance: Instance,
    pub(crate) incarnation: u32,
    pub(crate) latency: Latency,
    pub(crate) seed: u64,
    /// How many processes there are.
    pub(crate) instances: usize,
    /// How many customers come in this world, double clicks not counted.
    pub(crate) customers: usize,
    /// The time of day at which the world begins.
    pub(crate) begins_at: Ms,
}

impl Handle {
    pub(crate) fn is_stale(&self, sim: &Sim) -> bool {
        let life = &sim.lives[self.instance.index()];
        sim.closed || life.incarnation != self.incarnation || sim.halt.is_some()
    }

    /// The time on the shop's own clock at this time of the world. The lab counts from the world's beginning; order
    /// code never sees that.
    pub(crate) fn time_of_day(&self, at: Ms) -> Ms {
        self.begins_at + at
    }

    /// Whether anybody else may have something to do right now: another customer, job or webhook, or a task that the
    /// order code has spawned.
    pub(crate) fn may_be_overtaken(&self) -> bool {
        self.customers > 1
            || self.instances > 1
            || crate::engine::behalf::at_work() > 1
            || current_actor().is_none()
            || self.world.has_tasks()
    }

    /// Reaches a step. `None` if the process is dead, or dies at this step.
    pub(crate) fn reach(&self, sim: &mut Sim, actor: Name, what: Name) -> Option<Reached> {
        if self.is_stale(sim) {
            return None;
        }
        self.world.reach(sim, self.instance, actor, what)
    }

    /// For whom this process works right now. In a task that the order code spawned, only the process is known, and
    /// perhaps the order.
    pub(crate) fn actor(&self, order: impl FnOnce() -> Option<Name>) -> Name {
        current_actor().unwrap_or_else(|| self.instance.marks(order().unwrap_or(BACKGROUND)))
    }

    /// Calls a service and waits for its reply, for ever if it never comes.
    pub(crate) async fn call(&self, request: Request) -> Response {
        let may_wait = matches!(request, Request::Part { .. });
        let mut sending = self.send(request);
        let Sent {
            id,
            decided_at,
            arrives_at,
            crash_after,
        } = loop {
            sending = match sending {
                Sending::Sent(sent) => break sent,
                Sending::Dead => return dead().await,
                // Rare, and boxed: a smaller future is cheaper to move.
                Sending::Later(request, reached) => {
                    Box::pin(pause::over(self.instance)).await;
                    self.send_after(request, reached)
                }
            }
        };
        let waiting = Waiting { handle: self, id };
        match arrives_at {
            Some(at) => {
                let mut at = at;
                if let Some(decided_at) = decided_at {
                    tokio::time::sleep_until(self.world.instant(decided_at)).await;
                    let sim = self.world.sim();
                    at = sim.calls[id.0 as usize].replies_at.unwrap_or(at);
                }
                tokio::time::sleep_until(self.world.instant(at)).await;
                if may_wait {
                    self.until_served(id).await;
                }
            }
            None => std::future::pending().await,
        }
        if pause::is_on(self.instance) {
            Box::pin(pause::over(self.instance)).await;
        }
        let response = self.hears(id, crash_after);
        drop(waiting);
        match response {
            Some(response) => response,
            None => dead().await,
        }
    }

    /// The caller hears the reply. `None` if the process is dead, or dies of it.
    fn hears(&self, id: CallId, crash_after: bool) -> Option<Response> {
        let mut sim = self.world.sim();
        if self.is_stale(&sim) {
            return None;
        }
        if crash_after {
            self.world.crash(&mut sim, self.instance);
            return None;
        }
        let call = &mut sim.calls[id.0 as usize];
        call.waiting = false;
        call.response.take().or(Some(Err(CallError::ServerError)))
    }

    /// A request may have to wait at its service for a locked row. Then its reply comes later than expected when it was
    /// sent.
    fn until_served(&self, id: CallId) -> BoxedSend<'_, ()> {
        Box::pin(self.wait_until_served(id))
    }

    async fn wait_until_served(&self, id: CallId) {
        loop {
            let stirred = self.world.stirred.notified();
            let next = {
                let sim = self.world.sim();
                let call = &sim.calls[id.0 as usize];
                let (now, stale) = (sim.now, self.is_stale(&sim));
                match call.replies_at {
                    _ if stale => return,
                    _ if call.held => sim.next_due(),
                    Some(at) if at > now => Some(at),
                    Some(_) => return,
                    None => None,
                }
            };
            match next {
                Some(at) => {
                    let _ = tokio::time::timeout_at(self.world.instant(at), stirred).await;
                }
                None => stirred.await,
            }
        }
    }

    fn send(&self, request: Request) -> Sending {
        // Only a task that the order code spawned gets here while the process stands still.
        if pause::is_on(self.instance) {
            return Sending::Later(request, None);
        }
        let mut sim = self.world.sim();
        let actor = self.actor(|| request.order());
        let Some(Reached { step, fault }) = self.reach(&mut sim, actor, request.what()) else {
            return Sending::Dead;
        };
        let tick = sim.asks_for(&request);
        let departure = Departure { step, fault, tick };
        if fault.and_then(Fault::at_a_call) == Some(CallFault::Pauses) {
            return Sending::Later(request, Some(departure));
        }
        Sending::Sent(self.send_now(&mut sim, request, departure))
    }

    /// The process goes on, and sends what it was about to send.
    fn send_after(&self, request: Request, departure: Option<Departure>) -> Sending {
        let Some(departure) = departure else {
            return self.send(request);
        };
        let mut sim = self.world.sim();
        if self.is_stale(&sim) {
            return Sending::Dead;
        }
        Sending::Sent(self.send_now(&mut sim, request, departure))
    }

    fn send_now(&self, sim: &mut Sim, request: Request, departure: Departure) -> Sent {
        let Departure { step, fault, tick } = departure;
        let actor = step.actor;
        let now = sim.now;
        let service = request.service();
        let again = fault.is_none() && sim.heard.is_again(self.instance, &request);
        let effect = Effect::of(fault.and_then(Fault::at_a_call));
        let id = CallId(sim.calls.len() as u32);
        let mut paces = sim.paces.iter();
        let own = paces.find(|(which, _)| *which == service);
        let pace = own.map_or_else(|| self.latency.pace(), |(_, pace)| *pace);
        let processing = if request.takes_time() {
            pace.drawn(self.seed, &step)
        } else {
            Ms::ZERO
        };
        let mut call = Call {
            actor,
            instance: self.instance,
            request,
            decline: effect.declined,
            processing,
            fate: effect.fate,
            sent_at: now,
            response: None,
            arrived: false,
            waiting: true,
            held: false,
            replies_at: None,
            way_back: None,
            again,
            in_vain: false,
            tick,
        };
        if let Some(span) = effect.down_for {
            sim.down_until.retain(|(which, _)| *which != service);
            sim.down_until.push((service, now + span));
            sim.goes_down(now, service);
        }
        let is_down = sim.is_down(service);
        if is_down || effect.refused {
            sim.tried_in_vain();
            // A refusal takes a round trip to travel, like any other answer.
            let at = now + self.latency.request + self.latency.reply;
            call.response = Some(Err(CallError::ConnectionRefused));
            call.replies_at = Some(at);
            let request = call.request.clone();
            sim.calls.push(call);
            sim.record(now, actor, Event::NoConnection { call: id, request });
            sim.schedule(at, Due::Reply { call: id });
            self.world.in_motion.notify_one();
            self.world.stirred.notify_waiters();
            return Sent {
                id,
                decided_at: None,
                arrives_at: Some(at),
                crash_after: false,
            };
        }
        if !again {
            sim.touch();
        }
        let Legs {
            reaches,
            again,
            replies,
        } = self.legs(now, call.processing, &effect);
        call.replies_at = replies;
        call.way_back = replies.zip(reaches).map(|(back, there)| back - there);
        let takes_time = call.processing > Ms::ZERO;
        let request = call.request.clone();
        sim.calls.push(call);
        sim.record(
            now,
            actor,
            Event::Sent {
                call: id,
                request,
                arrives_at: reaches,
            },
        );
        if let (Some(at), true) = (reaches, effect.executed) {
            sim.schedule(
                at,
                Due::Request {
                    call: id,
                    duplicate: false,
                },
            );
        }
        if let Some(at) = again {
            sim.schedule(
                at,
                Due::Request {
                    call: id,
                    duplicate: true,
                },
            );
        }
        if let Some(at) = replies {
            sim.schedule(at, Due::Reply { call: id });
        }
        self.world.in_motion.notify_one();
        self.world.stirred.notify_waiters();
        Sent {
            id,
            decided_at: reaches.filter(|_| takes_time),
            arrives_at: replies,
            crash_after: effect.dies_after,
        }
    }

    fn legs(&self, now: Ms, processing: Ms, effect: &Effect) -> Legs {
        let reaches = match effect.request {
            Leg::Late(span) => Some(now + self.latency.request + span),
            Leg::Never => None,
        };
        let replies = match effect.reply {
            Leg::Late(span) => reaches.map(|at| at + processing + self.latency.reply + span),
            Leg::Never => None,
        };
        Legs {
            reaches,
            again: reaches.zip(effect.again).map(|(at, span)| at + span),
            replies,
        }
    }
}

/// What a fault does to a call.
struct Effect {
    request: Leg,
    /// The request is delivered once more, this much later.
    again: Option<Ms>,
    reply: Leg,
    fate: ReplyFate,
    executed: bool,
    declined: bool,
    refused: bool,
    down_for: Option<Ms>,
    dies_after: bool,
}

/// One direction of a call.
#[derive(Clone, Copy)]
enum Leg {
    /// It arrives, this much later than usual.
    Late(Ms),
    /// It does not arrive.
    Never,
}

impl Effect {
    fn of(fault: Option<CallFault>) -> Effect {
        let usual = Effect {
            request: Leg::Late(Ms::ZERO),
            again: None,
            reply: Leg::Late(Ms::ZERO),
            fate: ReplyFate::Comes,
            executed: true,
            declined: false,
            refused: false,
            down_for: None,
            dies_after: false,
        };
        let Some(fault) = fault else {
            return usual;
        };
        match fault {
            CallFault::RequestLost => Effect {
                request: Leg::Never,
                ..usual
            },
            CallFault::RequestLate(span) => Effect {
                request: Leg::Late(span),
                ..usual
            },
            CallFault::RequestTwice(span) => Effect {
                again: Some(span),
                ..usual
            },
            CallFault::ReplyLost => Effect {
                reply: Leg::Never,
                fate: ReplyFate::Lost,
                ..usual
            },
            CallFault::ReplyLate(span) => Effect {
                reply: Leg::Late(span),
                ..usual
            },
            CallFault::Refused => Effect {
                refused: true,
                ..usual
            },
            CallFault::ErrorBefore => Effect {
                executed: false,
                ..usual
            },
            CallFault::ErrorAfter => Effect {
                fate: ReplyFate::Error,
                ..usual
            },
            CallFault::Declined => Effect {
                declined: true,
                ..usual
            },
            CallFault::Down(span) => Effect {
                down_for: Some(span),
                ..usual
            },
            // A process that dies before the step does not reach it, and one that pauses has gone on by now.
            CallFault::Dies(Death::Before) | CallFault::Pauses => usual,
            CallFault::Dies(Death::After) => Effect {
                dies_after: true,
                ..usual
            },
        }
    }
}

/// What becomes of a request that is to be sent.
enum Sending {
    Sent(Sent),
    /// The process stands still before it sends this; the step, if it has been reached.
    Later(Request, Option<Departure>),
    Dead,
}

/// The step at which a request leaves.
struct Departure {
    step: Step,
    fault: Option<Fault>,
    /// During which tick of a background task.
    tick: Option<u32>,
}

struct Sent {
    id: CallId,
    /// When the service knows how long it will take, if that matters: it answers at once what it remembers.
    decided_at: Option<Ms>,
    arrives_at: Option<Ms>,
    crash_after: bool,
}

/// When the messages of one call arrive; `None` for one that never does.
struct Legs {
    reaches: Option<Ms>,
    again: Option<Ms>,
    replies: Option<Ms>,
}

/// Held while the caller waits. Dropped early, it notes that the caller gave up; the service goes on with its work.
struct Waiting<'a> {
    handle: &'a Handle,
    id: CallId,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut sim = self.handle.world.lock();
        if self.handle.is_stale(&sim) {
            return;
        }
        let now = self.handle.world.now();
        let call = &mut sim.calls[self.id.0 as usize];
        if !call.waiting {
            return;
        }
        // Nobody is left to hear a reply in this very millisecond.
        call.waiting = false;
        let (actor, waited) = (call.actor, now - call.sent_at);
        sim.catch_up(now);
        sim.is_news(self.id);
        sim.record(
            now,
            actor,
            Event::GaveUp {
                call: self.id,
                waited,
            },
        );
    }
}

/// The answer to every call of a dead process: none, for ever.
pub(crate) async fn dead<T>() -> T {
    std::future::pending().await
}
