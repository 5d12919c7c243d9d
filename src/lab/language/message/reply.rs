//! What the services answer.

use super::{InDoubt, Key, Sealed};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;
use std::fmt;

/// What has become of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeStatus {
    /// The provider will try; the money has not moved. Only where payments settle later.
    Accepted,
    /// The money is set aside at the bank, and has not moved. It lapses if nobody captures it.
    Authorized,
    /// The money has moved.
    Captured,
    /// Finally refused; no money has moved and none will.
    Declined,
    /// Undone by a void; the money is back.
    Voided,
    /// An authorisation that nobody captured in time; no money has moved and none will.
    Expired,
}

/// What has become of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefundStatus {
    /// Accepted, and on its way to the customer's bank. Only where refunds settle later.
    Pending,
    /// The customer has the money.
    Succeeded,
    /// The bank has sent it back: the provider has the money again, and the customer has not. Another try needs another key,
    /// for this one has its answer.
    Failed,
}

/// A refund as the provider knows it. Its states are those of Stripe's
/// (<https://docs.stripe.com/api/refunds/object>), without `canceled` and `requires_action`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// `refund_1`.
    pub id: Name,
    /// The charge that it gives back, or part of it.
    pub charge: Name,
    /// The order that this charge was made for.
    pub order: Name,
    /// How much.
    pub amount: Yen,
    /// Under which key it was asked for.
    pub key: Key,
    /// What has become of it.
    pub status: RefundStatus,
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
    /// How much of it was given back, or is on its way.
    pub refunded: Yen,
    /// Every refund of it, oldest first, whatever has become of it.
    pub refunds: Vec<Refund>,
}

/// What a webhook of the payment provider tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An accepted charge was captured or declined.
    Charge(Charge),
    /// A refund has succeeded or failed.
    Refund(Refund),
}

impl Notice {
    /// The order that it is about.
    pub fn order(&self) -> Name {
        match self {
            Notice::Charge(charge) => charge.order,
            Notice::Refund(refund) => refund.order,
        }
    }

    /// The charge that it is about.
    pub fn charge(&self) -> Name {
        match self {
            Notice::Charge(charge) => charge.id,
            Notice::Refund(refund) => refund.charge,
        }
    }
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
    /// To [`Request::Charge`](super::Request::Charge).
    Charge(Charge),
    /// To [`Request::Find`](super::Request::Find): every charge that matches, oldest first.
    Charges(Vec<Charge>),
    /// To [`Request::Refund`](super::Request::Refund): how much of the charge has now been given back, all told.
    Refunded(Yen),
    /// To [`Request::Refund`](super::Request::Refund), where refunds settle later: how much of the charge has now been given back
    /// or is on its way, all told.
    RefundAccepted(Yen),
    /// To [`Request::Void`](super::Request::Void): how much money went back (nothing if nothing had been charged yet).
    Voided(Yen),
    /// To [`Request::Reserve`](super::Request::Reserve).
    Reserved(Reservation),
    /// To [`Request::Release`](super::Request::Release).
    Released,
    /// To [`Request::Confirm`](super::Request::Confirm).
    Confirmed,
    /// To [`Request::Restock`](super::Request::Restock).
    Restocked,
    /// To [`Request::Ship`](super::Request::Ship).
    Parcel(Parcel),
    /// To [`Request::FindParcels`](super::Request::FindParcels): every parcel that matches, oldest first.
    Parcels(Vec<Parcel>),
    /// To [`Request::CancelParcel`](super::Request::CancelParcel): how many parcels were stopped by this or an earlier cancellation.
    ParcelCancelled(usize),
    /// To [`Request::Other`](super::Request::Other).
    Other(Sealed),
    /// To [`Part::Prepare`](super::Part::Prepare): promised, with this row locked.
    Prepared(Name),
    /// To [`Part::Commit`](super::Part::Commit).
    Committed,
    /// To [`Part::Abort`](super::Part::Abort); whether there was a promise to forget.
    Aborted(bool),
    /// To [`Part::InDoubt`](super::Part::InDoubt): what is promised and not decided, oldest first.
    InDoubt(Vec<InDoubt>),
    /// To [`Part::Restart`](super::Part::Restart): how many promises it has found on its disk.
    Restarted(usize),
}

/// A service's answer does not fit the question: a bug in the lab itself.
pub(crate) fn mismatch(reply: &Reply) -> ! {
    unreachable!("a service answered something it was not asked: {reply:?}")
}

/// An error reply. They differ in what they say about the effect, and that difference is what matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallError {
    /// The connection was refused: *this* attempt was certainly not executed. It says nothing about earlier ones.
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
    /// It cannot be undone any more: the parcel has left, or the money has moved.
    TooLate,
    /// Somebody else's transaction has held the row for longer than a participant allows anybody to wait. Not executed,
    /// and it never will be.
    Locked,
    /// The request makes no sense (an amount of zero, a refund of more than was captured). Not executed,
    /// and not stored under the key.
    Invalid,
}

impl CallError {
    /// Its name in code: `InFlight`.
    pub const fn name(self) -> &'static str {
        match self {
            CallError::ConnectionRefused => "ConnectionRefused",
            CallError::ServerError => "ServerError",
            CallError::Declined => "Declined",
            CallError::InFlight => "InFlight",
            CallError::KeyReused => "KeyReused",
            CallError::Undone => "Undone",
            CallError::NotFound => "NotFound",
            CallError::TooLate => "TooLate",
            CallError::Locked => "Locked",
            CallError::Invalid => "Invalid",
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            CallError::ConnectionRefused => "connection refused",
            CallError::ServerError => "500 server error",
            CallError::Declined => "declined",
            CallError::InFlight => "in flight: the first request with this key is still running",
            CallError::KeyReused => "key reused for another request",
            CallError::Undone => "undone: it was voided, released, cancelled or aborted",
            CallError::NotFound => "not found",
            CallError::TooLate => "too late",
            CallError::Locked => "locked: another transaction holds the row",
            CallError::Invalid => "invalid request",
        })
    }
}

impl std::error::Error for CallError {}

impl CallError {
    /// The error with this printed form.
    pub(crate) fn read(text: &str) -> Option<CallError> {
        let all = [
            CallError::ConnectionRefused,
            CallError::ServerError,
            CallError::Declined,
            CallError::InFlight,
            CallError::KeyReused,
            CallError::Undone,
            CallError::NotFound,
            CallError::TooLate,
            CallError::Locked,
            CallError::Invalid,
        ];
        all.into_iter().find(|error| error.to_string() == text)
    }
}

/// What a service answers.
pub type Response = Result<Reply, CallError>;

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Charge {
            id, amount, status, ..
        } = self;
        match status {
            ChargeStatus::Accepted => write!(f, "accepted {id} {amount}"),
            ChargeStatus::Authorized => write!(f, "authorized {id} {amount}"),
            ChargeStatus::Captured => write!(f, "captured {id} {amount}"),
            ChargeStatus::Declined => write!(f, "declined {id} {amount}"),
            ChargeStatus::Voided => write!(f, "voided {id} {amount}"),
            ChargeStatus::Expired => write!(f, "expired {id} {amount}"),
        }?;
        match self.refunded {
            Yen(0) => Ok(()),
            refunded => write!(f, ", {refunded} given back"),
        }?;
        for refund in &self.refunds {
            match refund.status {
                RefundStatus::Pending => write!(f, " ({} of it under way)", refund.amount)?,
                RefundStatus::Failed => write!(f, " (a refund of {} failed)", refund.amount)?,
                RefundStatus::Succeeded => {}
            }
        }
        Ok(())
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
            Reply::RefundAccepted(total) => write!(f, "refund accepted ({total})"),
            Reply::Voided(Yen(0)) => write!(f, "voided: this key will never charge"),
            Reply::Voided(amount) => write!(f, "voided, {amount} given back"),
            Reply::Reserved(reservation) => write!(f, "reserved {}", reservation.id),
            Reply::Released => write!(f, "released"),
            Reply::Confirmed => write!(f, "confirmed"),
            Reply::Restocked => write!(f, "on the shelf"),
            Reply::Parcel(parcel) => write!(f, "will send {}", parcel.id),
            Reply::Parcels(found) => write!(f, "found {} parcels", found.len()),
            Reply::ParcelCancelled(count) => write!(f, "stopped {count} parcels"),
            Reply::Other(message) => write!(f, "{message}"),
            Reply::Prepared(_) => write!(f, "prepared"),
            Reply::Committed => write!(f, "committed"),
            Reply::Aborted(true) => write!(f, "aborted"),
            Reply::Aborted(false) => write!(f, "aborted, and never to be prepared"),
            Reply::InDoubt(open) => match open.as_slice() {
                [] => write!(f, "nothing in doubt"),
                open => {
                    let ids: Vec<&str> = open.iter().map(|open| open.tx.as_str()).collect();
                    write!(f, "in doubt: {}", ids.join(", "))
                }
            },
            Reply::Restarted(count) => write!(f, "restarted, still in doubt: {count}"),
        }
    }
}
