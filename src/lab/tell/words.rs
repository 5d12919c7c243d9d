//! Texts as a timeline needs them: times, single lines, and lines that fit.

use crate::language::time::Ms;

/// A span of time, as exactly as one would tell it: `1 h later`, `59 min later`, `12 s later`.
pub fn later(span: Ms) -> String {
    // Whole seconds are beside the point once minutes have passed, and whole minutes once hours have.
    let unit = match span.0 {
        n if n >= 600_000 => 60_000,
        n if n >= 10_000 => 1_000,
        _ => 1,
    };
    format!("{} later", Ms((span.0 + unit / 2) / unit * unit).spoken())
}

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

/// The text in lines that fit, broken after blanks and strokes, and elsewhere only where a piece alone is
/// too wide for a line.
pub fn wrap(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in text.split_inclusive([' ', '/']) {
        let line = lines.last_mut().expect("there is always a line");
        let longer = format!("{line}{piece}");
        if fits(longer.trim_end()) {
            *line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for character in piece.chars() {
            let line = lines.last_mut().expect("there is always a line");
            line.push(character);
            if !fits(line.trim_end()) && line.chars().count() > 1 {
                line.pop();
                lines.push(character.to_string());
            }
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}
