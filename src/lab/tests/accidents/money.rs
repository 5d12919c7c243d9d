//! Accidents with money.

use super::day::*;
use lab::judge::accident::Accident::*;
use lab::judge::evidence::Evidence;
use lab::language::message::ChargeStatus;
use lab::language::order::Yen;
use lab::services::record::ChargeRecord;

#[test]
fn charged_without_an_order() {
    breaks(
        cancelled_day(),
        |it| it.charges = vec![captured()],
        ChargedWithoutAnOrder,
    );
    // An order that the books do not know at all is no order either.
    let unknown = |it: &mut Evidence| {
        it.charges = vec![captured()];
        it.orders.clear();
    };
    breaks(cancelled_day(), unknown, ChargedWithoutAnOrder);
    for (status, refunded) in [
        (ChargeStatus::Captured, PRICE),
        (ChargeStatus::Voided, Yen(0)),
        (ChargeStatus::Declined, Yen(0)),
        (ChargeStatus::Accepted, Yen(0)),
    ] {
        holds(cancelled_day(), |it| {
            it.charges = vec![charge(status, refunded)]
        });
    }
    let partly = |it: &mut Evidence| it.charges = vec![charge(ChargeStatus::Captured, Yen(1_199))];
    breaks(cancelled_day(), partly, ChargedWithoutAnOrder);
}

#[test]
fn confirmed_without_payment() {
    breaks(good_day(), |it| it.charges.clear(), ConfirmedWithoutPayment);
    for (status, refunded) in [
        (ChargeStatus::Accepted, Yen(0)),
        (ChargeStatus::Declined, Yen(0)),
        (ChargeStatus::Voided, Yen(0)),
        (ChargeStatus::Captured, Yen(1)),
    ] {
        let change = |it: &mut Evidence| it.charges = vec![charge(status, refunded)];
        breaks(good_day(), change, ConfirmedWithoutPayment);
    }
    // Goods that have left need no row that says so.
    breaks(
        cancelled_day(),
        |it| it.parcels = vec![parcel(false)],
        ConfirmedWithoutPayment,
    );
    holds(cancelled_day(), |it| it.parcels = vec![parcel(true)]);
    // Where nobody is asked for money, nobody owes any.
    let free = |it: &mut Evidence| {
        it.charges.clear();
        it.terms.paid_by_card = false;
    };
    holds(good_day(), free);
}

#[test]
fn charged_twice() {
    breaks(good_day(), |it| it.charges.push(captured()), ChargedTwice);
    let given_back = charge(ChargeStatus::Captured, PRICE);
    holds(good_day(), |it| it.charges.push(given_back));
    let somebody_elses = ChargeRecord {
        order: ORDER2,
        ..captured()
    };
    holds(good_day(), |it| it.charges.push(somebody_elses));
}

#[test]
fn refunded_more_than_captured() {
    breaks(
        good_day(),
        |it| it.over_refunds = Yen(1),
        RefundedMoreThanCaptured,
    );
}
