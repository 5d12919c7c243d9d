//! Rows, stock and parcels that do not add up with the orders.

use super::Accident::*;
use super::{Finding, beliefs, exists, is_confirmed, order_named};
use crate::evidence::{Evidence, ReservationStatus, WalkIn};
use crate::name::Name;
use crate::order::Order;

pub(super) fn half_an_order(evidence: &Evidence) -> Option<Finding> {
    let Some(history) = &evidence.history else {
        return whole_too_late(evidence);
    };
    let without_history = evidence
        .orders
        .iter()
        .find(|row| row.status != "cancelled" && !history.contains(&row.id));
    let without_order = history
        .iter()
        .find(|id| evidence.orders.iter().all(|row| row.id != **id));
    let (id, knows) = match (without_history, without_order) {
        (Some(row), _) => (row.id, format!("{} has no line in the history", row.id)),
        (None, Some(id)) => (*id, format!("the history has a line for {id}")),
        (None, None) => return whole_too_late(evidence),
    };
    let believes = match order_named(evidence, id) {
        Some(order) => beliefs(evidence, order),
        None => vec![format!("nobody has ever ordered {id}")],
    };
    Some(Finding {
        accident: HalfAnOrder,
        believes,
        knows: vec![knows],
    })
}

/// `confirmed` is what the others go by, and they read it whenever they like. What belongs to the order must not come
/// at another time, however surely it comes. (Within the same millisecond nobody can have looked.)
fn whole_too_late(evidence: &Evidence) -> Option<Finding> {
    evidence.books.iter().find_map(|entered| {
        let whole_at = entered.whole_at.filter(|whole_at| *whole_at > entered.at)?;
        Some(Finding {
            accident: HalfAnOrder,
            believes: vec![format!("{} was confirmed at {}", entered.order, entered.at)],
            knows: vec![format!("the rest of its rows came at {whole_at}")],
        })
    })
}

pub(super) fn stock(evidence: &Evidence) -> Option<Finding> {
    let quantity_of = |sku: Name, counts: &dyn Fn(&Order) -> bool| -> i64 {
        evidence
            .submitted()
            .into_iter()
            .filter(|order| Name::new(&order.sku) == sku && counts(order))
            .map(|order| i64::from(order.quantity))
            .sum()
    };
    let finding = |sku: Name, sold: i64, gone: i64| Finding {
        accident: StockOutOfBalance,
        believes: vec![format!("{sold} of {sku} are sold")],
        knows: vec![format!("{gone} of {sku} are gone from the stock")],
    };
    for record in evidence.shop_stock.iter().flatten() {
        let sold = quantity_of(record.sku, &|order| exists(evidence, order));
        let gone = record.at_first - record.free;
        if record.free < 0 || gone != sold {
            return Some(finding(record.sku, sold, gone));
        }
    }
    for record in &evidence.stock {
        // What is sold at the warehouse's own counter is none of the shop's business.
        let gone: i64 = evidence
            .reservations
            .iter()
            .filter(|reservation| {
                let walked_in = |walk_in: &WalkIn| walk_in.name == reservation.order;
                reservation.sku == record.sku
                    && reservation.status == ReservationStatus::Confirmed
                    && !evidence.walk_ins.iter().any(walked_in)
            })
            .map(|reservation| i64::from(reservation.quantity))
            .sum();
        // Where the warehouse takes part in transactions, nothing is sold without it.
        let mut reservations = evidence.reservations.iter();
        let reserves = !evidence.participations.is_empty()
            || reservations.any(|reservation| reservation.sku == record.sku);
        let sold = quantity_of(record.sku, &|order| is_confirmed(evidence, order));
        if reserves && gone != sold {
            return Some(finding(record.sku, sold, gone));
        }
    }
    None
}
