//! What each kind of step can suffer, as a type of its own.
//!
//! Schedules have one vocabulary, [`Fault`]. Code that carries out a step sees only the faults that this kind of step
//! can suffer, and must treat all of them: a new fault does not compile until [`Fault::places`] says where it can
//! happen, and until it is treated there.

use super::Fault;
use crate::language::time::Ms;

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Before the step.
    Before,
    /// After it has taken effect.
    After,
}

/// What a call can suffer.
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
    Pauses,
    Dies(Death),
}

/// What a statement can suffer; a commit is one, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatementFault {
    Fails,
    /// Only a commit.
    FailsAfter,
    Pauses,
    Dies(Death),
}

/// What a submission can suffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubmissionFault {
    Twice(Ms),
    HangsUp(Ms),
    Pauses,
    Dies(Death),
}

/// What a run of the periodic job can suffer as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobFault {
    Pauses,
    Dies(Death),
}

/// What a webhook can suffer on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryFault {
    Lost,
    Late(Ms),
    Twice(Ms),
    Overtakes,
    Dies(Death),
}

/// What one fault does to each kind of step; `None` where it cannot happen.
#[derive(Default)]
struct Places {
    call: Option<CallFault>,
    statement: Option<StatementFault>,
    submission: Option<SubmissionFault>,
    delivery: Option<DeliveryFault>,
    /// To a run of the periodic job.
    job: Option<JobFault>,
}

impl Places {
    fn call(fault: CallFault) -> Places {
        Places {
            call: Some(fault),
            ..Places::default()
        }
    }

    fn statement(fault: StatementFault) -> Places {
        Places {
            statement: Some(fault),
            ..Places::default()
        }
    }

    fn submission(fault: SubmissionFault) -> Places {
        Places {
            submission: Some(fault),
            ..Places::default()
        }
    }

    fn delivery(fault: DeliveryFault) -> Places {
        Places {
            delivery: Some(fault),
            ..Places::default()
        }
    }

    fn everywhere(death: Death) -> Places {
        Places {
            call: Some(CallFault::Dies(death)),
            statement: Some(StatementFault::Dies(death)),
            submission: Some(SubmissionFault::Dies(death)),
            delivery: Some(DeliveryFault::Dies(death)),
            job: Some(JobFault::Dies(death)),
        }
    }
}

impl Fault {
    fn places(self) -> Places {
        match self {
            Fault::RequestLost => Places::call(CallFault::RequestLost),
            Fault::RequestLate(span) => Places::call(CallFault::RequestLate(span)),
            Fault::RequestTwice(span) => Places {
                call: Some(CallFault::RequestTwice(span)),
                ..Places::delivery(DeliveryFault::Twice(span))
            },
            Fault::ReplyLost => Places::call(CallFault::ReplyLost),
            Fault::ReplyLate(span) => Places::call(CallFault::ReplyLate(span)),
            Fault::Refused => Places::call(CallFault::Refused),
            Fault::ErrorBefore => Places::call(CallFault::ErrorBefore),
            Fault::ErrorAfter => Places::call(CallFault::ErrorAfter),
            Fault::Declined => Places::call(CallFault::Declined),
            Fault::Down(span) => Places::call(CallFault::Down(span)),
            Fault::Fails => Places::statement(StatementFault::Fails),
            Fault::FailsAfter => Places::statement(StatementFault::FailsAfter),
            // At each step of the process; a delivery is still under way.
            Fault::Pauses(_) => Places {
                call: Some(CallFault::Pauses),
                statement: Some(StatementFault::Pauses),
                submission: Some(SubmissionFault::Pauses),
                delivery: None,
                job: Some(JobFault::Pauses),
            },
            Fault::Lost => Places::delivery(DeliveryFault::Lost),
            Fault::Late(span) => Places::delivery(DeliveryFault::Late(span)),
            Fault::Overtakes => Places::delivery(DeliveryFault::Overtakes),
            Fault::Twice(span) => Places::submission(SubmissionFault::Twice(span)),
            Fault::HangsUp(span) => Places::submission(SubmissionFault::HangsUp(span)),
            Fault::CrashBefore => Places::everywhere(Death::Before),
            Fault::CrashAfter => Places::everywhere(Death::After),
        }
    }

    /// What this does to a call; `None` if a call cannot suffer it.
    pub(crate) fn at_a_call(self) -> Option<CallFault> {
        self.places().call
    }

    /// What this does to a statement; `None` if a statement cannot suffer it. Only a commit can fail after it took
    /// effect.
    pub(crate) fn at_a_statement(self) -> Option<StatementFault> {
        self.places().statement
    }

    /// What this does to a submission; `None` if a submission cannot suffer it.
    pub(crate) fn at_a_submission(self) -> Option<SubmissionFault> {
        self.places().submission
    }

    /// What this does to a delivery; `None` if a delivery cannot suffer it.
    pub(crate) fn at_a_delivery(self) -> Option<DeliveryFault> {
        self.places().delivery
    }

    /// What this does to a run of the periodic job; `None` if a run cannot suffer it.
    pub(crate) fn at_a_run_of_the_job(self) -> Option<JobFault> {
        self.places().job
    }
}
