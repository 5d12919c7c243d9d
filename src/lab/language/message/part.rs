//! What a coordinator asks of the participants in a transaction across services.

use super::operation::Word;
use super::{Key, Service, TxId};
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::time::Ms;
use std::fmt;

/// What a participant is asked to promise. Each takes from it what is its own business: the orders service the
/// order, the bank the customer and the amount, the warehouse the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// The order.
    pub order: Name,
    /// Whose account is debited.
    pub customer: Name,
    /// What is bought.
    pub sku: Name,
    /// How many.
    pub quantity: u32,
    /// What it costs.
    pub amount: Yen,
}

impl Work {
    /// All that belongs to this order.
    pub fn of(order: &Order) -> Work {
        Work {
            order: order.name(),
            customer: Name::new(&order.customer),
            sku: Name::new(&order.sku),
            quantity: order.quantity,
            amount: order.amount,
        }
    }

    /// The row that this participant has to lock for it.
    pub fn row(&self, service: Service) -> Name {
        match service {
            Service::Payment => self.customer,
            Service::Inventory => self.sku,
            Service::Orders | Service::Shipping | Service::Queue | Service::Other(_) => self.order,
        }
    }
}

/// A request of a coordinator to one participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Phase one: promise this, and lock what it needs until you are told how it ends.
    Prepare {
        /// The transaction.
        tx: TxId,
        /// What is to be promised.
        work: Work,
        /// Set if the participant may abort on its own when it has heard nothing for this long.
        within: Option<Ms>,
    },
    /// Phase two: do what was promised.
    Commit {
        /// The transaction.
        tx: TxId,
    },
    /// Phase two: forget what was promised, or see to it that it never will be.
    Abort {
        /// The transaction.
        tx: TxId,
    },
    /// What is promised, and not decided yet?
    InDoubt,
    /// The participant is to restart.
    Restart,
}

impl Part {
    /// Which operation of this service it is.
    pub(super) fn word(&self, service: Service) -> Word {
        let [prepare, commit, abort, in_doubt, restart] = match service {
            Service::Orders => [
                Word::PrepareOrder,
                Word::CommitOrder,
                Word::AbortOrder,
                Word::OrdersInDoubt,
                Word::RestartOrders,
            ],
            Service::Payment => [
                Word::PreparePayment,
                Word::CommitPayment,
                Word::AbortPayment,
                Word::PaymentsInDoubt,
                Word::RestartPayment,
            ],
            Service::Inventory => [
                Word::PrepareGoods,
                Word::CommitGoods,
                Word::AbortGoods,
                Word::GoodsInDoubt,
                Word::RestartInventory,
            ],
            Service::Shipping | Service::Queue | Service::Other(_) => {
                unreachable!("{service} takes part in no transaction")
            }
        };
        match self {
            Part::Prepare { .. } => prepare,
            Part::Commit { .. } => commit,
            Part::Abort { .. } => abort,
            Part::InDoubt => in_doubt,
            Part::Restart => restart,
        }
    }

    /// The transaction it speaks of, if it is about one.
    pub fn transaction(&self) -> Option<&Key> {
        match self {
            Part::Prepare { tx, .. } | Part::Commit { tx } | Part::Abort { tx } => Some(tx),
            Part::InDoubt | Part::Restart => None,
        }
    }
}

/// The request as the timeline shows it: `prepare order1 (tx-1)`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Prepare { tx, work, .. } if tx.as_str() == work.order.as_str() => {
                write!(f, "prepare {tx}")
            }
            Part::Prepare { tx, work, .. } => write!(f, "prepare {} ({tx})", work.order),
            Part::Commit { tx } => write!(f, "commit {tx}"),
            Part::Abort { tx } => write!(f, "abort {tx}"),
            Part::InDoubt => write!(f, "what is in doubt?"),
            Part::Restart => write!(f, "restart"),
        }
    }
}

/// A transaction that a participant has promised, and of which it has not heard how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InDoubt {
    /// The transaction.
    pub tx: TxId,
    /// The order it was prepared for.
    pub order: String,
    /// Since when.
    pub since: Ms,
}
