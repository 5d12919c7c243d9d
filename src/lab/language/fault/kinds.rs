//! What each kind of step can suffer, as a type of its own.
//!
//! A schedule knows one vocabulary, [`Fault`]. Whoever carries out a step sees only what can befall it, and has to treat all of
//! that: a new fault does not compile until it has its place in each of the lists below, and is treated where it can happen.

use super::Fault;
use crate::language::time::Ms;

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Before the step.
    Before,
    /// When it has taken effect.
    After,
}

/// What can befall a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallFault {
    RequestLost,
    RequestLate(Ms),
    RequestTwice(Ms),
    ReplyLost,
    ReplyLate(Ms),
    Refused,
    ErrorBefore,
    ErrorAfter,
    Declined,
    Down(Ms),
    Dies(Death),
}

/// What can befall a statement, and of these a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatementFault {
    Fails,
    /// Only a commit.
    FailsAfter,
    Dies(Death),
}

/// What can befall a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubmissionFault {
    Twice(Ms),
    Dies(Death),
}

/// What can befall a webhook on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryFault {
    Lost,
    Late(Ms),
    Twice(Ms),
    Overtakes,
    Dies(Death),
}

impl Fault {
    /// What this does to a call; `None` if it cannot befall one.
    pub(crate) fn at_a_call(self) -> Option<CallFault> {
        match self {
            Fault::RequestLost => Some(CallFault::RequestLost),
            Fault::RequestLate(span) => Some(CallFault::RequestLate(span)),
            Fault::RequestTwice(span) => Some(CallFault::RequestTwice(span)),
            Fault::ReplyLost => Some(CallFault::ReplyLost),
            Fault::ReplyLate(span) => Some(CallFault::ReplyLate(span)),
            Fault::Refused => Some(CallFault::Refused),
            Fault::ErrorBefore => Some(CallFault::ErrorBefore),
            Fault::ErrorAfter => Some(CallFault::ErrorAfter),
            Fault::Declined => Some(CallFault::Declined),
            Fault::Down(span) => Some(CallFault::Down(span)),
            Fault::CrashBefore => Some(CallFault::Dies(Death::Before)),
            Fault::CrashAfter => Some(CallFault::Dies(Death::After)),
            Fault::Fails
            | Fault::FailsAfter
            | Fault::Lost
            | Fault::Late(_)
            | Fault::Overtakes
            | Fault::Twice(_) => None,
        }
    }

    /// What this does to a statement; `None` if it cannot befall one. Only a commit can fail after it took effect.
    pub(crate) fn at_a_statement(self) -> Option<StatementFault> {
        match self {
            Fault::Fails => Some(StatementFault::Fails),
            Fault::FailsAfter => Some(StatementFault::FailsAfter),
            Fault::CrashBefore => Some(StatementFault::Dies(Death::Before)),
            Fault::CrashAfter => Some(StatementFault::Dies(Death::After)),
            Fault::RequestLost
            | Fault::RequestLate(_)
            | Fault::RequestTwice(_)
            | Fault::ReplyLost
            | Fault::ReplyLate(_)
            | Fault::Refused
            | Fault::ErrorBefore
            | Fault::ErrorAfter
            | Fault::Declined
            | Fault::Down(_)
            | Fault::Lost
            | Fault::Late(_)
            | Fault::Overtakes
            | Fault::Twice(_) => None,
        }
    }

    /// What this does to a submission; `None` if it cannot befall one.
    pub(crate) fn at_a_submission(self) -> Option<SubmissionFault> {
        match self {
            Fault::Twice(span) => Some(SubmissionFault::Twice(span)),
            Fault::CrashBefore => Some(SubmissionFault::Dies(Death::Before)),
            Fault::CrashAfter => Some(SubmissionFault::Dies(Death::After)),
            Fault::RequestLost
            | Fault::RequestLate(_)
            | Fault::RequestTwice(_)
            | Fault::ReplyLost
            | Fault::ReplyLate(_)
            | Fault::Refused
            | Fault::ErrorBefore
            | Fault::ErrorAfter
            | Fault::Declined
            | Fault::Fails
            | Fault::FailsAfter
            | Fault::Down(_)
            | Fault::Lost
            | Fault::Late(_)
            | Fault::Overtakes => None,
        }
    }

    /// What this does to a delivery; `None` if it cannot befall one.
    pub(crate) fn at_a_delivery(self) -> Option<DeliveryFault> {
        match self {
            Fault::Lost => Some(DeliveryFault::Lost),
            Fault::Late(span) => Some(DeliveryFault::Late(span)),
            Fault::RequestTwice(span) => Some(DeliveryFault::Twice(span)),
            Fault::Overtakes => Some(DeliveryFault::Overtakes),
            Fault::CrashBefore => Some(DeliveryFault::Dies(Death::Before)),
            Fault::CrashAfter => Some(DeliveryFault::Dies(Death::After)),
            Fault::RequestLost
            | Fault::RequestLate(_)
            | Fault::ReplyLost
            | Fault::ReplyLate(_)
            | Fault::Refused
            | Fault::ErrorBefore
            | Fault::ErrorAfter
            | Fault::Declined
            | Fault::Fails
            | Fault::FailsAfter
            | Fault::Down(_)
            | Fault::Twice(_) => None,
        }
    }

    /// What this does to a run of the periodic job; `None` if it cannot befall one.
    pub(crate) fn at_a_run_of_the_job(self) -> Option<Death> {
        match self {
            Fault::CrashBefore => Some(Death::Before),
            Fault::CrashAfter => Some(Death::After),
            Fault::RequestLost
            | Fault::RequestLate(_)
            | Fault::RequestTwice(_)
            | Fault::ReplyLost
            | Fault::ReplyLate(_)
            | Fault::Refused
            | Fault::ErrorBefore
            | Fault::ErrorAfter
            | Fault::Declined
            | Fault::Fails
            | Fault::FailsAfter
            | Fault::Down(_)
            | Fault::Lost
            | Fault::Late(_)
            | Fault::Overtakes
            | Fault::Twice(_) => None,
        }
    }
}
