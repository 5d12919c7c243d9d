//! The trace: what happened, told once and in order.
//!
//! The timeline in a report, the picture in the text and the comparison of two runs are all made from it. It is
//! recorded in every world, so an entry holds facts and no rendered text.

use crate::language::db_error::DbError;
use crate::language::fault::Fault;
use crate::language::message::{Charge, Notice, Refund, Request, Response, Service, TxId};
use crate::language::name::Name;
use crate::language::order::Answer;
use crate::language::step::Step;
use crate::language::time::Ms;

/// Which call of the run, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u32);

/// Why a transaction was rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// The code rolled it back.
    Asked,
    /// The code dropped it without a commit.
    Dropped,
    /// The process died.
    Crash,
}

/// What a service decided on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// An accepted charge, one way or the other.
    Charge(Charge),
    /// A pending refund, one way or the other.
    Refund(Refund),
    /// A request has to wait for a row that another transaction has locked.
    WaitsForRow {
        /// Whose transaction holds it.
        holder: Name,
        /// Which row.
        row: Name,
    },
    /// What a customer at the warehouse's own counter gets.
    WalkIn {
        /// What was wanted.
        sku: Name,
        /// How it ended.
        sale: Sale,
    },
    /// A participant has heard nothing for too long, and aborts a transaction.
    GivesUp {
        /// Which transaction.
        tx: TxId,
    },
}

/// How it ends at the warehouse's counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sale {
    /// The goods are the customer's.
    Sold,
    /// There are none left.
    SoldOut,
    /// There are some, but a transaction has locked them for longer than anybody waits.
    KeptLocked,
}

/// What the customer was told in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An answer.
    Answer(Answer),
    /// An error page, with this text in the shop's log.
    ErrorPage(String),
    /// Nothing: the process died, and the connection with it.
    ConnectionLost,
    /// Nothing: the customer hung up before there was an answer.
    HungUp,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A customer's submission reached the shop.
    Submitted,
    /// The customer was told this.
    Told(Told),
    /// The shop's process came up (1 is the first start).
    Started(u32),
    /// The shop's process died.
    Crashed,
    /// The shop's process stands still from here on.
    Paused,
    /// The shop's process goes on.
    WentOn,
    /// The periodic job began, for the n-th time in this world.
    RecoverBegan(u32),
    /// The periodic job ended.
    RecoverEnded {
        /// Which run.
        run: u32,
        /// It called nobody and changed no row.
        idle: bool,
        /// The error that it returned.
        error: Option<String>,
    },
    /// The order code wrote a line to its log.
    Log(String),
    /// An SQL statement was executed, or failed with this error. The label is `insert orders`, `commit`, ….
    Sql {
        /// Short form of the statement.
        label: Name,
        /// What went wrong, if anything did.
        error: Option<DbError>,
    },
    /// A transaction got hold of the database's write lock.
    LockTaken,
    /// A transaction released it.
    LockFreed,
    /// A statement found the database locked by somebody else and began to wait.
    LockWaits {
        /// Whose transaction holds the lock.
        holder: Name,
    },
    /// A participant has promised, and has locked a row for it.
    RowLocked {
        /// Which participant.
        service: Service,
        /// Which row.
        row: Name,
    },
    /// A participant has been told how the transaction ends, and has released the row.
    RowFreed {
        /// Which participant.
        service: Service,
        /// Which row.
        row: Name,
    },
    /// A transaction was rolled back.
    RolledBack(Rollback),
    /// A request left the shop.
    Sent {
        /// Which call.
        call: CallId,
        /// What is asked.
        request: Request,
        /// When it reaches the service; `None` if it never does.
        arrives_at: Option<Ms>,
    },
    /// The service refused the connection.
    NoConnection {
        /// Which call.
        call: CallId,
        /// What was to be asked.
        request: Request,
    },
    /// The service executed the request.
    Executed {
        /// Which call.
        call: CallId,
        /// Which service.
        service: Service,
        /// What it decided.
        response: Response,
        /// Nothing was executed: the answer stored under the key was given again.
        replayed: bool,
        /// This is a second delivery of the same request.
        duplicate: bool,
    },
    /// The reply was lost on its way.
    ReplyLost {
        /// Which call.
        call: CallId,
        /// Which service.
        service: Service,
        /// What it said.
        response: Response,
    },
    /// A reply reached the shop.
    Replied {
        /// Which call.
        call: CallId,
        /// Which service.
        service: Service,
        /// What it says.
        response: Response,
        /// Nobody was waiting for it any more.
        unheard: bool,
    },
    /// The caller stopped waiting.
    GaveUp {
        /// Which call.
        call: CallId,
        /// How long it had waited.
        waited: Ms,
    },
    /// The service decided something on its own.
    Settled {
        /// Which service.
        service: Service,
        /// What it decided.
        what: Settled,
    },
    /// A webhook left the service.
    WebhookSent {
        /// Which service.
        service: Service,
        /// What it tells of, as that was then.
        notice: Notice,
        /// When it reaches the shop; `None` if it never does.
        arrives_at: Option<Ms>,
    },
    /// A webhook reached the shop.
    WebhookArrived {
        /// Which service.
        service: Service,
        /// What it tells of, as that was when it was sent.
        notice: Notice,
    },
    /// The scheduled fault took hold here.
    Struck {
        /// At which step.
        step: Step,
        /// Which fault.
        fault: Fault,
    },
}

/// One line of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Ms,
    /// Whose action it was: an order's id, `recover`, `background`.
    pub actor: Name,
    /// What happened.
    pub event: Event,
}

/// Everything that happened in one world, in order of time; entries of the same millisecond in the order in which they
/// came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The lines.
    pub entries: Vec<Entry>,
}
