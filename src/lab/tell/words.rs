//! Texts as a timeline needs them: single lines.

/// The text without line breaks and control characters: a row has one line, and no escape byte may
/// slip in with what order code logs.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => line.push(' '),
            hidden if hidden.is_control() => line.extend(hidden.escape_default()),
            shown => line.push(shown),
        }
    }
    line
}
