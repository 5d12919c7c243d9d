//! The process's activity: whether anything changes, and whether anybody still learns anything new.
//!
//! Runs of the periodic job and ticks of background tasks that find the world as an earlier one has left it *repeat*;
//! the search leaves their faults out, and a world in which nothing else happens is over.

use super::Sim;
use crate::language::instance::{Instance, unmarked};
use crate::language::name::Name;
use crate::language::step::RECOVER;
use crate::language::time::Ms;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How a run of the periodic job went, as far as the search needs to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecoverRun {
    /// It heard nothing new and changed nothing, and nothing else has changed since an earlier run of which the same is
    /// true. See [`crate::search::exhaustive`] for what follows from that.
    pub repeats: bool,
    /// Nobody was called, and nothing changed.
    pub(super) idle: bool,
    /// Nothing changed: whoever was called refused the connection, or had nothing new to say.
    pub(super) vain: bool,
    pub(super) version: u64,
    pub(super) state: u64,
    /// Whose job it is.
    pub(super) instance: Instance,
}

/// How a tick of a background task went: everything that spawned tasks do in one millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// It heard nothing new and changed nothing, and nothing else has changed since an earlier tick of the same steps
    /// of which the same is true. The consequence is the same as for a run of the periodic job.
    pub repeats: bool,
    pub(crate) at: Ms,
    pub(super) steps: u64,
    /// A hash of the question.
    pub(super) what: u64,
    pub(super) version: u64,
    pub(super) state: u64,
    /// How many of its steps call a service.
    pub(super) calls: u32,
    /// How many of those are only questions.
    pub(super) look_ups: u32,
    /// Where its lines in the trace begin.
    pub(super) told_from: usize,
    /// Where they end, if the answers must be known before the lines can be left out.
    pub(super) told_to: usize,
}

/// The process's activity.
#[derive(Default)]
pub(crate) struct Activity {
    pub(crate) recover_runs: Vec<RecoverRun>,
    /// Which run each process is in.
    in_recover: [Option<u32>; 2],
    /// When the periodic job of each process will run next.
    pub(crate) next_recover: [Ms; 2],
    pub(crate) ticks: Vec<Tick>,
    pub(super) ticking: bool,
    /// What ticks have asked in vain since anything last changed, and the state to which that applies.
    pub(super) looks: Vec<u64>,
    pub(super) looked_at: u64,
    /// Since when.
    pub(super) looked_since: Ms,
    /// The tasks that have ticked since anybody last tried anything, and the version to which that applies.
    pub(super) tickers: Vec<tokio::task::Id>,
    pub(super) ticked_at: u64,
    /// The state in which order code last looked at the clock.
    pub(crate) clock_read_in: Option<u64>,
    /// Counts what a reader of the timeline would call an event.
    pub(super) version: u64,
    /// Counts what changes anything.
    pub(crate) state: u64,
}

impl Activity {
    /// Which run of the periodic job this process is in, if any.
    pub(super) fn running(&self, instance: Instance) -> Option<u32> {
        self.in_recover[instance.index()]
    }

    fn runs_of(&self, instance: Instance) -> impl Iterator<Item = &RecoverRun> {
        let runs = self.recover_runs.iter();
        runs.filter(move |run| run.instance == instance)
    }
}

impl Sim {
    /// Something has changed that a later run of the periodic job could notice.
    pub(crate) fn touch(&mut self) {
        self.activity.version += 1;
        self.activity.state += 1;
    }

    /// A try without effect: nobody has heard of it, and nothing has changed.
    pub(crate) fn tried_in_vain(&mut self) {
        self.activity.version += 1;
    }

    /// A spawned task reaches a step; returns in which tick.
    pub(super) fn tick(&mut self, at: Ms, actor: Name, what: Name) -> u32 {
        if !self.activity.ticking {
            self.activity.ticking = true;
            self.activity.ticks.push(Tick {
                at,
                version: self.activity.version,
                state: self.activity.state,
                told_from: self.trace.entries.len(),
                ..Tick::default()
            });
        }
        let n = self.activity.ticks.len() - 1;
        let tick = &mut self.activity.ticks[n];
        let mut hasher = DefaultHasher::new();
        (tick.what, actor.as_str(), what.as_str()).hash(&mut hasher);
        tick.what = hasher.finish();
        tick.steps += 1;
        if self.activity.looked_at != self.activity.state {
            self.activity.looked_at = self.activity.state;
            self.activity.looked_since = at;
            self.activity.looks.clear();
        }
        if self.activity.ticked_at != self.activity.version {
            self.activity.ticked_at = self.activity.version;
            self.activity.tickers.clear();
        }
        if let Some(task) = tokio::task::try_id()
            && !self.activity.tickers.contains(&task)
        {
            self.activity.tickers.push(task);
        }
        n as u32
    }

    /// The millisecond of a tick is over.
    pub(super) fn tick_ends(&mut self) {
        let activity = &mut self.activity;
        activity.ticking = false;
        let Some(tick) = activity.ticks.last_mut() else {
            return;
        };
        if tick.state != activity.state {
            return;
        }
        tick.repeats = activity.looks.contains(&tick.what);
        if !tick.repeats {
            activity.looks.push(tick.what);
            return;
        }
        if let Some(too_often) = self.budget.give_back(tick.steps) {
            self.halt.get_or_insert(too_often);
        }
        if tick.version != activity.version {
            return;
        }
        if tick.calls > 0 {
            tick.told_to = self.trace.entries.len();
            return;
        }
        // Telling it once is enough, not ten thousand times.
        let told = self.trace.entries.split_off(tick.told_from);
        let others = told
            .into_iter()
            .filter(|entry| unmarked(entry.actor) == RECOVER);
        self.trace.entries.extend(others);
    }

    /// Whether nothing will ever happen any more, as long as only tasks wake up that have ticked in vain; returns how
    /// many those are. Left alone, background tasks tick on, tens of thousands of times.
    ///
    /// Order code that [looks at the clock](Sim::watches_the_clock) may still do something when its time comes.
    pub(crate) fn at_rest(&self) -> Option<usize> {
        let ticks_in_vain = self.activity.ticks.last().is_some_and(|tick| tick.repeats);
        let rests = ticks_in_vain
            && !self.activity.ticking
            && self.to_come == 0
            && self.activity.ticked_at == self.activity.version
            && self.next_due().is_none()
            && self.settled.is_empty()
            && self.lives[0].up
            && self.lives[0].still_until.is_none()
            && self.activity.in_recover[0].is_none()
            && self.halt.is_none()
            // Which task belongs to which of two processes is unknown.
            && self.instances == 1
            && self
                .activity
                .recover_runs
                .last()
                .is_some_and(|run| run.idle && run.state == self.activity.state);
        rests.then_some(self.left_behind + self.activity.tickers.len())
    }

    /// Whether order code has looked at the clock since anything last changed.
    pub(crate) fn watches_the_clock(&self) -> bool {
        self.activity.clock_read_in == Some(self.activity.state)
    }

    /// Until when tasks that only watch the clock may sleep on: for a tenth of the time for which they have looked in
    /// vain, and not past the next run of the periodic job.
    pub(crate) fn may_oversleep_until(&self) -> Ms {
        let tenth = Ms((self.now - self.activity.looked_since).0 / 10);
        let mut next = self.now + tenth;
        for job in &self.activity.next_recover[..self.instances] {
            next = next.min(*job);
        }
        next
    }

    /// A run of this process's periodic job begins; returns which of its runs.
    pub(crate) fn recover_begins(&mut self, instance: Instance) -> u32 {
        let place = self.activity.recover_runs.len() as u32;
        self.activity.in_recover[instance.index()] = Some(place);
        self.activity.recover_runs.push(RecoverRun {
            instance,
            version: self.activity.version,
            state: self.activity.state,
            ..RecoverRun::default()
        });
        self.activity.runs_of(instance).count() as u32
    }

    /// The current run of this process's periodic job has ended; returns which it was, and whether it was idle.
    pub(crate) fn recover_ends(&mut self, instance: Instance) -> (u32, bool) {
        let current = self.activity.in_recover[instance.index()].take();
        let n = current.map_or_else(|| self.activity.recover_runs.len() - 1, |n| n as usize);
        let before = self.activity.recover_runs[..n].iter();
        let before = before.rev().find(|run| run.instance == instance).copied();
        let number = self.activity.runs_of(instance).count() as u32;
        let run = &mut self.activity.recover_runs[n];
        run.idle = run.version == self.activity.version;
        run.vain = run.state == self.activity.state;
        run.repeats = run.vain
            && before.is_some_and(|before| before.vain && before.state == self.activity.state);
        (number, run.idle)
    }

    /// The process has died in the middle of its work.
    pub(crate) fn recover_is_cut_short(&mut self, instance: Instance) {
        self.activity.in_recover[instance.index()] = None;
    }
}
