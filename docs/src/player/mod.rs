//! The player of a chapter: step through its runs, broken and fixed side by side.

use crate::course::Course;
use anyhow::Result;
use guide::chapter::Chapter;
use guide::language::Language;

/// The HTML that goes into a chapter's page, where `<!-- player -->` stands or else after the first picture.
/// `None`: the chapter has no player.
///
/// # Errors
/// A run could not be made.
pub fn fragment(
    _course: &Course,
    _chapter: &Chapter,
    _language: Language,
) -> Result<Option<String>> {
    Ok(None)
}

/// What the fragments need: files by their path under `assets/`. A page that has a fragment loads `player.css`
/// and `player.js` if they are among them.
pub fn assets() -> Vec<(String, Vec<u8>)> {
    Vec::new()
}
