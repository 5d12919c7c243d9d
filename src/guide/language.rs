//! The two languages of the course.

use crate::environment::{LANG, Slip};
use serde::Deserialize;

/// A language of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Japanese.
    Ja,
}

impl Language {
    /// What the learner asked for: `SAGA_LANG` before the [locale](Language::of_locale).
    ///
    /// # Errors
    /// If `SAGA_LANG` asks for another language.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Language, Slip> {
        let Some(wish) = variable(LANG).filter(|wish| !wish.is_empty()) else {
            return Ok(Language::of_locale(variable));
        };
        // It may be written as a locale, too.
        match wish.to_ascii_lowercase().split(['_', '-', '.', '@']).next() {
            Some("en") => Ok(Language::En),
            Some("ja") => Ok(Language::Ja),
            _ => Err(Slip::new(LANG, &wish, "`en` or `ja`", "`en`か`ja`")),
        }
    }

    /// The language of the locale, whose variables are asked in the order that POSIX gives them; English, if it is
    /// neither.
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| variable(name))
            .find(|value| !value.is_empty());
        match locale {
            Some(value) if value.to_ascii_lowercase().starts_with("ja") => Language::Ja,
            _ => Language::En,
        }
    }

    /// The name of its directory under `docs/`.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ja => "ja",
        }
    }

    /// One of two, by language.
    pub fn pick<T>(self, en: T, ja: T) -> T {
        match self {
            Language::En => en,
            Language::Ja => ja,
        }
    }
}

/// The same text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Both {
    /// In English.
    pub en: String,
    /// In Japanese.
    pub ja: String,
}

impl Both {
    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        language.pick(&self.en, &self.ja)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(variables: &[(&str, &str)]) -> Language {
        let language = Language::from_environment(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        language.unwrap_or_else(|slip| panic!("{slip:?}"))
    }

    #[test]
    fn the_locale_decides_unless_the_learner_does() {
        assert_eq!(language(&[]), Language::En);
        assert_eq!(language(&[("LANG", "ja_JP.UTF-8")]), Language::Ja);
        assert_eq!(
            language(&[("SAGA_LANG", "en"), ("LANG", "ja_JP.UTF-8")]),
            Language::En
        );
        assert_eq!(
            language(&[("LC_ALL", ""), ("LANG", "ja_JP.UTF-8")]),
            Language::Ja
        );
        assert_eq!(
            language(&[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")]),
            Language::En
        );
    }
}
