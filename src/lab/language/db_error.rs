//! Errors of the shop's database.

use std::fmt;

/// Why the database refused a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbError {
    /// A constraint forbids it (unique, foreign key, check). The statement did nothing; the transaction
    /// is still open.
    Constraint(String),
    /// Somebody else held the lock for longer than the database allows anybody to wait.
    Locked,
    /// The disk or the connection failed. For a commit, this does not tell whether it took effect.
    Io,
    /// SQLite does not understand the statement, or its parameters do not fit.
    Sql(String),
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DbError::Constraint(message) => write!(f, "constraint: {message}"),
            DbError::Locked => write!(f, "database is locked"),
            DbError::Io => write!(f, "disk I/O error"),
            DbError::Sql(message) => write!(f, "SQL: {message}"),
        }
    }
}

impl std::error::Error for DbError {}

impl DbError {
    /// The error with this printed form.
    pub(crate) fn read(text: &str) -> Option<DbError> {
        let whole = [DbError::Locked, DbError::Io].into_iter();
        let constraint = text.strip_prefix("constraint: ").map(str::to_owned);
        let sql = text.strip_prefix("SQL: ").map(str::to_owned);
        let quoted = constraint.map(DbError::Constraint);
        let quoted = quoted.or_else(|| sql.map(DbError::Sql));
        whole.chain(quoted).find(|error| error.to_string() == text)
    }

    /// Its name in code: `Constraint`.
    pub const fn name(&self) -> &'static str {
        match self {
            DbError::Constraint(_) => "Constraint",
            DbError::Locked => "Locked",
            DbError::Io => "Io",
            DbError::Sql(_) => "Sql",
        }
    }
}
