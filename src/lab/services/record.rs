//! Lines of the services' ledgers.

use crate::language::message::{ChargeStatus, Key, Refund, RefundStatus};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;

/// A line of the payment provider's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeRecord {
    /// `pay_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// How much.
    pub amount: Yen,
    /// Under which key.
    pub key: Option<Key>,
    /// When it was executed.
    pub at: Ms,
    /// Its state.
    pub status: ChargeStatus,
    /// How much was given back by refunds, without those that have failed.
    pub refunded: Yen,
    /// Every refund of it, oldest first.
    pub refunds: Vec<Refund>,
    /// How much of the money that nobody had sent back the provider held, and from when: one entry for each change, in order of
    /// time. A refund that fails counts as sent: whoever told the customer of it could not know better.
    pub held: Vec<(Ms, Yen)>,
}

impl ChargeRecord {
    /// The money the provider has kept of this charge.
    pub fn kept(&self) -> Yen {
        match self.status {
            ChargeStatus::Captured => self.amount - self.refunded,
            _ => Yen(0),
        }
    }

    /// How often money of it went back and stayed there: by refunds, and by a void if that found something left.
    pub fn times_given_back(&self) -> usize {
        let stayed = |refund: &&Refund| refund.status != RefundStatus::Failed;
        let refunds = self.refunds.iter().filter(stayed).count();
        refunds + usize::from(self.was_voided_with_money())
    }

    /// How much went back, all told.
    pub fn given_back(&self) -> Yen {
        if self.was_voided_with_money() {
            self.amount
        } else {
            self.refunded
        }
    }

    fn was_voided_with_money(&self) -> bool {
        let moved = !self.held.is_empty();
        self.status == ChargeStatus::Voided && moved && self.refunded < self.amount
    }

    /// The money that the provider held of this charge at this time.
    pub fn held_at(&self, time: Ms) -> Yen {
        let mut before = self.held.iter().rev();
        let held = before.find(|(at, _)| *at <= time);
        held.map_or(Yen(0), |(_, held)| *held)
    }
}

/// A line of the shipper's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelRecord {
    /// `parcel_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// When the shipper was done with the request.
    pub requested_at: Ms,
    /// When it leaves, or would have left.
    pub dispatched_at: Ms,
    /// When it was stopped, before it left; `None` if it was not.
    pub cancelled_at: Option<Ms>,
}

impl ParcelRecord {
    /// Whether it was stopped before it left.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled_at.is_some()
    }
}

/// The state of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReservationStatus {
    /// Set aside.
    Held,
    /// Gone for good, to the customer.
    Confirmed,
    /// Given back.
    Released,
    /// Lapsed by itself.
    Expired,
}

/// A line of the warehouse's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationRecord {
    /// `res_1`.
    pub id: Name,
    /// The order it was made for.
    pub order: Name,
    /// What.
    pub sku: Name,
    /// How many.
    pub quantity: u32,
    /// Its state.
    pub status: ReservationStatus,
}
