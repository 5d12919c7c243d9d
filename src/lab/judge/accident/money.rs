//! Money: taken without an order or more than once, or not taken although the order is confirmed or shipped.

use super::Accident::*;
use super::order::{
    is_refunded_twice, is_sent_unpaid, is_unpaid, kept_for_nothing, overpaid, owed_back, taken,
    went_back,
};
use super::sides::{stands, stood};
use super::{Finding, order_named, told};
use crate::engine::record::OrderRow;
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::order::{Order, Yen};

pub(super) fn charged_without_an_order(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let charged = submitted.find(|order| kept_for_nothing(evidence, order) > Yen(0));
    charged
        .map(|order| {
            let expected = paid_or_given_back(evidence, order);
            Finding::of_order(ChargedWithoutAnOrder, expected, evidence, order)
        })
        .or_else(|| told::cancelled_and_charged(evidence))
}

/// What would have been right of an order and its money.
fn paid_or_given_back(evidence: &Evidence, order: &Order) -> Expected {
    let fee = evidence.terms.cancellation_fee;
    let (order, taken) = (order.name(), taken(evidence, order));
    if fee == Yen(0) || taken <= fee {
        return Expected::PaidOrCancelled { order };
    }
    Expected::PaidOrGivenBack {
        order,
        taken,
        owed: taken - fee,
    }
}

pub(super) fn confirmed_without_payment(evidence: &Evidence) -> Option<Finding> {
    if !evidence.terms.paid_by_card {
        return None;
    }
    let mut submitted = evidence.submitted().into_iter();
    submitted
        .find(|order| is_unpaid(evidence, order))
        .map(|order| {
            let expected = Expected::ConfirmedAndPaid {
                order: order.name(),
                amount: order.amount,
            };
            Finding::of_order(ConfirmedWithoutPayment, expected, evidence, order)
        })
        .or_else(|| shipped_unpaid(evidence))
        .or_else(|| confirmed_too_early(evidence))
        .or_else(|| told::confirmed_and_unpaid(evidence))
        .or_else(|| {
            let row = ordered_by_nobody(evidence)?;
            Some(Finding {
                accident: ConfirmedWithoutPayment,
                expected: Expected::OrderedBySomebodyWhoPays,
                believes: vec![stands(row)],
                knows: vec![Claim::OrderedByNobody { order: row.id }],
            })
        })
}

/// Goods that have left count without any row that says so.
fn shipped_unpaid(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| is_sent_unpaid(evidence, order))?;
    let expected = Expected::NoParcelUnpaid {
        order: order.name(),
    };
    Some(Finding::of_order(
        ConfirmedWithoutPayment,
        expected,
        evidence,
        order,
    ))
}

/// The warehouse acts on `confirmed`. So it must not be in the books before the money is there, not even for a moment,
/// even if all ends well.
fn confirmed_too_early(evidence: &Evidence) -> Option<Finding> {
    evidence.books.iter().find_map(|entered| {
        let order = order_named(evidence, entered.order)?;
        let early = entered.is("confirmed") && entered.paid < order.amount;
        early.then(|| Finding {
            accident: ConfirmedWithoutPayment,
            expected: Expected::PaidBeforeConfirmed {
                order: order.name(),
                amount: order.amount,
            },
            believes: vec![stood(entered)],
            knows: vec![Claim::PaidByThen {
                amount: entered.paid,
            }],
        })
    })
}

/// A confirmed order that no customer has handed in.
pub(super) fn ordered_by_nobody(evidence: &Evidence) -> Option<&OrderRow> {
    let mut rows = evidence.orders.iter();
    rows.find(|row| row.status == "confirmed" && order_named(evidence, row.id).is_none())
}

pub(super) fn charged_twice(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| overpaid(evidence, order) > Yen(0))?;
    let expected = Expected::ChargedOnce {
        order: order.name(),
        amount: order.amount,
    };
    Some(Finding::of_order(ChargedTwice, expected, evidence, order))
}

pub(super) fn refunded_more_than_captured(evidence: &Evidence) -> Option<Finding> {
    (evidence.over_refunds > Yen(0)).then(|| Finding {
        accident: RefundedMoreThanCaptured,
        expected: Expected::NoMoreBackThanIn,
        believes: vec![Claim::RefundsInOrder],
        knows: vec![Claim::TooMuchBack {
            amount: evidence.over_refunds,
        }],
    })
}

pub(super) fn refunded_twice(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| is_refunded_twice(evidence, order))?;
    let expected = Expected::GoesBackOnce {
        order: order.name(),
        amount: owed_back(evidence, order),
    };
    let mut finding = Finding::of_order(RefundedTwice, expected, evidence, order);
    finding.knows.push(went_back(evidence, order.name()));
    Some(finding)
}
