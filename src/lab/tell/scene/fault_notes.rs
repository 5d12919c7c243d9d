//! Where in the picture the note of a fault points.
//!
//! The trace says when a fault took hold. A reader looks for it where it shows: a late reply at the reply, a crash
//! where the process dies.

use crate::engine::trace::{CallId, Entry, Event, Told};
use crate::language::fault::Fault;
use crate::language::step::{Step, StepKind};
use crate::tell::scene::Note;
use std::collections::BTreeMap;

/// The notes of all faults, by the place in the trace of the entry they point at.
pub(crate) fn notes(entries: &[Entry]) -> BTreeMap<usize, Vec<Note>> {
    let calls = calls_by_step(entries);
    let mut notes: BTreeMap<usize, Vec<Note>> = BTreeMap::new();
    for (turn, entry) in entries.iter().enumerate() {
        if let Event::Struck { step, fault } = &entry.event {
            let shown = place(entries, turn, step, *fault, &calls).unwrap_or(turn);
            let note = Note::Fault {
                fault: *fault,
                // All other notes point at the step; a process dies as a whole.
                at: matches!(
                    fault,
                    Fault::CrashBefore | Fault::CrashAfter | Fault::Pauses(_)
                )
                .then_some(*step),
            };
            notes.entry(shown).or_default().push(note);
        }
    }
    notes
}

/// Which call was which step.
fn calls_by_step(entries: &[Entry]) -> BTreeMap<Step, CallId> {
    let mut attempts = BTreeMap::new();
    let mut calls = BTreeMap::new();
    for entry in entries {
        match &entry.event {
            Event::Sent { call, request, .. } | Event::NoConnection { call, request } => {
                let attempt = attempts.entry((entry.actor, request.what())).or_insert(0);
                *attempt += 1;
                calls.insert(Step::new(entry.actor, request.what(), *attempt), *call);
            }
            // The step was reached and counted, but nothing was sent.
            Event::Struck {
                step,
                fault: Fault::CrashBefore,
            } => {
                attempts.insert((step.actor, step.what), step.attempt);
            }
            _ => {}
        }
    }
    calls
}

fn place(
    entries: &[Entry],
    turn: usize,
    step: &Step,
    fault: Fault,
    calls: &BTreeMap<Step, CallId>,
) -> Option<usize> {
    let near = |wanted: &dyn Fn(&Entry) -> bool| {
        let after = (turn..entries.len()).find(|place| wanted(&entries[*place]));
        after.or_else(|| (0..turn).rfind(|place| wanted(&entries[*place])))
    };
    if matches!(fault, Fault::CrashBefore | Fault::CrashAfter) {
        return near(&|entry| entry.event == Event::Crashed);
    }
    if let Fault::Pauses(_) = fault {
        return near(&|entry| entry.event == Event::Paused);
    }
    if let Fault::HangsUp(_) = fault {
        let hung_up = Event::Told(Told::HungUp);
        return (turn..entries.len())
            .find(|place| entries[*place].actor == step.actor && entries[*place].event == hung_up);
    }
    match step.kind() {
        StepKind::Call => {
            let id = calls.get(step)?;
            let shows = |wanted: &dyn Fn(&Event) -> Option<CallId>| {
                entries
                    .iter()
                    .position(|entry| wanted(&entry.event) == Some(*id))
            };
            let at_the_far_end = match fault {
                Fault::ReplyLost => shows(&reply_lost),
                Fault::RequestTwice(_) => shows(&executed_again),
                Fault::ReplyLate(_) | Fault::ErrorBefore | Fault::ErrorAfter | Fault::Declined => {
                    shows(&replied)
                }
                _ => None,
            };
            at_the_far_end.or_else(|| shows(&sent))
        }
        StepKind::Sql | StepKind::Commit => near(&|entry| match &entry.event {
            Event::Sql { label, .. } => {
                entry.actor == step.actor
                    && step.what.as_str().strip_prefix("db.") == Some(label.as_str())
            }
            _ => false,
        }),
        // The second click is what shows.
        StepKind::Submission => {
            let due = entries[turn].at + fault.span().unwrap_or_default();
            near(&|entry| {
                entry.actor == step.actor && entry.event == Event::Submitted && entry.at >= due
            })
        }
        StepKind::Delivery => near(&|entry| {
            matches!(
                entry.event,
                Event::WebhookSent { .. } | Event::WebhookArrived { .. }
            )
        }),
        StepKind::Recover => None,
    }
}

fn sent(event: &Event) -> Option<CallId> {
    match event {
        Event::Sent { call, .. } | Event::NoConnection { call, .. } => Some(*call),
        _ => None,
    }
}

fn replied(event: &Event) -> Option<CallId> {
    match event {
        Event::Replied { call, .. } => Some(*call),
        _ => None,
    }
}

fn reply_lost(event: &Event) -> Option<CallId> {
    match event {
        Event::ReplyLost { call, .. } => Some(*call),
        _ => None,
    }
}

fn executed_again(event: &Event) -> Option<CallId> {
    match event {
        Event::Executed {
            call,
            duplicate: true,
            ..
        } => Some(*call),
        _ => None,
    }
}
