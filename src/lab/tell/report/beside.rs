//! How the orders of the nearest good world end: one line each, and in a crowd one for all that end alike.

use crate::judge::accident::{beliefs, knowledge};
use crate::judge::evidence::Evidence;
use crate::language::order::Order;

/// So many orders get a line each, however alike they end.
const EACH: usize = 2;

/// How each order ended.
pub(crate) fn endings(evidence: &Evidence) -> Vec<String> {
    let submitted = evidence.submitted();
    let ended = |order: &&Order| {
        let sides = [beliefs(evidence, order), knowledge(evidence, order)].concat();
        sides.join("; ")
    };
    let ends: Vec<String> = submitted.iter().map(ended).collect();
    if submitted.len() <= EACH {
        return ends;
    }
    let of_anybody = submitted.iter().zip(&ends);
    let of_anybody = of_anybody.map(|(order, end)| of_anybody_of(end, &order.id));
    let of_anybody: Vec<String> = of_anybody.collect();
    let mut lines = Vec::new();
    for (place, end) in ends.iter().enumerate() {
        let same = |other: &usize| of_anybody[*other] == of_anybody[place];
        if (0..place).any(|other| same(&other)) {
            continue;
        }
        lines.push(end.clone());
        let alike: Vec<usize> = (place + 1..ends.len()).filter(same).collect();
        if !alike.is_empty() {
            lines.push(format!("{} likewise", listed(&submitted, &alike)));
        }
    }
    lines
}

/// How an order ended, without what only this one has: its name, and the numbers of its charges and parcels.
fn of_anybody_of(end: &str, id: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let pieces = end.split_inclusive(|c| !is_name(c));
    let pieces = pieces.map(|piece| {
        let word = piece.trim_end_matches(|c| !is_name(c));
        let rest = &piece[word.len()..];
        let kind = match word.split_once('_') {
            Some((kind, number)) if number.parse::<u64>().is_ok() => kind,
            _ if word == id => "it",
            _ => word,
        };
        format!("{kind}{rest}")
    });
    pieces.collect()
}

/// The orders at these places: `order2, order4 to order10`.
fn listed(submitted: &[&Order], places: &[usize]) -> String {
    let runs = places.chunk_by(|one, next| one + 1 == *next);
    let names = runs.flat_map(|run| match run {
        [first, _, .., last] => vec![format!(
            "{} to {}",
            submitted[*first].id, submitted[*last].id
        )],
        few => few
            .iter()
            .map(|place| submitted[*place].id.to_string())
            .collect(),
    });
    names.collect::<Vec<_>>().join(", ")
}
