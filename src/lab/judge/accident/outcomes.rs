//! Decisions: one that was never made, and one that was made twice.

use super::Accident::*;
use super::sides::how_it_ended;
use super::{Accident, Finding, order_named};
use crate::engine::trace::{CallId, Entry, Event};
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::message::{Part, Request};
use crate::language::name::Name;
use crate::language::time::Ms;
use crate::two_phase::record::{Outcome, Participation};
use std::collections::BTreeMap;

/// How long a reachable participant may be left in doubt. After that, a run of the periodic job has to tell it.
pub const TOLD_WITHIN: Ms = Ms::minutes(15);

/// Two outcomes, or an open one, of a transaction across services.
pub(super) fn across(evidence: &Evidence) -> Option<Finding> {
    two_outcomes(evidence).or_else(|| left_in_doubt(evidence))
}

pub(super) fn left_in_doubt(evidence: &Evidence) -> Option<Finding> {
    let mut all = evidence.participations.iter();
    let open = all.find(|participation| participation.outcome == Outcome::InDoubt);
    let open = open.map(|open| finding(LeftInDoubt, evidence, open));
    open.or_else(|| longer_than_need_be(evidence))
}

/// A participant that nobody told for a long time, although nothing prevented it: the process ran, no fault struck,
/// everybody who had to be asked could be reached, and a whole run of the periodic job passed.
fn longer_than_need_be(evidence: &Evidence) -> Option<Finding> {
    let mut all = evidence.participations.iter();
    let (one, told_at) = all.find_map(|one| {
        let told_at = one.until.filter(|_| one.row.is_some())?;
        let is_long = told_at - one.from > TOLD_WITHIN;
        (is_long && could_be_told(evidence, one, told_at)).then_some((one, told_at))
    })?;
    let mut finding = finding(LeftInDoubt, evidence, one);
    finding.expected = Expected::HearsInTime {
        participant: one.participant,
        transaction: one.transaction,
    };
    finding.knows.push(Claim::WasInDoubt {
        participant: one.participant,
        from: one.from,
        until: told_at,
    });
    Some(finding)
}

/// Whether a whole run of the job passed after this participant had long been in doubt and could have been told.
fn could_be_told(evidence: &Evidence, one: &Participation, told_at: Ms) -> bool {
    let mut calls = Calls::default();
    // Since when nothing has prevented it, and whether the job has begun a run long after that.
    let (mut since, mut has_begun) = (one.from, false);
    for entry in &evidence.trace.entries {
        let in_the_way = calls.in_the_way(entry, one);
        if entry.at < one.from {
            continue;
        }
        if entry.at >= told_at {
            return false;
        }
        match entry.event {
            _ if in_the_way => (since, has_begun) = (entry.at, false),
            Event::RecoverBegan(_) => has_begun = entry.at - since > TOLD_WITHIN,
            Event::RecoverEnded { .. } if has_begun => return true,
            _ => {}
        }
    }
    false
}

/// The calls, each with its subject.
#[derive(Default)]
struct Calls(BTreeMap<CallId, About>);

/// The subject of a call.
#[derive(Clone, Copy)]
struct About {
    participant: Name,
    transaction: Option<Name>,
    /// Whether it says that the transaction is to be committed.
    commits: bool,
}

impl Calls {
    /// Whether this is a reason not to tell this participant. A fault at the participant itself is one, and so is a
    /// fault at a question about how the transaction ends, since somebody else may be the one who decides. A caller
    /// that says "commit" to somebody else knows how it ends.
    fn in_the_way(&mut self, entry: &Entry, one: &Participation) -> bool {
        let concerns = |about: About| {
            let same = about.transaction.is_none_or(|tx| tx == one.transaction);
            let knows = about.commits && one.outcome == Outcome::Committed;
            about.participant == one.participant || same && !knows
        };
        match &entry.event {
            Event::Struck { .. }
            | Event::Crashed
            | Event::Started(_)
            | Event::Paused
            | Event::WentOn => true,
            Event::NoConnection { request, .. } => concerns(About::of(request)),
            Event::Sent { call, request, .. } => {
                self.0.insert(*call, About::of(request));
                false
            }
            Event::GaveUp { call, .. } => self.0.get(call).is_some_and(|it| concerns(*it)),
            _ => false,
        }
    }
}

impl About {
    fn of(request: &Request) -> About {
        let part = match request {
            Request::Part { part, .. } => Some(part),
            _ => None,
        };
        let transaction = part.and_then(Part::transaction);
        About {
            participant: Name::of(request.service().name()),
            transaction: transaction.map(|tx| Name::new(tx.as_str())),
            commits: matches!(part, Some(Part::Commit { .. })),
        }
    }
}

/// Whether this transaction across services has ended in two ways, or has not ended everywhere.
pub fn torn_or_open(evidence: &Evidence, transaction: Name) -> Option<Accident> {
    if is_torn(evidence, transaction) {
        Some(TwoOutcomesOfOneTransaction)
    } else if ends_somewhere_as(evidence, transaction, Outcome::InDoubt) {
        Some(LeftInDoubt)
    } else {
        None
    }
}

fn is_torn(evidence: &Evidence, transaction: Name) -> bool {
    let ends = |outcome: Outcome| ends_somewhere_as(evidence, transaction, outcome);
    ends(Outcome::Committed) && ends(Outcome::Aborted)
}

fn ends_somewhere_as(evidence: &Evidence, transaction: Name, outcome: Outcome) -> bool {
    let mut all = evidence.participations.iter();
    all.any(|one| one.transaction == transaction && one.outcome == outcome)
}

/// One transaction across services, and its two ends.
pub(super) fn two_outcomes(evidence: &Evidence) -> Option<Finding> {
    let mut committed = evidence
        .participations
        .iter()
        .filter(|one| one.outcome == Outcome::Committed);
    let torn = committed.find(|one| is_torn(evidence, one.transaction))?;
    Some(finding(TwoOutcomesOfOneTransaction, evidence, torn))
}

/// The claim about the transaction that this participant took part in.
fn finding(accident: Accident, evidence: &Evidence, one: &Participation) -> Finding {
    let (participant, transaction) = (one.participant, one.transaction);
    let expected = match accident {
        LeftInDoubt => Expected::HearsTheEnd {
            participant,
            transaction,
        },
        _ => Expected::EndsAlike { transaction },
    };
    if let Some(order) = one.order.and_then(|name| order_named(evidence, name)) {
        return Finding::of_order(accident, expected, evidence, order);
    }
    let all = evidence.participations.iter();
    let same = all.filter(|other| other.transaction == one.transaction);
    Finding {
        accident,
        expected,
        believes: vec![Claim::Over { transaction }],
        knows: same.map(|it| how_it_ended(it, one.transaction)).collect(),
    }
}
