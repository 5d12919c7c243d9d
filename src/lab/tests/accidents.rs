//! Every accident of the encyclopedia is found in evidence that has it, and not in evidence that does not.

mod answers;
mod calm;
mod day;
mod goods;
mod heard;
mod money;
mod script;
mod told;
mod transactions;
mod words;

use day::{ORDER2, cancelled_day, captured, found, good_day, parcel};
use lab::judge::accident::Accident::{self, *};
use lab::judge::accident::find;
use lab::judge::accident::order::shown_by;
use lab::judge::claim::Claim;
use lab::judge::evidence::Evidence;
use lab::tell::Say;

#[test]
fn what_explains_more_is_named_first() {
    let mut everything = cancelled_day();
    everything.charges = vec![captured(), captured()];
    everything.history = Some(vec![ORDER2]);
    everything.submissions[0].told = None;
    let all: Vec<Accident> = Accident::ALL
        .into_iter()
        .filter(|accident| accident.find(&everything).is_some())
        .collect();
    let expected = [
        ChargedWithoutAnOrder,
        ChargedTwice,
        HalfAnOrder,
        NeverSettled,
    ];
    assert_eq!(all, expected);
    assert_eq!(found(&everything), Some(ChargedWithoutAnOrder));
    // What is only open is named last: it follows from almost anything else.
    assert_eq!(Accident::ALL.last(), Some(&NeverSettled));
}

#[test]
fn every_accident_is_looked_for_once_and_has_a_name_of_its_own() {
    let mut all = Accident::ALL.to_vec();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 14);
    let mut names: Vec<&str> = all.iter().map(|accident| accident.name()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 14);
}

#[test]
fn an_order_shows_by_itself_what_is_found_of_it() {
    let mut twice = cancelled_day();
    twice.charges = vec![captured(), captured()];
    let shown = |evidence: &Evidence| shown_by(evidence, &evidence.submissions[0].order);
    assert_eq!(shown(&twice), [ChargedWithoutAnOrder, ChargedTwice]);
    let mut unpaid = good_day();
    unpaid.charges.clear();
    assert_eq!(shown(&unpaid), [ConfirmedWithoutPayment]);
    assert_eq!(shown(&good_day()), []);
    // Books that say "cancelled" change nothing about a parcel.
    let mut sent = cancelled_day();
    sent.parcels = vec![parcel(false)];
    assert_eq!(shown(&sent), [ConfirmedWithoutPayment]);
}

#[test]
fn a_finding_tells_both_sides() {
    let mut evidence = cancelled_day();
    evidence.charges = vec![captured()];
    let finding = find(&evidence).unwrap_or_else(|| panic!("nothing found"));
    let believes = ["order1 is cancelled", "the customer was told: cancelled"];
    let said = |claims: &[Claim]| claims.iter().map(Say::english).collect::<Vec<_>>();
    assert_eq!(said(&finding.believes), believes);
    let knows = ["order1 was charged ¥1,200 (pay_1)"];
    assert_eq!(said(&finding.knows), knows);
}
