//! Uneventful runs of the periodic job: those that find nothing to do, and those that fail as the one before did.

use crate::engine::trace::{CallId, Entry, Event};
use crate::language::instance::unmarked;
use crate::language::name::Name;
use crate::language::step::RECOVER;
use crate::language::time::Ms;
use std::collections::{BTreeMap, BTreeSet};

/// What need not be drawn.
#[derive(Default)]
pub(crate) struct Quiet {
    /// These entries.
    pub(crate) hidden: BTreeSet<usize>,
    /// The line for two or more runs that fail like one that is shown, by the entry with which the last of them begins.
    pub(crate) repeats: BTreeMap<usize, Repeats>,
}

/// Runs that repeat the one before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// How many they are. Idle ones in between do not count.
    pub count: usize,
    /// When the first of them began.
    pub since: Ms,
}

impl Quiet {
    /// What need not be drawn of these entries. What is `noted` is always drawn.
    pub(crate) fn of(entries: &[Entry], noted: impl Fn(usize) -> bool) -> Quiet {
        let mut quiet = Quiet {
            hidden: idle(entries),
            repeats: BTreeMap::new(),
        };
        let runs = runs(entries, &quiet.hidden, noted);
        for alike in runs.chunk_by(|one, next| next.repeats(one)) {
            let again = &alike[1..];
            let [first, .., last] = again else {
                continue;
            };
            let said = Repeats {
                count: again.len(),
                since: first.began,
            };
            quiet.repeats.insert(last.turns[0], said);
            quiet.hidden.extend(again.iter().flat_map(|run| &run.turns));
        }
        quiet
    }
}

/// The entries of runs in which it found nothing to do.
fn idle(entries: &[Entry]) -> BTreeSet<usize> {
    let mut idle = BTreeSet::new();
    // Two processes may run their jobs at the same time.
    let mut open: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
    for (turn, entry) in entries.iter().enumerate() {
        if unmarked(entry.actor) != RECOVER {
            continue;
        }
        let run = open.entry(entry.actor).or_default();
        match &entry.event {
            Event::RecoverBegan(_) => *run = vec![turn],
            Event::RecoverEnded {
                idle: true,
                error: None,
                ..
            } => {
                run.push(turn);
                idle.extend(run.drain(..));
            }
            // Something did happen, even without any effect.
            Event::RecoverEnded { .. }
            | Event::Struck { .. }
            | Event::Crashed
            | Event::Paused
            | Event::WentOn => run.clear(),
            _ if !run.is_empty() => run.push(turn),
            _ => {}
        }
    }
    idle
}

/// A run of the periodic job that did something.
struct Run {
    began: Ms,
    turns: Vec<usize>,
    /// Its events, with times counted from its beginning and calls from its first.
    events: Vec<(Ms, Event)>,
    first_call: Option<CallId>,
    /// It has ended. Late events of its calls still belong to it.
    over: bool,
    /// Something that no other run may stand for: a fault, a death, a service that did answer, somebody else's action
    /// before it was over.
    is_news: bool,
    /// Somebody else did something since the run before it was over, so it may have found something different.
    is_fresh: bool,
}

impl Run {
    fn begins(at: Ms, is_fresh: bool) -> Run {
        Run {
            began: at,
            turns: Vec::new(),
            events: Vec::new(),
            first_call: None,
            over: false,
            is_news: false,
            is_fresh,
        }
    }

    fn add(&mut self, turn: usize, entry: &Entry) {
        let event = self.at_the_beginning(entry.event.clone());
        self.over |= matches!(event, Event::RecoverEnded { .. });
        self.is_news |= matches!(
            event,
            Event::Struck { .. }
                | Event::Crashed
                | Event::Started(_)
                | Event::Paused
                | Event::WentOn
                | Event::Executed { .. }
        );
        self.turns.push(turn);
        self.events.push((entry.at - self.began, event));
    }

    /// The event without what tells one run from the next: numbers, and points in time.
    fn at_the_beginning(&mut self, mut event: Event) -> Event {
        match &mut event {
            Event::RecoverBegan(run) | Event::RecoverEnded { run, .. } => *run = 0,
            Event::Sent {
                call, arrives_at, ..
            } => {
                self.count(call);
                if let Some(at) = arrives_at {
                    *at = *at - self.began;
                }
            }
            Event::NoConnection { call, .. }
            | Event::Executed { call, .. }
            | Event::ReplyLost { call, .. }
            | Event::Replied { call, .. }
            | Event::GaveUp { call, .. } => self.count(call),
            _ => {}
        }
        event
    }

    fn count(&mut self, call: &mut CallId) {
        let first = *self.first_call.get_or_insert(*call);
        call.0 = call.0.wrapping_sub(first.0);
    }

    fn repeats(&self, other: &Run) -> bool {
        let is_news = self.is_news || self.is_fresh || other.is_news;
        !is_news && self.events == other.events
    }
}

/// The runs of the periodic job, without the idle ones.
fn runs(entries: &[Entry], idle: &BTreeSet<usize>, noted: impl Fn(usize) -> bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut is_fresh = true;
    let drawn = entries.iter().enumerate();
    for (turn, entry) in drawn.filter(|(turn, _)| !idle.contains(turn)) {
        if entry.actor == RECOVER
            && let Event::RecoverBegan(_) = entry.event
        {
            runs.push(Run::begins(entry.at, is_fresh));
            is_fresh = false;
        }
        let Some(run) = runs.last_mut() else {
            continue;
        };
        if entry.actor == RECOVER {
            run.add(turn, entry);
            run.is_news |= noted(turn);
        } else if run.over {
            is_fresh = true;
        } else {
            run.is_news = true;
        }
    }
    runs
}
