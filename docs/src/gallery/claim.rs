//! What a fix that does not fix says of itself, in both languages.

use guide::claim;
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
    /// What it says at its head.
    pub head: claim::Claim,
}

impl Claim {
    /// `japanese` holds what the head says, in Japanese; what it lacks stays English, and is named by [`Claim::stale`].
    pub fn of(name: &str, head: claim::Claim, japanese: Option<&Table>) -> Claim {
        let both = |key: &str, english: &str| Both {
            ja: text(japanese, key).unwrap_or(english).to_owned(),
            en: english.to_owned(),
        };
        Claim {
            name: name.to_owned(),
            what: both("what", &head.what),
            tempts: both("tempts", &head.tempts),
            why: both("why", &head.why),
            head,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> claim::Claim {
        let source = "//! A longer timeout.\n//!\n//! **Why it tempts**: it is short.\n//!\n\
                      //! **Caught by**: `a::b`, charged twice.\n//!\n//! **Schedule**: ``\n";
        claim::Claim::of("wrong_longer", source).unwrap()
    }

    #[test]
    fn what_is_translated_is_there_in_both_languages() {
        let table: Table =
            "en = \"A longer timeout.\"\nwhat = \"長いタイムアウト\"\ntempts = \"t\"\nwhy = \"w\""
                .parse()
                .unwrap();
        let claim = Claim::of("wrong_longer", head(), Some(&table));
        assert_eq!(claim.what.en, "A longer timeout");
        assert_eq!(claim.what.ja, "長いタイムアウト");
        assert_eq!(claim.stale(Some(&table)), None);
    }

    #[test]
    fn a_stale_or_missing_translation_is_named() {
        let claim = Claim::of("wrong_longer", head(), None);
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
}
