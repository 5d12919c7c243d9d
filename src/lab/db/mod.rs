//! The shop's database: real SQLite behind a thin async front, in the manner of sqlx and tokio-postgres.
//!
//! Statements take no virtual time, but a statement that finds the database locked waits in virtual time until
//! the lock is free. SQLite's own busy timeout would wait in real time, in which the holder of the lock could
//! never go on; so it is off.

mod pool;
mod text;
mod value;

use crate::fault::Fault;
use crate::flow::current_actor;
use crate::name::Name;
use crate::network::{Handle, dead};
use crate::sim::Sim;
use crate::step::{BACKGROUND, Step};
use crate::time::Ms;
use crate::trace::{Event, Rollback};
pub use pool::{Database, Storage};
use rusqlite::types::Value;
use std::fmt;
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
            label: Name::of("begin"),
            what: Name::of("db.begin"),
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

    /// Runs one statement: a step, then the statement, waiting for locks in between. Without a connection of its
    /// own it borrows one, and keeps it if the statement has begun a transaction.
    async fn run<T>(
        &self,
        own: Option<usize>,
        statement: &Statement,
        mut attempt: impl FnMut(&mut Sim, usize, Ms) -> rusqlite::Result<T>,
    ) -> Result<T, DbError> {
        let (mut lent, fault) = self.reach(own, statement).await;
        // Others may come first: two orders never run in lockstep without a gap between their statements. Where
        // there are no others, a turn of the scheduler would cost more than most statements.
        if self.handle.may_be_overtaken() {
            tokio::task::yield_now().await;
        }
        let mut give_up = None;
        let mut wait = None;
        loop {
            match self.take_turn(&mut lent, statement, fault, &mut give_up, &mut attempt) {
                Turn::Dead => return dead().await,
                Turn::Done(result) => return result,
                Turn::Busy(give_up) => {
                    wait = wait.or_else(|| Some(LockWaiting::begin(self, statement.actor)));
                    let freed = self.handle.world.freed.notified();
                    let give_up = self.handle.world.instant(give_up);
                    let _ = tokio::time::timeout_at(give_up, freed).await;
                }
            }
        }
    }

    /// Tries to run the statement now.
    fn take_turn<T>(
        &self,
        lent: &mut Lent<'_>,
        statement: &Statement,
        fault: Option<Fault>,
        give_up: &mut Option<Ms>,
        attempt: &mut impl FnMut(&mut Sim, usize, Ms) -> rusqlite::Result<T>,
    ) -> Turn<Result<T, DbError>> {
        let mut sim = self.handle.world.sim();
        if self.handle.is_stale(&sim) {
            return Turn::Dead;
        }
        let now = sim.now;
        let give_up = *give_up.get_or_insert(now + LOCK_PATIENCE);
        let outcome = match fault {
            Some(Fault::Fails) => Err(DbError::Io),
            _ => match attempt(&mut sim, lent.slot, now) {
                Ok(_) if fault == Some(Fault::FailsAfter) => Err(DbError::Io),
                Ok(value) => Ok(value),
                Err(error) if !is_busy(&error) => Err(DbError::of(&error)),
                Err(_) if now >= give_up => Err(DbError::Locked),
                Err(_) => return Turn::Busy(give_up),
            },
        };
        let error = outcome.as_ref().err().map(ToString::to_string);
        let label = statement.label;
        sim.record(now, statement.actor, Event::Sql { label, error });
        if fault == Some(Fault::CrashAfter) {
            self.handle.world.crash(&mut sim);
            return Turn::Dead;
        }
        lent.settle(&mut sim);
        Turn::Done(outcome)
    }

    /// Reaches the step of a statement, with a connection to run it on.
    async fn reach(&self, own: Option<usize>, statement: &Statement) -> (Lent<'_>, Option<Fault>) {
        loop {
            match self.try_reach(own, statement) {
                Turn::Dead => return dead().await,
                Turn::Done(reached) => return reached,
                // Every connection is lent out.
                Turn::Busy(_) => self.handle.world.freed.notified().await,
            }
        }
    }

    fn try_reach(
        &self,
        own: Option<usize>,
        statement: &Statement,
    ) -> Turn<(Lent<'_>, Option<Fault>)> {
        let mut sim = self.handle.world.sim();
        if self.handle.is_stale(&sim) {
            return Turn::Dead;
        }
        let Some(database) = &mut sim.db else {
            panic!("the shop of this world has no database");
        };
        let Some(slot) = own.or_else(|| database.take()) else {
            return Turn::Busy(Ms::ZERO);
        };
        let reached = self.handle.reach(&mut sim, statement.actor, statement.what);
        let Some(reached) = reached else {
            return Turn::Dead;
        };
        let borrowed = own.is_none();
        let lent = Lent {
            db: self,
            slot,
            borrowed,
        };
        Turn::Done((lent, reached.fault))
    }
}

/// What comes of trying something now.
enum Turn<T> {
    /// It is done.
    Done(T),
    /// Somebody else is in the way; try again when something has been freed, up to this time if it is a lock.
    Busy(Ms),
    /// The process is dead.
    Dead,
}

/// An open transaction. Dropped without a commit, it is rolled back.
pub struct Transaction {
    db: Db,
    slot: usize,
    actor: Name,
    open: bool,
}

impl Transaction {
    /// Executes one statement and tells how many rows it changed.
    ///
    /// # Errors
    /// `Constraint`, `Io`, `Sql`; the transaction stays open.
    pub async fn execute(&self, sql: &str, params: Params) -> Result<usize, DbError> {
        let statement = Statement::of(sql, &params, &self.db.handle);
        self.db
            .run(Some(self.slot), &statement, |sim, slot, _| {
                execute(sim, slot, sql, &params)
            })
            .await
    }

    /// Runs one query.
    ///
    /// # Errors
    /// `Io`, `Sql`; the transaction stays open.
    pub async fn query(&self, sql: &str, params: Params) -> Result<Vec<Row>, DbError> {
        let statement = Statement::of(sql, &params, &self.db.handle);
        self.db
            .run(Some(self.slot), &statement, |sim, slot, _| {
                query(sim, slot, sql, &params)
            })
            .await
    }

    /// Makes everything permanent.
    ///
    /// # Errors
    /// `Io` does not tell whether the commit took effect. If it did not, everything is rolled back.
    pub async fn commit(mut self) -> Result<(), DbError> {
        let commit = Statement {
            label: Name::of("commit"),
            what: Name::of("db.commit"),
            actor: self.actor,
        };
        let actor = self.actor;
        self.db
            .run(Some(self.slot), &commit, |sim, slot, now| {
                execute(sim, slot, "COMMIT", &[])?;
                if let Some(database) = &mut sim.db {
                    database.release_lock(slot);
                }
                sim.record(now, actor, Event::LockFreed);
                Ok(())
            })
            .await?;
        self.open = false;
        Ok(())
    }

    /// Takes everything back. Dropping the transaction does the same without being a step.
    ///
    /// # Errors
    /// `Io`; the transaction is rolled back all the same.
    pub async fn rollback(mut self) -> Result<(), DbError> {
        let rollback = Statement {
            label: Name::of("rollback"),
            what: Name::of("db.rollback"),
            actor: self.actor,
        };
        let (_, fault) = self.db.reach(Some(self.slot), &rollback).await;
        self.end(Rollback::Asked);
        match fault {
            Some(Fault::Fails) => Err(DbError::Io),
            Some(Fault::CrashAfter) => {
                {
                    let mut sim = self.db.handle.world.sim();
                    self.db.handle.world.crash(&mut sim);
                }
                dead().await
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, why: Rollback) {
        let mut sim = self.db.handle.world.sim();
        if self.db.handle.is_stale(&sim) {
            return;
        }
        let now = sim.now;
        let actor = self.actor;
        if let Some(database) = &mut sim.db
            && self.open
            && database.roll_back(self.slot)
        {
            sim.record(now, actor, Event::RolledBack(why));
            sim.record(now, actor, Event::LockFreed);
        }
        self.open = false;
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.end(Rollback::Dropped);
        let handle = &self.db.handle;
        let mut sim = handle.world.lock();
        if !handle.is_stale(&sim)
            && let Some(database) = &mut sim.db
        {
            database.give_back(self.slot);
            handle.world.freed.notify_waiters();
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// Executes on a connection of the world's database, and notes what that changed.
fn execute(sim: &mut Sim, slot: usize, sql: &str, params: &[Value]) -> rusqlite::Result<usize> {
    on_connection(sim, slot, |database| database.execute(slot, sql, params))
}

fn query(sim: &mut Sim, slot: usize, sql: &str, params: &[Value]) -> rusqlite::Result<Vec<Row>> {
    on_connection(sim, slot, |database| database.query(slot, sql, params))
}

fn on_connection<T>(
    sim: &mut Sim,
    slot: usize,
    run: impl FnOnce(&mut Database) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let Some(database) = &mut sim.db else {
        return Err(without_database());
    };
    let (changes, was_open) = (database.changes(slot), !database.is_autocommit(slot));
    let result = run(database);
    let (changed, is_open) = (
        database.changes(slot) != changes,
        !database.is_autocommit(slot),
    );
    if changed {
        sim.touch();
    }
    // Outside of a transaction everybody sees a change at once; inside, when it is over.
    if !is_open && (changed || was_open) {
        sim.enter();
    }
    result
}

/// The shop of this world has no database.
fn without_database() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}

/// A connection that a statement runs on. A borrowed one goes back when the statement is done, or is given up.
struct Lent<'a> {
    db: &'a Db,
    slot: usize,
    borrowed: bool,
}

impl Lent<'_> {
    /// The statement is done: a connection in the middle of a transaction stays with it.
    fn settle(&mut self, sim: &mut Sim) {
        if std::mem::take(&mut self.borrowed)
            && let Some(database) = &mut sim.db
            && !database.holds_lock(self.slot)
        {
            database.give_back(self.slot);
            self.db.handle.world.freed.notify_waiters();
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.borrowed {
            let mut sim = self.db.handle.world.lock();
            if !self.db.handle.is_stale(&sim) {
                self.settle(&mut sim);
            }
        }
    }
}

/// Held while a statement waits for a lock; notes the wait when it ends, however it ends.
struct LockWaiting<'a> {
    db: &'a Db,
    index: usize,
}

impl<'a> LockWaiting<'a> {
    fn begin(db: &'a Db, actor: Name) -> LockWaiting<'a> {
        let mut sim = db.handle.world.sim();
        let holder = sim
            .db
            .as_ref()
            .and_then(Database::lock_holder)
            .unwrap_or(BACKGROUND);
        let from = sim.now;
        sim.lock_waits.push(crate::evidence::LockWait {
            actor,
            holder,
            from,
            until: None,
        });
        let index = sim.lock_waits.len() - 1;
        sim.record(from, actor, Event::LockWaits { holder });
        LockWaiting { db, index }
    }
}

impl Drop for LockWaiting<'_> {
    fn drop(&mut self) {
        let mut sim = self.db.handle.world.lock();
        if !sim.closed {
            sim.lock_waits[self.index].until = Some(self.db.handle.world.now());
        }
    }
}

/// A statement on its way: how it is called in the timeline and as a step, and whose it is.
struct Statement {
    label: Name,
    what: Name,
    actor: Name,
}

impl Statement {
    fn of(sql: &str, params: &Params, handle: &Handle) -> Statement {
        let (label, what) = value::labels(sql);
        let actor = current_actor()
            .or_else(|| {
                // In a task that the order code spawned, the order whose id is among the parameters.
                let sim = handle.world.lock();
                let speaks_of = |id: &str| {
                    params
                        .iter()
                        .any(|value| matches!(value, Value::Text(text) if text == id))
                };
                sim.submissions
                    .iter()
                    .find(|submission| speaks_of(&submission.order.id))
                    .map(|submission| submission.order.name())
            })
            .unwrap_or(BACKGROUND);
        Statement { label, what, actor }
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
    Step::new(actor, value::labels(sql).1, attempt)
}
