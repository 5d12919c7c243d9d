//! The messages between the shop and the services.
//!
//! Messages are all that the shop and its providers share. To know what the other side knows, one has to ask, and may
//! get no answer: everything else follows from that.

mod foreign;
mod operation;
mod part;
mod reply;
mod request;

pub use foreign::{Asked, Message, Sealed, Stranger};
pub use operation::{Manner, Operation, operations};
pub(crate) use operation::{operation_named, operations_of};
pub use part::{InDoubt, Part, Work};
pub(crate) use reply::mismatch;
pub use reply::{
    CallError, Charge, ChargeStatus, Notice, Parcel, Refund, RefundStatus, Reply, Reservation,
    Response,
};
pub use request::Request;

use crate::language::order::{Order, Yen};
use std::fmt;
use std::sync::Arc;

/// The services outside the shop. None of them takes part in the shop's database transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Keeps the orders, if they are not in the shop's own database.
    Orders,
    /// Takes money and gives it back.
    Payment,
    /// Keeps the warehouse's stock.
    Inventory,
    /// Sends parcels.
    Shipping,
    /// Delivers messages; still to come.
    Queue,
    /// One that the setup adds.
    Other(Stranger),
}

impl Service {
    /// The name in steps and headings.
    pub fn name(self) -> &'static str {
        match self {
            Service::Other(stranger) => stranger.name(),
            own => own.own_name(),
        }
    }

    /// The name, if it is one of the lab's own.
    const fn own_name(self) -> &'static str {
        match self {
            Service::Orders => "orders",
            Service::Payment => "payment",
            Service::Inventory => "inventory",
            Service::Shipping => "shipping",
            Service::Queue => "queue",
            Service::Other(_) => "",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An idempotency key: the same key means the same intent, however often it is sent. Make one with
/// [`Shop::new_key`](crate::Shop::new_key); store it as text, and read it back with `Key::from`.
///
/// The rules follow Stripe's documentation of idempotent requests
/// (<https://docs.stripe.com/api/idempotent_requests>) and the IETF draft of the `Idempotency-Key` header
/// (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The key as text, as it is stored and sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Key {
    fn from(text: String) -> Key {
        Key(text.into())
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Key {
        Key(text.into())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// The id of a transaction across services, chosen by its coordinator. Make one with
/// [`Shop::new_transaction`](crate::Shop::new_transaction); store it as text, and read it back with `TxId::from`.
pub type TxId = Key;

/// What the payment provider is asked to charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeRequest {
    /// The order it is for; the provider keeps it as a reference.
    pub order: String,
    /// How much, in yen. Zero is invalid.
    pub amount: Yen,
}

impl ChargeRequest {
    /// A charge for the whole order.
    pub fn of(order: &Order) -> ChargeRequest {
        ChargeRequest {
            order: order.id.clone(),
            amount: order.amount,
        }
    }
}

/// How a record is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Everything ever made for this order.
    Order(String),
    /// What was made under this idempotency key.
    Key(Key),
}
