//! The periodic job's idle runs, which are nobody's news.

use crate::step::RECOVER;
use crate::trace::{Entry, Event};
use std::collections::BTreeSet;

/// The entries of runs of the periodic job in which it found nothing to do.
pub(super) fn runs(entries: &[Entry]) -> BTreeSet<usize> {
    let mut idle = BTreeSet::new();
    let mut run = Vec::new();
    for (turn, entry) in entries.iter().enumerate() {
        if entry.actor != RECOVER {
            continue;
        }
        match &entry.event {
            Event::RecoverBegan(_) => run = vec![turn],
            Event::RecoverEnded {
                idle: true,
                error: None,
                ..
            } => {
                run.push(turn);
                idle.extend(run.drain(..));
            }
            // Something did happen, however little came of it.
            Event::RecoverEnded { .. } | Event::Struck { .. } | Event::Crashed => run.clear(),
            _ if !run.is_empty() => run.push(turn),
            _ => {}
        }
    }
    idle
}
