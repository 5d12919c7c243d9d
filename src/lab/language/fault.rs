//! Faults: what can go wrong at a step.
//!
//! The vocabulary follows what a network, a disk and a process do to order code: lose, delay, duplicate and
//! reorder messages, refuse, fail halfway, die.

mod kinds;

pub(crate) use kinds::{
    CallFault, Death, DeliveryFault, JobFault, StatementFault, SubmissionFault,
};

use crate::language::step::{Step, StepKind};
use crate::language::time::Ms;
use std::fmt;

/// One thing that goes wrong at one step. The text form is the one a schedule is written in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The other side never sees the request; the caller waits for ever.
    RequestLost,
    /// The request arrives, and is executed, this much later than usual.
    RequestLate(Ms),
    /// The request is executed again this much later (duplicate delivery).
    RequestTwice(Ms),
    /// Executed in time; the answer never comes.
    ReplyLost,
    /// Executed in time; the answer comes this much later than usual.
    ReplyLate(Ms),
    /// Connection refused: certainly not executed.
    Refused,
    /// A 500 before the effect. The caller cannot tell it from [`Fault::ErrorAfter`].
    ErrorBefore,
    /// A 500 after the effect.
    ErrorAfter,
    /// A final business refusal.
    Declined,
    /// The SQL statement, or the commit, reports an error and has not taken effect.
    Fails,
    /// The commit takes effect and then reports an error.
    FailsAfter,
    /// The shop's process dies just before the step, and restarts.
    CrashBefore,
    /// The step takes effect, then the shop's process dies before it can act on that, and restarts.
    CrashAfter,
    /// The shop's process stands still for this long, just before the step, while the world goes on. Then it continues, and
    /// does not know.
    Pauses(Ms),
    /// From this step on, the service refuses everything for this long.
    Down(Ms),
    /// The webhook or delivery never arrives.
    Lost,
    /// The webhook or delivery arrives this much later than usual.
    Late(Ms),
    /// The webhook or delivery is held back until the next one has passed it.
    Overtakes,
    /// The customer submits again this much later (a double click).
    Twice(Ms),
    /// The customer's connection drops this long after the submission, unless the answer was faster: the code that serves
    /// it is dropped wherever it waits, as web frameworks do, and the process lives on.
    HangsUp(Ms),
}

impl Fault {
    /// The words that begin this fault, without its span of time.
    pub fn words(self) -> &'static str {
        match self {
            Fault::RequestLost => "request lost",
            Fault::RequestLate(_) => "request late",
            Fault::RequestTwice(_) => "request twice after",
            Fault::ReplyLost => "reply lost",
            Fault::ReplyLate(_) => "reply late",
            Fault::Refused => "refused",
            Fault::ErrorBefore => "error before",
            Fault::ErrorAfter => "error after",
            Fault::Declined => "declined",
            Fault::Fails => "fails",
            Fault::FailsAfter => "fails after",
            Fault::CrashBefore => "crash before",
            Fault::CrashAfter => "crash after",
            Fault::Pauses(_) => "pauses",
            Fault::Down(_) => "down",
            Fault::Lost => "lost",
            Fault::Late(_) => "late",
            Fault::Overtakes => "overtakes",
            Fault::Twice(_) => "twice after",
            Fault::HangsUp(_) => "hangs up after",
        }
    }

    /// The fault's span of time, if its word takes one.
    pub fn span(self) -> Option<Ms> {
        match self {
            Fault::RequestLate(span)
            | Fault::RequestTwice(span)
            | Fault::ReplyLate(span)
            | Fault::Pauses(span)
            | Fault::Down(span)
            | Fault::Late(span)
            | Fault::Twice(span)
            | Fault::HangsUp(span) => Some(span),
            Fault::RequestLost
            | Fault::ReplyLost
            | Fault::Refused
            | Fault::ErrorBefore
            | Fault::ErrorAfter
            | Fault::Declined
            | Fault::Fails
            | Fault::FailsAfter
            | Fault::CrashBefore
            | Fault::CrashAfter
            | Fault::Lost
            | Fault::Overtakes => None,
        }
    }

    /// The same fault with another span; a fault without a span is unchanged.
    pub fn with_span(self, span: Ms) -> Fault {
        match self {
            Fault::RequestLate(_) => Fault::RequestLate(span),
            Fault::RequestTwice(_) => Fault::RequestTwice(span),
            Fault::ReplyLate(_) => Fault::ReplyLate(span),
            Fault::Pauses(_) => Fault::Pauses(span),
            Fault::Down(_) => Fault::Down(span),
            Fault::Late(_) => Fault::Late(span),
            Fault::Twice(_) => Fault::Twice(span),
            Fault::HangsUp(_) => Fault::HangsUp(span),
            Fault::RequestLost
            | Fault::ReplyLost
            | Fault::Refused
            | Fault::ErrorBefore
            | Fault::ErrorAfter
            | Fault::Declined
            | Fault::Fails
            | Fault::FailsAfter
            | Fault::CrashBefore
            | Fault::CrashAfter
            | Fault::Lost
            | Fault::Overtakes => self,
        }
    }

    /// The shortest span it can have. Two clicks can come in the same millisecond; a message that is 0 ms late is not
    /// late.
    pub(crate) fn shortest(self) -> Ms {
        match self {
            Fault::Twice(_) => Ms::ZERO,
            _ => Ms(1),
        }
    }

    /// Whether every world suffers it unless it [says otherwise](crate::setup::Setup::suffers). The others are for worlds
    /// that ask for them.
    pub fn is_usual(self) -> bool {
        match self {
            Fault::HangsUp(_) | Fault::Pauses(_) => false,
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
            | Fault::CrashBefore
            | Fault::CrashAfter
            | Fault::Down(_)
            | Fault::Lost
            | Fault::Late(_)
            | Fault::Overtakes
            | Fault::Twice(_) => true,
        }
    }

    /// Whether it only delivers again what was meant to be delivered once.
    pub fn repeats(self) -> bool {
        matches!(self, Fault::RequestTwice(_) | Fault::Twice(_))
    }

    /// Whether it is about how often, when and to whom something is delivered: a message is repeated, late or lost, or
    /// its sender dies. A sender that hears nothing sends again.
    pub fn is_about_delivery(self) -> bool {
        use Fault::*;
        self.repeats()
            || matches!(
                self,
                RequestLost | RequestLate(_) | ReplyLost | ReplyLate(_) | CrashBefore | CrashAfter
            )
    }

    /// Whether a step of this kind can suffer this fault.
    pub fn applies_to(self, step: &Step) -> bool {
        match step.kind() {
            StepKind::Call => self
                .at_a_call()
                .is_some_and(|fault| fault != CallFault::Declined || step.can_be_declined()),
            StepKind::Sql => self
                .at_a_statement()
                .is_some_and(|fault| fault != StatementFault::FailsAfter),
            StepKind::Commit => self.at_a_statement().is_some(),
            StepKind::Submission => self.at_a_submission().is_some(),
            StepKind::Recover => self.at_a_run_of_the_job().is_some(),
            StepKind::Delivery => self.at_a_delivery().is_some(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span() {
            Some(span) => f.pad(&format!("{} {span}", self.words())),
            None => f.pad(self.words()),
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Every word of the vocabulary, and a delay twice: once past any sensible patience and once long after
/// everyone has given up. A service is down for ten minutes, and for an hour, which outlasts "after five tries it
/// has failed". A customer clicks twice in the very same millisecond, soon, and an hour later. One hangs up in the middle of
/// the first calls, and a process pauses for ten minutes; which other spans matter, the search finds out.
pub const VOCABULARY: [Fault; 26] = [
    Fault::Declined,
    Fault::RequestLost,
    Fault::RequestLate(Ms(1_500)),
    Fault::RequestLate(Ms::hours(1)),
    Fault::RequestTwice(Ms(300)),
    Fault::RequestTwice(Ms::hours(1)),
    Fault::ReplyLost,
    Fault::ReplyLate(Ms(1_500)),
    Fault::ReplyLate(Ms::hours(1)),
    Fault::Refused,
    Fault::ErrorBefore,
    Fault::ErrorAfter,
    Fault::Down(Ms::minutes(10)),
    Fault::Down(Ms::hours(1)),
    Fault::Fails,
    Fault::FailsAfter,
    Fault::Lost,
    Fault::Late(Ms::hours(1)),
    Fault::Overtakes,
    Fault::Twice(Ms(100)),
    Fault::Twice(Ms::ZERO),
    Fault::Twice(Ms::hours(1)),
    Fault::HangsUp(Ms(300)),
    Fault::CrashBefore,
    Fault::CrashAfter,
    Fault::Pauses(Ms::minutes(10)),
];

/// Every fault the exhaustive search tries at a step, in a world that suffers all: those of the [`VOCABULARY`] that the
/// step can suffer.
pub fn menu(step: &Step) -> Vec<Fault> {
    VOCABULARY
        .into_iter()
        .filter(|fault| fault.applies_to(step))
        .collect()
}
