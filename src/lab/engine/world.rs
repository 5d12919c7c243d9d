//! The state of a world, shared: one lock around it, and bells that wake those who wait.

use crate::engine::pause;
use crate::engine::record::{Busy, Halt};
use crate::engine::sim::Sim;
use crate::engine::trace::{Event, Rollback};
use crate::language::fault::Fault;
use crate::language::name::Name;
use crate::language::step::{RECOVER, Step};
use crate::language::time::Ms;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Handle, RuntimeMetrics};
use tokio::sync::Notify;
use tokio::time::Instant;

/// How many tasks order code may have spawned at a time.
const TASK_BUDGET: usize = 10_000;

/// A step that was reached alive.
pub(crate) struct Reached {
    pub(crate) step: Step,
    pub(crate) fault: Option<Fault>,
}

/// One world: its state, and the bells that wake those who wait for it.
pub(crate) struct World {
    sim: Mutex<Sim>,
    began: Instant,
    /// Rings when the process has died.
    pub(crate) crashed: Notify,
    /// Rings when the process begins to stand still.
    paused: Notify,
    /// Rings when the process has come up and its first periodic job is through.
    pub(crate) ready: Notify,
    /// Rings when the world has to end early, or when nothing will happen in it any more.
    pub(crate) halted: Notify,
    /// Rings when nothing will happen any more, unless a task that looks at the clock finds that its time has come.
    only_the_clock_moves: Notify,
    /// Rings when a transaction has ended or a connection has become free.
    pub(crate) freed: Notify,
    /// Rings when something has been put under way.
    pub(crate) in_motion: Notify,
    /// The same, for callers whose request waits at its service for a row.
    pub(crate) stirred: Notify,
    runtime: RuntimeMetrics,
}

impl World {
    /// A world in the current runtime.
    pub(crate) fn new(sim: Sim) -> World {
        World {
            sim: Mutex::new(sim),
            began: Instant::now(),
            crashed: Notify::new(),
            paused: Notify::new(),
            ready: Notify::new(),
            halted: Notify::new(),
            only_the_clock_moves: Notify::new(),
            freed: Notify::new(),
            in_motion: Notify::new(),
            stirred: Notify::new(),
            runtime: Handle::current().metrics(),
        }
    }

    /// Whether the order code has spawned tasks that are still at work.
    pub(crate) fn has_tasks(&self) -> bool {
        self.runtime.num_alive_tasks() > 0
    }

    /// Virtual milliseconds since the world began.
    pub(crate) fn now(&self) -> Ms {
        Ms(self.began.elapsed().as_millis() as u64)
    }

    /// The same as a tokio instant.
    pub(crate) fn instant(&self, at: Ms) -> Instant {
        self.began + at.duration()
    }

    /// The state, with the services brought up to date.
    pub(crate) fn sim(&self) -> MutexGuard<'_, Sim> {
        let mut sim = self.lock();
        let now = self.now();
        sim.catch_up(now);
        if self.is_at_rest(&sim) {
            if sim.watches_the_clock() {
                self.only_the_clock_moves.notify_one()
            } else {
                self.halted.notify_one()
            }
        }
        sim
    }

    fn is_at_rest(&self, sim: &Sim) -> bool {
        let tasks = sim.at_rest();
        tasks.is_some_and(|tasks| tasks == self.runtime.num_alive_tasks())
    }

    /// Lets background tasks oversleep while all they do is find that it is not yet time.
    ///
    /// A worker that looks every half minute looks 1,440 times in twelve hours, in every world of a search. When it has
    /// looked in vain for an hour, it makes no difference whether it looks again in half a minute or in six: a sleep
    /// lasts *at least* as long as it says, and nobody else can do anything meanwhile. So time jumps by a tenth of what
    /// has passed, and things that are due by the clock happen a little late, as on a busy machine.
    pub(crate) async fn leap(&self) {
        loop {
            self.only_the_clock_moves.notified().await;
            // Whoever has a turn in this millisecond takes it first.
            tokio::time::sleep(Ms(1).duration()).await;
            let leap = {
                let mut sim = self.lock();
                let now = self.now();
                sim.catch_up(now);
                if self.is_at_rest(&sim) && sim.watches_the_clock() {
                    sim.may_oversleep_until() - now
                } else {
                    Ms::ZERO
                }
            };
            if leap > Ms::ZERO {
                tokio::time::advance(leap.duration()).await;
            }
        }
    }

    /// Reaches a step, if the world goes on. `None` if the process dies at it.
    pub(crate) fn reach(&self, sim: &mut Sim, actor: Name, what: Name) -> Option<Reached> {
        if sim.closed || sim.halt.is_some() {
            return None;
        }
        let (step, fault) = sim.ask(sim.now, actor, what);
        self.check_budget(sim);
        if fault == Some(Fault::CrashBefore) {
            self.crash(sim);
            return None;
        }
        if let Some(Fault::Pauses(span)) = fault {
            self.pause(sim, span);
        }
        sim.halt.is_none().then_some(Reached { step, fault })
    }

    /// The shop's process [stands still](pause) for this long.
    fn pause(&self, sim: &mut Sim, span: Ms) {
        if !sim.up {
            return;
        }
        let until = sim.now + span;
        sim.still_until = Some(sim.still_until.map_or(until, |known| known.max(until)));
        sim.record_now(RECOVER, Event::Paused);
        pause::begin();
        self.paused.notify_one();
    }

    /// Lets a process that stands still go on when its time has come.
    pub(crate) async fn end_pauses(&self) {
        loop {
            let until = self.lock().still_until;
            match until {
                None => self.paused.notified().await,
                Some(until) => {
                    tokio::time::sleep_until(self.instant(until)).await;
                    let mut sim = self.sim();
                    if sim.still_until.is_some_and(|until| until <= sim.now) {
                        self.goes_on(&mut sim);
                        sim.record_now(RECOVER, Event::WentOn);
                    }
                }
            }
        }
    }

    fn goes_on(&self, sim: &mut Sim) {
        sim.touch();
        sim.still_until = None;
        pause::end();
    }

    /// The state as it was last left. A panic in order code must not block the verdict, so a poisoned lock is opened
    /// all the same.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Sim> {
        self.sim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shop's process dies. The fence comes first: from here on every handle of the old process is stale and stays
    /// pending for ever, so that neither drop guards nor spawned tasks can act after death.
    ///
    /// Without a process there is nothing to die.
    pub(crate) fn crash(&self, sim: &mut Sim) {
        if !std::mem::take(&mut sim.up) {
            return;
        }
        let now = sim.now;
        sim.incarnation += 1;
        sim.touch();
        sim.left_behind = self.runtime.num_alive_tasks();
        sim.recover_is_cut_short();
        sim.heard.forget();
        if sim.still_until.is_some() {
            self.goes_on(sim);
        }
        sim.record(now, RECOVER, Event::Crashed);
        for call in &mut sim.calls {
            call.waiting = false;
        }
        // A task that the process had spawned is never dropped. It waits for nothing any more.
        for wait in &mut sim.lock_waits {
            wait.until.get_or_insert(now);
        }
        let open = sim.store.as_mut().map(|store| store.roll_back_all());
        for actor in open.unwrap_or_default() {
            sim.record(now, actor, Event::RolledBack(Rollback::Crash));
            sim.record(now, actor, Event::LockFreed);
        }
        self.freed.notify_waiters();
        self.crashed.notify_one();
    }

    /// Ends the world early if it has exceeded its budget.
    pub(crate) fn check_budget(&self, sim: &mut Sim) {
        if self.runtime.num_alive_tasks() > TASK_BUDGET && sim.halt.is_none() {
            sim.halt = Some(Halt::NeverSettles {
                what: Busy::Tasks,
                count: TASK_BUDGET as u64,
            });
        }
        if sim.halt.is_some() {
            self.halted.notify_one();
        }
    }
}
