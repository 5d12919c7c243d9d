//! The state of one world, behind one lock: what was asked, what is under way, what everybody knows.
//!
//! The services' side is a discrete-event simulation that is brought up to date whenever the shop touches the
//! world. Whatever the services do at a millisecond therefore comes before whatever the shop does at that
//! same millisecond, and what the services do among themselves at one millisecond happens in the order in
//! which it was set in motion. That is the lab's declared rule for ties.

mod books;
mod heard;

use crate::engine::behalf::current_actor;
use crate::engine::due::{Call, Due, ReplyFate, Timed};
use crate::engine::network::{Outage, Pace};
use crate::engine::oracle::Oracle;
use crate::engine::record::{Entered, Halt, InvalidSql, LockWait, OrderRow, Submission};
use crate::engine::service::{Alarm, Executed, Services};
use crate::engine::store::Store;
use crate::engine::trace::{CallId, Entry, Event, Trace};
use crate::engine::watchdog;
use crate::language::fault::Fault;
use crate::language::message::{CallError, Charge, Service};
use crate::language::name::Name;
use crate::language::step::{RECOVER, Step, StepKind};
use crate::language::time::Ms;
pub(crate) use heard::Heard;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// How many steps a world of twelve hours may take, and a longer one so many for every twelve hours. Sensible code needs a few dozen; retries that pause longer and longer, a
/// few hundred at a service that is down. Beyond that, a search over all steps would take for ever.
pub(crate) const STEP_BUDGET: u64 = 4_000;

/// How often tasks of the order code's own may look in one world and find nothing new. In twelve hours that is once every
/// two seconds.
pub(crate) const TICK_BUDGET: u64 = 25_000;

/// A step that the run reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The step.
    pub step: Step,
    /// During which run of the periodic job, counted from 0; nothing outside of one.
    pub recover_run: Option<u32>,
    /// During which tick of a task of the order code's own, counted from 0; nothing outside of one.
    pub tick: Option<u32>,
}

/// How a run of the periodic job went, as far as the search needs to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecoverRun {
    /// It heard nothing new and changed nothing, and neither has anything else since an earlier run of which
    /// the same is true. See [`crate::search::exhaustive`] for what follows from that.
    pub repeats: bool,
    /// Nobody was called, and nothing changed.
    idle: bool,
    /// Nothing changed: whoever was called has refused the connection, or had nothing new to say.
    vain: bool,
    version: u64,
    state: u64,
}

/// How a tick of a background task went: all that tasks of the order code's own do in one millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// It heard nothing new and changed nothing, and neither has anything else since an earlier tick of the same steps of which
    /// the same is true. What follows from that is what follows for a run of the periodic job.
    pub repeats: bool,
    pub(crate) at: Ms,
    steps: u64,
    /// What is asked, as a number.
    what: u64,
    version: u64,
    state: u64,
    /// How many of its steps call a service.
    calls: u32,
    /// How many of those only ask.
    look_ups: u32,
    /// Where its lines in the trace begin.
    told_from: usize,
    /// Where they end, if whether they are worth telling is not known before the answers are there.
    told_to: usize,
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
    /// Nothing while one of them is at work.
    pub(crate) services: Option<Box<dyn Services>>,
    pub(crate) down_until: [Ms; 4],
    pub(crate) outages: Arc<[Outage]>,
    /// How long each service takes, where that is not the world's usual [`Latency`](crate::engine::network::Latency).
    pub(crate) paces: [Option<Pace>; 4],
    pub(crate) incarnation: u32,
    /// Whether a process is running: between a crash and the restart there is none.
    pub(crate) up: bool,
    /// Charges that have settled, and of which no webhook has been sent yet.
    pub(crate) settled: Vec<Charge>,
    pub(crate) keys: u32,
    pub(crate) transactions: u32,
    /// The shop's database, if it has one.
    pub(crate) store: Option<Box<dyn Store>>,
    pub(crate) lock_waits: Vec<LockWait>,
    pub(crate) submissions: Vec<Submission>,
    pub(crate) books: Vec<Entered>,
    /// How many orders the books have a row for.
    standing: usize,
    pub(crate) invalid_sql: Option<InvalidSql>,
    /// The shop's table of orders, as read after the last commit.
    pub(crate) orders: Vec<OrderRow>,
    /// Whether that is all there is to say of it: only another commit can change it.
    pub(crate) orders_are_current: bool,
    pub(crate) halt: Option<Halt>,
    pub(crate) closed: bool,
    /// Hears every line of the trace as it is written.
    pub(crate) listener: Option<fn(&Entry)>,
    /// How many times twelve hours the world lasts: its budgets grow with it.
    pub(crate) half_days: u64,
    pub(crate) recover_runs: Vec<RecoverRun>,
    in_recover: bool,
    /// When the periodic job will run next.
    pub(crate) next_recover: Ms,
    pub(crate) ticks: Vec<Tick>,
    ticking: bool,
    /// What ticks have asked in vain since anything last changed, and the state of which that is true.
    looks: Vec<u64>,
    looked_at: u64,
    /// Since when.
    looked_since: Ms,
    /// The tasks that have ticked since anybody last tried anything, and the version of which that is true.
    tickers: Vec<tokio::task::Id>,
    ticked_at: u64,
    /// The state in which order code last looked at the clock.
    pub(crate) clock_read_in: Option<u64>,
    /// How many tasks dead processes have left behind.
    pub(crate) left_behind: usize,
    /// How many customers and webhooks are still to come, or being seen to.
    pub(crate) to_come: usize,
    /// How many steps count against the budget.
    busy: u64,
    /// How many ticks did nothing new.
    idle_ticks: u64,
    /// Counts what a reader of the timeline would call an event.
    version: u64,
    /// Counts what changes anything.
    pub(crate) state: u64,
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
            down_until: [Ms::ZERO; 4],
            outages: Arc::new([]),
            paces: [None; 4],
            incarnation: 0,
            up: false,
            settled: Vec::new(),
            keys: 0,
            transactions: 0,
            store,
            lock_waits: Vec::new(),
            submissions: Vec::new(),
            books: Vec::new(),
            standing: 0,
            invalid_sql: None,
            orders: Vec::new(),
            orders_are_current: false,
            halt: None,
            closed: false,
            listener: None,
            half_days: 1,
            recover_runs: Vec::new(),
            in_recover: false,
            next_recover: Ms::ZERO,
            ticks: Vec::new(),
            ticking: false,
            looks: Vec::new(),
            looked_at: 0,
            looked_since: Ms::ZERO,
            tickers: Vec::new(),
            ticked_at: 0,
            clock_read_in: None,
            left_behind: 0,
            to_come: 0,
            busy: 0,
            idle_ticks: 0,
            version: 0,
            state: 0,
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

    /// Adds a line of this very moment to the trace.
    pub(crate) fn record_now(&mut self, actor: Name, event: Event) {
        self.record(self.now, actor, event);
    }

    /// Something has changed that a later run of the periodic job could notice.
    pub(crate) fn touch(&mut self) {
        self.version += 1;
        self.state += 1;
    }

    /// Somebody has tried something in vain: nobody has heard of it, and nothing has changed.
    pub(crate) fn tried_in_vain(&mut self) {
        self.version += 1;
    }

    /// Reaches a step and asks the oracle what it suffers.
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
        let recover_run =
            (self.in_recover && actor == RECOVER).then(|| self.recover_runs.len() as u32 - 1);
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
        self.busy += 1;
        let budget = STEP_BUDGET * self.half_days;
        if self.busy > budget && self.halt.is_none() {
            self.halt = Some(Halt::NeverSettles {
                what: "steps",
                count: budget,
            });
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

    /// A task of the order code's own reaches a step; tells in which tick.
    fn tick(&mut self, at: Ms, actor: Name, what: Name) -> u32 {
        if !self.ticking {
            self.ticking = true;
            self.ticks.push(Tick {
                at,
                version: self.version,
                state: self.state,
                told_from: self.trace.entries.len(),
                ..Tick::default()
            });
        }
        let n = self.ticks.len() - 1;
        let tick = &mut self.ticks[n];
        let mut hasher = DefaultHasher::new();
        (tick.what, actor.as_str(), what.as_str()).hash(&mut hasher);
        tick.what = hasher.finish();
        tick.steps += 1;
        if self.looked_at != self.state {
            self.looked_at = self.state;
            self.looked_since = at;
            self.looks.clear();
        }
        if self.ticked_at != self.version {
            self.ticked_at = self.version;
            self.tickers.clear();
        }
        if let Some(task) = tokio::task::try_id()
            && !self.tickers.contains(&task)
        {
            self.tickers.push(task);
        }
        n as u32
    }

    /// The millisecond of a tick is over.
    fn tick_ends(&mut self) {
        self.ticking = false;
        let Some(tick) = self.ticks.last_mut() else {
            return;
        };
        if tick.state != self.state {
            return;
        }
        tick.repeats = self.looks.contains(&tick.what);
        if !tick.repeats {
            self.looks.push(tick.what);
            return;
        }
        self.busy = self.busy.saturating_sub(tick.steps);
        self.idle_ticks += 1;
        let budget = TICK_BUDGET * self.half_days;
        if self.idle_ticks > budget && self.halt.is_none() {
            self.halt = Some(Halt::TicksTooOften { ticks: budget });
        }
        if tick.version != self.version {
            return;
        }
        if tick.calls > 0 {
            tick.told_to = self.trace.entries.len();
            return;
        }
        // What is told once need not be told ten thousand times.
        let told = self.trace.entries.split_off(tick.told_from);
        let others = told.into_iter().filter(|entry| entry.actor == RECOVER);
        self.trace.entries.extend(others);
    }

    /// Whether nothing will ever happen any more, as long as no task but those that have ticked in vain wakes up; tells how
    /// many those are. Background tasks tick on all the same, tens of thousands of times if they are let.
    ///
    /// Order code that [looks at the clock](Sim::watches_the_clock) may do something all the same: its time may come.
    pub(crate) fn at_rest(&self) -> Option<usize> {
        let ticks_in_vain = self.ticks.last().is_some_and(|tick| tick.repeats);
        let rests = ticks_in_vain
            && !self.ticking
            && self.to_come == 0
            && self.ticked_at == self.version
            && self.next_due().is_none()
            && self.settled.is_empty()
            && self.up
            && !self.in_recover
            && self.halt.is_none()
            && self
                .recover_runs
                .last()
                .is_some_and(|run| run.idle && run.state == self.state);
        rests.then_some(self.left_behind + self.tickers.len())
    }

    /// Whether order code has looked at the clock since anything last changed.
    pub(crate) fn watches_the_clock(&self) -> bool {
        self.clock_read_in == Some(self.state)
    }

    /// Until when tasks that only watch the clock may sleep on: for a tenth of the time for which they have looked in vain,
    /// and not past the next run of the periodic job.
    pub(crate) fn may_oversleep_until(&self) -> Ms {
        let tenth = Ms((self.now - self.looked_since).0 / 10);
        (self.now + tenth).min(self.next_recover)
    }

    /// A run of the periodic job begins; tells which.
    pub(crate) fn recover_begins(&mut self) -> u32 {
        self.in_recover = true;
        self.recover_runs.push(RecoverRun {
            version: self.version,
            state: self.state,
            ..RecoverRun::default()
        });
        self.recover_runs.len() as u32
    }

    /// The current run of the periodic job has ended; tells whether it was idle.
    pub(crate) fn recover_ends(&mut self) -> bool {
        self.in_recover = false;
        let n = self.recover_runs.len() - 1;
        let before = n.checked_sub(1).map(|n| self.recover_runs[n]);
        let run = &mut self.recover_runs[n];
        run.idle = run.version == self.version;
        run.vain = run.state == self.state;
        run.repeats =
            run.vain && before.is_some_and(|before| before.vain && before.state == self.state);
        run.idle
    }

    /// The process has died in the middle of whatever it was doing.
    pub(crate) fn recover_is_cut_short(&mut self) {
        self.in_recover = false;
    }

    /// Sets something in motion.
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

    /// Whether nobody answers the door of this service right now.
    pub(crate) fn is_down(&self, service: Service) -> bool {
        let mut outages = self.outages.iter();
        self.now < self.down_until[service as usize]
            || outages.any(|outage| {
                outage.service == service && (outage.from..outage.until).contains(&self.now)
            })
    }

    /// Whether any message is still under way, or any charge open.
    pub(crate) fn under_way(&self) -> bool {
        let mut due = self.due.iter();
        due.any(|Reverse(timed)| timed.due.is_message()) || self.next_decision().is_some()
    }

    /// Lets the services do all they do up to and including this millisecond.
    pub(crate) fn catch_up(&mut self, now: Ms) {
        if self.ticking && self.ticks.last().is_some_and(|tick| tick.at < now) {
            self.tick_ends();
        }
        self.now = now;
        while self.due.peek().is_some_and(|Reverse(next)| next.at <= now) {
            let Some(Reverse(Timed { at, due, .. })) = self.due.pop() else {
                return;
            };
            // A settlement was set in motion long before a request of the same millisecond was sent.
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

    /// A service has done what it does about a request.
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
            // It sets out at another time than one could tell when the request was sent: when a row is free, or at once.
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
