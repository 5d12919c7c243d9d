//! Values into and out of statements, and the short names statements go by.

use crate::message::Key;
use crate::name::Name;
use crate::order::{Answer, Yen};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, Value, ValueRef};
use std::cell::RefCell;
use std::sync::Arc;

/// What can be a parameter of a statement.
pub trait ToValue {
    /// The value as SQLite stores it.
    fn to_value(&self) -> Value;
}

macro_rules! text {
    ($($kind:ty),*) => { $(
        impl ToValue for $kind {
            fn to_value(&self) -> Value {
                Value::Text(self.to_string())
            }
        }
    )* };
}
text!(str, String, Key, Name, Answer);

macro_rules! number {
    ($($kind:ty),*) => { $(
        impl ToValue for $kind {
            fn to_value(&self) -> Value {
                Value::Integer(i64::from(*self))
            }
        }
    )* };
}
number!(i64, i32, u32, bool);

impl ToValue for Yen {
    fn to_value(&self) -> Value {
        Value::Integer(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

impl ToValue for crate::time::Ms {
    fn to_value(&self) -> Value {
        Value::Integer(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl FromSql for Key {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Key> {
        value.as_str().map(Key::from)
    }
}

impl FromSql for Yen {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Yen> {
        let number = value.as_i64()?;
        u64::try_from(number)
            .map(Yen)
            .map_err(|_| FromSqlError::OutOfRange(number))
    }
}

impl FromSql for crate::time::Ms {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number)
            .map(crate::time::Ms)
            .map_err(|_| FromSqlError::OutOfRange(number))
    }
}

/// One row of a query's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(super) columns: Arc<[String]>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// The value in this column.
    ///
    /// # Panics
    /// If there is no such column, or its value is of another type: a slip in the code, not an accident.
    #[track_caller]
    pub fn get<T: FromSql>(&self, column: &str) -> T {
        let Some(place) = self.columns.iter().position(|name| name == column) else {
            panic!(
                "the query has no column `{column}`; it has: {}",
                self.columns.join(", ")
            );
        };
        match T::column_result(ValueRef::from(&self.values[place])) {
            Ok(value) => value,
            Err(error) => panic!("column `{column}` holds {:?}: {error}", self.values[place]),
        }
    }
}

struct Labelled {
    sql: String,
    label: Name,
    what: Name,
}

thread_local! {
    // A flow has a handful of statements, so looking through them beats hashing them.
    static LABELS: RefCell<Vec<Labelled>> = const { RefCell::new(Vec::new()) };
}

/// The short form of a statement (`insert orders`) and the name of its step (`db.insert orders`).
pub(super) fn labels(sql: &str) -> (Name, Name) {
    LABELS.with_borrow_mut(|known| {
        if let Some(known) = known.iter().find(|known| known.sql == sql) {
            return (known.label, known.what);
        }
        let label = shorten(sql);
        let (label, what) = (Name::new(&label), Name::new(&format!("db.{label}")));
        known.push(Labelled {
            sql: sql.to_owned(),
            label,
            what,
        });
        (label, what)
    })
}

/// The verb and the table it is about.
fn shorten(sql: &str) -> String {
    let words: Vec<String> = super::text::without_comments(sql)
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
