//! The text form of a scenario: clauses with semicolons between them, first who comes, then what is special.

use super::{Bounds, Scenario, Takes, Visit};
use crate::engine::network::Outage;
use crate::language::message::Service;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::parse::{Piece, moment, money, no_wide_delimiters, number};
use crate::language::schedule_error::{Expected, Problem, ScheduleError, nearest};
use crate::language::time::{HORIZON, Ms};
use crate::services::RefundsSettle;
use crate::shop::Plan;

/// How often an undo is run at most.
const MOST_TIMES: u32 = 10;

const SERVICES: [Service; 4] = [
    Service::Payment,
    Service::Inventory,
    Service::Shipping,
    Service::Orders,
];

impl Scenario {
    /// The scenario as text, `2 × pen by ann at 59900ms; payment takes 400ms`. Usual values are left out.
    pub fn text(&self, bounds: &Bounds) -> String {
        let mut clauses: Vec<String> = Vec::new();
        let mut new_orders = 0;
        for (place, visit) in self.visits.iter().enumerate() {
            let Visit { at, order } = visit;
            if self.is_again(place) {
                clauses.push(format!("{} again at {at}", order.id));
                continue;
            }
            new_orders += 1;
            let id = if order.id == format!("order{new_orders}") {
                String::new()
            } else {
                format!("{}: ", order.id)
            };
            let pieces = match order.quantity {
                1 => String::new(),
                n => format!("{n} × "),
            };
            let listed = price(order, bounds);
            let amount = if listed == Some(order.amount) {
                String::new()
            } else {
                format!(" for ¥{}", order.amount.0)
            };
            let Order { sku, customer, .. } = order;
            clauses.push(format!("{id}{pieces}{sku} by {customer} at {at}{amount}"));
        }
        if !self.shelf.is_empty() {
            let shelf = self
                .shelf
                .iter()
                .map(|(sku, count)| format!("{count} {sku}"));
            clauses.push(format!("shelf {}", shelf.collect::<Vec<_>>().join(", ")));
        }
        for takes in &self.takes {
            let Takes {
                service,
                at_least,
                at_most,
            } = takes;
            let to = if at_least == at_most {
                String::new()
            } else {
                format!(" to {at_most}")
            };
            clauses.push(format!("{service} takes {at_least}{to}"));
        }
        for away in &self.outages {
            let span = away.until - away.from;
            clauses.push(format!("{} down {} for {span}", away.service, away.from));
        }
        if let Some(after) = self.settles_after {
            clauses.push(format!("payment settles after {after}"));
        }
        if let Some(covers) = self.covers {
            clauses.push(format!("accounts cover ¥{}", covers.0));
        }
        if let Some(RefundsSettle { after, failing }) = self.refunds {
            let but = match failing {
                0 => String::new(),
                n => format!(" but {n} fail"),
            };
            clauses.push(format!("refunds settle after {after}{but}"));
        }
        if self.voids_too_late {
            clauses.push("voids until captured".to_owned());
        }
        if self.instances == 2 {
            clauses.push("two processes".to_owned());
        }
        if let Some(Plan { step, after, times }) = self.undone {
            let times = match times {
                1 => String::new(),
                n => format!("{n} times "),
            };
            clauses.push(format!("{} undone {times}after {after}", step.name()));
        }
        if self.begins_at > Ms::ZERO {
            clauses.push(format!("begins at {}", self.begins_at));
        }
        if self.ends_after != HORIZON {
            clauses.push(format!("ends after {}", self.ends_after));
        }
        if self.dice != 0 {
            clauses.push(format!("dice {}", self.dice));
        }
        clauses.join("; ")
    }

    /// The scenario that this text describes. What it leaves out is as usual.
    ///
    /// # Errors
    /// Where the text stops making sense, what was expected there, and a suggestion.
    pub fn parse(text: &str, bounds: &Bounds) -> Result<Scenario, ScheduleError> {
        let whole = Piece::whole(text);
        let read = read(whole, bounds);
        read.map_err(ScheduleError::of_a_world)
    }
}

fn price(order: &Order, bounds: &Bounds) -> Option<Yen> {
    let piece = bounds.price(&order.sku)?;
    Some(Yen(piece.0 * u64::from(order.quantity)))
}

fn read(whole: Piece, bounds: &Bounds) -> Result<Scenario, ScheduleError> {
    no_wide_delimiters(whole)?;
    let mut scenario = Scenario::plain();
    for clause in whole.split(';') {
        if !clause.is_empty() {
            read_clause(clause, bounds, &mut scenario)?;
        }
    }
    if scenario.visits.is_empty() {
        return Err(whole
            .end()
            .error(Problem::NobodyComes)
            .expecting(Expected::AClause));
    }
    // The first in the text need not come first in time.
    scenario.visits.sort_by_key(|visit| visit.at);
    Ok(scenario)
}

fn read_clause(
    clause: Piece,
    bounds: &Bounds,
    scenario: &mut Scenario,
) -> Result<(), ScheduleError> {
    let words = clause.words();
    let said: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
    match said[..] {
        ["shelf", ..] => scenario.shelf = shelf(clause, bounds)?,
        ["begins", "at", _] => scenario.begins_at = moment(words[2])?,
        ["ends", "after", _] => scenario.ends_after = moment(words[2])?,
        ["dice", _] => scenario.dice = number(words[1])?,
        ["accounts", "cover", _] => scenario.covers = Some(money(words[2])?),
        ["payment", "settles", "after", _] => scenario.settles_after = Some(moment(words[3])?),
        ["voids", "until", "captured"] => scenario.voids_too_late = true,
        ["two", "processes"] => scenario.instances = 2,
        ["refunds", "settle", "after", _] => {
            let after = moment(words[3])?;
            scenario.refunds = Some(RefundsSettle { after, failing: 0 });
        }
        ["refunds", "settle", "after", _, "but", _, "fail"] => {
            scenario.refunds = Some(RefundsSettle {
                after: moment(words[3])?,
                failing: how_many_fail(words[5])?,
            });
        }
        [_, "undone", "after", _] => {
            scenario.undone = Some(Plan {
                step: step(words[0], bounds)?,
                after: moment(words[3])?,
                times: 1,
            });
        }
        [_, "undone", _, "times", "after", _] => {
            scenario.undone = Some(Plan {
                step: step(words[0], bounds)?,
                after: moment(words[5])?,
                times: how_often(words[2])?,
            });
        }
        [_, "takes", _] => {
            let takes = moment(words[2])?;
            scenario.takes.push(Takes {
                service: service(words[0])?,
                at_least: takes,
                at_most: takes,
            });
        }
        [_, "takes", _, "to", _] => {
            let (at_least, at_most) = (moment(words[2])?, moment(words[4])?);
            if at_most < at_least {
                return Err(words[4].error(Problem::TakesAtLeast(at_least)));
            }
            scenario.takes.push(Takes {
                service: service(words[0])?,
                at_least,
                at_most,
            });
        }
        [_, "down", _, "for", _] => {
            let (from, span) = (moment(words[2])?, moment(words[4])?);
            scenario.outages.push(Outage {
                service: service(words[0])?,
                from,
                until: from + span,
            });
        }
        [_, "again", "at", _] => {
            let visit = again(words[0], moment(words[3])?, scenario)?;
            scenario.visits.push(visit);
        }
        _ => {
            let visit = customer(clause, &words, bounds, scenario)?;
            scenario.visits.push(visit);
        }
    }
    Ok(())
}

fn service(word: Piece) -> Result<Service, ScheduleError> {
    let found = SERVICES.into_iter().find(|it| it.name() == word.as_str());
    found.ok_or_else(|| {
        let names = SERVICES.map(Service::name);
        word.error(Problem::NoSuchService(word.quoted()))
            .perhaps(nearest(word.as_str(), names))
            .expecting(Expected::OneOfThese(names.map(str::to_owned).into()))
    })
}

/// A step that can be cancelled afterwards within these bounds.
fn step(word: Piece, bounds: &Bounds) -> Result<Service, ScheduleError> {
    let mut steps = bounds.undoes.iter();
    let found = steps.find(|step| step.name() == word.as_str());
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = bounds.undoes.iter().map(|step| step.name()).collect();
        let expected = if names.is_empty() {
            Expected::OrdersStand
        } else {
            Expected::OneOfThese(names.iter().copied().map(str::to_owned).collect())
        };
        word.error(Problem::NothingToUndo(word.quoted()))
            .perhaps(nearest(word.as_str(), names.iter().copied()))
            .expecting(expected)
    })
}

/// Running an undo three times shows nothing that two times do not.
fn how_often(word: Piece) -> Result<u32, ScheduleError> {
    match u32::try_from(number(word)?) {
        Ok(0) => Err(word.error(Problem::UndoneNever).perhaps(Some(1))),
        Ok(times) if times <= MOST_TIMES => Ok(times),
        _ => Err(word
            .error(Problem::TooOften(word.quoted()))
            .expecting(Expected::TimesUpTo(MOST_TIMES))),
    }
}

/// Every refund that fails makes the world last twice as long.
fn how_many_fail(word: Piece) -> Result<u32, ScheduleError> {
    match u32::try_from(number(word)?) {
        Ok(count) if count <= MOST_TIMES => Ok(count),
        _ => Err(word
            .error(Problem::TooOften(word.quoted()))
            .expecting(Expected::TimesUpTo(MOST_TIMES))),
    }
}

fn again(word: Piece, at: Ms, scenario: &Scenario) -> Result<Visit, ScheduleError> {
    let mut known = scenario.visits.iter();
    let Some(first) = known.find(|visit| visit.order.id == word.as_str()) else {
        let ids = scenario.visits.iter().map(|visit| visit.order.id.as_str());
        return Err(word
            .error(Problem::NobodyHasOrdered(word.quoted()))
            .perhaps(nearest(word.as_str(), ids)));
    };
    let order = first.order.clone();
    Ok(Visit { at, order })
}

/// `[order3:] [2 ×] pen by ann at 59900ms [for ¥500]`
fn customer(
    clause: Piece,
    words: &[Piece],
    bounds: &Bounds,
    scenario: &Scenario,
) -> Result<Visit, ScheduleError> {
    let mut rest = words;
    let id = match rest {
        [first, more @ ..] if first.as_str().ends_with(':') => {
            rest = more;
            own_id(*first, scenario)?
        }
        _ => next_id(scenario),
    };
    let quantity = match rest {
        [count, times, more @ ..] if ["×", "x"].contains(&times.as_str()) => {
            rest = more;
            whole_pieces(*count)?
        }
        _ => 1,
    };
    let [sku, by, who, at_word, at, more @ ..] = rest else {
        return Err(unknown(clause, words));
    };
    if by.as_str() != "by" || at_word.as_str() != "at" {
        return Err(unknown(clause, words));
    }
    let Some(piece) = bounds.price(sku.as_str()) else {
        let names: Vec<&str> = bounds.goods.iter().map(|(name, _)| *name).collect();
        return Err(sku
            .error(Problem::NotSold(sku.quoted()))
            .perhaps(nearest(sku.as_str(), names.iter().copied()))
            .expecting(Expected::Goods(names)));
    };
    let amount = match more {
        [] => Yen(piece.0 * u64::from(quantity)),
        [word, amount] if word.as_str() == "for" => money(*amount)?,
        [word, ..] => {
            let left = word.up_to(clause);
            return Err(left
                .error(Problem::CustomerComplete(left.quoted()))
                .expecting(Expected::AClause));
        }
    };
    Ok(Visit {
        at: moment(*at)?,
        order: Order {
            id,
            customer: who.as_str().to_owned(),
            sku: sku.as_str().to_owned(),
            quantity,
            amount,
        },
    })
}

/// `order3:`
fn own_id(word: Piece, scenario: &Scenario) -> Result<String, ScheduleError> {
    let id = word.as_str().trim_end_matches(':');
    let mut taken = scenario.visits.iter();
    if taken.any(|visit| visit.order.id == id) {
        return Err(word
            .error(Problem::OrderExists(id.to_owned()))
            .perhaps(Some(format!("{id} again at 1h"))));
    }
    Ok(id.to_owned())
}

fn whole_pieces(word: Piece) -> Result<u32, ScheduleError> {
    match u32::try_from(number(word)?) {
        Ok(0) => Err(word.error(Problem::NobodyOrdersNothing).perhaps(Some(1))),
        Ok(count) => Ok(count),
        Err(_) => Err(word.error(Problem::TooMany(word.quoted()))),
    }
}

/// Orders are numbered as they come in the text.
fn next_id(scenario: &Scenario) -> String {
    let visits = &scenario.visits;
    let orders = (0..visits.len()).filter(|place| !scenario.is_again(*place));
    format!("order{}", orders.count() + 1)
}

fn unknown(clause: Piece, words: &[Piece]) -> ScheduleError {
    let known = [
        "shelf",
        "begins",
        "ends",
        "dice",
        "accounts",
        "takes",
        "down",
        "settles",
        "undone",
        "again",
        "by",
        "at",
        "refunds",
        "voids",
        "two",
        "processes",
    ];
    let strange = words
        .iter()
        .take(2)
        .filter(|word| !known.contains(&word.as_str()))
        .find_map(|word| nearest(word.as_str(), known).map(|near| (*word, near)));
    let error = match strange {
        Some((word, near)) => word
            .error(Problem::SaysNothing(clause.quoted()))
            .perhaps(Some(near)),
        None => clause.error(Problem::SaysNothing(clause.quoted())),
    };
    error.expecting(Expected::AClause)
}

/// `shelf 1 book, 10 pen`
fn shelf(clause: Piece, bounds: &Bounds) -> Result<Vec<(Name, u32)>, ScheduleError> {
    let said = clause.tidy();
    let texts = bounds.shelves.iter().map(|(_, shelf)| {
        let goods = shelf.iter().map(|(sku, count)| format!("{count} {sku}"));
        format!("shelf {}", goods.collect::<Vec<_>>().join(", "))
    });
    let texts: Vec<String> = texts.collect();
    let Some(place) = texts.iter().position(|text| *text == said) else {
        let near = nearest(&said, texts.iter().map(String::as_str)).map(str::to_owned);
        let expected = if texts.is_empty() {
            Expected::NoShelf
        } else {
            Expected::OneOfTheseShelves(texts)
        };
        return Err(clause
            .error(Problem::NoSuchShelf(clause.quoted()))
            .perhaps(near)
            .expecting(expected));
    };
    let (_, goods) = bounds.shelves[place];
    Ok(goods
        .iter()
        .map(|(sku, count)| (Name::of(sku), *count))
        .collect())
}
