//! What the shop asks.

use super::operation::{Operation, Word};
use super::{Asked, By, Key, Part, Service};
use crate::language::name::Name;
use crate::language::order::Yen;
use std::fmt;
use std::sync::Arc;

/// A request on its way to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Charge an order.
    Charge {
        /// The order.
        order: Name,
        /// How much.
        amount: Yen,
        /// The idempotency key, if the caller sends one.
        key: Option<Key>,
    },
    /// Look charges up.
    Find(By),
    /// Give money back.
    Refund {
        /// The charge, `pay_1`.
        charge: Name,
        /// How much of it.
        amount: Yen,
        /// The refund's own idempotency key.
        key: Key,
    },
    /// Undo the charge under this key, or make sure that it never happens.
    Void {
        /// The key of the charge.
        key: Key,
    },
    /// Set stock aside.
    Reserve {
        /// The order.
        order: Name,
        /// What.
        sku: Name,
        /// How many.
        quantity: u32,
        /// The reservation's idempotency key.
        key: Key,
    },
    /// Give a reservation back, or make sure that it is never made.
    Release {
        /// The key of the reservation.
        key: Key,
    },
    /// Make a reservation final: the goods leave the stock.
    Confirm {
        /// The key of the reservation.
        key: Key,
    },
    /// Put goods on the shelf, wherever they come from.
    Restock {
        /// The order they were meant for.
        order: Name,
        /// What.
        sku: Name,
        /// How many.
        quantity: u32,
        /// The idempotency key, if the caller sends one.
        key: Option<Key>,
    },
    /// Send a parcel.
    Ship {
        /// The order.
        order: Name,
        /// The idempotency key, if the caller sends one.
        key: Option<Key>,
    },
    /// Look parcels up.
    FindParcels(By),
    /// Stop a parcel before it is dispatched.
    CancelParcel(By),
    /// Set a customer's money aside without taking it.
    Authorize {
        /// The order.
        order: Name,
        /// How much.
        amount: Yen,
        /// The authorisation's idempotency key.
        key: Key,
    },
    /// Take what was set aside under this key.
    Capture {
        /// The key of the authorisation.
        key: Key,
    },
    /// A request to a service that the setup adds.
    Other(Arc<Asked>),
    /// Take part in a transaction across services.
    Part {
        /// Who is asked.
        of: Service,
        /// For what.
        part: Part,
    },
}

impl Request {
    /// The declaration of its operation.
    pub fn declared(&self) -> Operation {
        let word = match self {
            Request::Charge { .. } => Word::Charge,
            Request::Find(_) => Word::Find,
            Request::Refund { .. } => Word::Refund,
            Request::Void { .. } => Word::Void,
            Request::Reserve { .. } => Word::Reserve,
            Request::Release { .. } => Word::Release,
            Request::Confirm { .. } => Word::Confirm,
            Request::Restock { .. } => Word::Restock,
            Request::Ship { .. } => Word::Ship,
            Request::FindParcels(_) => Word::FindParcels,
            Request::CancelParcel(_) => Word::CancelParcel,
            Request::Authorize { .. } => Word::Authorize,
            Request::Capture { .. } => Word::Capture,
            Request::Part { of, part } => part.word(*of),
            Request::Other(asked) => return asked.operation,
        };
        word.declared()
    }

    /// Who is asked.
    pub fn service(&self) -> Service {
        self.declared().service
    }

    /// Whether a service needs time for it. Look-ups, and the end of a transaction that was prepared before, take none.
    pub fn takes_time(&self) -> bool {
        self.declared().manner.takes_time
    }

    /// Whether it only asks and changes nothing.
    pub fn is_look_up(&self) -> bool {
        self.declared().manner.only_asks
    }

    /// Whether sending it again is the same as sending it once, as long as the answer is the same: it is a look-up, or
    /// it is identified by its key or its transaction.
    pub fn is_idempotent(&self) -> bool {
        let restarts = matches!(
            self,
            Request::Part {
                part: Part::Restart,
                ..
            }
        );
        (self.is_look_up() || self.key().is_some()) && !restarts
    }

    /// The operation, as it appears in a step's name.
    pub fn what(&self) -> Name {
        self.declared().what
    }

    /// The idempotency key it was sent with, or by which it names another request.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Request::Charge { key, .. }
            | Request::Ship { key, .. }
            | Request::Restock { key, .. } => key.as_ref(),
            Request::Refund { key, .. }
            | Request::Void { key }
            | Request::Reserve { key, .. }
            | Request::Release { key }
            | Request::Confirm { key }
            | Request::Authorize { key, .. }
            | Request::Capture { key }
            | Request::Find(By::Key(key))
            | Request::FindParcels(By::Key(key))
            | Request::CancelParcel(By::Key(key)) => Some(key),
            Request::Part { part, .. } => part.transaction(),
            Request::Find(By::Order(_))
            | Request::FindParcels(By::Order(_))
            | Request::CancelParcel(By::Order(_))
            | Request::Other(_) => None,
        }
    }

    /// The order the request speaks of, if it names one.
    pub fn order(&self) -> Option<Name> {
        match self {
            Request::Charge { order, .. }
            | Request::Reserve { order, .. }
            | Request::Authorize { order, .. }
            | Request::Restock { order, .. }
            | Request::Ship { order, .. } => Some(*order),
            Request::Part {
                part: Part::Prepare { work, .. },
                ..
            } => Some(work.order),
            Request::Find(By::Order(id))
            | Request::FindParcels(By::Order(id))
            | Request::CancelParcel(By::Order(id)) => Some(Name::new(id)),
            Request::Other(asked) => asked.order,
            Request::Find(By::Key(_))
            | Request::FindParcels(By::Key(_))
            | Request::CancelParcel(By::Key(_))
            | Request::Refund { .. }
            | Request::Void { .. }
            | Request::Release { .. }
            | Request::Confirm { .. }
            | Request::Capture { .. }
            | Request::Part {
                part: Part::Commit { .. } | Part::Abort { .. } | Part::InDoubt | Part::Restart,
                ..
            } => None,
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Order(order) => write!(f, "{order}"),
            By::Key(key) => write!(f, "{key}"),
        }
    }
}

/// The request as the timeline shows it: `charge order1 ¥1,200 (key-1)`.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Charge { order, amount, key } => {
                write!(f, "charge {order} {amount}")?;
                key.as_ref().map_or(Ok(()), |key| write!(f, " ({key})"))
            }
            Request::Find(by) => write!(f, "find charges of {by}"),
            Request::Refund {
                charge,
                amount,
                key,
            } => write!(f, "refund {charge} {amount} ({key})"),
            Request::Void { key } => write!(f, "void {key}"),
            Request::Reserve {
                order,
                sku,
                quantity,
                key,
            } => write!(f, "reserve {quantity} {sku} for {order} ({key})"),
            Request::Release { key } => write!(f, "release {key}"),
            Request::Confirm { key } => write!(f, "confirm {key}"),
            Request::Restock {
                order,
                sku,
                quantity,
                key,
            } => {
                write!(f, "restock {quantity} {sku} of {order}")?;
                key.as_ref().map_or(Ok(()), |key| write!(f, " ({key})"))
            }
            Request::Ship { order, key } => {
                write!(f, "ship {order}")?;
                key.as_ref().map_or(Ok(()), |key| write!(f, " ({key})"))
            }
            Request::FindParcels(by) => write!(f, "find parcels of {by}"),
            Request::CancelParcel(by) => write!(f, "cancel parcel of {by}"),
            Request::Authorize { order, amount, key } => {
                write!(f, "authorize {order} {amount} ({key})")
            }
            Request::Capture { key } => write!(f, "capture {key}"),
            Request::Part { part, .. } => write!(f, "{part}"),
            Request::Other(asked) => write!(f, "{}", asked.message),
        }
    }
}
