//! The ways to make a scenario plainer: fewer customers first, then plainer values.

use super::{Bounds, Scenario};
use crate::language::time::{HORIZON, Ms};
use crate::services::RefundsSettle;
use crate::shop::Plan;

/// The scenarios that are a little plainer than this one, the most daring first. Each has fewer visits, or the same
/// with something that is closer to the usual; so shrinking ends.
pub(crate) fn plainer(scenario: &Scenario, bounds: &Bounds) -> Vec<Scenario> {
    let mut all = Vec::new();
    fewer_visits(scenario, &mut all);
    less_that_is_special(scenario, bounds, &mut all);
    plainer_orders(scenario, bounds, &mut all);
    plainer_times(scenario, &mut all);
    all.retain(|plainer| plainer != scenario);
    all
}

fn with(scenario: &Scenario, change: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut changed = scenario.clone();
    change(&mut changed);
    changed
}

fn fewer_visits(scenario: &Scenario, all: &mut Vec<Scenario>) {
    let visits = scenario.visits.len();
    let mut chunk = visits / 2;
    while chunk > 0 {
        for from in (0..visits).step_by(chunk) {
            let to = visits.min(from + chunk);
            all.push(with(scenario, |it| drop(it.visits.drain(from..to))));
        }
        chunk /= 2;
    }
    all.retain(|plainer| !plainer.visits.is_empty());
}

fn less_that_is_special(scenario: &Scenario, bounds: &Bounds, all: &mut Vec<Scenario>) {
    for place in 0..scenario.outages.len() {
        all.push(with(scenario, |it| {
            it.outages.remove(place);
        }));
    }
    for place in 0..scenario.takes.len() {
        all.push(with(scenario, |it| {
            it.takes.remove(place);
        }));
        all.push(with(scenario, |it| {
            it.takes[place].at_most = it.takes[place].at_least
        }));
    }
    all.push(with(scenario, |it| it.settles_after = None));
    all.push(with(scenario, |it| it.covers = None));
    all.push(with(scenario, |it| it.refunds = None));
    if let Some(settle) = scenario.refunds
        && settle.failing > 0
    {
        let failing = settle.failing - 1;
        let fewer = RefundsSettle { failing, ..settle };
        all.push(with(scenario, |it| it.refunds = Some(fewer)));
    }
    all.push(with(scenario, |it| it.voids_too_late = false));
    all.push(with(scenario, |it| it.instances = 1));
    if let Some(plan) = scenario.undone {
        // The test is about what is undone; when and how often may shrink.
        let once = Plan { times: 1, ..plan };
        all.push(with(scenario, |it| it.undone = Some(once)));
    }
    all.push(with(scenario, |it| it.begins_at = Ms::ZERO));
    all.push(with(scenario, |it| it.shelf.clear()));
    all.push(with(scenario, |it| it.dice = 0));
    if scenario.ends_after > HORIZON {
        all.push(with(scenario, |it| it.let_everybody_finish(bounds)));
    }
}

fn plainer_orders(scenario: &Scenario, bounds: &Bounds, all: &mut Vec<Scenario>) {
    for visit in &scenario.visits {
        let id = &visit.order.id;
        let of_order = |change: &dyn Fn(&mut crate::language::order::Order)| {
            with(scenario, |it| {
                let same = it.visits.iter_mut().filter(|other| other.order.id == *id);
                same.for_each(|other| change(&mut other.order));
            })
        };
        let priced = |order: &mut crate::language::order::Order| {
            if let Some(piece) = bounds.price(&order.sku) {
                order.amount.0 = piece.0 * u64::from(order.quantity);
            }
        };
        if visit.order.quantity > 1 {
            all.push(of_order(&|order| {
                order.quantity = 1;
                priced(order);
            }));
            all.push(of_order(&|order| {
                order.quantity -= 1;
                priced(order);
            }));
        }
        if visit.order.sku != bounds.goods[0].0 {
            all.push(of_order(&|order| {
                order.sku = bounds.goods[0].0.to_owned();
                priced(order);
            }));
        }
    }
    // Numbered as in the text; a fault of another order then means nothing any more, as the run will show.
    all.push(with(scenario, |it| super::draw::number(&mut it.visits)));
}

fn plainer_times(scenario: &Scenario, all: &mut Vec<Scenario>) {
    // All a little earlier, so that the first one comes at the beginning.
    let first = scenario.visits.first().map_or(Ms::ZERO, |visit| visit.at);
    if first > Ms::ZERO {
        all.push(with(scenario, |it| {
            for visit in &mut it.visits {
                visit.at = visit.at - first;
            }
            for away in &mut it.outages {
                (away.from, away.until) = (away.from - first, away.until - first);
            }
            it.outages.retain(|away| away.until > Ms::ZERO);
        }));
    }
    for (place, visit) in scenario.visits.iter().enumerate() {
        for at in plainer_than(visit.at) {
            all.push(with(scenario, |it| {
                it.visits[place].at = at;
                it.visits.sort_by_key(|visit| visit.at);
            }));
        }
    }
    for (place, away) in scenario.outages.iter().enumerate() {
        all.push(with(scenario, |it| it.outages[place].from = Ms::ZERO));
        for span in plainer_than(away.until - away.from) {
            if span > Ms::ZERO {
                all.push(with(scenario, |it| {
                    it.outages[place].until = away.from + span;
                }));
            }
        }
    }
    if let Some(plan) = scenario.undone {
        for after in plainer_than(plan.after) {
            all.push(with(scenario, |it| {
                it.undone = Some(Plan { after, ..plan })
            }));
        }
    }
    for (place, takes) in scenario.takes.iter().enumerate() {
        for span in plainer_than(takes.at_least) {
            all.push(with(scenario, |it| it.takes[place].at_least = span));
        }
    }
}

/// Shorter times, and rounder ones that are not longer.
fn plainer_than(at: Ms) -> Vec<Ms> {
    let mut all = vec![Ms::ZERO];
    for unit in [Ms::hours(1), Ms::minutes(1), Ms::seconds(1), Ms(100)] {
        all.push(Ms(at.0 - at.0 % unit.0));
    }
    all.push(Ms(at.0 / 2));
    all.retain(|plainer| *plainer < at);
    all.dedup();
    all
}
