//! Money: an order that stands in the books, or has left the house, unpaid.

use super::Accident::*;
use super::{Finding, order_named};
use crate::evidence::Evidence;

/// Goods that have left need no row that says so.
pub(super) fn shipped_unpaid(evidence: &Evidence) -> Option<Finding> {
    let order = evidence.submitted().into_iter().find(|order| {
        let paid = evidence.kept(order.name()) >= order.amount;
        !paid && evidence.parcels_of(order.name()).next().is_some()
    })?;
    let finding = || Finding::of_order(ConfirmedWithoutPayment, evidence, order);
    evidence.paid_by_card.then(finding)
}

/// `confirmed` is what the warehouse goes by. It must not stand in the books before the money is there, not even
/// for a moment, however well the story ends.
pub(super) fn confirmed_too_early(evidence: &Evidence) -> Option<Finding> {
    evidence.books.iter().find_map(|entered| {
        let order = order_named(evidence, entered.order)?;
        let early = entered.status == "confirmed" && entered.paid < order.amount;
        (early && evidence.paid_by_card).then(|| Finding {
            accident: ConfirmedWithoutPayment,
            believes: vec![format!("{} was confirmed at {}", order.id, entered.at)],
            knows: vec![format!("by then, {} had been paid", entered.paid)],
        })
    })
}
