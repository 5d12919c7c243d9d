//! Rows, stock and parcels that do not add up with the orders.

use super::Accident::*;
use super::{Finding, beliefs, exists, is_confirmed, order_named};
use crate::evidence::{Evidence, ReservationRecord, ReservationStatus, WalkIn};
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
        knows: vec![match gone {
            0.. => format!("{gone} of {sku} are gone from the stock"),
            _ => format!("the stock counts {} of {sku} too many", -gone),
        }],
    };
    for record in evidence.shop_stock.iter().flatten() {
        let sold = quantity_of(record.sku, &|order| exists(evidence, order));
        let gone = record.at_first - record.free;
        if record.free < 0 || gone != sold {
            return Some(finding(record.sku, sold, gone));
        }
    }
    for record in &evidence.stock {
        let of_sku = || {
            let all = evidence.reservations.iter();
            all.filter(|reservation| reservation.sku == record.sku)
        };
        // What is sold at the warehouse's own counter is none of the shop's business.
        let is_ours = |reservation: &&ReservationRecord| {
            let walked_in = |walk_in: &WalkIn| walk_in.name == reservation.order;
            !evidence.walk_ins.iter().any(walked_in)
        };
        let confirmed = sum(of_sku()
            .filter(is_ours)
            .filter(|reservation| reservation.status == ReservationStatus::Confirmed));
        let held = |reservation: &&ReservationRecord| {
            let status = reservation.status;
            [ReservationStatus::Held, ReservationStatus::Confirmed].contains(&status)
        };
        // Put on the shelf, although no reservation was given back.
        let restocked = (record.free - record.at_first + sum(of_sku().filter(held))).max(0);
        let gone = confirmed - restocked;
        // Where the warehouse takes part in transactions, nothing is sold without it.
        let reserves =
            !evidence.participations.is_empty() || of_sku().next().is_some() || restocked > 0;
        let sold = quantity_of(record.sku, &|order| is_confirmed(evidence, order));
        if reserves && gone != sold {
            return Some(finding(record.sku, sold, gone));
        }
    }
    None
}

/// How many pieces these reservations are for.
fn sum<'a>(reservations: impl Iterator<Item = &'a ReservationRecord>) -> i64 {
    let quantities = reservations.map(|reservation| i64::from(reservation.quantity));
    quantities.sum()
}
