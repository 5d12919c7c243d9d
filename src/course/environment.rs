//! The environment variables that the course reads. One that makes no sense is said so, by each test and by the
//! demo: a default in its place would show something else than was asked for.
//!
//! The guide says the same of them (`src/guide/environment.rs`), word for word; a test holds that.

use lab::check::{SEED, USUAL_SEED};
use lab::engine::watchdog::PATIENCE;
use lab::tell::Language;
use lab::tell::glyphs::{GLYPHS, Glyphs};

/// A variable of this process. One that is empty is as good as not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    // What is not UTF-8 is kept as far as it goes: none of it makes sense, and the message shows it.
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// Whether every variable makes sense, those included that only the guide reads. Which code there is,
/// [`Chapter::code_asked_for`](crate::chapter::Chapter::code_asked_for) knows.
///
/// # Errors
/// A message that names the first that does not, and what it can be.
pub(crate) fn check() -> Result<(), String> {
    language()?;
    Glyphs::named(variable(GLYPHS).as_deref())?;
    seed()?;
    number(PATIENCE).map(drop)
}

/// The seed that property tests draw from.
pub(crate) fn seed() -> Result<u64, String> {
    Ok(number(SEED)?.unwrap_or(USUAL_SEED))
}

fn number(name: &str) -> Result<Option<u64>, String> {
    let Some(value) = variable(name) else {
        return Ok(None);
    };
    let number = value.parse().map(Some);
    number.map_err(|_| slip(name, &value, "a whole number"))
}

/// The language that pictures speak.
pub(crate) fn language() -> Result<Language, String> {
    const LANG: &str = "SAGA_LANG";
    let Some(value) = variable(LANG) else {
        return Ok(Language::English);
    };
    // It may be written as a locale, too.
    match value
        .to_ascii_lowercase()
        .split(['_', '-', '.', '@'])
        .next()
    {
        Some("en") => Ok(Language::English),
        Some("ja") => Ok(Language::Japanese),
        _ => Err(slip(LANG, &value, "`en` or `ja`")),
    }
}

fn slip(name: &str, value: &str, can_be: &str) -> String {
    format!("{name} is `{value}`; it can be {can_be}")
}
