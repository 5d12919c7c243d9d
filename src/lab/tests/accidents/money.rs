//! Accidents with money.

use super::day::*;
use lab::judge::accident::Accident::*;
use lab::judge::accident::find;
use lab::judge::claim::Expected;
use lab::judge::evidence::Evidence;
use lab::language::message::{ChargeStatus, Refund, RefundStatus};
use lab::language::name::Name;
use lab::language::order::Yen;
use lab::language::time::Ms;
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

/// A captured charge of which these sums went back, each under a key of its own.
fn given_back(parts: &[u64], status: RefundStatus) -> ChargeRecord {
    let refunds = parts.iter().enumerate().map(|(n, amount)| Refund {
        id: Name::new(&format!("refund_{}", n + 1)),
        charge: Name::of("pay_1"),
        order: ORDER1,
        amount: Yen(*amount),
        key: format!("undo-{n}").as_str().into(),
        status,
    });
    let refunded = match status {
        RefundStatus::Failed => Yen(0),
        RefundStatus::Pending | RefundStatus::Succeeded => Yen(parts.iter().sum()),
    };
    ChargeRecord {
        refunds: refunds.collect(),
        ..charge(ChargeStatus::Captured, refunded)
    }
}

#[test]
fn refunded_twice() {
    use RefundStatus::{Failed, Succeeded};
    // A surplus of ¥600 was taken, and went back twice.
    let surplus = |parts: &'static [u64], status| {
        move |it: &mut Evidence| {
            let mut paid = given_back(parts, status);
            paid.amount = PRICE + Yen(600);
            paid.held = vec![
                (Ms(100), paid.amount),
                (Ms(200), paid.amount - paid.refunded),
            ];
            it.charges = vec![paid];
        }
    };
    breaks(good_day(), surplus(&[600, 600], Succeeded), RefundedTwice);
    holds(good_day(), surplus(&[600], Succeeded));
    holds(good_day(), surplus(&[400, 200], Succeeded));
    // What failed never went back, and the surplus is still there.
    breaks(good_day(), surplus(&[600, 600], Failed), ChargedTwice);
    // One refund of what was owed to stay is no second refund.
    breaks(
        good_day(),
        surplus(&[1_200], Succeeded),
        ConfirmedWithoutPayment,
    );
}

#[test]
fn of_a_cancelled_order_the_fee_stays_and_the_rest_goes_back_once() {
    let parts = |parts: &'static [u64]| {
        move |it: &mut Evidence| {
            it.terms.cancellation_fee = Yen(600);
            it.charges = vec![given_back(parts, RefundStatus::Succeeded)];
        }
    };
    holds(cancelled_day(), parts(&[600]));
    breaks(cancelled_day(), parts(&[600, 600]), RefundedTwice);
    breaks(cancelled_day(), parts(&[500]), ChargedWithoutAnOrder);
    let mut kept = cancelled_day();
    parts(&[500])(&mut kept);
    let finding = find(&kept).expect("¥100 too much is kept");
    let owed = Expected::PaidOrGivenBack {
        order: ORDER1,
        taken: PRICE,
        owed: Yen(600),
    };
    assert_eq!(finding.expected, owed);
    // To waive the fee is no accident.
    holds(cancelled_day(), parts(&[1_200]));
}
