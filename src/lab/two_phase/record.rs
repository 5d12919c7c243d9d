//! What the participants in transactions across services know.

use crate::language::name::Name;
use crate::language::time::Ms;

/// How a transaction across services ended for one participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect.
    Committed,
    /// It never happened.
    Aborted,
    /// It was promised and never decided: locks are held until somebody decides.
    InDoubt,
}

/// One participant's end of a transaction across services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participation {
    /// The transaction.
    pub transaction: Name,
    /// The participant.
    pub participant: Name,
    /// The order it was for; `None` if the abort came before the work.
    pub order: Option<Name>,
    /// The row that was locked for it; `None` if none was.
    pub row: Option<Name>,
    /// When it was promised; for one refused or aborted at once, the time of that.
    pub from: Ms,
    /// Until when the row was locked; `None` if it still is.
    pub until: Option<Ms>,
    /// How it ended here.
    pub outcome: Outcome,
}

/// Somebody who waited at a participant for a row that another transaction had locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWait {
    /// The participant.
    pub participant: Name,
    /// The row.
    pub row: Name,
    /// Who waited: an order, or a customer at the counter.
    pub actor: Name,
    /// The order whose transaction had locked it when the wait began.
    pub holder: Name,
    /// Since when.
    pub from: Ms,
    /// Until when; `None` if the wait goes on.
    pub until: Option<Ms>,
    /// Whether the wait ended because the row became free.
    pub served: bool,
}

/// A customer at the warehouse's own counter, who wants one piece and has nothing to do with this shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkIn {
    /// `counter1`, `counter2`, …
    pub name: Name,
    /// What is wanted.
    pub sku: Name,
    /// When.
    pub at: Ms,
    /// When it was over, and whether there was a sale; `None` while the customer waits.
    pub told: Option<(Ms, bool)>,
}
