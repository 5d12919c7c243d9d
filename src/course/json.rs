//! Writing JSON, for what other programs read of a run. The lab never reads any, and no learner has to compile a
//! library for these few lines.

use std::fmt::Write;

/// A text.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            hidden if hidden < ' ' => {
                let _ = write!(out, "\\u{:04x}", hidden as u32);
            }
            shown => out.push(shown),
        }
    }
    out.push('"');
    out
}

/// A list of what is JSON already.
pub fn list(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().collect();
    format!("[{}]", values.join(","))
}

/// A list of texts.
pub fn texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    list(texts.into_iter().map(|it| text(it)))
}

/// Names and their values; each value is JSON already.
pub fn object(members: &[(&str, String)]) -> String {
    let members = members.iter();
    let members = members.map(|(name, value)| format!("{}:{value}", text(name)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// The value, or `null`.
pub fn or_null(value: Option<String>) -> String {
    value.unwrap_or_else(|| "null".to_owned())
}
