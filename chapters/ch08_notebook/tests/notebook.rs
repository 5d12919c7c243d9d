//! Notebooks: a prediction is compared with a run and with nothing else, and an undo is asked until it knows.

use ch08::notebook::prelude::*;
use ch08::notebook::question::{FlowStep, Mishap};
use ch08::notebook::{Entry, Grader, Remote, SCHEMA, When, codes};
use course::chapter::{CODE, Chapter};
use course::isolate::Outcome;
use saga_lab::engine::trace::Event;
use saga_lab::flow::Code;
use saga_lab::language::message::Service;
use saga_lab::language::order::Order;
use saga_lab::language::schedule::Schedule;
use saga_lab::run::{Run, replay};
use saga_lab::setup::Setup;
use std::time::Duration;
use tokio::time::timeout;

/// A flow that has two ledgers: our own, and the provider's.
struct Flow(Shop);

impl OrderFlow for Flow {
    fn start(shop: Shop) -> Self {
        Flow(shop)
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let tx = self.0.db.begin().await?;
        let insert = "INSERT INTO orders (id, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity, order.amount];
        tx.execute(insert, values).await?;
        let patience = Duration::from_millis(700);
        let charge = self.0.payment.charge(ChargeRequest::of(order), None);
        timeout(patience, charge).await??;
        let key = self.0.new_key();
        timeout(patience, self.0.inventory.reserve(order, &key)).await??;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

/// Knows everything, and says what differs by its parameter: until when a parcel can be stopped.
struct Knows<const MS: u64>;

impl<const MS: u64> Notebook for Knows<MS> {
    const ORDER: Boundary = Inside { leaves: Rows(0) };
    const PAYMENT: Boundary = External {
        leaves: Money(1_200),
    };
    const INVENTORY: Boundary = Boundary::Unknown;
    const SHIPPING: Boundary = Inside {
        leaves: Money(1_200),
    };
    const PAYMENT_TIMED_OUT: Prediction = Prediction {
        our_books: OurBooks::NoOrder,
        customer: Customer::ErrorPage,
        provider_keeps: Some(Yen(1_200)),
        books_held: Some(0),
        books_held_in_an_hour: Some(0),
        parcels: Some(0),
        diverges: Some(&[Remote::Payment, Remote::Payment]),
    };
    const RESERVATION_UNANSWERED: Prediction = Prediction {
        books_held: Some(1),
        diverges: Some(&[Remote::Inventory, Remote::Payment]),
        ..Self::PAYMENT_TIMED_OUT
    };
    const SHIPPED_TWICE: Prediction = Prediction::UNKNOWN;
    const PAYMENT_UNTIL: Until = AnyTime;
    const INVENTORY_UNTIL: Until = Until::Unknown;
    const SHIPPING_UNTIL: Until = Within(Ms(MS));

    /// Tells what it is given, and is not sure before the third time.
    async fn undo_payment(shop: &Shop, paid: &Written<Charge>) -> Result<Undo, Failure> {
        let Written {
            key,
            undo_key,
            reply,
            ..
        } = paid;
        let told = reply.as_ref().map(|charge| charge.id.to_string());
        shop.log(format!("{key} {undo_key} {told:?}"));
        match shop.now() {
            Ms(0..60_000) => unreachable!("a minute has passed"),
            // The first time it hangs, the second time it does not know.
            Ms(60_000..120_000) => std::future::pending().await,
            Ms(120_000..180_000) => Err(Failure("not yet".to_owned())),
            _ => {
                shop.payment.void(key).await?;
                Ok(Done)
            }
        }
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        shop.log(format!("{:?}", taken.order));
        Ok(TooLate)
    }

    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure> {
        match shop.shipping.cancel(By::Key(sent.key.clone())).await {
            Err(CallError::TooLate) => Ok(TooLate),
            answer => answer.map(|_| Done).map_err(Failure::from),
        }
    }
}

const HALF_AN_HOUR: u64 = 30 * 60 * 1_000;

/// This notebook under whatever name is asked for, as `SAGA_CODE` means a notebook of the chapter.
fn grader<const MS: u64>() -> Grader {
    let name = std::env::var(CODE).unwrap_or("exercise".to_owned());
    let notebook = Entry::about::<Flow, Knows<MS>>(name.leak());
    let notebooks: &[Entry; 1] = Box::leak(Box::new([notebook]));
    let codes: &[Code; 1] = Box::leak(Box::new(codes(notebooks)));
    let chapter = Chapter { codes, ..CHAPTER };
    Grader { chapter, notebooks }
}

fn knows() -> Grader {
    grader::<HALF_AN_HOUR>()
}

fn code() -> Code {
    knows().chapter.codes[0]
}

fn shop() -> Setup {
    Setup::new().schema(SCHEMA)
}

const CHAPTER: Chapter = Chapter {
    id: "toy",
    directory: "toy",
    section: "toy",
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: &[],
    setup: shop,
    worlds: &[
        || {
            shop()
                .called("undo-payment")
                .undone(Service::Payment, Ms::ZERO, 1)
        },
        || {
            shop()
                .called("undo-payment-twice")
                .undone(Service::Payment, Ms::ZERO, 2)
        },
        || {
            shop().called("undo-inventory").without_payment().undone(
                Service::Inventory,
                Ms::ZERO,
                1,
            )
        },
        || {
            shop()
                .called("undo-shipping")
                .without_payment()
                .ships()
                .undone(Service::Shipping, Ms::ZERO, 1)
        },
        || {
            let late = shop()
                .called("undo-shipping-late")
                .without_payment()
                .ships();
            late.undone(Service::Shipping, Ms::hours(1), 1)
        },
    ],
    bounds: None,
    scenario: None,
};

/// The report of a test that fails.
fn told(red: Outcome) -> String {
    match red {
        Ok(()) => panic!("it passes"),
        Err(report) => format!("{report:?}"),
    }
}

fn undo(world: &str, schedule: &str) -> Run {
    let chapter = CHAPTER.in_world(world).unwrap();
    let schedule: Schedule = schedule.parse().unwrap();
    replay(&(chapter.setup)(), code(), &schedule)
}

fn log(run: &Run) -> Vec<&str> {
    let entries = run.evidence.trace.entries.iter();
    let lines = entries.filter_map(|entry| match &entry.event {
        Event::Log(line) => Some(line.as_str()),
        _ => None,
    });
    lines.collect()
}

#[test]
fn what_a_rollback_leaves_is_what_the_run_says() {
    knows().boundary(FlowStep::Order).unwrap();
    knows().boundary(FlowStep::Payment).unwrap();
}

#[test]
fn an_empty_box_is_not_right() {
    let report = told(knows().boundary(FlowStep::Inventory));
    assert!(
        report.contains("PREDICTION · not written down yet"),
        "{report}"
    );
    let report = told(knows().divergence(Mishap::ShippedTwice));
    assert!(
        report.contains("PREDICTION · not written down yet"),
        "{report}"
    );
    let report = told(knows().until(Remote::Inventory));
    assert!(
        report.contains("PREDICTION · not written down yet"),
        "{report}"
    );
}

#[test]
fn an_amount_of_something_else_is_not_right() {
    // This flow sends no parcel, so nothing is left of the step; but not "nothing of ¥1,200".
    let report = told(knows().boundary(FlowStep::Shipping));
    assert!(report.contains("PREDICTION · not as predicted"), "{report}");
    assert!(report.contains("¥1,200 charged"), "{report}");
    assert!(report.contains("0 parcels"), "{report}");
    assert!(
        report.contains("the rollback took back   insert orders"),
        "{report}"
    );
}

#[test]
fn what_diverges_is_a_set() {
    knows().divergence(Mishap::PaymentTimedOut).unwrap();
    // A reservation that nobody has confirmed is gone after an hour.
    knows().divergence(Mishap::ReservationUnanswered).unwrap();
}

#[test]
fn a_point_of_no_return_is_known_to_the_millisecond() {
    knows().until(Remote::Payment).unwrap();
    knows().until(Remote::Shipping).unwrap();
    // A moment too early.
    let early = grader::<{ HALF_AN_HOUR - 1 }>();
    let report = told(early.until(Remote::Shipping));
    assert!(report.contains("within 30 min"), "{report}");
}

#[test]
fn an_undo_is_asked_until_it_knows() {
    let run = undo("undo-payment", "");
    let asked = "key-1 key-2 Some(\"pay_1\")";
    let expected = [
        "🛒 order1: start",
        "💭 order1: called off",
        asked,
        asked,
        asked,
        "↩️ order1: undone",
    ];
    assert_eq!(log(&run), expected);
    assert_eq!(
        run.evidence
            .status(saga_lab::language::name::Name::of("order1")),
        Some("cancelled")
    );
    knows().undone(Remote::Payment, When::InTime).unwrap();
}

#[test]
fn an_undo_is_told_what_was_heard_and_nothing_else() {
    let run = undo("undo-payment", "order1/payment.charge#1: reply lost");
    assert!(log(&run).contains(&"key-1 key-2 None"));
    // A dead process has heard nothing either, and the keys are the same ones.
    let run = undo("undo-payment", "order1/payment.charge#1: crash after");
    assert!(log(&run).contains(&"key-1 key-2 None"));
}

#[test]
fn an_undo_is_told_the_order_as_it_was_handed_in() {
    let order = Order {
        customer: "ann".to_owned(),
        sku: "pen".to_owned(),
        quantity: 3,
        ..Order::new("order1", Yen(450))
    };
    let setup = shop()
        .stock([("pen", 10)])
        .orders([(Ms::ZERO, order.clone())])
        .undone(Service::Inventory, Ms::ZERO, 1);
    let run = replay(&setup, code(), &Schedule::CALM);
    assert!(log(&run).contains(&format!("{order:?}").as_str()));
}

#[test]
fn no_undo_comes_within_a_minute_of_its_order() {
    let order = Order::new("order1", Yen(1_200));
    let setup = shop()
        .orders([(Ms(59_900), order)])
        .undone(Service::Inventory, Ms::ZERO, 1);
    let run = replay(&setup, code(), &Schedule::CALM);
    let mut entries = run.evidence.trace.entries.iter();
    let undo = entries.find(|entry| match &entry.event {
        Event::Log(line) => line.ends_with("too late to undo"),
        _ => false,
    });
    assert_eq!(undo.map(|entry| entry.at), Some(Ms::minutes(2)));
}

#[test]
fn a_step_is_sent_again_only_while_nobody_has_called_it_off() {
    let charges = |again| {
        let order = Order::new("order1", Yen(1_200));
        let setup = shop()
            .orders([(Ms::ZERO, order.clone()), (again, order)])
            .undone(Service::Payment, Ms::hours(25), 1);
        let steps = replay(&setup, code(), &Schedule::CALM).steps();
        let charges = steps
            .iter()
            .filter(|it| it.what.as_str() == "payment.charge");
        charges.count()
    };
    assert_eq!(charges(Ms::seconds(30)), 2);
    assert_eq!(charges(Ms(30_001)), 1);
}

#[test]
fn twice_is_to_the_end_and_once_more() {
    let run = undo("undo-payment-twice", "");
    let undone = log(&run)
        .into_iter()
        .filter(|line| line.ends_with("undone"));
    assert_eq!(undone.count(), 2);
}

#[test]
fn only_what_has_left_is_too_late() {
    knows().undone(Remote::Shipping, When::InTime).unwrap();
    knows().undone(Remote::Shipping, When::Late).unwrap();
    let run = undo("undo-shipping-late", "");
    assert_eq!(
        run.evidence
            .status(saga_lab::language::name::Name::of("order1")),
        Some("confirmed")
    );
    // Books are still in the house.
    let report = told(knows().undone(Remote::Inventory, When::InTime));
    assert!(report.contains("never settled"), "{report}");
}

#[test]
fn a_row_of_our_own_is_nothing_to_undo() {
    let setup = shop().undone(Service::Orders, Ms::ZERO, 1);
    let halt = replay(&setup, code(), &Schedule::CALM).evidence.halt;
    let halt = format!("{halt:?}");
    assert!(
        halt.contains("no notebook undoes a step of orders"),
        "{halt}"
    );
}
