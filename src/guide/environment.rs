//! The environment variables of the course. An invalid one stops the guide before it begins: it would make all the
//! chapters' tests red.
//!
//! The lab uses the same words (`src/lab/check/environment.rs`); a test holds that.

use crate::language::{Both, LANG, Language};

/// A variable with an invalid value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    name: &'static str,
    value: String,
    may_be: Both,
}

impl Slip {
    fn new(name: &'static str, value: &str, en: &str, ja: &str) -> Slip {
        Slip {
            name,
            value: value.to_owned(),
            may_be: Both {
                en: en.to_owned(),
                ja: ja.to_owned(),
            },
        }
    }

    /// What is wrong, and what would be right.
    pub fn told(&self, language: Language) -> String {
        let Slip {
            name,
            value,
            may_be,
        } = self;
        language.pick(
            format!("{name} is `{value}`; it can be {}", may_be.en),
            format!(
                "{name}の値`{value}`は使えません。使えるのは{}です。",
                may_be.ja
            ),
        )
    }
}

/// A variable of this process. An empty one counts as unset.
pub fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    // Bytes that are not UTF-8 are replaced: the value makes no sense then, and the message shows it.
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// How wide the terminal is, if there is one.
pub(crate) fn columns() -> Option<usize> {
    let size = terminal_size::terminal_size();
    size.map(|(width, _)| width.0.into())
}

/// The language that the reader has chosen.
///
/// # Errors
/// If [`LANG`] asks for another language.
pub fn language(variable: impl Fn(&str) -> Option<String>) -> Result<Language, Slip> {
    let language = Language::from_environment(variable);
    language.map_err(|wish| Slip::new(LANG, &wish, "`en` or `ja`", "`en`か`ja`"))
}

/// Whether every variable is valid.
///
/// # Errors
/// The first invalid one.
pub fn check(variable: impl Fn(&str) -> Option<String>) -> Result<(), Slip> {
    language(&variable)?;
    let glyphs = "SAGA_GLYPHS";
    if let Some(value) = variable(glyphs)
        && !["unicode", "wide", "ascii"].contains(&value.as_str())
    {
        let (en, ja) = (
            "`unicode`, `wide` or `ascii`",
            "`unicode`、`wide`、`ascii`のどれか",
        );
        return Err(Slip::new(glyphs, &value, en, ja));
    }
    let seed = "SAGA_SEED";
    if let Some(value) = variable(seed)
        && value.parse::<u64>().is_err()
    {
        return Err(Slip::new(seed, &value, "a whole number", "0以上の整数"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(name: &str, value: &str) -> Option<String> {
        let check = check(|asked| (asked == name).then(|| value.to_owned()));
        check.err().map(|slip| slip.told(Language::English))
    }

    #[test]
    fn a_value_that_makes_no_sense_is_named_with_those_that_do() {
        for (name, value, told) in [
            (
                "SAGA_LANG",
                "fr",
                "SAGA_LANG is `fr`; it can be `en` or `ja`",
            ),
            (
                "SAGA_GLYPHS",
                "foo",
                "SAGA_GLYPHS is `foo`; it can be `unicode`, `wide` or `ascii`",
            ),
            (
                "SAGA_SEED",
                "abc",
                "SAGA_SEED is `abc`; it can be a whole number",
            ),
            (
                "SAGA_SEED",
                "-1",
                "SAGA_SEED is `-1`; it can be a whole number",
            ),
        ] {
            assert_eq!(slip(name, value).as_deref(), Some(told));
        }
    }

    #[test]
    fn a_value_that_makes_sense_is_taken() {
        for (name, value) in [
            ("SAGA_LANG", "ja"),
            ("SAGA_LANG", "ja_JP.UTF-8"),
            ("SAGA_LANG", "EN"),
            ("SAGA_GLYPHS", "wide"),
            ("SAGA_SEED", "18446744073709551615"),
            ("LANG", "fr_FR.UTF-8"),
        ] {
            assert_eq!(slip(name, value), None);
        }
    }
}
