//! What is wrong with a schedule that a person typed, and where.
//!
//! A message is part of the lesson. Whoever mistypes a schedule is shown the place, the nearest thing that exists, and
//! what could stand there; nobody has to look the grammar up.

use std::fmt;
use unicode_width::UnicodeWidthStr;

/// Where a schedule stops making sense, what was expected there, and the nearest thing that would.
///
/// `Display` and `Debug` both show the text with a caret under the position, so that a test may pass the
/// error on as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct ScheduleError {
    text: String,
    /// What the text describes, in a word.
    kind: &'static str,
    byte: usize,
    problem: String,
    nearest: Option<String>,
    expected: String,
}

impl ScheduleError {
    /// This problem at this byte of the text.
    pub(crate) fn new(text: &str, byte: usize, problem: impl Into<String>) -> ScheduleError {
        ScheduleError {
            text: text.to_owned(),
            kind: "schedule",
            byte,
            problem: problem.into(),
            nearest: None,
            expected: String::new(),
        }
    }

    /// The text describes no schedule, but a world.
    pub(crate) fn of_a_world(self) -> ScheduleError {
        ScheduleError {
            kind: "world",
            ..self
        }
    }

    /// … and perhaps this was meant.
    pub(crate) fn perhaps(mut self, nearest: Option<impl fmt::Display>) -> ScheduleError {
        self.nearest = nearest.map(|nearest| nearest.to_string());
        self
    }

    /// … and this was expected; one thought a line.
    pub(crate) fn expecting(mut self, expected: impl Into<String>) -> ScheduleError {
        self.expected = expected.into();
        self
    }

    /// Where in the text, in bytes from 0. It lies on a character's first byte, or just behind the text.
    pub fn byte(&self) -> usize {
        self.byte
    }

    /// On which line of the text, counted from 1.
    pub fn line(&self) -> usize {
        1 + self.text[..self.byte].matches('\n').count()
    }

    /// At which character of that line, counted from 1.
    pub fn column(&self) -> usize {
        1 + self.before().chars().count()
    }

    /// What is wrong, in one sentence.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What was probably meant, if anything known is near enough.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }

    /// What would have been right there: a line or more, empty if the problem says it all.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// The position's line, up to the position.
    fn before(&self) -> &str {
        let before = &self.text[..self.byte];
        &before[before.rfind('\n').map_or(0, |end| end + 1)..]
    }

    /// The position's line, from the position on.
    fn after(&self) -> &str {
        let after = &self.text[self.byte..];
        &after[..after.find('\n').unwrap_or(after.len())]
    }
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.column();
        // The text begins on a line of its own, whatever the caller prints in front of the message.
        let mut message = if self.text.contains('\n') {
            format!("{}, line {}, column {column}:\n", self.kind, self.line())
        } else {
            format!("{}, column {column}:\n", self.kind)
        };
        let before = self.before();
        let line = format!("{before}{}", self.after());
        // A caret stands under a character, and a character of Japanese is two columns wide.
        let indent = " ".repeat(before.width());
        message += &format!("  {}\n  {indent}^ {}", line.trim_end(), self.problem);
        if let Some(nearest) = &self.nearest {
            message += &format!("; did you mean `{nearest}`?");
        }
        for line in self.expected.lines() {
            message += &format!("\n  {line}");
        }
        f.write_str(&without_control(&message))
    }
}

/// A terminal obeys a control character instead of showing it, and a tab is as wide as it likes: a blank
/// stands for either, so that the caret stays where it belongs.
fn without_control(text: &str) -> String {
    let blank = |c: char| match c {
        '\n' => c,
        _ if c.is_control() => ' ',
        _ => c,
    };
    text.chars().map(blank).collect()
}

impl fmt::Debug for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ScheduleError {}

/// How alike two texts are: 0 not at all, 1 the same. Swapped letters count as one slip.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(one, other)
}

/// The known text that a person who wrote `said` most likely meant; none if none is near.
pub fn nearest<'k>(said: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Comparing takes memory for length times length, and no slip of the pen is this long.
    if said.is_empty() || said.len() > 100 {
        return None;
    }
    // Who stopped halfway wrote no wrong letter.
    let alike = |known: &str| {
        if known.starts_with(said) {
            1.0
        } else {
            likeness(said, known)
        }
    };
    known
        .into_iter()
        .map(|known| (alike(known), known))
        .filter(|(alike, _)| *alike >= 0.5)
        // Of equals, `min_by` takes the first.
        .min_by(|(one, _), (other, _)| other.total_cmp(one))
        .map(|(_, known)| known)
}
