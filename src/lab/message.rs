//! What the shop and the services say to each other.

use crate::name::Name;
use crate::order::{Order, Yen};
use crate::time::Ms;
use std::fmt;
use std::sync::Arc;

/// The services outside the shop. None of them takes part in the shop's database transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Takes money and gives it back.
    Payment,
    /// Keeps the warehouse's stock.
    Inventory,
    /// Sends parcels.
    Shipping,
}

impl Service {
    /// The name in steps and headings.
    pub const fn name(self) -> &'static str {
        match self {
            Service::Payment => "payment",
            Service::Inventory => "inventory",
            Service::Shipping => "shipping",
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
    /// All that was ever made for this order.
    Order(String),
    /// What was made under this idempotency key.
    Key(Key),
}

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
}

impl Request {
    /// Who is asked.
    pub fn service(&self) -> Service {
        match self {
            Request::Charge { .. }
            | Request::Find(_)
            | Request::Refund { .. }
            | Request::Void { .. } => Service::Payment,
            Request::Reserve { .. } | Request::Release { .. } | Request::Confirm { .. } => {
                Service::Inventory
            }
            Request::Ship { .. } | Request::FindParcels(_) | Request::CancelParcel(_) => {
                Service::Shipping
            }
        }
    }

    /// Whether it only asks and changes nothing.
    pub fn is_look_up(&self) -> bool {
        matches!(self, Request::Find(_) | Request::FindParcels(_))
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
            Request::Ship { .. } => "shipping.request",
            Request::FindParcels(_) => "shipping.find",
            Request::CancelParcel(_) => "shipping.cancel",
        })
    }

    /// The idempotency key it was sent with, or by which it names another request.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Request::Charge { key, .. } | Request::Ship { key, .. } => key.as_ref(),
            Request::Refund { key, .. }
            | Request::Void { key }
            | Request::Reserve { key, .. }
            | Request::Release { key }
            | Request::Confirm { key }
            | Request::Find(By::Key(key))
            | Request::FindParcels(By::Key(key))
            | Request::CancelParcel(By::Key(key)) => Some(key),
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
            | Request::Ship { order, .. } => Some(*order),
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
            Request::Ship { order, key } => {
                write!(f, "ship {order}")?;
                key.as_ref().map_or(Ok(()), |key| write!(f, " ({key})"))
            }
            Request::FindParcels(by) => write!(f, "find parcels of {by}"),
            Request::CancelParcel(by) => write!(f, "cancel parcel of {by}"),
        }
    }
}

/// What has become of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeStatus {
    /// The provider will try; the money has not moved. Only where payments settle later.
    Accepted,
    /// The money has moved.
    Captured,
    /// Finally refused; no money has moved and none will.
    Declined,
    /// Undone by a void; the money is back.
    Voided,
}

/// A charge as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// `pay_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// How much.
    pub amount: Yen,
    /// What has become of it.
    pub status: ChargeStatus,
    /// How much of it was given back.
    pub refunded: Yen,
}

/// A reservation as the warehouse knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// `res_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// When it lapses, unless it is confirmed.
    pub expires_at: Ms,
}

/// A parcel as the shipper knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// `parcel_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// When it leaves; from then on it cannot be called back.
    pub dispatched_at: Ms,
    /// Whether it was stopped in time.
    pub cancelled: bool,
}

/// A good answer of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To [`Request::Charge`].
    Charge(Charge),
    /// To [`Request::Find`]: every charge that matches, oldest first.
    Charges(Vec<Charge>),
    /// To [`Request::Refund`]: how much of the charge has now been given back, all told.
    Refunded(Yen),
    /// To [`Request::Void`]: how much money went back (nothing if nothing had been charged yet).
    Voided(Yen),
    /// To [`Request::Reserve`].
    Reserved(Reservation),
    /// To [`Request::Release`].
    Released,
    /// To [`Request::Confirm`].
    Confirmed,
    /// To [`Request::Ship`].
    Parcel(Parcel),
    /// To [`Request::FindParcels`]: every parcel that matches, oldest first.
    Parcels(Vec<Parcel>),
    /// To [`Request::CancelParcel`]: how many parcels were stopped by this or an earlier cancellation.
    ParcelCancelled(usize),
}

/// A bad answer of a service. What it tells about the effect differs, and that difference is the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallError {
    /// Nobody answered the door: *this* attempt was certainly not executed. It says nothing of earlier ones.
    ConnectionRefused,
    /// A 500. It may have been executed or not; the caller cannot tell.
    ServerError,
    /// A final business refusal: card declined, out of stock, undeliverable. Not executed, and the same
    /// key will get the same answer again.
    Declined,
    /// The first request with this key is still being executed. Its outcome is open; ask again later.
    InFlight,
    /// This key was used for something else. Not executed.
    KeyReused,
    /// This key was undone (voided, released, cancelled), perhaps before its request arrived. Not executed,
    /// and it never will be.
    Undone,
    /// There is no such thing, or no longer: an unknown charge, a lapsed reservation.
    NotFound,
    /// It cannot be undone any more: the parcel has left.
    TooLate,
    /// The request makes no sense (an amount of zero, a refund of more than was captured). Not executed,
    /// and not stored under the key.
    Invalid,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            CallError::ConnectionRefused => "connection refused",
            CallError::ServerError => "500 server error",
            CallError::Declined => "declined",
            CallError::InFlight => "in flight: the first request with this key is still running",
            CallError::KeyReused => "key reused for another request",
            CallError::Undone => "undone: this key was voided, released or cancelled",
            CallError::NotFound => "not found",
            CallError::TooLate => "too late",
            CallError::Invalid => "invalid request",
        })
    }
}

impl std::error::Error for CallError {}

/// What a service answers.
pub type Response = Result<Reply, CallError>;

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Charge {
            id, amount, status, ..
        } = self;
        match status {
            ChargeStatus::Accepted => write!(f, "accepted {id} {amount}"),
            ChargeStatus::Captured => write!(f, "captured {id} {amount}"),
            ChargeStatus::Declined => write!(f, "declined {id} {amount}"),
            ChargeStatus::Voided => write!(f, "voided {id} {amount}"),
        }?;
        match self.refunded {
            Yen(0) => Ok(()),
            refunded => write!(f, ", {refunded} given back"),
        }
    }
}

/// The reply as the timeline shows it.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Charge(charge) => write!(f, "{charge}"),
            Reply::Charges(found) => match found.as_slice() {
                [] => write!(f, "no charge found"),
                found => {
                    write!(f, "found: ")?;
                    for (place, charge) in found.iter().enumerate() {
                        let comma = if place > 0 { "; " } else { "" };
                        write!(f, "{comma}{charge}")?;
                    }
                    Ok(())
                }
            },
            Reply::Refunded(total) => write!(f, "{total} given back"),
            Reply::Voided(Yen(0)) => write!(f, "voided: this key will never charge"),
            Reply::Voided(amount) => write!(f, "voided, {amount} given back"),
            Reply::Reserved(reservation) => write!(f, "reserved {}", reservation.id),
            Reply::Released => write!(f, "released"),
            Reply::Confirmed => write!(f, "confirmed"),
            Reply::Parcel(parcel) => write!(f, "will send {}", parcel.id),
            Reply::Parcels(found) => write!(f, "found {} parcels", found.len()),
            Reply::ParcelCancelled(count) => write!(f, "stopped {count} parcels"),
        }
    }
}
