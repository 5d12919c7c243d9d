//! Customers are strangers to each other: a fault that strikes one must not hurt another.
//!
//! A lock is only one way to keep somebody waiting. A mutex in the process, an empty connection pool or a queue behind
//! one worker do the same, and no database shows them. So this looks at the outcome: a customer who suffered no fault,
//! and for whom there was enough in stock, gets an order, and gets it soon.
//!
//! Some have a reason to wait: customers with a fault at a step of their own, those who meet a service that is down or
//! slower than on a calm day, and those who are being served while the process dies or stands still. To be on the safe side, so have
//! those who are served while a struck call of the periodic job or of a background task is open, since it may be
//! working on their order, unless it is plainly about another. And so has a customer who finds a participant's row
//! locked for an order that was struck: a promise keeps its lock until somebody decides. For everybody else, the only
//! possible reason is the other customers.

use crate::engine::record::Submission;
use crate::engine::trace::{CallId, Entry, Event};
use crate::judge::accident::ANSWERS_WITHIN;
use crate::judge::evidence::Evidence;
use crate::language::instance::unmarked;
use crate::language::message::{Key, Request};
use crate::language::name::Name;
use crate::language::order::Order;
use crate::language::step::{BACKGROUND, RECOVER};
use crate::language::time::Ms;

/// A customer who suffered no fault.
pub(crate) struct Unharmed<'a> {
    /// What this customer submitted.
    pub(crate) submission: &'a Submission,
    /// How long the shop did nothing for this customer but make them wait.
    pub(crate) kept_waiting: Ms,
    /// Whether there was enough in stock that nobody else had a claim to.
    pub(crate) enough: bool,
}

/// The customers who suffered no fault, in a world of strangers.
pub(crate) fn unharmed(evidence: &Evidence) -> Vec<Unharmed<'_>> {
    let Some(hold) = evidence.terms.strangers else {
        return Vec::new();
    };
    let faults = behind_the_scenes(evidence);
    let submissions = evidence.submissions.iter();
    submissions
        .filter_map(|submission| {
            let at = submission.at?;
            let until = submission.told.as_ref().map_or(evidence.ended_at, |t| t.0);
            let name = submission.order.name();
            (!is_harmed(evidence, &faults, name, (at, until))).then(|| Unharmed {
                submission,
                kept_waiting: until - at - in_calls(evidence, name, until),
                enough: is_enough(evidence, &submission.order, hold, at, until),
            })
        })
        .collect()
}

fn is_harmed(
    evidence: &Evidence,
    faults: &[BehindTheScenes],
    name: Name,
    served: (Ms, Ms),
) -> bool {
    let (at, until) = served;
    let mut entries = evidence.trace.entries.iter();
    let struck = entries.any(|entry| match &entry.event {
        Event::Struck { .. } => unmarked(entry.actor) == name,
        Event::NoConnection { request, .. } => {
            unmarked(entry.actor) == name || request.order() == Some(name)
        }
        // Slower than a calm day allows: the code may pause before it asks again.
        Event::GaveUp { waited, .. } => unmarked(entry.actor) == name && *waited > ANSWERS_WITHIN,
        Event::Crashed | Event::Paused | Event::WentOn => (at..=until).contains(&entry.at),
        _ => false,
    });
    struck
        || meets_a_promise(evidence, name)
        || faults.iter().any(|fault| fault.may_concern(name, served))
}

/// Whether a participant did not serve this customer because a row was locked for an order that a fault had struck.
fn meets_a_promise(evidence: &Evidence, name: Name) -> bool {
    let befell = |holder: Name| {
        let mut entries = evidence.trace.entries.iter();
        entries.any(|entry| match entry.event {
            Event::Struck { .. } => [holder, RECOVER, BACKGROUND].contains(&unmarked(entry.actor)),
            Event::Crashed | Event::Paused => true,
            _ => false,
        })
    };
    let mut waits = evidence.row_waits.iter();
    waits.any(|wait| unmarked(wait.actor) == name && !wait.served && befell(unmarked(wait.holder)))
}

/// A fault at a step of the periodic job, or of a task whose order the lab cannot tell.
struct BehindTheScenes {
    /// The order that it is about, if that is plain.
    about: Option<Name>,
    from: Ms,
    /// Until when the struck call was open.
    until: Ms,
}

impl BehindTheScenes {
    fn may_concern(&self, order: Name, (at, until): (Ms, Ms)) -> bool {
        self.about.is_none_or(|about| about == order) && at <= self.until && self.from <= until
    }
}

/// The faults that struck the job and background tasks.
fn behind_the_scenes(evidence: &Evidence) -> Vec<BehindTheScenes> {
    let entries = &evidence.trace.entries;
    let struck = entries.iter().enumerate().filter(|(_, entry)| {
        let behind = [RECOVER, BACKGROUND].contains(&unmarked(entry.actor));
        behind && matches!(entry.event, Event::Struck { .. })
    });
    struck
        .map(|(n, entry)| match call_of(&entries[n..]) {
            None => BehindTheScenes {
                about: None,
                from: entry.at,
                until: entry.at,
            },
            Some((call, request)) => BehindTheScenes {
                about: about(evidence, &entries[..n], request),
                from: entry.at,
                until: over_at(&entries[n..], call).unwrap_or(evidence.ended_at),
            },
        })
        .collect()
}

/// The call that the fault at the head of these entries strikes, if any: its request is sent at the same moment.
fn call_of(entries: &[Entry]) -> Option<(CallId, &Request)> {
    let (struck, rest) = entries.split_first()?;
    let Event::Struck { step, .. } = struck.event else {
        return None;
    };
    let mut same = rest
        .iter()
        .take_while(|entry| entry.at == struck.at)
        .filter(|entry| entry.actor == struck.actor);
    let (call, request) = same.find_map(|entry| match &entry.event {
        Event::Sent { call, request, .. } | Event::NoConnection { call, request } => {
            Some((*call, request))
        }
        _ => None,
    })?;
    (request.what() == step.what).then_some((call, request))
}

/// When this call was over for its caller.
fn over_at(entries: &[Entry], id: CallId) -> Option<Ms> {
    let over = entries.iter().find(|entry| match &entry.event {
        Event::Replied { call, .. } | Event::GaveUp { call, .. } => *call == id,
        Event::Crashed => true,
        _ => false,
    });
    over.map(|entry| entry.at)
}

/// The order that a request is about: the request names it, or a key or a charge known to be that order's.
fn about(evidence: &Evidence, before: &[Entry], request: &Request) -> Option<Name> {
    let of_key = |key: &Key| {
        before.iter().find_map(|entry| match &entry.event {
            Event::Sent { request, .. } | Event::NoConnection { request, .. } => {
                request.order().filter(|_| request.key() == Some(key))
            }
            _ => None,
        })
    };
    let of_charge = |id: Name| {
        let mut charges = evidence.charges.iter();
        charges
            .find(|charge| charge.id == id)
            .map(|charge| charge.order)
    };
    match request {
        Request::Refund { charge, .. } => of_charge(*charge),
        request => request.order().or_else(|| of_key(request.key()?)),
    }
}

/// How long this customer's own calls took, all told.
fn in_calls(evidence: &Evidence, name: Name, until: Ms) -> Ms {
    let own = evidence
        .trace
        .entries
        .iter()
        .filter(|e| unmarked(e.actor) == name);
    let mut open: Vec<(CallId, Ms)> = Vec::new();
    let mut sum = Ms::ZERO;
    for entry in own {
        match entry.event {
            Event::Sent { call, .. } => open.push((call, entry.at)),
            Event::Replied { call, .. } | Event::GaveUp { call, .. } => {
                if let Some(place) = open.iter().position(|(id, _)| *id == call) {
                    sum = sum + (entry.at - open.swap_remove(place).1);
                }
            }
            _ => {}
        }
    }
    open.iter().fold(sum, |sum, (_, at)| sum + (until - *at))
}

/// Whether there was enough for this order: the initial stock, less what earlier customers had bought by the time of
/// the answer, or had a right to keep aside when this customer came.
fn is_enough(evidence: &Evidence, order: &Order, hold: Ms, at: Ms, until: Ms) -> bool {
    let stock = evidence.shop_stock.iter().flatten();
    let mut stock = stock.filter(|record| record.sku == Name::new(&order.sku));
    let Some(stock) = stock.next() else {
        return true;
    };
    let others = evidence.submitted().into_iter();
    let claimed: i64 = others
        .filter(|other| other.id != order.id && other.sku == order.sku)
        .filter(|other| has_a_claim(evidence, other, hold, (at, until)))
        .map(|other| i64::from(other.quantity))
        .sum();
    stock.at_first - claimed >= i64::from(order.quantity)
}

/// Whether another order has a better claim to the goods than a customer who came, and was answered, at these times.
/// First come, first served: a later customer has no better claim.
fn has_a_claim(evidence: &Evidence, other: &Order, hold: Ms, (at, until): (Ms, Ms)) -> bool {
    let name = other.name();
    let entered = |status: &str, by: Ms| {
        let mut books = evidence.books.iter();
        books.any(|line| line.order == name && line.is(status) && line.at <= by)
    };
    let submissions = evidence.submissions.iter();
    let came = submissions.filter_map(|s| (s.order.id == other.id).then_some(s.at?));
    let mut books = evidence.books.iter();
    let entered_at = books.find(|line| line.order == name).map(|line| line.at);
    let claimed_at = claimed_at(came, entered_at, hold, at);
    // In the very millisecond in which it runs out, either may be right.
    let is_fresh = claimed_at.is_some_and(|claimed_at| at <= claimed_at + hold);
    let is_off = at > Ms::ZERO && entered("cancelled", at - Ms(1));
    (claimed_at.is_some() && entered("confirmed", until)) || (is_fresh && !is_off)
}

/// When the last claim, up to that time, of an order began that came at these times and was first entered in the books
/// at that one. Another click does not renew a claim while it lasts. After its end, a customer who comes again makes a
/// new one if something is left, and so does one the shop has not noticed before.
fn claimed_at(
    came: impl Iterator<Item = Ms>,
    entered_at: Option<Ms>,
    hold: Ms,
    by: Ms,
) -> Option<Ms> {
    let mut came: Vec<Ms> = came.filter(|came| *came <= by).collect();
    came.sort_unstable();
    came.into_iter().reduce(|claimed_at, came| {
        let is_noticed = entered_at.is_some_and(|entered_at| entered_at < came);
        if is_noticed && came < claimed_at + hold {
            claimed_at
        } else {
            came
        }
    })
}
