//! The state of one world, behind one lock: the requests, the messages under way, the knowledge of each side.
//!
//! The services' side is a discrete-event simulation that is brought up to date whenever the shop touches the world. So
//! whatever the services do in a millisecond comes before whatever the shop does in it, and what the services do among
//! themselves in one millisecond happens in the order in which it was started. That is the lab's declared rule for
//! ties.

mod activity;
mod books;
mod budget;
mod heard;

use crate::engine::behalf::current_actor;
use crate::engine::due::{Call, Due, ReplyFate, Timed};
use crate::engine::network::{Outage, Pace};
use crate::engine::oracle::Oracle;
use crate::engine::record::{Halt, InvalidSql, LockWait, Submission};
use crate::engine::service::{Alarm, Executed, Services};
use crate::engine::store::Store;
use crate::engine::trace::{CallId, Entry, Event, Trace};
use crate::engine::watchdog;
use crate::language::fault::Fault;
use crate::language::instance::{Instance, unmarked};
use crate::language::message::{CallError, Notice, Service};
use crate::language::name::Name;
use crate::language::step::{RECOVER, Step, StepKind};
use crate::language::time::Ms;
pub(crate) use activity::Activity;
pub use activity::{RecoverRun, Tick};
pub(crate) use books::Books;
pub(crate) use budget::Budget;
pub(crate) use heard::Heard;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// A step that the run reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The step.
    pub step: Step,
    /// During which run of the periodic job, counted from 0; `None` outside of one.
    pub recover_run: Option<u32>,
    /// During which tick of a background task, counted from 0; `None` outside of one.
    pub tick: Option<u32>,
}

/// A process of the shop, from life to life.
#[derive(Clone, Copy, Default)]
pub(crate) struct Life {
    /// How often it has died.
    pub(crate) incarnation: u32,
    /// Whether it is running: between a crash and the restart it is not.
    pub(crate) up: bool,
    /// Until when it stands still, if it does.
    pub(crate) still_until: Option<Ms>,
}

/// The state of one world.
pub(crate) struct Sim {
    /// The time to which the services have been brought up.
    pub(crate) now: Ms,
    pub(crate) oracle: Box<dyn Oracle>,
    pub(crate) asked: Vec<Asked>,
    attempts: Vec<(Name, Name, u32)>,
    pub(crate) fired: Vec<(Step, Fault)>,
    pub(crate) trace: Trace,
    due: BinaryHeap<Reverse<Timed>>,
    set_in_motion: u64,
    pub(crate) calls: Vec<Call>,
    pub(crate) heard: Heard,
    /// `None` while one of them is working.
    pub(crate) services: Option<Box<dyn Services>>,
    /// The services that the schedule has taken down, and until when.
    pub(crate) down_until: Vec<(Service, Ms)>,
    pub(crate) outages: Arc<[Outage]>,
    /// How long each service takes, if not the world's usual [`Latency`](crate::engine::network::Latency).
    pub(crate) paces: Arc<[(Service, Pace)]>,
    /// The shop's processes; the second exists only in a world with two.
    pub(crate) lives: [Life; 2],
    pub(crate) instances: usize,
    /// What has settled, and has not been told by a webhook yet.
    pub(crate) settled: Vec<Notice>,
    pub(crate) keys: u32,
    pub(crate) transactions: u32,
    /// The shop's database, if it has one.
    pub(crate) store: Option<Box<dyn Store>>,
    pub(crate) lock_waits: Vec<LockWait>,
    pub(crate) submissions: Vec<Submission>,
    pub(crate) books: Books,
    pub(crate) invalid_sql: Option<InvalidSql>,
    pub(crate) halt: Option<Halt>,
    pub(crate) closed: bool,
    /// Called with every line of the trace as it is written.
    pub(crate) listener: Option<fn(&Entry)>,
    pub(crate) activity: Activity,
    /// How many tasks dead processes have left behind.
    pub(crate) left_behind: usize,
    /// How many customers and webhooks are still to come or being served.
    pub(crate) to_come: usize,
    pub(crate) budget: Budget,
}

impl Sim {
    pub(crate) fn new(
        oracle: Box<dyn Oracle>,
        services: Box<dyn Services>,
        store: Option<Box<dyn Store>>,
    ) -> Sim {
        Sim {
            now: Ms::ZERO,
            oracle,
            asked: Vec::with_capacity(64),
            attempts: Vec::with_capacity(24),
            fired: Vec::new(),
            trace: Trace {
                entries: Vec::with_capacity(64),
            },
            due: BinaryHeap::new(),
            set_in_motion: 0,
            calls: Vec::new(),
            heard: Heard::nothing(Ms::ZERO, |_, _| None),
            services: Some(services),
            down_until: Vec::new(),
            outages: Arc::default(),
            paces: Arc::default(),
            lives: [Life::default(); 2],
            instances: 1,
            settled: Vec::new(),
            keys: 0,
            transactions: 0,
            store,
            lock_waits: Vec::new(),
            submissions: Vec::new(),
            books: Books::default(),
            invalid_sql: None,
            halt: None,
            closed: false,
            listener: None,
            activity: Activity::default(),
            left_behind: 0,
            to_come: 0,
            budget: Budget::of(Ms::ZERO),
        }
    }

    /// Adds a line to the trace.
    pub(crate) fn record(&mut self, at: Ms, actor: Name, event: Event) {
        let entry = Entry { at, actor, event };
        if let Some(listener) = self.listener {
            listener(&entry);
        }
        self.trace.entries.push(entry);
    }

    /// Adds a line to the trace, at the current time.
    pub(crate) fn record_now(&mut self, actor: Name, event: Event) {
        self.record(self.now, actor, event);
    }

    /// Reaches a step and asks the oracle which fault it suffers.
    pub(crate) fn ask(&mut self, at: Ms, actor: Name, what: Name) -> (Step, Option<Fault>) {
        let attempt = match self
            .attempts
            .iter_mut()
            .find(|(whose, which, _)| *whose == actor && *which == what)
        {
            Some((_, _, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.attempts.push((actor, what, 1));
                1
            }
        };
        let step = Step::new(actor, what, attempt);
        let running = self.activity.running(Instance::of(actor));
        let recover_run = running.filter(|_| unmarked(actor) == RECOVER);
        let is_own_task = current_actor().is_none()
            && matches!(
                step.kind(),
                StepKind::Sql | StepKind::Commit | StepKind::Call
            );
        let tick = is_own_task.then(|| self.tick(at, actor, what));
        self.asked.push(Asked {
            step,
            recover_run,
            tick,
        });
        if let Some(too_many) = self.budget.take_a_step() {
            self.halt.get_or_insert(too_many);
        }
        watchdog::beat();
        let fault = self.oracle.decide(&step);
        if let Some(fault) = fault {
            watchdog::strikes(step, fault);
            self.fired.push((step, fault));
            self.touch();
            self.record(at, actor, Event::Struck { step, fault });
        }
        (step, fault)
    }

    /// Puts something under way.
    pub(crate) fn schedule(&mut self, at: Ms, due: Due) {
        self.set_in_motion += 1;
        self.due.push(Reverse(Timed {
            at,
            order: self.set_in_motion,
            due,
        }));
    }

    /// A service sets itself an alarm.
    pub(crate) fn set_alarm(&mut self, at: Ms, alarm: Alarm) {
        self.schedule(at, Due::Alarm(alarm));
    }

    /// When the services next do something by themselves.
    pub(crate) fn next_due(&self) -> Option<Ms> {
        let next = self.due.peek().map(|Reverse(timed)| timed.at);
        match (next, self.next_decision()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// Whether this service refuses connections right now.
    pub(crate) fn is_down(&self, service: Service) -> bool {
        let mut outages = self.outages.iter();
        let mut down = self.down_until.iter();
        down.any(|(which, until)| *which == service && self.now < *until)
            || outages.any(|outage| {
                outage.service == service && (outage.from..outage.until).contains(&self.now)
            })
    }

    /// Whether any message is still under way, or any charge open.
    pub(crate) fn under_way(&self) -> bool {
        let mut due = self.due.iter();
        due.any(|Reverse(timed)| timed.due.is_message()) || self.next_decision().is_some()
    }

    /// Lets the services act up to and including this millisecond.
    pub(crate) fn catch_up(&mut self, now: Ms) {
        if self.activity.ticking && self.activity.ticks.last().is_some_and(|tick| tick.at < now) {
            self.tick_ends();
        }
        self.now = now;
        while self.due.peek().is_some_and(|Reverse(next)| next.at <= now) {
            let Some(Reverse(Timed { at, due, .. })) = self.due.pop() else {
                return;
            };
            // A settlement was started long before a request of the same millisecond was sent.
            self.settle(at);
            match due {
                Due::Request { call, duplicate } => {
                    self.have_services(|services, sim| services.execute(sim, at, call, duplicate));
                }
                Due::Reply { call } => self.arrive(at, call),
                Due::Alarm(alarm) => {
                    self.have_services(|services, sim| services.goes_off(sim, at, alarm));
                }
            }
        }
        self.settle(now);
    }

    /// The services do something, and may change the world in doing so.
    fn have_services<T>(
        &mut self,
        act: impl FnOnce(&mut dyn Services, &mut Sim) -> T,
    ) -> Option<T> {
        let mut services = self.services.take()?;
        let done = act(&mut *services, self);
        self.services = Some(services);
        Some(done)
    }

    fn settle(&mut self, now: Ms) {
        if self.next_decision().is_some_and(|at| at <= now) {
            self.have_services(|services, sim| services.decide(sim, now));
        }
    }

    fn next_decision(&self) -> Option<Ms> {
        self.services.as_ref()?.next_decision()
    }

    /// A service goes down, and comes up again when the schedule says so.
    pub(crate) fn goes_down(&mut self, now: Ms, service: Service) {
        self.have_services(|services, sim| services.goes_down(sim, now, service));
    }

    /// A service has decided about a request that has just reached it.
    pub(crate) fn executed(&mut self, at: Ms, id: CallId, duplicate: bool, executed: Executed) {
        let done = at + self.calls[id.0 as usize].processing;
        if !executed.from_memory {
            return self.answer(done, id, duplicate, executed);
        }
        self.answer(at, id, duplicate, executed);
        let call = &mut self.calls[id.0 as usize];
        if call.processing > Ms::ZERO
            && !duplicate
            && let Some(way_back) = call.way_back
        {
            let reply_at = at + (way_back - call.processing);
            call.replies_at = Some(reply_at);
            self.schedule(reply_at, Due::Reply { call: id });
        }
    }

    /// A service has finished its work on a request.
    pub(crate) fn answer(&mut self, done: Ms, id: CallId, duplicate: bool, executed: Executed) {
        let call = &self.calls[id.0 as usize];
        let (actor, service) = (call.actor, call.request.service());
        self.is_answered(done, id, &executed.response);
        self.record(
            done,
            actor,
            Event::Executed {
                call: id,
                service,
                response: executed.response.clone(),
                replayed: executed.replayed,
                duplicate,
            },
        );
        if duplicate {
            // The network made the second copy, so nobody at the shop waits for its reply.
            return;
        }
        let call = &mut self.calls[id.0 as usize];
        match call.fate {
            ReplyFate::Comes => call.response = Some(executed.response),
            ReplyFate::Error => {
                call.response = Some(Err(CallError::ServerError));
            }
            ReplyFate::Lost => self.record(
                done,
                actor,
                Event::ReplyLost {
                    call: id,
                    service,
                    response: executed.response,
                },
            ),
        }
    }

    fn arrive(&mut self, at: Ms, id: CallId) {
        let call = &mut self.calls[id.0 as usize];
        if call.held || call.replies_at != Some(at) {
            // It leaves at another time than expected when the request was sent: when a row is free, or at once.
            return;
        }
        call.arrived = true;
        let response = call.response.clone().unwrap_or(Err(CallError::ServerError));
        let heard = response.clone();
        let (actor, event) = (
            call.actor,
            Event::Replied {
                call: id,
                service: call.request.service(),
                response,
                unheard: !call.waiting,
            },
        );
        self.is_heard(at, id, &heard);
        self.record(at, actor, event);
    }
}
