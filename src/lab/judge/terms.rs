//! The terms by which a world is judged: what is owed there, and to whom.

use crate::language::order::Yen;
use crate::language::time::Ms;

/// What is owed in a world. The setup fixes it, and the verdict follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Orders are paid by card, so a confirmed one has to be paid.
    pub paid_by_card: bool,
    /// Payments settle later, so on a calm day "pending" is the honest answer.
    pub settles_later: bool,
    /// Set if the customers are strangers: for how long (virtual ms) an unpaid order may keep goods from the others.
    pub strangers: Option<Ms>,
    /// The shop sends what it sells, so a confirmed order must have a parcel.
    pub ships: bool,
    /// The customers have cancelled their orders afterwards, so nobody is owed a confirmation.
    pub called_off: bool,
    /// How much of the price (yen) the shop may keep if an order is cancelled.
    pub cancellation_fee: Yen,
    /// How long (virtual ms) a service may take to answer a call without a fault.
    pub slowest: Ms,
    /// A service is down for a while, whatever the schedule says.
    pub outages: bool,
}
