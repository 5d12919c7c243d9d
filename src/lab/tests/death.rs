//! What a crash takes with it, and what it does not.

use crate::common::{
    self, ORDERS, charges, crashes, executed, log, play, rows, starts, told, unheard,
};
use lab::engine::trace::{Event, Rollback, Told};
use lab::language::message::ChargeStatus::Captured;
use lab::language::message::Service;
use lab::prelude::*;
use lab::setup::Setup;
use lab::shop::Plan;
use std::cell::Cell;

fn shop() -> Setup {
    Setup::new().schema(ORDERS)
}

const PENDING: &str = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'pending')";
const CONFIRMED: &str = "UPDATE orders SET status = 'confirmed' WHERE id = ?1";

/// Commits one row, then works on it in a transaction around a charge.
struct TwoCommits {
    shop: Shop,
}

impl OrderFlow for TwoCommits {
    fn start(shop: Shop) -> Self {
        TwoCommits { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        db.execute(PENDING, params![order.id, order.amount]).await?;
        let tx = db.begin().await?;
        tx.execute(CONFIRMED, params![order.id]).await?;
        payment.charge(ChargeRequest::of(order), None).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

#[test]
fn at_every_step_what_was_committed_stays_and_the_rest_is_gone() {
    let steps = play::<TwoCommits>(&shop(), "").steps();
    let names: Vec<String> = steps.iter().map(ToString::to_string).collect();
    let expected = [
        "recover#1",
        "order1/submit#1",
        "order1/db.insert orders#1",
        "order1/db.begin#1",
        "order1/db.update orders#1",
        "order1/payment.charge#1",
        "order1/db.commit#1",
    ];
    assert_eq!(names[..7], expected);
    let status_after = |schedule: String| -> Option<String> {
        let run = play::<TwoCommits>(&shop(), &schedule);
        assert_eq!(crashes(&run).len(), 1, "{schedule}");
        rows(&run).first().map(|(_, status)| (*status).to_owned())
    };
    for (place, step) in expected.iter().enumerate().skip(1) {
        let before = status_after(format!("{step}: crash before"));
        let expected = (place > 2).then_some("pending");
        assert_eq!(before.as_deref(), expected, "before {step}");
        let after = status_after(format!("{step}: crash after"));
        let expected = match place {
            // The customer has an answer when this crash comes.
            1 | 6 => Some("confirmed"),
            _ => Some("pending"),
        };
        assert_eq!(after.as_deref(), expected, "after {step}");
    }
}

#[test]
fn the_transaction_of_a_dead_process_is_rolled_back_and_its_lock_is_free() {
    let run = play::<TwoCommits>(&shop(), "order1/payment.charge#1: crash after");
    let why = common::when(&run, |event| match event {
        Event::RolledBack(why) => Some(*why),
        _ => None,
    });
    assert_eq!(why, [(200, Rollback::Crash)]);
    let freed = common::times(&run, |event| matches!(event, Event::LockFreed));
    assert_eq!(freed, [200]);
}

#[test]
fn whoever_waited_for_the_lock_of_a_dead_process_gets_it() {
    // order1 dies at 200 ms; order2 comes while nobody serves, and finds no lock.
    let orders = [(Ms(0), "order1"), (Ms(300), "order2")];
    let orders = orders.map(|(at, id)| (at, Order::new(id, Yen(1_200))));
    let setup = shop().orders(orders);
    let run = play::<TwoCommits>(&setup, "order1/payment.charge#1: crash after");
    assert_eq!(rows(&run), [("order1", "pending"), ("order2", "confirmed")]);
    assert_eq!(run.evidence.lock_waits, []);
    let at = run.evidence.submissions[1].at;
    assert_eq!(at, Some(Ms(1_200)), "it waits at the door for the restart");
}

/// Counts its customers in memory.
struct Counts {
    shop: Shop,
    customers: Cell<u32>,
}

impl OrderFlow for Counts {
    fn start(shop: Shop) -> Self {
        let customers = Cell::new(0);
        Counts { shop, customers }
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        self.customers.set(self.customers.get() + 1);
        self.shop.log(format!("customer {}", self.customers.get()));
        Ok(Answer::Confirmed)
    }

    async fn recover(&self) -> Result<(), Failure> {
        self.shop.log("recover");
        Ok(())
    }
}

#[test]
fn what_was_only_in_memory_is_lost() {
    let orders = [1, 2, 3].map(|n| {
        (
            Ms::seconds(10 * n),
            Order::new(&format!("order{n}"), Yen(1)),
        )
    });
    let setup = Setup::new().orders(orders).horizon(Ms::seconds(50));
    let run = play::<Counts>(&setup, "order2/submit#1: crash after");
    let expected = [
        (0, "recover"),
        (10_000, "customer 1"),
        (20_000, "customer 2"),
        (21_000, "recover"),
        (30_000, "customer 1"),
    ];
    assert_eq!(log(&run), expected);
    assert_eq!(starts(&run), [0, 21_000]);
}

/// Sends a charge, and dies of a statement while the request is under way.
struct SendsAndDies {
    shop: Shop,
}

impl OrderFlow for SendsAndDies {
    fn start(shop: Shop) -> Self {
        SendsAndDies { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert = async {
            tokio::time::sleep(Ms(40).duration()).await;
            let params = params![order.id, order.amount];
            self.shop.db.execute(PENDING, params).await
        };
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let _ = tokio::join!(charge, insert);
        Ok(Answer::Confirmed)
    }
}

#[test]
fn a_call_under_way_at_the_crash_is_executed_all_the_same() {
    let run = play::<SendsAndDies>(&shop(), "order1/db.insert orders#1: crash before");
    assert_eq!(crashes(&run), [40]);
    assert_eq!(executed(&run), [100]);
    assert_eq!(charges(&run), [Captured]);
    assert_eq!(unheard(&run), [200]);
}

/// Rolls back what it wrote.
struct RollsBack {
    shop: Shop,
}

impl OrderFlow for RollsBack {
    fn start(shop: Shop) -> Self {
        RollsBack { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        tx.execute(PENDING, params![order.id, order.amount]).await?;
        tx.rollback().await?;
        Ok(Answer::Cancelled)
    }
}

#[test]
fn a_process_can_die_of_a_rollback_and_of_a_begin() {
    for schedule in [
        "order1/db.rollback#1: crash before",
        "order1/db.rollback#1: crash after",
        "order1/db.begin#1: crash before",
        "order1/db.begin#1: crash after",
    ] {
        let run = play::<RollsBack>(&shop(), schedule);
        assert_eq!(crashes(&run), [0], "{schedule}");
        assert_eq!(rows(&run), [], "{schedule}");
        assert_eq!(told(&run), [Some((0, Told::ConnectionLost))], "{schedule}");
    }
}

/// Reads what is called off, and nothing else.
struct ReadsItsPlan;

impl OrderFlow for ReadsItsPlan {
    fn start(shop: Shop) -> Self {
        shop.log(format!("{:?}", shop.called_off()));
        ReadsItsPlan
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        Ok(Answer::Pending)
    }
}

#[test]
fn a_process_reads_what_is_called_off_whenever_it_comes_up() {
    let schedule = "order1/submit#1: crash after";
    let plan = Plan {
        step: Service::Payment,
        after: Ms::hours(1),
        times: 2,
    };
    let setup = shop().undone(plan.step, plan.after, plan.times);
    assert_eq!(setup.called_off(), Some(plan));
    let told = format!("{:?}", Some(plan));
    let run = play::<ReadsItsPlan>(&setup, schedule);
    assert_eq!(log(&run), [(0, told.as_str()), (1_000, told.as_str())]);
    let run = play::<ReadsItsPlan>(&shop(), schedule);
    assert_eq!(log(&run), [(0, "None"), (1_000, "None")]);
}
