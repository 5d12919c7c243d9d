//! The client of a participant in transactions across services.
//!
//! Two-phase commit as Gray described it in 1978 ("Notes on Data Base Operating Systems",
//! <https://link.springer.com/chapter/10.1007/3-540-08755-9_9>): the coordinator asks everybody to promise, decides,
//! and tells everybody. Between the promise and the decision's arrival a participant is *in doubt*: it must keep its
//! promise and its locks, and must not decide by itself.

pub mod participant;
pub(crate) mod parts;
pub mod record;

use crate::engine::network::Handle;
use crate::language::message::{
    CallError, InDoubt, Part, Reply, Request, Service, TxId, Work, mismatch,
};
use crate::language::order::Order;
use crate::language::time::Ms;

/// The client of one participant. Every call is a step, waits for ever unless you stop waiting, and may have taken
/// effect whatever you see of it.
#[derive(Clone)]
pub struct Participant {
    handle: Handle,
    service: Service,
}

impl Participant {
    pub(crate) fn new(handle: Handle, service: Service) -> Participant {
        Participant { handle, service }
    }

    /// `orders`, `payment` or `inventory`.
    pub fn name(&self) -> &'static str {
        self.service.name()
    }

    /// Phase one. `Ok` is a promise: the participant can do its part of this order, and will do it if it is told to.
    /// Until it is told how the transaction ends, it keeps one row locked: the order, the customer's account, or the
    /// goods. Asking again under the same id changes nothing.
    ///
    /// If the row is locked by another transaction, this waits: 50 virtual seconds at most.
    ///
    /// # Errors
    /// `Declined`, `Locked`: no; it has aborted its part. `Undone`: this transaction was aborted here before. `TooLate`: it
    /// was committed before. `KeyReused`: the id was used for other work. `ConnectionRefused`: this attempt did nothing.
    /// `ServerError`: open.
    pub async fn prepare(&self, tx: &TxId, order: &Order) -> Result<(), CallError> {
        self.promise(tx, order, None).await
    }

    /// The same, and the participant may abort on its own if it hears nothing for this long.
    ///
    /// # Errors
    /// As for [`Participant::prepare`].
    pub async fn prepare_within(
        &self,
        tx: &TxId,
        order: &Order,
        patience: Ms,
    ) -> Result<(), CallError> {
        self.promise(tx, order, Some(patience)).await
    }

    async fn promise(&self, tx: &TxId, order: &Order, within: Option<Ms>) -> Result<(), CallError> {
        let prepare = Part::Prepare {
            tx: tx.clone(),
            work: Work::of(order),
            within,
        };
        match self.ask(prepare).await? {
            Reply::Prepared(_) => Ok(()),
            other => mismatch(&other),
        }
    }

    /// Phase two: do what was promised, and let go of the row.
    ///
    /// # Errors
    /// `NotFound`: nothing is promised under this id. Perhaps it never was; perhaps an earlier commit has done it. `Undone`:
    /// the participant has aborted it. `ConnectionRefused`: this attempt did nothing. `ServerError`: open.
    pub async fn commit(&self, tx: &TxId) -> Result<(), CallError> {
        match self.ask(Part::Commit { tx: tx.clone() }).await? {
            Reply::Committed => Ok(()),
            other => mismatch(&other),
        }
    }

    /// Phase two: forget what was promised, and let go of the row. If nothing was promised yet, a tombstone stays, and
    /// a late `prepare` is refused. Doing so again changes nothing.
    /// # Errors
    /// `TooLate`: it is committed. `ConnectionRefused`: this attempt did nothing. `ServerError`: open.
    pub async fn abort(&self, tx: &TxId) -> Result<(), CallError> {
        match self.ask(Part::Abort { tx: tx.clone() }).await? {
            Reply::Aborted(_) => Ok(()),
            other => mismatch(&other),
        }
    }

    /// What this participant has promised and does not know the end of, oldest first.
    ///
    /// # Errors
    /// `ConnectionRefused` and `ServerError`: nothing was learnt.
    pub async fn in_doubt(&self) -> Result<Vec<InDoubt>, CallError> {
        match self.ask(Part::InDoubt).await? {
            Reply::InDoubt(mut open) => {
                for open in &mut open {
                    open.since = self.handle.time_of_day(open.since);
                }
                Ok(open)
            }
            other => mismatch(&other),
        }
    }

    /// Restarts the participant, as somebody in operations would. Answers how many promises it has found on its disk.
    ///
    /// # Errors
    /// `ConnectionRefused`: this attempt did nothing. `ServerError`: open.
    pub async fn restart(&self) -> Result<usize, CallError> {
        match self.ask(Part::Restart).await? {
            Reply::Restarted(count) => Ok(count),
            other => mismatch(&other),
        }
    }

    async fn ask(&self, part: Part) -> Result<Reply, CallError> {
        let of = self.service;
        self.handle.call(Request::Part { of, part }).await
    }
}
