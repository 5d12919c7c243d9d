//! What tests that pass have shown.

use nanoserde::{DeJson, SerJson};

/// What tests have shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, SerJson, DeJson)]
pub struct Shown {
    /// What every schedule leads to, in each of the worlds that were searched.
    pub proofs: Vec<Proof>,
    /// The worlds that were drawn, by each test that drew some.
    pub drawn: Vec<Drawn>,
}

impl Shown {
    /// Nothing at all.
    pub const NOTHING: Shown = Shown {
        proofs: Vec::new(),
        drawn: Vec::new(),
    };

    /// Whether it is nothing at all.
    pub fn is_nothing(&self) -> bool {
        self.proofs.is_empty() && self.drawn.is_empty()
    }

    /// And what others have shown.
    pub fn extend(&mut self, more: Shown) {
        self.proofs.extend(more.proofs);
        self.drawn.extend(more.drawn);
    }

    /// The proof that speaks for all: that of the usual world, or else the deepest.
    pub fn leading_proof(&self) -> Option<&Proof> {
        let leading = |proof: &&Proof| (proof.world.is_none(), proof.levels.len(), proof.run());
        self.proofs.iter().max_by_key(leading)
    }

    /// Of all the worlds that were drawn those that speak for the rest: the most.
    pub fn leading_drawn(&self) -> Option<&Drawn> {
        self.drawn.iter().max_by_key(|drawn| drawn.worlds)
    }
}

/// Every schedule of at most so many faults ends well, in one world of a chapter.
#[derive(Clone, Debug, PartialEq, Eq, SerJson, DeJson)]
pub struct Proof {
    /// The world's name, if it is not the chapter's usual one.
    pub world: Option<String>,
    /// How many schedules there are of no fault, of one, and so on.
    pub levels: Vec<u64>,
    /// In how many ways the worlds ended.
    pub ends: u64,
    /// The command that shows what was tried where.
    pub grid: String,
}

impl Proof {
    /// How many schedules were run.
    pub fn run(&self) -> u64 {
        self.levels.iter().sum()
    }

    /// How many faults its schedules have at most.
    pub fn most(&self) -> usize {
        self.levels.len().saturating_sub(1)
    }

    /// The worlds that were searched furthest, further than this one; and for how many faults.
    pub fn surpassed_by<'a>(&self, proofs: &'a [Proof]) -> Option<(usize, Vec<&'a str>)> {
        let deepest = proofs.iter().map(Proof::most).max()?;
        if deepest <= self.most() {
            return None;
        }
        let worlds = proofs.iter().filter(|proof| proof.most() == deepest);
        let names = worlds.filter_map(|proof| proof.world.as_deref());
        Some((deepest, names.collect()))
    }
}

/// The worlds that a property drew, all of which ended well.
#[derive(Clone, Debug, PartialEq, Eq, SerJson, DeJson)]
pub struct Drawn {
    /// How many.
    pub worlds: u64,
    /// The most telling of what was in them.
    pub seen: Vec<Seen>,
}

/// Something that so many worlds had in them.
#[derive(Clone, Debug, PartialEq, Eq, SerJson, DeJson)]
pub struct Seen {
    /// What, in the language of the tests: it goes on after "48" in English, and before "のは48通り" in Japanese.
    pub words: String,
    /// How many worlds.
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(world: Option<&str>, levels: &[u64]) -> Proof {
        Proof {
            world: world.map(str::to_owned),
            levels: levels.to_vec(),
            ends: 13,
            grid: "cargo run".to_owned(),
        }
    }

    #[test]
    fn the_usual_world_speaks_for_all() {
        let mut shown = Shown {
            proofs: vec![
                proof(Some("slow"), &[1, 99_999]),
                proof(None, &[1, 48, 1_183]),
                proof(Some("at-once"), &[1, 50, 2_000]),
            ],
            ..Shown::NOTHING
        };
        let leading = shown.leading_proof().unwrap();
        assert_eq!((leading.run(), leading.most()), (1_232, 2));
        assert_eq!(leading.surpassed_by(&shown.proofs), None);
        shown.proofs[2].levels.push(7);
        let leading = shown.leading_proof().unwrap();
        assert_eq!(leading.world, None);
        let deeper = Some((3, vec!["at-once"]));
        assert_eq!(leading.surpassed_by(&shown.proofs), deeper);
        shown.proofs.truncate(1);
        let named = shown.leading_proof().unwrap();
        assert_eq!(named.world.as_deref(), Some("slow"));
        assert_eq!(Shown::NOTHING.leading_proof(), None);
    }
}
