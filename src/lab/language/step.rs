//! Steps: the places where an accident can happen.
//!
//! Every call over the network, every SQL statement, every submission by a customer, every webhook and every run of the
//! periodic job is a step. Its name says whose it is and which attempt it is: `order1/payment.charge#1`,
//! `order1/db.insert orders#1`, `recover/payment.find#3`, `recover#1`. A fault is tied to that name and never to a
//! position, so that a schedule means the same after a change to the code before the step.

use crate::language::message::operation_named;
use crate::language::name::Name;
use std::fmt;

/// One step of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// Whose step it is: an order's id, `recover`, or [`BACKGROUND`]; [marked](crate::language::instance) in a second process.
    pub actor: Name,
    /// What is done: `payment.charge`, `db.insert orders`, `submit`, `webhook.captured`; empty for a run of
    /// `recover` itself.
    pub what: Name,
    /// How many times this actor has done this, counted from 1.
    pub attempt: u32,
}

/// The periodic job.
pub const RECOVER: Name = Name::of("recover");
/// A process of the shop, where it has to be said which.
pub const SHOP: Name = Name::of("shop");
/// A task that the order code spawned and whose order the lab cannot tell.
pub const BACKGROUND: Name = Name::of("background");
/// A customer hands in an order.
pub const SUBMIT: Name = Name::of("submit");

/// The kinds of step; each suffers its own faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// A call over the network to a service.
    Call,
    /// An SQL statement.
    Sql,
    /// An SQL `COMMIT`.
    Commit,
    /// A customer's submission.
    Submission,
    /// A run of the periodic job.
    Recover,
    /// A webhook or a queue delivery, on its way to the shop.
    Delivery,
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StepKind::Call => "a call",
            StepKind::Sql => "an SQL statement",
            StepKind::Commit => "a commit",
            StepKind::Submission => "a submission",
            StepKind::Recover => "a run of recover",
            StepKind::Delivery => "a delivery",
        })
    }
}

impl Step {
    /// The step with these parts.
    pub fn new(actor: Name, what: Name, attempt: u32) -> Step {
        Step {
            actor,
            what,
            attempt,
        }
    }

    /// The kind of this step, judging by its name.
    pub fn kind(&self) -> StepKind {
        kind_of(self.what)
    }

    /// Whether the service may answer this call with a final business refusal.
    pub fn can_be_declined(&self) -> bool {
        if self.kind() != StepKind::Call {
            return false;
        }
        let operation = operation_named(self.what);
        operation.is_some_and(|operation| operation.manner.may_be_declined)
    }
}

/// The kind of step with this name.
pub fn kind_of(what: Name) -> StepKind {
    match what.as_str() {
        "" => StepKind::Recover,
        "submit" => StepKind::Submission,
        "db.commit" => StepKind::Commit,
        text if text.starts_with("db.") => StepKind::Sql,
        text if text.starts_with("webhook.") || text.starts_with("delivery.") => StepKind::Delivery,
        _ => StepKind::Call,
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.what.as_str() {
            "" => format!("{}#{}", self.actor, self.attempt),
            what => format!("{}/{what}#{}", self.actor, self.attempt),
        };
        f.pad(&text)
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
