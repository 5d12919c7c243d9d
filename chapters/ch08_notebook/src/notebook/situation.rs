//! The situations in which an undo is run.

use super::question::Remote;

/// When an undo is run, and what goes wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A minute after the step.
    InTime,
    /// Long after it: a day after a payment, when its key is forgotten; an hour after a reservation, when an
    /// unconfirmed one has lapsed, and after a parcel, when it has left.
    Late,
    /// Twice over.
    Twice,
    /// Before the step's request has arrived, which it does an hour later.
    BeforeItArrives,
    /// While the service is at work on the step's request.
    InFlight,
    /// After a step that was done and whose reply was lost.
    ReplyLost,
}

impl When {
    /// All of them.
    pub const ALL: [When; 6] = [
        When::InTime,
        When::Late,
        When::Twice,
        When::BeforeItArrives,
        When::InFlight,
        When::ReplyLost,
    ];

    /// What a world with this service's step is called in this situation.
    pub(super) fn world(self, step: Remote) -> String {
        let step = step.name();
        match self {
            When::Late => format!("undo-{step}-late"),
            When::Twice => format!("undo-{step}-twice"),
            When::InFlight => format!("undo-{step}-in-flight"),
            When::InTime | When::BeforeItArrives | When::ReplyLost => format!("undo-{step}"),
        }
    }

    /// What goes wrong there.
    pub(super) fn schedule(self, step: Remote) -> String {
        let call = match step {
            Remote::Payment => "order1/payment.charge#1",
            Remote::Inventory => "order1/inventory.reserve#1",
            Remote::Shipping => "order1/shipping.request#1",
        };
        match self {
            When::BeforeItArrives => format!("{call}: request late 1h"),
            // The undo comes at 60 s and finds the service, which takes its time, at work since 200 ms.
            When::InFlight => format!("{call}: request late 59800ms"),
            When::ReplyLost => format!("{call}: reply lost"),
            When::InTime | When::Late | When::Twice => String::new(),
        }
    }
}
