//! Reads a statement's text before SQLite sees it.

use crate::language::name::Name;
use std::cell::RefCell;

/// What the text of a statement says.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// Its short form: `insert orders`.
    pub(super) label: Name,
    /// The name of its step: `db.insert orders`.
    pub(super) step: Name,
    pub(super) leaves: Leaves,
}

/// `BEGIN IMMEDIATE`.
pub(super) const BEGIN: Reading = Reading::plain("begin", "db.begin");
/// `COMMIT`.
pub(super) const COMMIT: Reading = Reading::plain("commit", "db.commit");
/// `ROLLBACK`.
pub(super) const ROLLBACK: Reading = Reading::plain("rollback", "db.rollback");

thread_local! {
    // A flow has a handful of statements, so looking through them beats hashing them.
    static READ: RefCell<Vec<(String, Reading)>> = const { RefCell::new(Vec::new()) };
}

impl Reading {
    const fn plain(label: &'static str, step: &'static str) -> Reading {
        Reading {
            label: Name::of(label),
            step: Name::of(step),
            leaves: Leaves::Nothing,
        }
    }

    /// What this statement's text says. Every text is read once.
    pub(super) fn of(sql: &str) -> Reading {
        READ.with_borrow_mut(|read| {
            if let Some((_, reading)) = read.iter().find(|(text, _)| text == sql) {
                return *reading;
            }
            let label = shorten(sql);
            let reading = Reading {
                label: Name::new(&label),
                step: Name::new(&format!("db.{label}")),
                leaves: Leaves::by(sql),
            };
            read.push((sql.to_owned(), reading));
            reading
        })
    }
}

/// Leftovers of a statement that emptying the tables does not remove.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaves {
    #[default]
    Nothing,
    /// New or altered tables.
    Schema,
    /// State of a connection: a temporary table, a setting, an attached file.
    Connection,
}

impl Leaves {
    /// What this statement leaves behind. Asking SQLite after every world would cost more than the world's own
    /// statements.
    fn by(sql: &str) -> Leaves {
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

/// The statement without leading comments and blanks.
fn without_comments(sql: &str) -> &str {
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

/// The verb and the table it is about.
fn shorten(sql: &str) -> String {
    let words: Vec<String> = without_comments(sql)
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';'))
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_matches(['"', '`', '[', ']']).to_lowercase())
        .collect();
    let after = |word: &str| {
        let is_table = |pair: &&[String]| pair[0] == word && pair[1] != "select";
        words.windows(2).find(is_table).map(|pair| pair[1].clone())
    };
    let verb = words.first().cloned().unwrap_or_default();
    let table = match verb.as_str() {
        "insert" | "replace" => after("into"),
        "select" | "with" | "delete" => after("from"),
        "update" => words
            .iter()
            .skip(1)
            .take_while(|word| *word != "set")
            .last()
            .cloned(),
        "create" | "drop" | "alter" => words
            .iter()
            .skip(1)
            .find(|word| {
                ![
                    "table",
                    "index",
                    "view",
                    "trigger",
                    "unique",
                    "if",
                    "not",
                    "exists",
                    "temp",
                    "temporary",
                ]
                .contains(&word.as_str())
            })
            .cloned(),
        _ => None,
    };
    match table {
        Some(table) => format!("{verb} {table}"),
        None => verb,
    }
}
