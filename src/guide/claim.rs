//! The claim at the head of a wrong fix's file.

/// A fix that does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it does, in a sentence without its full stop.
    pub what: String,
    /// Why it tempts.
    pub tempts: String,
    /// Why it fails.
    pub why: String,
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
    /// Reads the head of `answers/<name>.rs`.
    ///
    /// # Errors
    /// The head lacks something.
    pub fn of(name: &str, source: &str) -> Result<Claim, String> {
        let paragraphs = head(source);
        let part = |label: &str| {
            let start = format!("**{label}**:");
            let found = paragraphs.iter().find_map(|text| text.strip_prefix(&start));
            found.map(|text| text.trim().to_owned())
        };
        let needed = |label: &str| {
            part(label).ok_or_else(|| format!("{name}.rs does not say `**{label}**:` at its head"))
        };
        let caught = needed("Caught by")?;
        let (test, accident) = caught
            .split_once(", ")
            .ok_or_else(|| format!("{name}.rs: `{caught}` is no test and accident"))?;
        let what = paragraphs.first().ok_or("it has no head")?;
        let labelled = |text: &&String| text.starts_with("**");
        let why = paragraphs.iter().skip(1).filter(|text| !labelled(text));
        let why: Vec<&str> = why.map(String::as_str).collect();
        Ok(Claim {
            what: what.trim_end_matches('.').to_owned(),
            tempts: capital(&needed("Why it tempts")?),
            why: why.join(" "),
            test: test.trim_matches('`').to_owned(),
            accident: accident.trim_end_matches('.').to_owned(),
            schedule: quoted(&needed("Schedule")?).to_owned(),
            world: part("World").map(|world| quoted(&world).to_owned()),
        })
    }
}

/// The inner docs that a file opens with, each paragraph on one line.
pub fn head(source: &str) -> Vec<String> {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let mut paragraphs = vec![String::new()];
    for line in lines.map(str::trim) {
        if line.is_empty() {
            paragraphs.push(String::new());
        } else if let Some(last) = paragraphs.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
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
//! **Caught by**: `accidents::a`, charged without
//! an order.
//!
//! **Schedule**: `order1/payment.charge#1: reply lost`
//!
//! **World**: `w`
//!
//! The reply is not slow, it is lost.

use lab::prelude::*;
";

    #[test]
    fn the_head_of_a_file_says_it_all() {
        let claim = Claim::of("wrong_longer", SOURCE).unwrap();
        let expected = Claim {
            what: "A longer timeout".to_owned(),
            tempts: "700 ms is short, and a minute is not.".to_owned(),
            why: "The reply is not slow, it is lost.".to_owned(),
            test: "accidents::a".to_owned(),
            accident: "charged without an order".to_owned(),
            schedule: "order1/payment.charge#1: reply lost".to_owned(),
            world: Some("w".to_owned()),
        };
        assert_eq!(claim, expected);
    }

    #[test]
    fn a_head_that_lacks_something_is_named() {
        let error = |from: &str, to: &str| {
            Claim::of("wrong_longer", &SOURCE.replace(from, to)).unwrap_err()
        };
        let schedule = "wrong_longer.rs does not say `**Schedule**:` at its head";
        assert_eq!(error("**Schedule**", "**Plan**"), schedule);
        let caught = "wrong_longer.rs: `somebody` is no test and accident";
        let caught_by = "`accidents::a`, charged without\n//! an order.";
        assert_eq!(error(caught_by, "somebody"), caught);
    }
}
