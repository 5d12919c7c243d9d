//! What the shop asks.

use super::{By, Key, Part, Service};
use crate::language::name::Name;
use crate::language::order::Yen;
use std::fmt;

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
    /// Undo what was charged under this key, or see to it that it never will be.
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
    /// Give a reservation back, or see to it that it never will be made.
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
    /// Take part in a transaction across services.
    Part {
        /// Who is asked.
        of: Service,
        /// For what.
        part: Part,
    },
}

impl Request {
    /// Who is asked.
    pub fn service(&self) -> Service {
        match self {
            Request::Charge { .. }
            | Request::Find(_)
            | Request::Refund { .. }
            | Request::Void { .. }
            | Request::Authorize { .. }
            | Request::Capture { .. } => Service::Payment,
            Request::Reserve { .. }
            | Request::Release { .. }
            | Request::Confirm { .. }
            | Request::Restock { .. } => Service::Inventory,
            Request::Ship { .. } | Request::FindParcels(_) | Request::CancelParcel(_) => {
                Service::Shipping
            }
            Request::Part { of, .. } => *of,
        }
    }

    /// Whether a service has to work for it. To look something up, or to hear how a transaction ends that was prepared
    /// before, takes it no time.
    pub fn takes_time(&self) -> bool {
        match self {
            Request::Charge { .. }
            | Request::Refund { .. }
            | Request::Void { .. }
            | Request::Authorize { .. }
            | Request::Capture { .. }
            | Request::Reserve { .. }
            | Request::Release { .. }
            | Request::Confirm { .. }
            | Request::Restock { .. }
            | Request::Ship { .. }
            | Request::CancelParcel(_) => true,
            Request::Find(_) | Request::FindParcels(_) => false,
            Request::Part { part, .. } => match part {
                Part::Prepare { .. } => true,
                Part::Commit { .. } | Part::Abort { .. } | Part::InDoubt | Part::Restart => false,
            },
        }
    }

    /// Whether it only asks and changes nothing.
    pub fn is_look_up(&self) -> bool {
        matches!(
            self,
            Request::Find(_)
                | Request::FindParcels(_)
                | Request::Part {
                    part: Part::InDoubt | Part::Restart,
                    ..
                }
        )
    }

    /// Whether it is the same however often it is sent, as long as the answer is the same: it looks something up, or says by
    /// its key or its transaction which one it is.
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
        Name::of(match self {
            Request::Charge { .. } => "payment.charge",
            Request::Find(_) => "payment.find",
            Request::Refund { .. } => "payment.refund",
            Request::Void { .. } => "payment.void",
            Request::Reserve { .. } => "inventory.reserve",
            Request::Release { .. } => "inventory.release",
            Request::Confirm { .. } => "inventory.confirm",
            Request::Restock { .. } => "inventory.restock",
            Request::Ship { .. } => "shipping.request",
            Request::FindParcels(_) => "shipping.find",
            Request::CancelParcel(_) => "shipping.cancel",
            Request::Authorize { .. } => "payment.authorize",
            Request::Capture { .. } => "payment.capture",
            Request::Part { of, part } => part.what(*of),
        })
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
            | Request::CancelParcel(By::Order(_)) => None,
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
            _ => None,
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
        }
    }
}
