//! Transactions of the order code.

use super::run::{Running, Statement, execute};
use super::{Database, Db, DbError, Params, Row, text};
use crate::engine::network::dead;
use crate::engine::pause;
use crate::engine::process::BoxedSend;
use crate::engine::trace::{Event, Rollback};
use crate::language::fault::{Death, StatementFault};
use crate::language::name::Name;

/// An open transaction. Dropped without a commit, it is rolled back.
pub struct Transaction {
    pub(super) db: Db,
    pub(super) slot: usize,
    pub(super) actor: Name,
    pub(super) open: bool,
}

impl Transaction {
    /// Executes one statement and tells how many rows it changed.
    ///
    /// # Errors
    /// `Constraint`, `Io`, `Sql`; the transaction stays open.
    pub async fn execute(&self, sql: &str, params: Params) -> Result<usize, DbError> {
        let own = Some(self.slot);
        self.db.executes(own, sql, params).result().await
    }

    /// Runs one query.
    ///
    /// # Errors
    /// `Io`, `Sql`; the transaction stays open.
    pub async fn query(&self, sql: &str, params: Params) -> Result<Vec<Row>, DbError> {
        let own = Some(self.slot);
        self.db.queries(own, sql, params).result().await
    }

    /// Makes everything permanent.
    ///
    /// # Errors
    /// `Io` does not tell whether the commit took effect. If it did not, everything is rolled back.
    pub async fn commit(mut self) -> Result<(), DbError> {
        self.commits().result().await?;
        self.open = false;
        Ok(())
    }

    fn commits(&self) -> Running<'_, ()> {
        let actor = self.actor;
        let commit = Statement {
            reading: text::COMMIT,
            actor,
        };
        let own = Some(self.slot);
        self.db.run(own, commit, move |sim, slot, now| {
            execute(sim, slot, "COMMIT", &[])?;
            if let Some(database) = Database::of(sim) {
                database.release_lock(slot);
            }
            sim.record(now, actor, Event::LockFreed);
            Ok(())
        })
    }

    /// Takes everything back. Dropping the transaction does the same without being a step.
    ///
    /// # Errors
    /// `Io`; the transaction is rolled back all the same.
    pub async fn rollback(self) -> Result<(), DbError> {
        self.rolls_back().await
    }

    fn rolls_back(mut self) -> BoxedSend<'static, Result<(), DbError>> {
        Box::pin(async move {
            let rollback = Statement {
                reading: text::ROLLBACK,
                actor: self.actor,
            };
            let (_, fault) = self.db.reach(Some(self.slot), &rollback).await;
            if fault == Some(StatementFault::Pauses) {
                pause::over(self.db.handle.instance).await;
            }
            self.end(Rollback::Asked);
            match fault {
                Some(StatementFault::Fails) => Err(DbError::Io),
                Some(StatementFault::Dies(Death::After)) => {
                    {
                        let mut sim = self.db.handle.world.sim();
                        let handle = &self.db.handle;
                        handle.world.crash(&mut sim, handle.instance);
                    }
                    dead().await
                }
                Some(
                    StatementFault::FailsAfter
                    | StatementFault::Pauses
                    | StatementFault::Dies(Death::Before),
                )
                | None => Ok(()),
            }
        })
    }

    fn end(&mut self, why: Rollback) {
        let mut sim = self.db.handle.world.sim();
        if self.db.handle.is_stale(&sim) {
            return;
        }
        let now = sim.now;
        let actor = self.actor;
        if let Some(database) = Database::of(&mut sim)
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
            && let Some(database) = Database::of(&mut sim)
        {
            database.give_back(self.slot);
            handle.world.freed.notify_waiters();
        }
    }
}
