//! How one statement runs: a step first, then a connection, then its turn, and a wait where there is a lock.

use super::text::Reading;
use super::wait::LockWaiting;
use super::{Database, Db, DbError, LOCK_PATIENCE, Params, Row, error_of};
use crate::engine::network::{Handle, dead};
use crate::engine::pause;
use crate::engine::process::BoxedSend;
use crate::engine::record::InvalidSql;
use crate::engine::sim::Sim;
use crate::engine::trace::Event;
use crate::language::fault::{Death, Fault, StatementFault};
use crate::language::name::Name;
use crate::language::time::Ms;
use rusqlite::types::Value;

impl Db {
    /// Runs one statement: a step, then the statement, waiting for locks in between. Without its own connection it
    /// borrows one, and keeps it if the statement has begun a transaction.
    ///
    /// Not an `async fn`: those are compiled where they are awaited, which is the order code, after every edit and
    /// without optimisation.
    pub(super) fn run<'a, T: Send + 'a>(
        &'a self,
        own: Option<usize>,
        statement: Statement,
        mut attempt: impl FnMut(&mut Sim, usize, Ms) -> rusqlite::Result<T> + Send + 'a,
    ) -> Running<'a, T> {
        // Lets others go first: two orders never run in lockstep without a gap between their statements. If there are
        // no others, a scheduler turn would cost more than most statements.
        let alone = !self.handle.may_be_overtaken();
        let mut give_up = None;
        // Outlives the lock on the world: returning a connection takes that lock.
        let mut reached;
        {
            let mut sim = self.handle.world.sim();
            reached = self.try_reach(&mut sim, own, &statement);
            if let Turn::Done((lent, fault)) = &mut reached
                && alone
                && *fault != Some(StatementFault::Pauses)
                && let Turn::Done(result) = self.take_turn(
                    &mut sim,
                    lent,
                    &statement,
                    *fault,
                    &mut give_up,
                    &mut attempt,
                )
            {
                return Running::Done(result);
            }
        }
        Running::Waits(Box::pin(async move {
            let (mut lent, fault) = match reached {
                Turn::Done(reached) => reached,
                Turn::Busy(_) | Turn::Later | Turn::Dead => self.reach(own, &statement).await,
            };
            if fault == Some(StatementFault::Pauses) {
                pause::over(self.handle.instance).await;
            }
            if !alone {
                tokio::task::yield_now().await;
            }
            let mut wait = None;
            loop {
                let turn = {
                    let mut sim = self.handle.world.sim();
                    self.take_turn(
                        &mut sim,
                        &mut lent,
                        &statement,
                        fault,
                        &mut give_up,
                        &mut attempt,
                    )
                };
                match turn {
                    Turn::Dead => return dead().await,
                    Turn::Done(result) => return result,
                    Turn::Later => pause::over(self.handle.instance).await,
                    Turn::Busy(give_up) => {
                        wait = wait.or_else(|| Some(LockWaiting::begin(self, statement.actor)));
                        let freed = self.handle.world.freed.notified();
                        let give_up = self.handle.world.instant(give_up);
                        let _ = tokio::time::timeout_at(give_up, freed).await;
                    }
                }
            }
        }))
    }

    /// Tries to run the statement now.
    fn take_turn<T>(
        &self,
        sim: &mut Sim,
        lent: &mut Lent<'_>,
        statement: &Statement,
        fault: Option<StatementFault>,
        give_up: &mut Option<Ms>,
        attempt: &mut impl FnMut(&mut Sim, usize, Ms) -> rusqlite::Result<T>,
    ) -> Turn<Result<T, DbError>> {
        if self.handle.is_stale(sim) {
            return Turn::Dead;
        }
        if pause::is_on(self.handle.instance) {
            return Turn::Later;
        }
        let now = sim.now;
        let give_up = *give_up.get_or_insert(now + LOCK_PATIENCE);
        let outcome = match fault {
            Some(StatementFault::Fails) => Err(DbError::Io),
            Some(StatementFault::FailsAfter | StatementFault::Pauses | StatementFault::Dies(_))
            | None => match attempt(sim, lent.slot, now) {
                Ok(_) if fault == Some(StatementFault::FailsAfter) => Err(DbError::Io),
                Ok(value) => Ok(value),
                Err(error) if !is_busy(&error) => Err(error_of(&error)),
                Err(_) if now >= give_up => Err(DbError::Locked),
                Err(_) => return Turn::Busy(give_up),
            },
        };
        let error = outcome.as_ref().err().cloned();
        let label = statement.reading.label;
        sim.record(now, statement.actor, Event::Sql { label, error });
        if fault == Some(StatementFault::Dies(Death::After)) {
            self.handle.world.crash(sim, self.handle.instance);
            return Turn::Dead;
        }
        lent.settle(sim);
        Turn::Done(outcome)
    }

    /// Reaches the step of a statement, with a connection to run it on.
    pub(super) async fn reach(
        &self,
        own: Option<usize>,
        statement: &Statement,
    ) -> (Lent<'_>, Option<StatementFault>) {
        loop {
            let turn = self.try_reach(&mut self.handle.world.sim(), own, statement);
            match turn {
                Turn::Dead => return dead().await,
                Turn::Done(reached) => return reached,
                // All connections are lent out.
                Turn::Busy(_) => self.handle.world.freed.notified().await,
                Turn::Later => pause::over(self.handle.instance).await,
            }
        }
    }

    fn try_reach(
        &self,
        sim: &mut Sim,
        own: Option<usize>,
        statement: &Statement,
    ) -> Turn<(Lent<'_>, Option<StatementFault>)> {
        if self.handle.is_stale(sim) {
            return Turn::Dead;
        }
        // Only a task that the order code spawned gets here while the process stands still.
        if pause::is_on(self.handle.instance) {
            return Turn::Later;
        }
        let Some(database) = Database::of(sim) else {
            panic!("the shop of this world has no database");
        };
        let Some(slot) = own.or_else(|| database.take(self.handle.instance)) else {
            return Turn::Busy(Ms::ZERO);
        };
        database.leaves = database.leaves.max(statement.reading.leaves);
        let reached = self
            .handle
            .reach(sim, statement.actor, statement.reading.step);
        let Some(reached) = reached else {
            return Turn::Dead;
        };
        let borrowed = own.is_none();
        let lent = Lent {
            db: self,
            slot,
            borrowed,
        };
        Turn::Done((lent, reached.fault.and_then(Fault::at_a_statement)))
    }
}

/// A statement that has begun.
pub(super) enum Running<'a, T> {
    /// It is over already.
    Done(Result<T, DbError>),
    /// It goes on when it is awaited.
    Waits(BoxedSend<'a, Result<T, DbError>>),
}

impl<T> Running<'_, T> {
    pub(super) async fn result(self) -> Result<T, DbError> {
        match self {
            Running::Done(result) => result,
            Running::Waits(rest) => rest.await,
        }
    }
}

/// The result of a try.
enum Turn<T> {
    /// It is done.
    Done(T),
    /// Somebody else is in the way; try again when something has been freed, for a lock until this time.
    Busy(Ms),
    /// The process stands still.
    Later,
    /// The process is dead.
    Dead,
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// Executes on a connection of the world's database, and notes the changes.
pub(super) fn execute(
    sim: &mut Sim,
    slot: usize,
    sql: &str,
    params: &[Value],
) -> rusqlite::Result<usize> {
    on_connection(sim, slot, sql, |database| {
        database.execute(slot, sql, params)
    })
}

pub(super) fn query(
    sim: &mut Sim,
    slot: usize,
    sql: &str,
    params: &[Value],
) -> rusqlite::Result<Vec<Row>> {
    on_connection(sim, slot, sql, |database| database.query(slot, sql, params))
}

fn on_connection<T>(
    sim: &mut Sim,
    slot: usize,
    sql: &str,
    run: impl FnOnce(&mut Database) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let Some(database) = Database::of(sim) else {
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
    if let Err(error) = &result
        && is_not_understood(error)
    {
        sim.invalid_sql.get_or_insert_with(|| InvalidSql {
            statement: sql.to_owned(),
            message: what_sqlite_says(error),
        });
    }
    // Outside of a transaction everybody sees a change at once; inside, when it is over.
    if !is_open && (changed || was_open) {
        sim.enter();
    }
    result
}

/// Whether SQLite could not understand the statement or its parameters, whatever the tables contain.
fn is_not_understood(error: &rusqlite::Error) -> bool {
    match error {
        // Code that creates a table to be on the safe side expects the error that it exists.
        rusqlite::Error::SqlInputError { msg, .. } => !msg.ends_with("already exists"),
        rusqlite::Error::InvalidParameterCount(..) | rusqlite::Error::MultipleStatement => true,
        _ => false,
    }
}

pub(super) fn what_sqlite_says(error: &rusqlite::Error) -> String {
    match error {
        // Without the statement, which is shown beside it.
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        error => error.to_string(),
    }
}

/// The shop of this world has no database.
fn without_database() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}

/// A connection that a statement runs on. A borrowed one is returned when the statement is done, or is given up.
pub(super) struct Lent<'a> {
    db: &'a Db,
    slot: usize,
    borrowed: bool,
}

impl Lent<'_> {
    /// The statement is done: a connection in the middle of a transaction stays with it.
    fn settle(&mut self, sim: &mut Sim) {
        if std::mem::take(&mut self.borrowed)
            && let Some(database) = Database::of(sim)
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

/// A running statement: its name in the timeline and as a step, and whose it is.
pub(super) struct Statement {
    pub(super) reading: Reading,
    pub(super) actor: Name,
}

impl Statement {
    pub(super) fn of(sql: &str, params: &Params, handle: &Handle) -> Statement {
        let reading = Reading::of(sql);
        let actor = handle.actor(|| {
            // The order whose id is among the parameters.
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
        });
        Statement { reading, actor }
    }
}
