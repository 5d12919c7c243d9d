//! What a green chapter proves, as its tests leave it for us.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Names the file in which the tests are to leave their proofs.
pub const FILE: &str = "SAGA_PROOF_FILE";

/// Every schedule of at most so many faults ends well, in one world of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    fn read(value: &Value) -> Option<Proof> {
        let levels = value["levels"].as_array()?.iter().map(Value::as_u64);
        Some(Proof {
            world: value["world"].as_str().map(str::to_owned),
            levels: levels.collect::<Option<_>>()?,
            ends: value["ends"].as_u64()?,
            grid: value["grid"].as_str()?.to_owned(),
        })
    }

    /// The one that speaks for all: that of the usual world, or else the deepest.
    pub fn leading(proofs: &[Proof]) -> Option<&Proof> {
        proofs
            .iter()
            .max_by_key(|proof| (proof.world.is_none(), proof.levels.len(), proof.run()))
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// How many.
    pub worlds: u64,
    /// The most telling of what was in them.
    pub seen: Vec<Seen>,
}

/// Something that so many worlds had in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What, in a word that the lab has for it.
    pub name: String,
    /// The lab's own words, which go on after "48".
    pub words: String,
    /// How many worlds.
    pub count: u64,
}

impl Drawn {
    fn read(value: &Value) -> Option<Drawn> {
        let seen = value["seen"].as_array()?.iter().map(|seen| {
            Some(Seen {
                name: seen["name"].as_str()?.to_owned(),
                words: seen["words"].as_str()?.to_owned(),
                count: seen["count"].as_u64()?,
            })
        });
        Some(Drawn {
            worlds: value["worlds"].as_u64()?,
            seen: seen.collect::<Option<_>>()?,
        })
    }
}

/// What the tests of a green chapter have shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What every schedule leads to, in each of its worlds.
    pub proofs: Vec<Proof>,
    /// What was drawn, if anything was.
    pub drawn: Option<Drawn>,
}

impl Shown {
    /// Reads what the tests have left. Nothing if they have left nothing that can be read.
    pub fn parse(text: &str) -> Shown {
        let left = text.parse::<Value>().unwrap_or_default();
        let proofs = left["proofs"].as_array().into_iter().flatten();
        Shown {
            proofs: proofs.filter_map(Proof::read).collect(),
            drawn: Drawn::read(&left["drawn"]),
        }
    }
}

/// A file of its own for what one run has shown.
pub struct Left(PathBuf);

impl Left {
    /// There is none yet.
    pub fn nothing() -> Left {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("saga-proof-{}-{number}", std::process::id());
        Left(std::env::temp_dir().join(name))
    }

    /// Where the run is to leave it.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads and removes it.
    pub fn take(self) -> Shown {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        // A red run has left nothing.
        let _ = std::fs::remove_file(&self.0);
        Shown::parse(&text)
    }
}

/// `1,232`
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: &str = r#"{"proofs":[
        {"world":"slow","levels":[1,99999],"ends":3,"grid":"cargo run -p x -- --world slow --grid 1"},
        {"world":null,"levels":[1,48,1183],"ends":13,"grid":"cargo run -p x -- --grid 2"},
        {"world":"at-once","levels":[1,50,2000],"ends":9,"grid":"cargo run -p x -- --world at-once --grid 2"}],
        "drawn":{"worlds":1024,"seen":[{"name":"Crash","words":"in which the process died","count":400}]}}"#;

    #[test]
    fn the_usual_world_speaks_for_all() {
        let Shown { proofs, .. } = Shown::parse(LEFT);
        assert_eq!(proofs.len(), 3);
        let leading = Proof::leading(&proofs).unwrap();
        assert_eq!(leading.grid, "cargo run -p x -- --grid 2");
        assert_eq!((leading.run(), leading.ends), (1_232, 13));
        assert_eq!(leading.surpassed_by(&proofs), None);
        let Shown { proofs, .. } = Shown::parse(&LEFT.replace("[1,50,2000]", "[1,50,2000,7]"));
        let leading = Proof::leading(&proofs).unwrap();
        assert_eq!(leading.grid, "cargo run -p x -- --grid 2");
        assert_eq!(leading.surpassed_by(&proofs), Some((3, vec!["at-once"])));
        let named = Proof::leading(&proofs[..1]).unwrap();
        assert_eq!(named.world.as_deref(), Some("slow"));
    }

    #[test]
    fn what_was_drawn_is_read() {
        let drawn = Shown::parse(LEFT).drawn.unwrap();
        assert_eq!((drawn.worlds, drawn.seen.len()), (1_024, 1));
        let Seen { name, words, count } = &drawn.seen[0];
        let expected = ("Crash", "in which the process died", 400);
        assert_eq!((name.as_str(), words.as_str(), *count), expected);
    }

    #[test]
    fn what_cannot_be_read_shows_nothing() {
        for text in [
            "",
            "[",
            "{}",
            r#"{"proofs":[{"world":null,"levels":["x"]}],"drawn":{"worlds":1}}"#,
        ] {
            assert_eq!(Shown::parse(text), Shown::default());
        }
        assert_eq!(Proof::leading(&[]), None);
    }

    #[test]
    fn long_numbers_are_grouped() {
        let groups = [0, 12, 1_232, 1_002_051].map(grouped);
        assert_eq!(groups, ["0", "12", "1,232", "1,002,051"]);
    }
}
