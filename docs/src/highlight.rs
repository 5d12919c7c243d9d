//! Code in colours, when the book is built: no script has to run for them.

use crate::figure::escaped;
use rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// The words of Rust that have a meaning of their own.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while",
];

/// The words of SQL that the statements of the course use.
const SQL: &[&str] = &[
    "ALTER",
    "AND",
    "BEGIN",
    "BY",
    "CHECK",
    "COMMIT",
    "CONFLICT",
    "CREATE",
    "DEFAULT",
    "DELETE",
    "DO",
    "FROM",
    "IMMEDIATE",
    "INSERT",
    "INTEGER",
    "INTO",
    "IS",
    "KEY",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "PRIMARY",
    "REFERENCES",
    "ROLLBACK",
    "SELECT",
    "SET",
    "TABLE",
    "TEXT",
    "UNIQUE",
    "UPDATE",
    "VALUES",
    "WHERE",
];

/// Code as HTML: what has a colour is in a `span` of one of the classes `k` (keyword), `s` (text), `c` (comment),
/// `n` (number), `t` (type), `f` (function) and `m` (macro or attribute).
pub fn html(language: &str, code: &str) -> String {
    match language {
        "rust" => rust(code),
        "sql" => words(code, "--", SQL),
        "sh" | "toml" | "yaml" => words(code, "#", &[]),
        _ => escaped(code),
    }
}

fn rust(code: &str) -> String {
    let mut pieces = Vec::new();
    let mut start = 0;
    for token in tokenize(code, FrontmatterAllowed::No) {
        let end = start + token.len as usize;
        pieces.push((token.kind, &code[start..end]));
        start = end;
    }
    let mut html = String::new();
    for (place, (kind, text)) in pieces.iter().enumerate() {
        let class = match kind {
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => "c",
            TokenKind::Literal { kind, .. } => match kind {
                LiteralKind::Int { .. } | LiteralKind::Float { .. } => "n",
                _ => "s",
            },
            TokenKind::Lifetime { .. } => "t",
            TokenKind::Ident => word(text, pieces.get(place + 1).map(|(kind, _)| kind)),
            _ => "",
        };
        html.push_str(&span(class, text));
    }
    html
}

/// What a name is, by how it is written and by what follows it.
fn word(text: &str, next: Option<&TokenKind>) -> &'static str {
    match next {
        _ if KEYWORDS.contains(&text) => "k",
        Some(TokenKind::Bang) => "m",
        Some(TokenKind::OpenParen) if text.starts_with(char::is_lowercase) => "f",
        _ if text.starts_with(char::is_uppercase) => "t",
        _ => "",
    }
}

/// Lines whose comments and words have a colour.
fn words(code: &str, comment: &str, known: &[&str]) -> String {
    let line = |line: &str| {
        let place = if line.starts_with(comment) {
            Some(0)
        } else {
            line.find(&format!(" {comment}")).map(|place| place + 1)
        };
        let (code, comment) = line.split_at(place.unwrap_or(line.len()));
        let mut html = String::new();
        for piece in code.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let end = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let class = if known.contains(&end) { "k" } else { "" };
            html.push_str(&span(class, end));
            html.push_str(&escaped(&piece[end.len()..]));
        }
        html + &span("c", comment)
    };
    code.split_inclusive('\n').map(line).collect()
}

fn span(class: &str, text: &str) -> String {
    if class.is_empty() || text.is_empty() {
        escaped(text)
    } else {
        format!("<span class=\"{class}\">{}</span>", escaped(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_code_is_lost() {
        let code = "// why\nlet id = \"<b>\"; f(&id, 'a', 7)?; println!(\"{id}\") // end\n";
        let html = html("rust", code);
        let mut text = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        assert_eq!(text, escaped(code));
        for part in [
            "<span class=\"c\">// why</span>",
            "<span class=\"k\">let</span>",
            "<span class=\"s\">&quot;&lt;b&gt;&quot;</span>",
            "<span class=\"f\">f</span>",
            "<span class=\"n\">7</span>",
            "<span class=\"m\">println</span>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn a_comment_of_the_shell_begins_after_a_gap() {
        assert_eq!(
            html("sh", "cargo run # go\necho a#b\n"),
            "cargo run <span class=\"c\"># go\n</span>echo a#b\n"
        );
        assert_eq!(
            html("sql", "SELECT id"),
            "<span class=\"k\">SELECT</span> id"
        );
    }
}
