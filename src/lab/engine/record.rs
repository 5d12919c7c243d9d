//! What a world records besides its trace.

use crate::engine::trace::Told;
use crate::language::instance::Instance;
use crate::language::name::Name;
use crate::language::order::{Answer, Order, Yen};
use crate::language::time::Ms;

/// A row of the shop's table `orders`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// The order's id.
    pub id: Name,
    /// `confirmed` and `cancelled` are final, any other status is not.
    pub status: String,
}

/// How many pieces of one article there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRecord {
    /// The article.
    pub sku: Name,
    /// How many there were when the world began.
    pub at_first: i64,
    /// How many are free at the end.
    pub free: i64,
}

/// What the shop's books said of an order, as soon as it was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// When.
    pub at: Ms,
    /// The order's id.
    pub order: Name,
    /// What its status was from then on; `None` if the row was gone.
    pub status: Option<String>,
    /// The money that the provider had for it by then.
    pub paid: Yen,
    /// When everything that belongs to a confirmed order was in the books: its line in the history, and its goods taken
    /// from the stock, if the shop keeps them. `None` if it never was, or if the order is not confirmed.
    pub whole_at: Option<Ms>,
}

impl Entered {
    /// Whether the order has this status from here on.
    pub fn is(&self, status: &str) -> bool {
        self.status.as_deref() == Some(status)
    }
}

/// One submission by a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// What was ordered.
    pub order: Order,
    /// When it reached the shop; `None` if it never did.
    pub at: Option<Ms>,
    /// What the customer was told, and when; `None` if the customer is still waiting.
    pub told: Option<(Ms, Told)>,
}

impl Submission {
    /// The answer, if there was one.
    pub fn answer(&self) -> Option<Answer> {
        match self.told {
            Some((_, Told::Answer(answer))) => Some(answer),
            _ => None,
        }
    }
}

/// A statement that waited for a lock which another order's transaction held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockWait {
    /// Who waited.
    pub actor: Name,
    /// In which process.
    pub process: Instance,
    /// Who held the lock when the wait began.
    pub holder: Name,
    /// Since when.
    pub from: Ms,
    /// Until when; `None` if it still waits.
    pub until: Option<Ms>,
}

/// A statement of the order code that SQLite does not understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSql {
    /// The statement.
    pub statement: String,
    /// What SQLite says of it.
    pub message: String,
}

/// How order code can fail to come to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// It takes steps.
    Steps,
    /// It starts tasks that do not end.
    Tasks,
    /// It keeps asking for turns on the processor.
    Turns,
}

/// Why a world ended early, if it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// A background task has looked for work in vain too often for any search to end.
    TicksTooOften {
        /// How often.
        ticks: u64,
    },
    /// The order code took more steps, or asked to be woken more often, than any sensible code would.
    NeverSettles {
        /// What it did too often.
        what: Busy,
        /// How often that was.
        count: u64,
    },
    /// The order code panicked.
    Panicked {
        /// The message.
        message: String,
        /// `file:line:column`.
        place: String,
    },
}
