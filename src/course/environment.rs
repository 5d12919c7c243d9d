//! The environment variables that the course reads. One that makes no sense is said so, by each test and by the
//! demo: a default in its place would show something else than was asked for.
//!
//! The guide says the same of them (`src/guide/environment.rs`), word for word; a test holds that.

use lab::both;
use lab::check::{SEED, USUAL_SEED};
use lab::engine::watchdog::PATIENCE;
use lab::tell::glyphs::{GLYPHS, Glyphs};
use lab::tell::language::LANG;
use lab::tell::{Both, Language};

/// A variable of this process. One that is empty is as good as not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    // What is not UTF-8 is kept as far as it goes: none of it makes sense, and the message shows it.
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// Whether every variable makes sense. Which code there is,
/// [`Chapter::code_asked_for`](crate::chapter::Chapter::code_asked_for) knows.
///
/// # Errors
/// A message that names the first that does not, and what it can be.
pub(crate) fn check() -> Result<(), Both> {
    if let Err(wish) = Language::from_environment(variable) {
        return Err(slip(
            LANG,
            &wish,
            &both!(en: "`en` or `ja`", ja: "`en`か`ja`"),
        ));
    }
    let glyphs = variable(GLYPHS);
    if Glyphs::named(glyphs.as_deref()).is_err() {
        let can_be = both!(
            en: "`unicode`, `wide` or `ascii`",
            ja: "`unicode`、`wide`、`ascii`のどれか"
        );
        return Err(slip(GLYPHS, &glyphs.unwrap_or_default(), &can_be));
    }
    seed()?;
    number(PATIENCE).map(drop)
}

/// The language in which a slip is told, whatever the slip: that of the locale, if it is the language itself that makes no
/// sense.
pub(crate) fn language_of_slips() -> Language {
    Language::from_environment(variable).unwrap_or_else(|_| Language::of_locale(variable))
}

/// The seed that property tests draw from.
pub(crate) fn seed() -> Result<u64, Both> {
    Ok(number(SEED)?.unwrap_or(USUAL_SEED))
}

fn number(name: &str) -> Result<Option<u64>, Both> {
    let Some(value) = variable(name) else {
        return Ok(None);
    };
    let number = value.parse().map(Some);
    number.map_err(|_| {
        let can_be = both!(en: "a whole number", ja: "0以上の整数");
        slip(name, &value, &can_be)
    })
}

fn slip(name: &str, value: &str, can_be: &Both) -> Both {
    let Both { english, japanese } = can_be;
    both!(
        en: "{name} is `{value}`; it can be {english}",
        ja: "{name}の値`{value}`は使えません。使えるのは{japanese}です。"
    )
}
