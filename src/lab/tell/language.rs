//! The two languages, and how a sentence is written in both.
//!
//! This file has no dependencies: the guide, which does not link the lab, is compiled with it as well.

/// A sentence in both languages: `sentence!(language, en: "{order} is paid", ja: "{order} は支払い済み")`. One that lacks a
/// language does not compile.
#[macro_export]
macro_rules! sentence {
    ($language:expr, en: $english:literal, ja: $japanese:literal $(,)?) => {
        $language.either(|| format!($english), || format!($japanese))
    };
}

/// A language in which a run can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 日本語
    Japanese,
}

/// Decides between the languages, before the locale.
pub const LANG: &str = "SAGA_LANG";

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// Its name in files and directories: `ja`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// One of two, by language.
    pub fn pick<T>(self, english: T, japanese: T) -> T {
        self.either(|| english, || japanese)
    }

    /// The same, but computes only the one that is needed.
    pub fn either<T>(self, english: impl FnOnce() -> T, japanese: impl FnOnce() -> T) -> T {
        match self {
            Language::English => english(),
            Language::Japanese => japanese(),
        }
    }

    /// What the reader asks for: [`LANG`] before the [locale](Language::of_locale).
    ///
    /// # Errors
    /// What [`LANG`] is, if it is no language that there is.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Language, String> {
        let Some(wish) = variable(LANG).filter(|wish| !wish.is_empty()) else {
            return Ok(Language::of_locale(variable));
        };
        // It may be written as a locale, too.
        match wish.to_ascii_lowercase().split(['_', '-', '.', '@']).next() {
            Some("en") => Ok(Language::English),
            Some("ja") => Ok(Language::Japanese),
            _ => Err(wish),
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
            Some(value) if value.to_ascii_lowercase().starts_with("ja") => Language::Japanese,
            _ => Language::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(variables: &[(&str, &str)]) -> Result<Language, String> {
        Language::from_environment(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_locale_decides_unless_the_reader_does() {
        for (variables, expected) in [
            (&[][..], Language::English),
            (&[("LANG", "ja_JP.UTF-8")], Language::Japanese),
            (
                &[("SAGA_LANG", "en"), ("LANG", "ja_JP.UTF-8")],
                Language::English,
            ),
            (
                &[("LC_ALL", ""), ("LANG", "ja_JP.UTF-8")],
                Language::Japanese,
            ),
            (
                &[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")],
                Language::English,
            ),
            (&[("SAGA_LANG", "ja_JP.UTF-8")], Language::Japanese),
        ] {
            assert_eq!(language(variables), Ok(expected));
        }
        assert_eq!(language(&[("SAGA_LANG", "fr")]), Err("fr".to_owned()));
    }
}
