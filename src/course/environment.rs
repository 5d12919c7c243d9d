//! The environment variables of the course. Each test and the demo report an invalid one: a silent default would show
//! something else than was asked for.
//!
//! The guide uses the same words (`src/guide/environment.rs`); a test holds that.

use lab::both;
use lab::check::{SEED, USUAL_SEED};
use lab::engine::watchdog::PATIENCE;
use lab::tell::glyphs::{GLYPHS, Glyphs};
use lab::tell::language::LANG;
use lab::tell::{Both, Language};

/// A variable of this process. An empty one counts as unset.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    // Bytes that are not UTF-8 are replaced: the value makes no sense then, and the message shows it.
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// Whether every variable is valid. The code's name is checked by
/// [`Chapter::code_asked_for`](crate::chapter::Chapter::code_asked_for).
///
/// # Errors
/// A message that names the first invalid one, and its valid values.
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

/// The language of the message: that of the locale, if the language variable is itself invalid.
pub(crate) fn language_of_slips() -> Language {
    Language::from_environment(variable).unwrap_or_else(|_| Language::of_locale(variable))
}

/// The seed of the property tests.
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
