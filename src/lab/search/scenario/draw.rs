//! Scenarios drawn at random, within bounds.
//!
//! Most accidents hide where two things meet: a second customer between two steps of the first, a customer while the
//! periodic job is running, a click when a hold ends. So times are not drawn evenly. Many are the time of something
//! else, give or take the length of a call.

use super::{Bounds, Scenario, Shelf, Takes, Visit, next_job};
use crate::engine::network::Outage;
use crate::language::message::Service;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::time::Ms;
use crate::shop::Plan;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// As many as there may be customers.
const WHO: [&str; 12] = [
    "ann", "bob", "cid", "dora", "eve", "finn", "gus", "hana", "ivy", "jun", "kim", "leo",
];

/// How long after an order it is cancelled at the latest.
const LATEST_UNDO: Ms = Ms::hours(48);

/// The scenario that these dice draw.
pub(crate) fn draw(bounds: &Bounds, seed: u64) -> Scenario {
    let mut draw = Draw {
        bounds,
        dice: StdRng::seed_from_u64(seed),
        scenario: Scenario::plain(),
    };
    draw.clock();
    draw.undone();
    draw.shelf();
    draw.services();
    draw.customers();
    draw.outages();
    draw.rivals();
    let mut scenario = draw.scenario;
    scenario.visits.sort_by_key(|visit| visit.at);
    number(&mut scenario.visits);
    scenario.let_everybody_finish(bounds);
    scenario
}

/// Orders are numbered, and customers named, in the order in which they first come.
pub(super) fn number(visits: &mut [Visit]) {
    let (mut orders, mut customers) = (Vec::new(), Vec::new());
    for Visit { order, .. } in visits {
        order.id = format!("order{}", place_of(&mut orders, &order.id) + 1);
        let customer = place_of(&mut customers, &order.customer);
        order.customer = WHO[customer % WHO.len()].to_owned();
    }
}

/// The place of this text among those seen so far; a new one is added.
fn place_of(seen: &mut Vec<String>, text: &str) -> usize {
    let known = seen.iter().position(|other| other == text);
    known.unwrap_or_else(|| {
        seen.push(text.to_owned());
        seen.len() - 1
    })
}

struct Draw<'a> {
    bounds: &'a Bounds,
    dice: StdRng,
    scenario: Scenario,
}

impl Draw<'_> {
    /// True this many times in a hundred.
    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.dice.random_range(0..all.len())]
    }

    fn up_to(&mut self, most: u64) -> u64 {
        self.dice.random_range(0..=most)
    }

    /// Every order of magnitude is equally likely.
    fn span(&mut self, least: Ms, most: Ms) -> Ms {
        let magnitudes = least.0.max(1).ilog2()..=most.0.max(1).ilog2();
        let floor = 1_u64 << self.dice.random_range(magnitudes);
        Ms(self.dice.random_range(floor..2 * floor)).clamp(least, most)
    }

    /// The world begins at any time of day, often so that midnight falls into it.
    fn clock(&mut self) {
        const DAY: Ms = Ms::hours(24);
        self.scenario.begins_at = match self.up_to(3) {
            0 | 1 => Ms::ZERO,
            2 => DAY - Ms::minutes(1 + self.up_to(180)),
            _ => Ms::minutes(self.up_to(24 * 60 - 1)),
        };
    }

    /// Every order is cancelled afterwards: at once, around the time when something ends, or at any time.
    fn undone(&mut self) {
        if self.bounds.undoes.is_empty() {
            return;
        }
        let step = self.of(self.bounds.undoes);
        let after = match self.up_to(4) {
            0 | 1 => Ms::ZERO,
            2 | 3 if !self.bounds.edges.is_empty() => {
                let edge = self.of(self.bounds.edges);
                self.around(edge)
            }
            _ => self.span(Ms::seconds(1), LATEST_UNDO),
        };
        let times = if self.chance(70) { 1 } else { 2 };
        self.scenario.undone = Some(Plan { step, after, times });
    }

    /// Those of these services that are called at all.
    fn called(&self, services: &[Service]) -> Vec<Service> {
        let mut called = services.to_vec();
        if let Some(plan) = self.scenario.undone {
            called.retain(|service| *service == plan.step);
        }
        called
    }

    fn shelf(&mut self) {
        if self.bounds.shelves.is_empty() || self.chance(30) {
            return;
        }
        self.one_of(self.bounds.shelves);
    }

    fn one_of(&mut self, shelves: &[Shelf]) {
        let (_, goods) = self.of(shelves);
        let goods = goods.iter().map(|(sku, count)| (Name::of(sku), *count));
        self.scenario.shelf = goods.collect();
    }

    fn services(&mut self) {
        for service in self.called(self.bounds.slow) {
            if self.chance(50) {
                continue;
            }
            // Mostly as fast as on a good day; now and then slower than anybody waits.
            let brisk = Ms(400).min(self.bounds.slowest);
            let most = if self.chance(85) {
                brisk
            } else {
                self.bounds.slowest
            }
            .0;
            let one = Ms(10 * self.up_to(most / 10));
            let other = if self.chance(50) {
                one
            } else {
                Ms(10 * self.up_to(most / 10))
            };
            self.scenario.takes.push(Takes {
                service,
                at_least: one.min(other),
                at_most: one.max(other),
            });
        }
        self.scenario.dice = self.up_to(999);
        if !self.bounds.settles.is_empty() && self.chance(60) {
            let usual = self.of(self.bounds.settles);
            self.scenario.settles_after = Some(self.around(usual).max(Ms(1)));
        }
        if self.bounds.covers && self.chance(40) {
            let (_, price) = self.of(self.bounds.goods);
            let pieces = 1 + self.up_to(u64::from(self.bounds.most_pieces));
            self.scenario.covers = Some(Yen(price.0 * pieces));
        }
        if !self.bounds.refunds.is_empty() && self.chance(60) {
            self.scenario.refunds = Some(self.of(self.bounds.refunds));
        }
        if self.bounds.voids_too_late {
            self.scenario.voids_too_late = self.chance(50);
        }
        if self.bounds.two_instances && self.chance(50) {
            self.scenario.instances = 2;
        }
    }

    fn customers(&mut self) {
        let most = self.bounds.most_customers as u64;
        let count = match self.up_to(9) {
            0..=3 => 1,
            4..=6 => 2,
            7 => 3,
            8 => 1 + self.up_to(4),
            _ => 1 + self.up_to(11),
        };
        for _ in 0..count.min(most) {
            let at = self.arrival();
            let order = self.order();
            self.scenario.visits.push(Visit { at, order });
        }
        let orders = self.scenario.visits.len();
        if self.bounds.comes_again && self.chance(35) {
            for _ in 0..=self.up_to(1) {
                let place = self.up_to(orders as u64 - 1) as usize;
                let order = self.scenario.visits[place].order.clone();
                let at = self.near_something();
                self.scenario.visits.push(Visit { at, order });
            }
        }
    }

    fn order(&mut self) -> Order {
        let place = self.scenario.visits.len();
        let goods = self.bounds.goods;
        let (sku, price) = if self.chance(70) {
            goods[0]
        } else {
            self.of(goods)
        };
        let quantity = if self.chance(60) {
            1
        } else {
            1 + self.up_to(u64::from(self.bounds.most_pieces) - 1) as u32
        };
        let who = match place {
            1.. if self.chance(25) => self.up_to(place as u64 - 1) as usize,
            _ => place,
        };
        Order {
            id: format!("new{place}"),
            customer: WHO[who % WHO.len()].to_owned(),
            sku: sku.to_owned(),
            quantity,
            amount: Yen(price.0 * u64::from(quantity)),
        }
    }

    /// When somebody comes for the first time.
    fn arrival(&mut self) -> Ms {
        let first = self.scenario.visits.is_empty();
        let at = match self.up_to(9) {
            0..=4 if first => Ms::ZERO,
            0..=2 => self.of_another(),
            3 | 4 => self.of_another() + Ms(self.up_to(900)),
            5 => self.near_a_job(),
            6 | 7 => self.near_something(),
            _ => Ms(self.up_to(self.bounds.latest.0)),
        };
        at.min(self.bounds.latest)
    }

    fn of_another(&mut self) -> Ms {
        let known: Vec<Ms> = self.scenario.visits.iter().map(|visit| visit.at).collect();
        if known.is_empty() {
            Ms::ZERO
        } else {
            self.of(&known)
        }
    }

    /// Just before, or while, the periodic job runs.
    fn near_a_job(&mut self) -> Ms {
        let run = Ms::minutes(1 << self.up_to(8));
        self.around(run)
    }

    /// When something ends, or when the job runs, give or take a call.
    fn near_something(&mut self) -> Ms {
        let since = self.of_another();
        match self.up_to(3) {
            0 => since + Ms(self.up_to(1_500)),
            1 => self.near_a_job(),
            2 => since + Ms::hours(1),
            _ if self.bounds.edges.is_empty() => since + self.span(Ms(100), Ms::hours(8)),
            _ => {
                let edge = self.of(self.bounds.edges);
                self.around(since + edge)
            }
        }
    }

    /// This time, or a little before or after it.
    fn around(&mut self, at: Ms) -> Ms {
        let off = [0, 1, 50, 100, 150, 200, 250, 400, 600, 1_000, 1_500];
        let off = Ms(self.of(&off));
        if self.chance(60) { at - off } else { at + off }
    }

    /// When a hold ends, its goods come free, and everything meets: the first customer tries once more, others come for
    /// the goods, and the periodic job closes what was not paid. Drawn independently, all of that hardly ever
    /// coincides.
    fn rivals(&mut self) {
        let bounds = self.bounds;
        let room = bounds.most_customers - self.scenario.visits.len().min(bounds.most_customers);
        let is_held = !bounds.edges.is_empty() && !bounds.shelves.is_empty();
        let away = self.called(bounds.away);
        if !is_held || away.is_empty() || room == 0 || !self.chance(15) {
            return;
        }
        let edge = self.of(bounds.edges);
        for place in 0..self.scenario.visits.len() {
            self.scenario.visits[place].at = Ms(100 * self.up_to(2));
        }
        let until = if self.chance(50) {
            edge - Ms::minutes(1)
        } else {
            self.around(edge)
        };
        self.scenario.outages = vec![Outage {
            service: self.of(&away),
            from: Ms::ZERO,
            until: until.min(bounds.longest_outage),
        }];
        // With plenty in stock, nobody competes.
        self.one_of(&bounds.shelves[..bounds.shelves.len().min(2)]);
        let again = self.scenario.visits[0].order.clone();
        for _ in 0..=self.up_to(2).min(room as u64 - 1) {
            let at = if self.chance(60) {
                self.around(edge)
            } else {
                next_job(until) + Ms(self.up_to(900))
            };
            let order = self.order();
            self.scenario.visits.push(Visit { at, order });
        }
        if bounds.comes_again && self.chance(50) {
            let at = if self.chance(50) {
                self.around(edge)
            } else {
                Ms(self.up_to(edge.0))
            };
            self.scenario.visits.push(Visit { at, order: again });
        }
    }

    /// A service is down from the start, or from the middle of somebody's order on; for a moment, or for a day and
    /// more.
    fn outages(&mut self) {
        let longest = self.bounds.longest_outage;
        let away = self.called(self.bounds.away);
        if away.is_empty() || self.chance(60) {
            return;
        }
        let both = self.chance(20);
        let chosen: Vec<Service> = if both { away } else { vec![self.of(&away)] };
        for service in chosen {
            let from = if self.chance(40) {
                Ms::ZERO
            } else {
                self.of_another() + Ms(100 * self.up_to(12))
            };
            let at_an_edge = !self.bounds.edges.is_empty() && self.chance(40);
            let span = if at_an_edge {
                let edge = self.of(self.bounds.edges);
                self.around(edge).max(Ms(1))
            } else {
                self.span(Ms::seconds(1), longest)
            };
            let until = from + span.min(longest);
            self.scenario.outages.push(Outage {
                service,
                from,
                until,
            });
        }
    }
}
