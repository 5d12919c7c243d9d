//! Values into and out of statements.

use crate::language::message::Key;
use crate::language::name::Name;
use crate::language::order::{Answer, Yen};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, Value, ValueRef};
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

impl ToValue for crate::language::time::Ms {
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

impl FromSql for crate::language::time::Ms {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number)
            .map(crate::language::time::Ms)
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
    /// If there is no such column, or its value is of another type: a bug in the code, not an accident.
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
