//! Dropping is not dying: nothing that a dead process left behind may act.

use crate::common::{self, ORDERS, charges, crashes, executed, log, play, rows, starts, told};
use lab::engine::trace::{Event, Told};
use lab::language::message::ChargeStatus::Captured;
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;
use std::cell::RefCell;

fn shop() -> Setup {
    Setup::new().schema(ORDERS)
}

const PENDING: &str = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'pending')";

/// On its way out it logs, charges and writes a row: all that a drop guard could try.
struct LastWords {
    shop: Shop,
    order: Order,
}

impl Drop for LastWords {
    fn drop(&mut self) {
        self.shop.log("last words");
        let (shop, order) = (self.shop.clone(), self.order.clone());
        tokio::task::spawn_local(async move { act(&shop, &order).await });
    }
}

/// Everything a process can do to the world outside, one after another, none waiting for the other.
async fn act(shop: &Shop, order: &Order) {
    shop.log("acts");
    let charge = shop.payment.charge(ChargeRequest::of(order), None);
    let _ = tokio::time::timeout(Ms(50).duration(), charge).await;
    let insert = shop.db.execute(PENDING, params![order.id, order.amount]);
    let _ = tokio::time::timeout(Ms(50).duration(), insert).await;
}

const GUARD: u8 = 0;
const SPAWNED: u8 = 1;
const SPAWNED_LOCALLY: u8 = 2;
const STATIC: u8 = 3;

thread_local! {
    static KEPT: RefCell<Option<Shop>> = const { RefCell::new(None) };
}

/// Tries to act after its death, in one of four ways. It dies of its look-up at 200 ms.
struct Haunts<const HOW: u8> {
    shop: Shop,
}

impl<const HOW: u8> OrderFlow for Haunts<HOW> {
    fn start(shop: Shop) -> Self {
        Haunts { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let (shop, copy) = (self.shop.clone(), order.clone());
        let later = async move {
            tokio::time::sleep(Ms(500).duration()).await;
            act(&shop, &copy).await;
        };
        let _guard = (HOW == GUARD).then(|| LastWords {
            shop: self.shop.clone(),
            order: order.clone(),
        });
        match HOW {
            SPAWNED => drop(tokio::spawn(later)),
            SPAWNED_LOCALLY => drop(tokio::task::spawn_local(later)),
            STATIC => KEPT.with_borrow_mut(|kept| *kept = Some(self.shop.clone())),
            _ => {}
        }
        self.shop.payment.find(By::Order(order.id.clone())).await?;
        std::future::pending().await
    }

    async fn recover(&self) -> Result<(), Failure> {
        if let Some(shop) = KEPT.take() {
            act(&shop, &Order::new("order1", Yen(1_200))).await;
        }
        Ok(())
    }
}

fn haunted<const HOW: u8>(schedule: &str) -> Run {
    KEPT.take();
    play::<Haunts<HOW>>(&shop(), schedule)
}

#[test]
fn the_living_can_act_in_all_these_ways() {
    // Without this, the tests below could pass for want of trying. A static is read by the next run of the job.
    for run in [
        haunted::<SPAWNED>(""),
        haunted::<SPAWNED_LOCALLY>(""),
        haunted::<STATIC>(""),
    ] {
        assert_eq!(charges(&run), [Captured]);
        assert_eq!(rows(&run), [("order1", "pending")]);
        assert_eq!(log(&run).len(), 1);
    }
}

#[test]
fn nothing_acts_after_death() {
    let death = "order1/payment.find#1: crash after";
    for run in [
        haunted::<GUARD>(death),
        haunted::<SPAWNED>(death),
        haunted::<SPAWNED_LOCALLY>(death),
        haunted::<STATIC>(death),
    ] {
        assert_eq!(crashes(&run), [200]);
        assert_eq!(executed(&run), [100], "only the look-up");
        assert_eq!(charges(&run), []);
        assert_eq!(rows(&run), []);
        assert_eq!(log(&run), []);
    }
}

#[test]
fn the_customer_of_a_dead_process_loses_the_connection() {
    let run = haunted::<GUARD>("order1/payment.find#1: crash after");
    assert_eq!(told(&run), [Some((200, Told::ConnectionLost))]);
}

#[test]
fn a_restart_takes_a_second_and_runs_the_periodic_job_at_once() {
    let run = haunted::<GUARD>("order1/payment.find#1: crash after");
    assert_eq!(starts(&run), [0, 1_200]);
    let began = common::times(&run, |event| matches!(event, Event::RecoverBegan(_)));
    assert_eq!(began[..3], [0, 1_200, 61_200]);
}
