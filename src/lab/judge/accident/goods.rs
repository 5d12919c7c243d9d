//! Rows, stock and parcels that do not add up with the orders.

use super::Accident::*;
use super::money::ordered_by_nobody;
use super::sides::{stands, stood};
use super::{Finding, beliefs, exists, is_confirmed, order_named};
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::Order;
use crate::services::record::{ReservationRecord, ReservationStatus};
use crate::two_phase::record::WalkIn;

pub(super) fn shipped_twice(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| evidence.parcels_of(order.name()).count() > 1)?;
    let expected = Expected::OneParcel {
        order: order.name(),
    };
    Some(Finding::of_order(ShippedTwice, expected, evidence, order))
}

/// Rows that do not belong together. (An order that is still open at the end has a name of its own.)
pub(super) fn half_an_order(evidence: &Evidence) -> Option<Finding> {
    let Some(history) = &evidence.history else {
        return whole_too_late(evidence);
    };
    let without_history = evidence
        .orders
        .iter()
        .find(|row| row.status == "confirmed" && !history.contains(&row.id));
    let without_order = history
        .iter()
        .find(|id| evidence.orders.iter().all(|row| row.id != **id));
    let (id, knows) = match (without_history, without_order) {
        (Some(row), _) => {
            let (order, is_there) = (row.id, false);
            (order, Claim::InHistory { order, is_there })
        }
        (None, Some(order)) => (*order, Claim::HistoryKnows { order: *order }),
        (None, None) => return whole_too_late(evidence),
    };
    let believes = match order_named(evidence, id) {
        Some(order) => beliefs(evidence, order),
        None => vec![Claim::OrderedByNobody { order: id }],
    };
    Some(Finding {
        accident: HalfAnOrder,
        expected: Expected::HistoryToo { order: id },
        believes,
        knows: vec![knows],
    })
}

/// `confirmed` is what the others go by, and they read it whenever they like. What belongs to the order must not come
/// at another time, however surely it comes; and that the order is taken back before it does puts nothing right. (Within
/// the same millisecond nobody can have looked.)
fn whole_too_late(evidence: &Evidence) -> Option<Finding> {
    let confirmed = evidence.books.iter().enumerate();
    let mut confirmed = confirmed.filter(|(_, entered)| entered.is("confirmed"));
    confirmed.find_map(|(n, entered)| {
        let knows = match entered.whole_at {
            Some(whole_at) if whole_at > entered.at => Claim::RestCame { at: whole_at },
            Some(_) => return None,
            None => {
                let mut later = evidence.books[n + 1..].iter();
                let taken_back = later.find(|later| later.order == entered.order)?;
                if taken_back.at == entered.at {
                    return None;
                }
                Claim::RestHadNotCome { by: taken_back.at }
            }
        };
        Some(Finding {
            accident: HalfAnOrder,
            expected: Expected::WholeAtOnce {
                order: entered.order,
            },
            believes: vec![stood(entered)],
            knows: vec![knows],
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
        expected: Expected::SoldIsGone { sku },
        believes: vec![Claim::Sold { sku, count: sold }],
        knows: vec![Claim::Gone { sku, count: gone }],
    };
    // An order that is still open may have its goods, or not yet. That it is open has a name of its own.
    let is_open = |order: &Order| exists(evidence, order) && !is_confirmed(evidence, order);
    for record in evidence.shop_stock.iter().flatten() {
        let sold = quantity_of(record.sku, &|order| is_confirmed(evidence, order));
        let open = quantity_of(record.sku, &is_open);
        let gone = record.at_first - record.free;
        if record.free < 0 || !(sold..=sold + open).contains(&gone) {
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
        let open = quantity_of(record.sku, &is_open);
        if reserves && !(sold..=sold + open).contains(&gone) {
            return Some(finding(record.sku, sold, gone));
        }
    }
    let row = ordered_by_nobody(evidence)?;
    Some(Finding {
        accident: StockOutOfBalance,
        expected: Expected::OrderedBySomebody,
        believes: vec![stands(row)],
        knows: vec![Claim::OrderedByNobody { order: row.id }],
    })
}

/// How many pieces these reservations are for.
fn sum<'a>(reservations: impl Iterator<Item = &'a ReservationRecord>) -> i64 {
    let quantities = reservations.map(|reservation| i64::from(reservation.quantity));
    quantities.sum()
}
