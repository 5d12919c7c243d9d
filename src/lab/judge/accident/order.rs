//! The state of one order at the end of the world. Both the accidents and the tables that list every order ask here.

use super::Accident::{self, *};
use super::{exists, is_confirmed};
use crate::judge::claim::Claim;
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::services::record::ChargeRecord;

/// The accidents that this order shows at the end. More may have gone wrong on the way.
pub fn shown_by(evidence: &Evidence, order: &Order) -> Vec<Accident> {
    let happened = [
        (
            ChargedWithoutAnOrder,
            kept_for_nothing(evidence, order) > Yen(0),
        ),
        (RefundedTwice, is_refunded_twice(evidence, order)),
        (
            ConfirmedWithoutPayment,
            is_unpaid(evidence, order) || is_sent_unpaid(evidence, order),
        ),
        (ChargedTwice, overpaid(evidence, order) > Yen(0)),
        (ShippedTwice, surplus_parcels(evidence, order) > 0),
        (HalfAnOrder, lacks_its_history(evidence, order.name())),
    ];
    let happened = happened.into_iter().filter(|(_, happened)| *happened);
    happened.map(|(accident, _)| accident).collect()
}

/// The money that is kept without an order.
pub fn kept_for_nothing(evidence: &Evidence, order: &Order) -> Yen {
    if exists(evidence, order) {
        Yen(0)
    } else {
        evidence.kept(order.name()) - may_keep(evidence, order)
    }
}

/// What the shop may keep of an order's money: the price if it is confirmed, and the fee if it is cancelled.
pub(super) fn may_keep(evidence: &Evidence, order: &Order) -> Yen {
    match evidence.status(order.name()) {
        Some("confirmed") => order.amount,
        Some("cancelled") => evidence.terms.cancellation_fee,
        _ => Yen(0),
    }
}

/// The money that was taken for an order, whatever went back of it.
pub(super) fn taken(evidence: &Evidence, order: &Order) -> Yen {
    let moved = evidence.charges_of(order.name());
    let moved = moved.filter(|charge| !charge.held.is_empty());
    moved.map(|charge| charge.amount).sum()
}

/// What is owed to go back of the money that was taken for an order.
pub(super) fn owed_back(evidence: &Evidence, order: &Order) -> Yen {
    taken(evidence, order) - may_keep(evidence, order)
}

/// What went back of it, all told.
fn given_back(evidence: &Evidence, order: Name) -> Yen {
    let charges = evidence.charges_of(order);
    charges.map(ChargeRecord::given_back).sum()
}

/// The same, as something that the provider knows.
pub fn went_back(evidence: &Evidence, order: Name) -> Claim {
    let charges = evidence.charges_of(order);
    Claim::WentBack {
        order,
        amount: given_back(evidence, order),
        times: charges.map(ChargeRecord::times_given_back).sum(),
    }
}

/// Whether money of one of its charges went back more than once. Of what went back as a whole there is nothing left for a
/// second time.
pub fn went_back_in_parts(evidence: &Evidence, order: Name) -> bool {
    let mut charges = evidence.charges_of(order);
    charges.any(|charge| charge.times_given_back() > 1)
}

/// Whether more went back than is owed, because some went back twice.
pub fn is_refunded_twice(evidence: &Evidence, order: &Order) -> bool {
    let name = order.name();
    went_back_in_parts(evidence, name) && given_back(evidence, name) > owed_back(evidence, order)
}

/// Whether it is confirmed, and not paid.
pub fn is_unpaid(evidence: &Evidence, order: &Order) -> bool {
    let unpaid = evidence.kept(order.name()) < order.amount;
    evidence.terms.paid_by_card && unpaid && is_confirmed(evidence, order)
}

/// Whether a parcel is on its way that is not paid, whatever the books say.
pub fn is_sent_unpaid(evidence: &Evidence, order: &Order) -> bool {
    let unpaid = evidence.kept(order.name()) < order.amount;
    evidence.terms.paid_by_card && unpaid && evidence.parcels_of(order.name()).next().is_some()
}

/// What the customer paid beyond the price.
pub fn overpaid(evidence: &Evidence, order: &Order) -> Yen {
    evidence.kept(order.name()) - order.amount
}

/// The parcels that the customer gets beyond the one that was ordered.
pub fn surplus_parcels(evidence: &Evidence, order: &Order) -> usize {
    let parcels = evidence.parcels_of(order.name()).count();
    parcels.saturating_sub(1)
}

/// Whether it is confirmed, and the shop's table `history` has no line of it.
pub(super) fn lacks_its_history(evidence: &Evidence, order: Name) -> bool {
    let history = evidence.history.as_ref();
    let lacks = history.is_some_and(|history| !history.contains(&order));
    lacks && evidence.status(order) == Some("confirmed")
}
