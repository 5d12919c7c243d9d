//! What a shop that ships owes, what an outage is, and what counts as the same as one delivery.

use lab::engine::record::{OrderRow, Submission};
use lab::flow::{Code, OrderFlow};
use lab::judge::accident::{self, Accident};
use lab::judge::evidence::Evidence;
use lab::judge::once::End;
use lab::judge::terms::Terms;
use lab::language::message::{CallError, ChargeRequest, ChargeStatus, Service};
use lab::language::name::Name;
use lab::language::order::{Answer, Failure, Order, Yen};
use lab::language::schedule::Schedule;
use lab::language::time::Ms;
use lab::run::replay;
use lab::search::random::deliveries;
use lab::services::record::{ChargeRecord, ParcelRecord};
use lab::setup::Setup;
use lab::shop::Shop;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

const ORDER1: Name = Name::of("order1");

/// A shop that ships, and whose books say this of its one order.
fn shop(status: &str, paid: bool, parcels: usize) -> Evidence {
    let charge = |id: &str, status| ChargeRecord {
        id: Name::new(id),
        order: ORDER1,
        amount: Yen(1_200),
        key: None,
        at: Ms::ZERO,
        status,
        refunded: Yen(0),
        refunds: Vec::new(),
        held: match status {
            ChargeStatus::Captured => vec![(Ms::ZERO, Yen(1_200))],
            _ => Vec::new(),
        },
    };
    let parcel = |n: usize| ParcelRecord {
        id: Name::new(&format!("parcel_{n}")),
        order: ORDER1,
        requested_at: Ms::ZERO,
        dispatched_at: Ms::minutes(30),
        cancelled_at: None,
    };
    Evidence {
        submissions: vec![Submission {
            order: Order::new("order1", Yen(1_200)),
            at: Some(Ms::ZERO),
            told: Some((
                Ms(600),
                lab::engine::trace::Told::ErrorPage("the books say more".to_owned()),
            )),
        }],
        orders: vec![OrderRow {
            id: ORDER1,
            status: status.to_owned(),
        }],
        charges: if paid {
            vec![charge("pay_1", ChargeStatus::Captured)]
        } else {
            vec![charge("pay_1", ChargeStatus::Declined)]
        },
        parcels: (1..=parcels).map(parcel).collect(),
        terms: Terms {
            paid_by_card: true,
            ships: true,
            ..Terms::default()
        },
        fired: "order1/payment.charge#1: reply lost"
            .parse()
            .unwrap_or_default(),
        ..Evidence::default()
    }
}

fn found(evidence: &Evidence) -> Option<Accident> {
    accident::find(evidence).map(|finding| finding.accident)
}

#[test]
fn a_confirmed_order_has_one_parcel_and_a_cancelled_one_has_none() {
    assert_eq!(found(&shop("confirmed", true, 1)), None);
    assert_eq!(found(&shop("cancelled", false, 0)), None);
    let swallowed = Some(Accident::ALegitimateRequestSwallowed);
    assert_eq!(found(&shop("confirmed", true, 0)), swallowed);
    let twice = Some(Accident::ShippedTwice);
    assert_eq!(found(&shop("confirmed", true, 2)), twice);
    let unpaid = Some(Accident::ConfirmedWithoutPayment);
    assert_eq!(found(&shop("cancelled", false, 1)), unpaid);
}

#[test]
fn a_shop_that_does_not_ship_owes_no_parcel() {
    let evidence = Evidence {
        terms: Terms {
            ships: false,
            ..shop("confirmed", true, 0).terms
        },
        ..shop("confirmed", true, 0)
    };
    assert_eq!(found(&evidence), None);
}

#[test]
fn deliveries_alone_make_no_difference() {
    let once = End::of(&shop("confirmed", true, 1));
    let clicked: Schedule = "order1/submit#1: twice after 100ms"
        .parse()
        .unwrap_or_default();
    let crashed: Schedule = "recover#1: crash before".parse().unwrap_or_default();
    let differs = |evidence: &Evidence, fired: &Schedule| {
        let fired = fired.clone();
        let evidence = Evidence {
            fired,
            ..evidence.clone()
        };
        let finding = End::of(&evidence).differs(&once, &evidence);
        finding.map(|finding| finding.accident)
    };
    assert_eq!(differs(&shop("confirmed", true, 1), &clicked), None);
    let twice = Some(Accident::ShippedTwice);
    assert_eq!(differs(&shop("confirmed", true, 2), &crashed), twice);
    // Called off, cleanly: as good as one delivery if something died, and not if somebody clicked.
    let off = shop("cancelled", false, 0);
    assert_eq!(differs(&off, &crashed), None);
    let swallowed = Some(Accident::ALegitimateRequestSwallowed);
    assert_eq!(differs(&off, &clicked), swallowed);
}

#[test]
fn plans_of_deliveries_click_often_and_say_nothing_else() {
    let submit = lab::language::step::Step::new(ORDER1, lab::language::step::SUBMIT, 1);
    let charge = lab::language::step::Step::new(ORDER1, Name::of("payment.charge"), 1);
    let insert = lab::language::step::Step::new(ORDER1, Name::of("db.insert orders"), 1);
    let mut runner = TestRunner::deterministic();
    let mut clicked = 0;
    for _ in 0..200 {
        let Ok(tree) = deliveries(9).new_tree(&mut runner) else {
            panic!("no plan");
        };
        let mut oracle = tree.current().oracle();
        let faults = [submit, charge, insert].map(|step| oracle.decide(&step));
        clicked += usize::from(faults[0].is_some());
        let other = faults.into_iter().flatten();
        let other = other.filter(|fault| !fault.is_about_delivery()).count();
        assert_eq!(other, 0, "{faults:?}");
    }
    assert!((120..180).contains(&clicked), "{clicked} of 200");
}

/// Asks twice, half an hour apart, and tells what it heard.
struct Asks(Shop);

impl OrderFlow for Asks {
    fn start(shop: Shop) -> Asks {
        Asks(shop)
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        for _ in 0..3 {
            let charge = self.0.payment.charge(ChargeRequest::of(order), None);
            let heard = match charge.await {
                Err(CallError::ConnectionRefused) => "refused".to_owned(),
                other => format!("{}", other.is_ok()),
            };
            let ship = self.0.shipping.request(order, None).await.is_ok();
            self.0.log(format!("{heard} {ship}"));
            tokio::time::sleep(Ms::minutes(30).duration()).await;
        }
        Ok(Answer::Pending)
    }
}

#[test]
fn an_outage_begins_and_ends_at_a_time_and_spares_the_other_services() {
    let setup = Setup::new().outage(Service::Payment, Ms::minutes(20), Ms::minutes(50));
    let run = replay(&setup, Code::of::<Asks>("asks"), &Schedule::CALM);
    let entries = run.evidence.trace.entries.iter();
    let heard: Vec<&str> = entries
        .filter_map(|entry| match &entry.event {
            lab::engine::trace::Event::Log(line) => Some(line.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(heard, ["true true", "refused true", "true true"]);
}
