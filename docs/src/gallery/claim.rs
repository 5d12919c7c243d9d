//! What a fix that does not fix says of itself, at the head of its file.

use anyhow::{Context, Result};
use guide::language::Both;
use toml::Table;

/// A fix that does not fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its file in `answers/`, without the ending.
    pub name: String,
    /// What it does, in a sentence without its full stop.
    pub what: Both,
    /// Why it tempts.
    pub tempts: Both,
    /// Why it fails.
    pub why: Both,
    /// The test that catches it.
    pub test: String,
    /// With this accident.
    pub accident: String,
    /// Which also happens under this schedule; empty for a calm day.
    pub schedule: String,
    /// In this world, if not in the chapter's first.
    pub world: Option<String>,
}

impl Claim {
    /// Reads the head of a file. `japanese` holds what the head says, in Japanese; what it lacks stays English, and is
    /// named by [`Claim::stale`].
    ///
    /// # Errors
    /// The head lacks something.
    pub fn of(name: &str, source: &str, japanese: Option<&Table>) -> Result<Claim> {
        let paragraphs = paragraphs(source);
        let part = |label: &str| {
            let start = format!("**{label}**:");
            let found = paragraphs.iter().find_map(|text| text.strip_prefix(&start));
            found.map(|text| text.trim().to_owned())
        };
        let needed = |label: &str| {
            part(label)
                .with_context(|| format!("{name}.rs does not say `**{label}**:` at its head"))
        };
        let own = |key: &str, english: String| Both {
            ja: text(japanese, key).unwrap_or(&english).to_owned(),
            en: english,
        };
        let caught = needed("Caught by")?;
        let (test, accident) = caught
            .split_once(", ")
            .with_context(|| format!("{name}.rs: `{caught}` is no test and accident"))?;
        let what = paragraphs.first().context("it has no head")?;
        let labelled = |text: &&String| text.starts_with("**");
        let why = paragraphs.iter().skip(1).filter(|text| !labelled(text));
        let why: Vec<&str> = why.map(String::as_str).collect();
        Ok(Claim {
            name: name.to_owned(),
            what: own("what", what.trim_end_matches('.').to_owned()),
            tempts: own("tempts", capital(&needed("Why it tempts")?)),
            why: own("why", why.join(" ")),
            test: test.trim_matches('`').to_owned(),
            accident: accident.trim_end_matches('.').to_owned(),
            schedule: quoted(&needed("Schedule")?).to_owned(),
            world: part("World").map(|world| quoted(&world).to_owned()),
        })
    }

    /// What is wrong with its Japanese, if anything is.
    pub fn stale(&self, japanese: Option<&Table>) -> Option<String> {
        let Some(table) = japanese else {
            return Some("has no Japanese".to_owned());
        };
        let missing = ["what", "tempts", "why"]
            .into_iter()
            .find(|key| text(Some(table), key).is_none());
        if let Some(key) = missing {
            return Some(format!("has no `{key}` in Japanese"));
        }
        let english = text(Some(table), "en").unwrap_or_default();
        (english.trim_end_matches('.') != self.what.en).then(|| {
            format!(
                "is now \"{}\", its Japanese is of \"{english}\"",
                self.what.en
            )
        })
    }
}

fn text<'a>(table: Option<&'a Table>, key: &str) -> Option<&'a str> {
    table?.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The inner docs that a file opens with, each paragraph on one line.
fn paragraphs(source: &str) -> Vec<String> {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let mut paragraphs = vec![String::new()];
    for line in lines.map(str::trim) {
        let last = paragraphs.last_mut().expect("there is always one");
        match (line.is_empty(), last.is_empty()) {
            (true, false) => paragraphs.push(String::new()),
            (true, true) => {}
            (false, true) => last.push_str(line),
            (false, false) => {
                last.push(' ');
                last.push_str(line);
            }
        }
    }
    paragraphs.retain(|text| !text.is_empty());
    paragraphs
}

fn quoted(text: &str) -> &str {
    text.split('`').nth(1).unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
//! A longer timeout.
//!
//! **Why it tempts**: 700 ms is short,
//! and a minute is not.
//!
//! **Caught by**: `accidents::a`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! The reply is not slow, it is lost.

use lab::prelude::*;
";

    #[test]
    fn the_head_of_a_file_says_it_all() {
        let table: Table =
            "en = \"A longer timeout.\"\nwhat = \"長いタイムアウト\"\ntempts = \"t\"\nwhy = \"w\""
                .parse()
                .unwrap();
        let claim = Claim::of("wrong_longer", SOURCE, Some(&table)).unwrap();
        assert_eq!(claim.what.en, "A longer timeout");
        assert_eq!(claim.what.ja, "長いタイムアウト");
        assert_eq!(claim.tempts.en, "700 ms is short, and a minute is not.");
        assert_eq!(claim.why.en, "The reply is not slow, it is lost.");
        assert_eq!(claim.test, "accidents::a");
        assert_eq!(claim.accident, "charged without an order");
        assert_eq!(claim.schedule, "order1/payment.charge#1: reply lost");
        assert_eq!(claim.stale(Some(&table)), None);
    }

    #[test]
    fn a_stale_or_missing_translation_is_named() {
        let claim = Claim::of("wrong_longer", SOURCE, None).unwrap();
        assert_eq!(claim.stale(None).as_deref(), Some("has no Japanese"));
        let old: Table = "en = \"An older fix.\"\nwhat = \"w\"\ntempts = \"t\"\nwhy = \"w\""
            .parse()
            .unwrap();
        let stale = claim.stale(Some(&old)).unwrap();
        assert!(
            stale.contains("its Japanese is of \"An older fix.\""),
            "{stale}"
        );
    }

    #[test]
    fn a_head_that_lacks_something_is_named() {
        let lacks = SOURCE.replace("**Schedule**", "**Plan**");
        let error = Claim::of("wrong_longer", &lacks, None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "wrong_longer.rs does not say `**Schedule**:` at its head"
        );
    }
}
