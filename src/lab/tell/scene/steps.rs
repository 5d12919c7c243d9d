//! The five steps of "they succeeded, to us it looks failed", as a picture can number them: the request is sent, it is
//! processed, its reply is lost or late, the caller gives up, and takes back what it had done.

use crate::engine::trace::{CallId, Event, Trace};

/// What the steps are marked with.
const SIGNS: [&str; 5] = ["①", "②", "③", "④", "⑤"];

/// The places of the steps in the trace; `None` if it is a different story.
pub(crate) fn turns(trace: &Trace) -> Option<[usize; 5]> {
    let entries = &trace.entries;
    let (gave_up, asked) =
        entries
            .iter()
            .enumerate()
            .find_map(|(turn, entry)| match entry.event {
                Event::GaveUp { call, .. } => Some((turn, call)),
                _ => None,
            })?;
    let turn = |is: fn(&Event) -> Option<CallId>| {
        let calls = entries.iter().map(|entry| is(&entry.event));
        calls.into_iter().position(|call| call == Some(asked))
    };
    let sent = turn(|event| match event {
        Event::Sent { call, .. } => Some(*call),
        _ => None,
    })?;
    let processed = turn(|event| match event {
        Event::Executed {
            call,
            response: Ok(_),
            ..
        } => Some(*call),
        _ => None,
    })?;
    let reply = turn(|event| match event {
        Event::ReplyLost { call, .. }
        | Event::Replied {
            call,
            unheard: true,
            ..
        } => Some(*call),
        _ => None,
    })?;
    let actor = entries[gave_up].actor;
    let after = entries[gave_up..].iter();
    let taken_back = after
        .into_iter()
        .position(|entry| entry.actor == actor && matches!(entry.event, Event::RolledBack(_)))?;
    Some([sent, processed, reply, gave_up, gave_up + taken_back])
}

/// The sign of the step that is told at this place of the trace.
pub(crate) fn sign(steps: &[usize], turn: usize) -> Option<&'static str> {
    let place = steps.iter().position(|step| *step == turn)?;
    SIGNS.get(place).copied()
}
