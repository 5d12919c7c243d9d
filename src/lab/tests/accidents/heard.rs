//! A no that was heard is final, and one that was not is not.

use super::script::{accident, customers, world};
use lab::judge::accident::Accident::*;
use lab::language::time::Ms;
use lab::services::PaymentRules;

const DECLINED: &str = "order1/payment.charge#1: declined";
const SOLD: &str = "insert confirmed; history; confirmed";

#[test]
fn a_card_that_said_no_is_not_asked_again() {
    let again = world(&format!("charge a; charge b; {SOLD}"));
    assert_eq!(accident(&again, DECLINED), Some(AFinalWordTakenBack));
    // That the money goes back later does not help.
    let back = "charge a; charge b; void b; insert cancelled; cancelled";
    assert_eq!(accident(&world(back), DECLINED), Some(AFinalWordTakenBack));
    // The same question under the same key gets the same answer.
    let same = world("charge a; charge a; insert cancelled; cancelled");
    assert_eq!(accident(&same, DECLINED), None);
    // So does an older one, of which nothing had been heard: it has charged, and charges nothing more.
    let older = world(&format!("hurry b; sleep 1000; charge a; charge b; {SOLD}"));
    let second = "order1/payment.charge#2: declined";
    assert_eq!(accident(&older, second), None);
}

#[test]
fn nor_is_it_when_the_customer_comes_back() {
    let first = (0, "insert pending; charge a; pending");
    let again = "charge b; update confirmed; history; confirmed";
    let comes_back = customers(&[first, (3_600_000, again)]);
    assert_eq!(accident(&comes_back, DECLINED), Some(AFinalWordTakenBack));
}

#[test]
fn a_no_that_nobody_heard_binds_nobody() {
    let unheard = world(&format!("hurry a; sleep 1000; charge b; {SOLD}"));
    assert_eq!(accident(&unheard, DECLINED), None);
    // What was asked before the no was heard is no second question.
    let before = world(&format!("hurry a; charge b; {SOLD}"));
    assert_eq!(accident(&before, DECLINED), None);
    // It is heard, in the end, by whoever looks it up.
    let looked_up = world(&format!("hurry a; sleep 1000; find a; charge b; {SOLD}"));
    assert_eq!(accident(&looked_up, DECLINED), Some(AFinalWordTakenBack));
}

#[test]
fn a_process_that_dies_takes_the_no_with_it() {
    let forgets = world("insert trying; history; charge a; update cancelled; cancelled");
    assert_eq!(accident(&forgets, DECLINED), None);
    let dies = "order1/payment.charge#1: declined; order1/db.update orders#1: crash before";
    assert_eq!(accident(&forgets, dies), None);
    // It has lived on for a moment, and could have written it down.
    let dawdles = world("insert trying; history; charge a; sleep 1; update cancelled; cancelled");
    assert_eq!(accident(&dawdles, dies), Some(AFinalWordTakenBack));
}

#[test]
fn a_no_by_webhook_is_heard_as_well() {
    let settles = PaymentRules {
        settles_after: Some(Ms::seconds(3)),
        ..PaymentRules::default()
    };
    let later = world("insert pending; charge a; history; sleep 8000; update confirmed; pending")
        .payment(settles);
    assert_eq!(accident(&later, ""), None);
    assert_eq!(accident(&later, DECLINED), Some(AFinalWordTakenBack));
}

#[test]
fn a_shipper_that_said_no_is_not_asked_again() {
    let undeliverable = "order1/shipping.request#1: declined";
    let shop = |rest: &str| world(&format!("insert pending; charge a; {rest}")).ships();
    let again = shop("ship b; ship c; update confirmed; history; confirmed");
    assert_eq!(accident(&again, ""), Some(ShippedTwice));
    assert_eq!(accident(&again, undeliverable), Some(AFinalWordTakenBack));
    let gives_up = shop("ship b; void a; update cancelled; cancelled");
    assert_eq!(accident(&gives_up, undeliverable), None);
}
