//! The gallery of fixes that do not fix: each with why it tempts, and the timeline of its death.

use crate::course::Course;
use anyhow::Result;
use guide::language::Language;

/// The whole page, as Markdown that starts with its title. Links and pictures are written as from `docs/en` or
/// `docs/ja`; a block fenced as ```` ```{=html} ```` goes into the page untouched. Without any text there is no page.
///
/// # Errors
/// A run could not be made.
pub fn page(_course: &Course, _language: Language) -> Result<String> {
    Ok(String::new())
}
