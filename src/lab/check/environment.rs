//! The environment variables. Every test reports an invalid one: a silent default would show something else than was
//! asked for.
//!
//! `src/guide/environment.rs` uses the same words; a test holds that.

use super::{SEED, USUAL_SEED};
use crate::both;
use crate::engine::watchdog::PATIENCE;
use crate::tell::glyphs::{GLYPHS, Glyphs};
use crate::tell::language::LANG;
use crate::tell::{Both, Language};

/// A variable of this process. An empty one counts as unset.
pub fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    // Bytes that are not UTF-8 are replaced: the value makes no sense then, and the message shows it.
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// Whether every variable that the lab knows is valid.
///
/// # Errors
/// A message that names the first invalid one, and its valid values.
pub fn check() -> Result<(), Both> {
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
pub fn language_of_slips() -> Language {
    Language::from_environment(variable).unwrap_or_else(|_| Language::of_locale(variable))
}

/// The seed of everything that is drawn.
///
/// # Errors
/// A message, if it is no whole number.
pub fn seed() -> Result<u64, Both> {
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
