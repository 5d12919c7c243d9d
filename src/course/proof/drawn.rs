//! What was in the worlds that a property drew: a proof is worth what it has tried.

use lab::language::order::grouped;
use lab::search::census::{Census, Sight};
use picture::json::{list, object, text};

/// How many sights are told.
const TOLD: usize = 4;

/// Worlds that were drawn, and ended well; and the most telling of what was in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    worlds: usize,
    seen: Vec<(Sight, usize)>,
}

impl Drawn {
    /// What this census tells.
    pub(crate) fn of(census: &Census) -> Drawn {
        let telling = Sight::TELLING.into_iter();
        let seen = telling.map(|sight| (sight, census.of(sight)));
        Drawn {
            worlds: census.worlds(),
            seen: seen.filter(|(_, count)| *count > 0).take(TOLD).collect(),
        }
    }

    /// As one line, for the parent.
    pub(crate) fn to_line(&self) -> String {
        let seen = self.seen.iter();
        let seen: Vec<String> = seen
            .map(|(sight, count)| format!("{}={count}", sight.name()))
            .collect();
        format!("{} {}", self.worlds, seen.join(" "))
    }

    /// What [`Drawn::to_line`] wrote.
    pub(crate) fn from_line(line: &str) -> Option<Drawn> {
        let (worlds, seen) = line.split_once(' ')?;
        let seen = seen.split_whitespace().map(|seen| {
            let (name, count) = seen.split_once('=')?;
            let mut known = Sight::ALL.into_iter();
            let sight = known.find(|sight| sight.name() == name)?;
            Some((sight, count.parse().ok()?))
        });
        Some(Drawn {
            worlds: worlds.parse().ok()?,
            seen: seen.collect::<Option<_>>()?,
        })
    }

    pub(super) fn worlds(&self) -> usize {
        self.worlds
    }

    /// `1,024 drawn, all end well: 61 with two customers at once, …`, two sights a line.
    pub(super) fn told(&self) -> String {
        let seen = self.seen.iter();
        let seen: Vec<String> = seen
            .map(|(sight, count)| format!("{} {}", grouped(*count as u64), sight.words()))
            .collect();
        let lines: Vec<String> = seen.chunks(2).map(|pair| pair.join(", ")).collect();
        let colon = if lines.is_empty() { "" } else { ": " };
        let worlds = grouped(self.worlds as u64);
        format!(
            "{worlds} drawn, all end well{colon}{}",
            lines.join(",\n         ")
        )
    }

    /// For who tells it in another way. The words are those of this language; the names are for others.
    pub(super) fn to_json(&self) -> String {
        let seen = self.seen.iter().map(|(sight, count)| {
            object(&[
                ("name", text(&sight.name())),
                ("words", text(sight.words())),
                ("count", count.to_string()),
            ])
        });
        object(&[("worlds", self.worlds.to_string()), ("seen", list(seen))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(seen: &[(Sight, usize)]) -> Drawn {
        Drawn {
            worlds: 1_024,
            seen: seen.to_vec(),
        }
    }

    #[test]
    fn it_survives_its_way_to_the_parent() {
        for drawn in [
            drawn(&[]),
            drawn(&[(Sight::TwoAtOnce, 61), (Sight::Crash, 400)]),
        ] {
            assert_eq!(Drawn::from_line(&drawn.to_line()), Some(drawn));
        }
        assert_eq!(Drawn::from_line("1024 Nonsense=3"), None);
        assert_eq!(Drawn::from_line(""), None);
    }

    #[test]
    fn two_sights_stand_on_a_line() {
        assert_eq!(drawn(&[]).told(), "1,024 drawn, all end well");
        let seen = [
            (Sight::TwoAtOnce, 61),
            (Sight::InFlight, 1_000),
            (Sight::Crash, 400),
        ];
        let expected = "1,024 drawn, all end well: 61 with two customers at once, 1,000 in which InFlight was heard,\n         400 in which the process died";
        assert_eq!(drawn(&seen).told(), expected);
    }
}
