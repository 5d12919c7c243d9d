//! A participant in transactions across services: it promises, and then does as it is told.
//!
//! - *prepare* is phase one. The participant checks that it can do the work, locks the row that it needs, and records
//!   its promise. From then on it can neither do the work nor drop it: only the coordinator decides.
//! - *commit* and *abort* are phase two.
//! - *in doubt* lists what is promised and not decided. PostgreSQL has the view `pg_prepared_xacts` for it
//!   (<https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html>), MySQL `XA RECOVER`
//!   (<https://dev.mysql.com/doc/refman/8.4/en/xa-states.html>).
//!
//! A promise is on disk: it survives a restart of the participant, and so does its lock.
//!
//! The answers to messages that do not fit are close to those of real participants. PostgreSQL
//! (<https://github.com/postgres/postgres/blob/master/src/backend/access/transam/twophase.c>) differs in three points:
//! there a `ROLLBACK PREPARED` of an unknown id is an error, a committed id is forgotten, and there are no tombstones.
//!
//! - A second *commit* finds nothing prepared, and gets [`NotFound`](CallError::NotFound), as from PostgreSQL's `COMMIT
//!   PREPARED` ("prepared transaction with identifier … does not exist") and from an XA resource manager (`XAER_NOTA`).
//!   The answer does not say whether the first one worked: after a human's `ROLLBACK PREPARED` it would be the same.
//! - An *abort* of something unknown is fine: no news is an abort ("presumed abort"). It leaves a tombstone, so that a
//!   *prepare* that arrives later is refused. An *abort* of what is committed is [`TooLate`](CallError::TooLate).
//! - A *prepare* that is delivered twice counts once. Under the id of a finished transaction it is refused
//!   ([`TooLate`](CallError::TooLate) after a commit, [`Undone`](CallError::Undone) after an abort), and so it is under
//!   an id that was used for other work ([`KeyReused`](CallError::KeyReused)). PostgreSQL accepts an id again once its
//!   transaction is over. In a network that delivers twice, that would sell the same thing twice.
//! - A participant that has permission to do so aborts on its own when it hears nothing for too long: a *heuristic*
//!   decision. A later *commit* gets [`Undone`](CallError::Undone) (`XA_HEURRB` in the XA specification,
//!   <https://publications.opengroup.org/c193>).

use crate::language::message::{CallError, InDoubt, Reply, Response, TxId, Work};
use crate::language::name::Name;
use crate::language::time::Ms;
use crate::two_phase::record::Outcome;

/// How long a participant lets a request wait for a row that somebody else has locked: 50 virtual seconds, as long as
/// MySQL does unless told otherwise
/// (<https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html#sysvar_innodb_lock_wait_timeout>).
pub const LOCK_PATIENCE: Ms = Ms::seconds(50);

/// The result of a request to prepare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// It has its answer.
    Answered(Response),
    /// It has to wait for a row that this order's transaction holds.
    Waits {
        /// The order.
        holder: Name,
    },
    /// Nothing is in its way: the promise can be made.
    Free,
}

/// One participant's transactions.
#[derive(Clone, Debug, Default)]
pub struct Participant {
    transactions: Vec<Transaction>,
}

/// A transaction as this participant knows it.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Its id.
    pub id: TxId,
    /// What was promised; `None` if the abort came first.
    pub work: Option<Work>,
    /// The row that is locked for it while it is in doubt.
    pub row: Option<Name>,
    /// Since when.
    pub from: Ms,
    /// Until when; `None` while it is in doubt.
    pub until: Option<Ms>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Participant {
    /// A request to prepare arrives. Nothing is promised yet: see [`Participant::promise`].
    pub fn asked(&self, tx: &TxId, work: &Work, row: Name) -> Served {
        if let Some(known) = self.known(tx) {
            let same = known.work.is_none_or(|known| known == *work);
            return Served::Answered(match known.outcome {
                _ if !same => Err(CallError::KeyReused),
                Outcome::InDoubt => Ok(Reply::Prepared(row)),
                Outcome::Committed => Err(CallError::TooLate),
                Outcome::Aborted => Err(CallError::Undone),
            });
        }
        match self.holder(row) {
            Some(holder) => Served::Waits { holder },
            None => Served::Free,
        }
    }

    /// The order whose transaction has locked this row.
    pub fn holder(&self, row: Name) -> Option<Name> {
        let mut open = self.open().filter(|tx| tx.row == Some(row));
        open.find_map(|tx| tx.work.map(|work| work.order))
    }

    /// Whether this order has been committed, under whatever id.
    pub fn has_committed(&self, order: Name) -> bool {
        let mut all = self.transactions.iter();
        all.any(|tx| {
            tx.outcome == Outcome::Committed && tx.work.is_some_and(|work| work.order == order)
        })
    }

    /// Makes the promise, and takes the lock.
    pub fn promise(&mut self, now: Ms, tx: &TxId, work: Work, row: Name) {
        self.transactions.push(Transaction {
            id: tx.clone(),
            work: Some(work),
            row: Some(row),
            from: now,
            until: None,
            outcome: Outcome::InDoubt,
        });
    }

    /// Votes no. That is an abort already.
    pub fn refuse(&mut self, now: Ms, tx: &TxId, work: Option<Work>) {
        self.transactions.push(Transaction {
            id: tx.clone(),
            work,
            row: None,
            from: now,
            until: Some(now),
            outcome: Outcome::Aborted,
        });
    }

    /// Phase two, the commit: what was promised and is now to be done.
    ///
    /// # Errors
    /// `NotFound`: nothing is prepared under this id. `Undone`: this participant has aborted it.
    pub fn commit(&mut self, now: Ms, tx: &TxId) -> Result<Transaction, CallError> {
        let known = self.known_mut(tx).ok_or(CallError::NotFound)?;
        match known.outcome {
            Outcome::InDoubt => {
                known.outcome = Outcome::Committed;
                known.until = Some(now);
                Ok(known.clone())
            }
            Outcome::Committed => Err(CallError::NotFound),
            Outcome::Aborted => Err(CallError::Undone),
        }
    }

    /// Phase two, the abort: what was promised and is now forgotten, if anything was.
    ///
    /// # Errors
    /// `TooLate`: it is committed.
    pub fn abort(&mut self, now: Ms, tx: &TxId) -> Result<Option<Transaction>, CallError> {
        let Some(known) = self.known_mut(tx) else {
            self.refuse(now, tx, None);
            return Ok(None);
        };
        match known.outcome {
            Outcome::InDoubt => {
                known.outcome = Outcome::Aborted;
                known.until = Some(now);
                Ok(Some(known.clone()))
            }
            Outcome::Committed => Err(CallError::TooLate),
            Outcome::Aborted => Ok(None),
        }
    }

    /// What is promised and not decided, oldest first.
    pub fn in_doubt(&self) -> Vec<InDoubt> {
        let open = self.open();
        open.map(|tx| InDoubt {
            tx: tx.id.clone(),
            order: tx
                .work
                .map_or_else(String::new, |work| work.order.to_string()),
            since: tx.from,
        })
        .collect()
    }

    /// Whether this is promised and not decided.
    pub fn is_in_doubt(&self, tx: &TxId) -> bool {
        self.open().any(|open| open.id == *tx)
    }

    /// All transactions it has heard of, oldest first.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    fn open(&self) -> impl Iterator<Item = &Transaction> {
        let all = self.transactions.iter();
        all.filter(|tx| tx.outcome == Outcome::InDoubt)
    }

    fn known(&self, tx: &TxId) -> Option<&Transaction> {
        self.transactions.iter().find(|known| known.id == *tx)
    }

    fn known_mut(&mut self, tx: &TxId) -> Option<&mut Transaction> {
        self.transactions.iter_mut().find(|known| known.id == *tx)
    }
}
