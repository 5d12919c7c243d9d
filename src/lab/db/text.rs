//! What the text of a statement tells before SQLite has seen it.

/// What a statement may leave behind that emptying the tables does not undo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaves {
    #[default]
    Nothing,
    /// Tables, or other tables than before.
    Schema,
    /// Something that lives in a connection: a temporary table, a setting, an attached file.
    Connection,
}

impl Leaves {
    /// What this statement leaves. Asking SQLite after every world would cost more than the world's own
    /// statements.
    pub(super) fn by(sql: &str) -> Leaves {
        let mut words = without_comments(sql).split_ascii_whitespace();
        let is = |word: Option<&str>, others: &[&str]| {
            word.is_some_and(|word| others.iter().any(|other| word.eq_ignore_ascii_case(other)))
        };
        let verb = words.next();
        if is(verb, &["pragma", "attach", "detach"]) {
            return Leaves::Connection;
        }
        match is(verb, &["create", "drop", "alter"]) {
            true if is(words.next(), &["temp", "temporary"]) => Leaves::Connection,
            true => Leaves::Schema,
            false => Leaves::Nothing,
        }
    }
}

/// The statement from its first word on.
pub(super) fn without_comments(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        let after = if let Some(line) = rest.strip_prefix("--") {
            line.split_once('\n').map(|(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map(|(_, after)| after)
        } else {
            return rest;
        };
        rest = after.unwrap_or_default().trim_start();
    }
}
