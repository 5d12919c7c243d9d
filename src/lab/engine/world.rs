//! The state of a world, shared: one lock around it, and bells that wake those who wait.

use crate::engine::pause;
use crate::engine::record::{Busy, Halt};
use crate::engine::sim::Sim;
use crate::engine::trace::{Event, Rollback};
use crate::language::fault::Fault;
use crate::language::instance::Instance;
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
    /// Each rings when that process has died.
    pub(crate) crashed: [Notify; 2],
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
            crashed: [Notify::new(), Notify::new()],
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
    pub(crate) fn reach(
        &self,
        sim: &mut Sim,
        process: Instance,
        actor: Name,
        what: Name,
    ) -> Option<Reached> {
        if sim.closed || sim.halt.is_some() {
            return None;
        }
        let (step, fault) = sim.ask(sim.now, actor, what);
        self.check_budget(sim);
        if fault == Some(Fault::CrashBefore) {
            self.crash(sim, process);
            return None;
        }
        if let Some(Fault::Pauses(span)) = fault {
            self.pause(sim, process, span);
        }
        sim.halt.is_none().then_some(Reached { step, fault })
    }

    /// This process of the shop [stands still](pause) for this long.
    fn pause(&self, sim: &mut Sim, process: Instance, span: Ms) {
        let until = sim.now + span;
        let life = &mut sim.lives[process.index()];
        if !life.up {
            return;
        }
        life.still_until = Some(life.still_until.map_or(until, |known| known.max(until)));
        sim.record_now(process.marks(RECOVER), Event::Paused);
        pause::begin(process);
        self.paused.notify_one();
    }

    /// Lets a process that stands still go on when its time has come.
    pub(crate) async fn end_pauses(&self) {
        loop {
            let paused = self.paused.notified();
            let next = self
                .lock()
                .lives
                .iter()
                .filter_map(|life| life.still_until)
                .min();
            let Some(next) = next else {
                paused.await;
                continue;
            };
            let _ = tokio::time::timeout_at(self.instant(next), paused).await;
            let mut sim = self.sim();
            for process in Instance::ALL {
                let until = sim.lives[process.index()].still_until;
                if until.is_some_and(|until| until <= sim.now) {
                    self.goes_on(&mut sim, process);
                    sim.record_now(process.marks(RECOVER), Event::WentOn);
                }
            }
        }
    }

    fn goes_on(&self, sim: &mut Sim, process: Instance) {
        sim.touch();
        sim.lives[process.index()].still_until = None;
        pause::end(process);
    }

    /// The state as it was last left. A panic in order code must not block the verdict, so a poisoned lock is opened
    /// all the same.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Sim> {
        self.sim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This process of the shop dies. The fence comes first: from here on every handle of the old process is stale and stays
    /// pending for ever, so that neither drop guards nor spawned tasks can act after death.
    ///
    /// Without a process there is nothing to die.
    pub(crate) fn crash(&self, sim: &mut Sim, process: Instance) {
        let life = &mut sim.lives[process.index()];
        if !std::mem::take(&mut life.up) {
            return;
        }
        life.incarnation += 1;
        let still = life.still_until.is_some();
        let now = sim.now;
        sim.touch();
        sim.left_behind = self.runtime.num_alive_tasks();
        sim.recover_is_cut_short(process);
        sim.heard.forget(process);
        if still {
            self.goes_on(sim, process);
        }
        sim.record(now, process.marks(RECOVER), Event::Crashed);
        for call in sim.calls.iter_mut().filter(|call| call.instance == process) {
            call.waiting = false;
        }
        // A task that the process had spawned is never dropped. It waits for nothing any more.
        let waits = sim.lock_waits.iter_mut();
        for wait in waits.filter(|wait| wait.process == process) {
            wait.until.get_or_insert(now);
        }
        let store = sim.store.as_mut();
        let open = store.map(|store| store.roll_back_of(process));
        for actor in open.unwrap_or_default() {
            sim.record(now, actor, Event::RolledBack(Rollback::Crash));
            sim.record(now, actor, Event::LockFreed);
        }
        self.freed.notify_waiters();
        self.crashed[process.index()].notify_one();
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
