//! Rows, stock and parcels that do not add up with the orders.

use super::Accident::*;
use super::money::ordered_by_nobody;
use super::order::{lacks_its_history, surplus_parcels};
use super::sides::{stands, stood};
use super::{Finding, beliefs, exists, is_confirmed, order_named};
use crate::engine::record::StockRecord;
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::Order;
use crate::services::record::{ReservationRecord, ReservationStatus};
use crate::two_phase::record::WalkIn;

pub(super) fn shipped_twice(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| surplus_parcels(evidence, order) > 0)?;
    let expected = Expected::OneParcel {
        order: order.name(),
    };
    Some(Finding::of_order(ShippedTwice, expected, evidence, order))
}

/// Rows that do not belong together. (An order that is still open at the end is another accident.)
pub(super) fn half_an_order(evidence: &Evidence) -> Option<Finding> {
    let Some(history) = &evidence.history else {
        return whole_too_late(evidence);
    };
    let without_history = evidence
        .orders
        .iter()
        .find(|row| lacks_its_history(evidence, row.id));
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

/// The others act on `confirmed`, and may read it at any time. So everything that belongs to the order must come at the
/// same time, not later; and cancelling the order before it comes does not help. (Within the same millisecond nobody
/// can have looked.)
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

/// How many pieces of this the confirmed orders add up to.
pub fn sold(evidence: &Evidence, sku: Name) -> i64 {
    pieces(evidence, sku, |order| is_confirmed(evidence, order))
}

/// How many pieces the open orders add up to. An open order may or may not have its goods yet; being open is another
/// accident.
fn open(evidence: &Evidence, sku: Name) -> i64 {
    pieces(evidence, sku, |order| {
        exists(evidence, order) && !is_confirmed(evidence, order)
    })
}

fn pieces(evidence: &Evidence, sku: Name, counts: impl Fn(&Order) -> bool) -> i64 {
    let orders = evidence.submitted().into_iter();
    let orders = orders.filter(|order| Name::new(&order.sku) == sku && counts(order));
    orders.map(|order| i64::from(order.quantity)).sum()
}

/// Whether what is gone from the shop's own shelf differs from what it has sold.
pub fn is_out_of_balance(evidence: &Evidence, record: &StockRecord) -> bool {
    let gone = record.at_first - record.free;
    record.free < 0 || !may_be_gone(evidence, record.sku, gone)
}

fn may_be_gone(evidence: &Evidence, sku: Name, gone: i64) -> bool {
    let sold = sold(evidence, sku);
    (sold..=sold + open(evidence, sku)).contains(&gone)
}

pub(super) fn stock(evidence: &Evidence) -> Option<Finding> {
    let finding = |sku: Name, gone: i64| Finding {
        accident: StockOutOfBalance,
        expected: Expected::SoldIsGone { sku },
        believes: vec![Claim::Sold {
            sku,
            count: sold(evidence, sku),
        }],
        knows: vec![Claim::Gone { sku, count: gone }],
    };
    let mut shelf = evidence.shop_stock.iter().flatten();
    if let Some(record) = shelf.find(|record| is_out_of_balance(evidence, record)) {
        return Some(finding(record.sku, record.at_first - record.free));
    }
    for record in &evidence.stock {
        let of_sku = || {
            let all = evidence.reservations.iter();
            all.filter(|reservation| reservation.sku == record.sku)
        };
        // Sales at the warehouse's own counter are not the shop's.
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
        // If the warehouse takes part in transactions, nothing is sold without it.
        let reserves =
            !evidence.participations.is_empty() || of_sku().next().is_some() || restocked > 0;
        if reserves && !may_be_gone(evidence, record.sku, gone) {
            return Some(finding(record.sku, gone));
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
