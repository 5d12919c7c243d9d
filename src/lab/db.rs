//! The shop's database: real SQLite behind a thin async front, in the manner of sqlx and tokio-postgres.
//!
//! Statements take no virtual time, but a statement that finds the database locked waits in virtual time until
//! the lock is free. SQLite's own busy timeout would wait in real time, in which the holder of the lock could
//! never go on; so it is off.

mod books;
mod mapping;
mod pool;
mod run;
mod text;
mod transaction;
mod value;
mod wait;
mod wipe;

use crate::engine::network::Handle;
use crate::engine::trace::Event;
pub use crate::language::db_error::DbError;
use crate::language::name::Name;
use crate::language::step::Step;
use crate::language::time::Ms;
pub(crate) use mapping::Mapping;
pub use pool::{Database, Storage};
use run::{Running, Statement, execute, query};
use rusqlite::types::Value;
pub use transaction::Transaction;
pub use value::{Row, ToValue};

/// How long a statement waits for a lock before it fails with [`DbError::Locked`]: 5 virtual seconds, the
/// default of rusqlite's and sqlx's busy timeout.
pub const LOCK_PATIENCE: Ms = Ms::seconds(5);

/// How many connections the shop's pool has.
pub const CONNECTIONS: usize = 10;

/// SQLite's failure as an error of the order code's database.
fn error_of(error: &rusqlite::Error) -> DbError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => DbError::Constraint(error.to_string()),
        _ => DbError::Sql(error.to_string()),
    }
}

/// Makes the parameters of a statement: `params![order.id, order.amount]`. Takes texts, numbers, yen, keys, names,
/// answers, and options of them.
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

    /// Begins a transaction and takes the write lock at once (`BEGIN IMMEDIATE`), so that it cannot fail halfway for
    /// lack of it; see <https://sqlite.org/lang_transaction.html>.
    ///
    /// # Errors
    /// `Locked` if another transaction kept the lock for too long; `Io`.
    pub async fn begin(&self) -> Result<Transaction, DbError> {
        let actor = self.handle.actor(|| None);
        let slot = self.begins(actor).result().await?;
        Ok(Transaction {
            db: self.clone(),
            slot,
            actor,
            open: true,
        })
    }

    fn begins(&self, actor: Name) -> Running<'_, usize> {
        let begin = Statement {
            reading: text::BEGIN,
            actor,
        };
        self.run(None, begin, move |sim, slot, now| {
            execute(sim, slot, "BEGIN IMMEDIATE", &[])?;
            if let Some(database) = Database::of(sim) {
                database.hold_lock(slot, actor);
            }
            sim.record(now, actor, Event::LockTaken);
            Ok(slot)
        })
    }

    /// Executes one statement as its own transaction and returns how many rows it changed.
    ///
    /// # Errors
    /// `Constraint`, `Locked`, `Io`, `Sql`.
    pub async fn execute(&self, sql: &str, params: Params) -> Result<usize, DbError> {
        self.executes(None, sql, params).result().await
    }

    /// Runs one query outside of any transaction.
    ///
    /// # Errors
    /// `Locked`, `Io`, `Sql`.
    pub async fn query(&self, sql: &str, params: Params) -> Result<Vec<Row>, DbError> {
        self.queries(None, sql, params).result().await
    }

    /// Begins to execute a statement, on this connection if there is one.
    fn executes<'a>(
        &'a self,
        own: Option<usize>,
        sql: &'a str,
        params: Params,
    ) -> Running<'a, usize> {
        let statement = Statement::of(sql, &params, &self.handle);
        self.run(own, statement, move |sim, slot, _| {
            execute(sim, slot, sql, &params)
        })
    }

    /// Begins to run a query, on this connection if there is one.
    fn queries<'a>(
        &'a self,
        own: Option<usize>,
        sql: &'a str,
        params: Params,
    ) -> Running<'a, Vec<Row>> {
        let statement = Statement::of(sql, &params, &self.handle);
        self.run(own, statement, move |sim, slot, _| {
            query(sim, slot, sql, &params)
        })
    }
}

/// The steps of a statement with this text, for tests that name them.
pub fn step_of(actor: Name, sql: &str, attempt: u32) -> Step {
    Step::new(actor, text::Reading::of(sql).step, attempt)
}
