//! The shop's database: real SQLite behind a thin async front, in the manner of sqlx and tokio-postgres.
//!
//! Statements take no virtual time, but a statement that finds the database locked waits in virtual time until
//! the lock is free. SQLite's own busy timeout would wait in real time, in which the holder of the lock could
//! never go on; so it is off.

mod books;
mod pool;
mod run;
mod text;
mod transaction;
mod value;
mod wait;
mod wipe;

use crate::engine::behalf::current_actor;
use crate::engine::network::Handle;
use crate::engine::sim::Sim;
use crate::engine::trace::{Event, Rollback};
use crate::language::name::Name;
use crate::language::step::{BACKGROUND, Step};
use crate::language::time::Ms;
pub use pool::{Database, Storage};
use run::{Statement, execute, query};
use rusqlite::types::Value;
use std::fmt;
pub use transaction::Transaction;
pub use value::{Row, ToValue};

/// How long a statement waits for a lock before it fails with [`DbError::Locked`]: 5 virtual seconds, the
/// default of rusqlite's and sqlx's busy timeout.
pub const LOCK_PATIENCE: Ms = Ms::seconds(5);

/// How many connections the shop's pool has.
pub const CONNECTIONS: usize = 10;

/// Something the database would not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbError {
    /// A constraint forbids it (unique, foreign key, check). The statement did nothing; the transaction
    /// is still open.
    Constraint(String),
    /// Somebody else held the lock for longer than [`LOCK_PATIENCE`].
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
    /// Its name in code: `Constraint`.
    pub const fn name(&self) -> &'static str {
        match self {
            DbError::Constraint(_) => "Constraint",
            DbError::Locked => "Locked",
            DbError::Io => "Io",
            DbError::Sql(_) => "Sql",
        }
    }

    fn of(error: &rusqlite::Error) -> DbError {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => {
                DbError::Constraint(error.to_string())
            }
            _ => DbError::Sql(error.to_string()),
        }
    }
}

/// Makes the parameters of a statement: `params![order.id, order.amount]`. Takes texts, numbers, yen, keys,
/// names, answers, and options of them.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        ::std::vec::Vec::from([$($crate::db::ToValue::to_value(&$value)),*])
    };
}

/// Values for the `?1`, `?2`, … of a statement; see [`params!`](crate::params).
pub type Params = Vec<Value>;

/// The shop's database.
#[derive(Clone)]
pub struct Db {
    handle: Handle,
}

impl Db {
    pub(crate) fn new(handle: Handle) -> Db {
        Db { handle }
    }

    /// Begins a transaction and takes the write lock at once (`BEGIN IMMEDIATE`), so that it cannot fail
    /// halfway for want of it; see <https://sqlite.org/lang_transaction.html>.
    ///
    /// # Errors
    /// `Locked` if another transaction kept the lock for too long; `Io`.
    pub async fn begin(&self) -> Result<Transaction, DbError> {
        let actor = current_actor().unwrap_or(BACKGROUND);
        let begin = Statement {
            reading: text::BEGIN,
            actor,
        };
        let lent = self
            .run(None, &begin, |sim, slot, now| {
                execute(sim, slot, "BEGIN IMMEDIATE", &[])?;
                if let Some(database) = &mut sim.db {
                    database.hold_lock(slot, actor);
                }
                sim.record(now, actor, Event::LockTaken);
                Ok(slot)
            })
            .await?;
        Ok(Transaction {
            db: self.clone(),
            slot: lent,
            actor,
            open: true,
        })
    }

    /// Executes one statement as a transaction of its own and tells how many rows it changed.
    ///
    /// # Errors
    /// `Constraint`, `Locked`, `Io`, `Sql`.
    pub async fn execute(&self, sql: &str, params: Params) -> Result<usize, DbError> {
        let statement = Statement::of(sql, &params, &self.handle);
        self.run(None, &statement, |sim, slot, _| {
            execute(sim, slot, sql, &params)
        })
        .await
    }

    /// Runs one query outside of any transaction.
    ///
    /// # Errors
    /// `Locked`, `Io`, `Sql`.
    pub async fn query(&self, sql: &str, params: Params) -> Result<Vec<Row>, DbError> {
        let statement = Statement::of(sql, &params, &self.handle);
        self.run(None, &statement, |sim, slot, _| {
            query(sim, slot, sql, &params)
        })
        .await
    }
}

/// The process has died: no transaction of its survives, whoever still holds its handle.
pub(crate) fn roll_back_everything(sim: &mut Sim, now: Ms) {
    let Some(database) = &mut sim.db else { return };
    for actor in database.roll_back_all() {
        sim.record(now, actor, Event::RolledBack(Rollback::Crash));
        sim.record(now, actor, Event::LockFreed);
    }
}

/// The steps that a statement with this text is, for a test that wants to name them.
pub fn step_of(actor: Name, sql: &str, attempt: u32) -> Step {
    Step::new(actor, text::Reading::of(sql).step, attempt)
}
