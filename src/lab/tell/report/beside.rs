//! How the orders of the nearest good world end: one line each, and in a crowd one for all that end alike.

use crate::judge::accident::{beliefs, knowledge};
use crate::judge::claim::Claim;
use crate::judge::evidence::Evidence;
use crate::language::order::Order;
use crate::sentence;
use crate::tell::catalogue::{Language, joined};

/// So many orders get a line each, however alike they end.
const EACH: usize = 2;

/// How each order ended.
pub(crate) fn endings(evidence: &Evidence, language: Language) -> Vec<String> {
    let submitted = evidence.submitted();
    let ended = |order: &&Order| [beliefs(evidence, order), knowledge(evidence, order)].concat();
    let ends: Vec<Vec<Claim>> = submitted.iter().map(ended).collect();
    let between = sentence!(language, en: "; ", ja: "／");
    let said = |claims: &Vec<Claim>| joined(claims, &between, language);
    if submitted.len() <= EACH {
        return ends.iter().map(said).collect();
    }
    let of_anybody = ends.iter();
    let of_anybody = of_anybody.map(|claims| claims.iter().map(Claim::of_anybody).collect());
    let of_anybody: Vec<Vec<Claim>> = of_anybody.collect();
    let mut lines = Vec::new();
    for (place, end) in ends.iter().enumerate() {
        let same = |other: &usize| of_anybody[*other] == of_anybody[place];
        if (0..place).any(|other| same(&other)) {
            continue;
        }
        lines.push(said(end));
        let alike: Vec<usize> = (place + 1..ends.len()).filter(same).collect();
        if !alike.is_empty() {
            let alike = listed(&submitted, &alike, language);
            lines.push(sentence!(language, en: "{alike} likewise", ja: "{alike}も同じ"));
        }
    }
    lines
}

/// The orders at these places: `order2, order4 to order10`.
fn listed(submitted: &[&Order], places: &[usize], language: Language) -> String {
    let runs = places.chunk_by(|one, next| one + 1 == *next);
    let names = runs.flat_map(|run| match run {
        [first, _, .., last] => {
            let (first, last) = (&submitted[*first].id, &submitted[*last].id);
            vec![sentence!(language, en: "{first} to {last}", ja: "{first}〜{last}")]
        }
        few => few
            .iter()
            .map(|place| submitted[*place].id.to_string())
            .collect(),
    });
    let between = sentence!(language, en: ", ", ja: "、");
    names.collect::<Vec<_>>().join(&between)
}
