//! Customers who are strangers to each other: what befalls one of them is no other one's business.
//!
//! A lock is only one way to keep somebody waiting. A mutex in the process, a connection pool that has run dry, a
//! queue behind one worker do the same, and no database tells of them. So this looks at the outcome: a customer
//! whom nothing befell, and for whom there was enough in stock, has an order, and has it soon.
//!
//! Whoever is struck by a fault at a step of their own, meets a service that is down, or is being served while the
//! process dies, has a reason to wait; so has, to be on the safe side, whoever is being served while a fault strikes the
//! periodic job, which may have their order in hand. Everybody else has none but the others.

use crate::evidence::{Evidence, Submission};
use crate::name::Name;
use crate::order::Order;
use crate::step::{BACKGROUND, RECOVER};
use crate::time::Ms;
use crate::trace::{CallId, Event, Told};

/// A customer whom nothing befell.
pub(crate) struct Unharmed<'a> {
    /// What this customer submitted.
    pub(crate) submission: &'a Submission,
    /// What the customer was told.
    pub(crate) told: Option<&'a Told>,
    /// How long the shop did nothing for this customer but keep them waiting.
    pub(crate) kept_waiting: Ms,
    /// Whether there was enough in stock that nobody else had a claim to.
    pub(crate) enough: bool,
}

/// The customers whom nothing befell, in a world of strangers.
pub(crate) fn unharmed(evidence: &Evidence) -> Vec<Unharmed<'_>> {
    let Some(hold) = evidence.strangers else {
        return Vec::new();
    };
    let submissions = evidence.submissions.iter();
    submissions
        .filter_map(|submission| {
            let at = submission.at?;
            let until = submission.told.as_ref().map_or(evidence.ended_at, |t| t.0);
            let name = submission.order.name();
            (!is_harmed(evidence, name, at, until)).then(|| Unharmed {
                submission,
                told: submission.told.as_ref().map(|told| &told.1),
                kept_waiting: until - at - in_calls(evidence, name, until),
                enough: is_enough(evidence, &submission.order, hold, at, until),
            })
        })
        .collect()
}

fn is_harmed(evidence: &Evidence, name: Name, at: Ms, until: Ms) -> bool {
    let mut entries = evidence.trace.entries.iter();
    entries.any(|entry| match entry.event {
        Event::Struck { .. } if entry.actor == RECOVER => (at..=until).contains(&entry.at),
        Event::Struck { .. } => entry.actor == name || entry.actor == BACKGROUND,
        Event::NoConnection { .. } => entry.actor == name,
        Event::Crashed => (at..=until).contains(&entry.at),
        _ => false,
    })
}

/// How long this customer's own calls took, all told.
fn in_calls(evidence: &Evidence, name: Name, until: Ms) -> Ms {
    let own = evidence.trace.entries.iter().filter(|e| e.actor == name);
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

/// Whether there was enough for this order: what the shop began with, less what others who had come before had bought
/// by the time of the answer, or had a right to keep set aside when this customer came.
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

/// Whether another order has a better claim to the goods than a customer who came, and was told, at these times. First
/// come, first served: who came later has none.
fn has_a_claim(evidence: &Evidence, other: &Order, hold: Ms, (at, until): (Ms, Ms)) -> bool {
    let name = other.name();
    let entered = |status: &str, by: Ms| {
        let mut books = evidence.books.iter();
        books.any(|line| line.order == name && line.status == status && line.at <= by)
    };
    let submissions = evidence.submissions.iter();
    let mut came = submissions.filter_map(|s| (s.order.id == other.id).then_some(s.at?));
    let came_before = came.clone().any(|came| came <= at);
    // In the very millisecond in which it runs out, either may be right.
    let is_fresh = came.any(|came| came <= at && at <= came + hold);
    let is_off = at > Ms::ZERO && entered("cancelled", at - Ms(1));
    (came_before && entered("confirmed", until)) || (is_fresh && !is_off)
}
