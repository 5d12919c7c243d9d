//! The point of no return of a step, measured on the service itself.

use super::answers::Until;
use super::question::Remote;
use saga_lab::language::message::{By, CallError, Key, Request};
use saga_lab::language::name::Name;
use saga_lab::language::order::Yen;
use saga_lab::language::time::Ms;
use saga_lab::services::{Inventory, Payment, PaymentRules, Service as _, Shipping};

/// How long after a step an undo is looked for.
const LONGEST: Ms = Ms::hours(48);

/// Until when this service undoes a step. The edge is found by bisection; each try asks a fresh service.
pub(super) fn until(step: Remote) -> Until {
    let (mut works, mut fails) = (Ms::ZERO, LONGEST);
    if undoes(step, fails) {
        return Until::AnyTime;
    }
    while fails - works > Ms(1) {
        let middle = Ms(works.0 + (fails - works).0 / 2);
        if undoes(step, middle) {
            works = middle
        } else {
            fails = middle
        }
    }
    Until::Within(fails)
}

/// Whether nothing is left of a step done at time 0 after an undo of it so much later.
fn undoes(step: Remote, after: Ms) -> bool {
    let (order, book) = (Name::of("order1"), Name::of("book"));
    let key = || Key::from("key-1");
    match step {
        Remote::Payment => {
            let mut payment = Payment::new(PaymentRules::default());
            let (amount, key) = (Yen(2_400), key());
            let charge = Request::Charge {
                order,
                amount,
                key: Some(key.clone()),
            };
            let done = payment.execute(Ms::ZERO, Ms::ZERO, &charge, false).response;
            let undone = payment.execute(after, after, &Request::Void { key }, false);
            let kept = payment.records().iter().map(|charge| charge.kept()).sum();
            done.is_ok() && undone.response.is_ok() && Yen(0) == kept
        }
        Remote::Inventory => {
            let mut inventory = Inventory::new(&[(book, 10)]);
            let reserve = Request::Reserve {
                order,
                sku: book,
                quantity: 2,
                key: key(),
            };
            let confirm = Request::Confirm { key: key() };
            let release = Request::Release { key: key() };
            let done = [(Ms::ZERO, reserve), (Ms::ZERO, confirm), (after, release)]
                .map(|(at, request)| inventory.execute(at, at, &request, false).response.is_ok());
            let free: i64 = inventory.stock(after).iter().map(|stock| stock.free).sum();
            done == [true; 3] && free == 10
        }
        Remote::Shipping => {
            let mut shipping = Shipping::new();
            let (ship, cancel) = (
                Request::Ship {
                    order,
                    key: Some(key()),
                },
                Request::CancelParcel(By::Key(key())),
            );
            let done = shipping.execute(Ms::ZERO, Ms::ZERO, &ship, false).response;
            let undone = shipping.execute(after, after, &cancel, false).response;
            done.is_ok() && undone != Err(CallError::TooLate)
        }
    }
}
