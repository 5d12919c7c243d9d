//! The mutants that may survive, each with the reason: `answers/survivors.toml` of a chapter.

use crate::trial::Fate;
use std::path::Path;
use toml::Table;

/// A mutant that may survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub mutant: String,
    /// Why no test could, or should, catch it.
    pub why: String,
}

/// Those of one answer, in the order of the file; none if there is no file.
///
/// # Errors
/// If the file cannot be read, or an entry lacks its name or its reason.
pub fn of(path: &Path, answer: &str) -> Result<Vec<Named>, String> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = crate::workshop::read(path)?;
    parse(&text, answer).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(text: &str, answer: &str) -> Result<Vec<Named>, String> {
    let table: Table = text.parse().map_err(|error| format!("{error}"))?;
    let entries = table.get(answer).and_then(|entries| entries.as_array());
    let word = |entry: &toml::Value, key: &str| {
        let text = entry.get(key).and_then(|text| text.as_str()).unwrap_or("");
        match text.trim() {
            "" => Err(format!("an entry of [[{answer}]] has no `{key}`")),
            text => Ok(text.to_owned()),
        }
    };
    let entries = entries.into_iter().flatten();
    let named = entries.map(|entry| {
        Ok(Named {
            mutant: word(entry, "mutant")?,
            why: word(entry, "why")?,
        })
    });
    named.collect()
}

/// What is wrong between what survives and what is named; nothing if all is well.
pub fn complaints(fates: &[(&str, Fate)], named: &[Named]) -> Vec<String> {
    let is_named = |name: &str| named.iter().any(|named| named.mutant == name);
    let unnamed = fates
        .iter()
        .filter(|(name, fate)| *fate == Fate::Survives && !is_named(name));
    let unnamed = unnamed.map(|(name, _)| format!("survives, and is not named: {name}"));
    let stale = named.iter().filter_map(|Named { mutant, .. }| {
        let fate = fates
            .iter()
            .find(|(name, _)| name == mutant)
            .map(|(_, fate)| fate);
        match fate {
            Some(Fate::Survives) => None,
            Some(Fate::Caught { test, .. }) => {
                Some(format!("is named, and {test} catches it: {mutant}"))
            }
            Some(Fate::Endless) => Some(format!("is named, and does not come to an end: {mutant}")),
            Some(Fate::DoesNotCompile) => Some(format!("is named, and does not compile: {mutant}")),
            None => Some(format!("is named, and there is no such mutant: {mutant}")),
        }
    });
    unnamed.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[[solution]]\nmutant = 'close: drop `x`'\nwhy = 'It is equivalent.'\n";

    fn caught() -> Fate {
        let (test, accident) = ("accidents::a".to_owned(), "charged twice".to_owned());
        Fate::Caught { test, accident }
    }

    #[test]
    fn every_survivor_is_named_and_nothing_else_is() {
        let named = parse(FILE, "solution").unwrap();
        let complaints = |fates: &[(&str, Fate)]| complaints(fates, &named);
        let name = "close: drop `x`";
        assert!(complaints(&[(name, Fate::Survives), ("other", caught())]).is_empty());
        assert_eq!(
            complaints(&[(name, Fate::Survives), ("other", Fate::Survives)]),
            ["survives, and is not named: other"]
        );
        assert_eq!(
            complaints(&[(name, caught())]),
            ["is named, and accidents::a catches it: close: drop `x`"]
        );
        assert_eq!(
            complaints(&[]),
            ["is named, and there is no such mutant: close: drop `x`"]
        );
    }

    #[test]
    fn a_survivor_needs_a_reason() {
        assert!(parse("[[solution]]\nmutant = 'm'\nwhy = ' '\n", "solution").is_err());
        assert_eq!(parse(FILE, "right_polling").unwrap(), []);
    }
}
