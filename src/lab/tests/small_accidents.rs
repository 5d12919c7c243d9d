//! The lab's own small accidents: three ways in which it went wrong while it was built, each beside the way it is
//! done now. `docs/en/lab-works.md` and `docs/ja/lab-works.md` quote them.

use rusqlite::Connection;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::{sleep, timeout};

/// Runs one small world: one thread, a clock that stands still until everybody waits.
fn world<T>(life: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without any input or output needs nothing that could be missing");
    LocalSet::new().block_on(&runtime, life)
}

/// What the provider has taken.
#[derive(Clone, Default)]
struct Ledger(Rc<Cell<u32>>);

impl Ledger {
    fn capture(&self) {
        self.0.set(self.0.get() + 1_200);
    }
}

const PATIENCE: Duration = Duration::from_millis(700);

// [inlined]
/// The provider's work is a part of the caller's future.
async fn charge_inlined(ledger: &Ledger) {
    sleep(Duration::from_millis(1_000)).await;
    ledger.capture();
}
// [/inlined]

// [spawned]
/// The provider works on its own; the caller only waits for it.
async fn charge_over_the_network(ledger: &Ledger) {
    let ledger = ledger.clone();
    let provider = spawn_local(async move { charge_inlined(&ledger).await });
    let _ = provider.await;
}
// [/spawned]

// [vanished]
#[test]
fn a_service_inside_the_callers_future_dies_with_it() {
    world(async {
        let ledger = Ledger::default();
        let seen = timeout(PATIENCE, charge_inlined(&ledger)).await;
        sleep(Duration::from_secs(60)).await;
        assert!(seen.is_err());
        // No money has moved. A timeout is a failure after all?
        assert_eq!(ledger.0.get(), 0);
    });
}
// [/vanished]

// [charged]
#[test]
fn a_service_of_its_own_charges_whoever_has_given_up() {
    world(async {
        let ledger = Ledger::default();
        let seen = timeout(PATIENCE, charge_over_the_network(&ledger)).await;
        sleep(Duration::from_secs(60)).await;
        assert!(seen.is_err());
        assert_eq!(ledger.0.get(), 1_200);
    });
}
// [/charged]

/// Two connections to one database, and a row to fight for.
fn two_connections(name: &str) -> [Connection; 2] {
    let both = [(), ()].map(|()| {
        Connection::open(format!("file:/{name}?vfs=memdb")).expect("a database in memory opens")
    });
    both[0]
        .execute_batch("CREATE TABLE stock (n INTEGER); INSERT INTO stock VALUES (1)")
        .expect("an empty database takes a table");
    both
}

// [holder]
/// Takes the lock, pays for 5 virtual milliseconds, and lets go.
async fn hold(connection: Connection) {
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    sleep(Duration::from_millis(5)).await;
    connection.execute_batch("COMMIT").unwrap();
}
// [/holder]

// [frozen]
#[test]
fn a_busy_timeout_waits_for_somebody_who_cannot_move() {
    world(async {
        let [holder, waiter] = two_connections("frozen");
        // 20 ms of patience should do: the lock is free after 5.
        waiter.busy_timeout(Duration::from_millis(20)).unwrap();
        let holding = spawn_local(hold(holder));
        yield_now().await;
        let answer = waiter.execute("UPDATE stock SET n = 0", []);
        // SQLite slept in real time, on the only thread. The holder's 5 ms had no chance to pass.
        assert_eq!(answer.unwrap_err().to_string(), "database is locked");
        assert!(!holding.is_finished());
    });
}
// [/frozen]

// [virtual]
#[test]
fn a_retry_in_virtual_time_lets_the_holder_finish() {
    world(async {
        let [holder, waiter] = two_connections("virtual");
        waiter.busy_timeout(Duration::ZERO).unwrap();
        spawn_local(hold(holder));
        yield_now().await;
        let mut tries = 1;
        while waiter.execute("UPDATE stock SET n = 0", []).is_err() {
            tries += 1;
            sleep(Duration::from_millis(1)).await;
        }
        assert!(tries > 1);
    });
}
// [/virtual]

// [dice]
/// A reply and a deadline, in the same millisecond.
async fn who_comes_first() -> &'static str {
    let deadline = sleep(PATIENCE);
    let reply = sleep(PATIENCE);
    tokio::select! {
        () = deadline => "timeout",
        () = reply => "charged",
    }
}
// [/dice]

// [biased]
/// The same, with a declared rule: what is named first is looked at first.
async fn the_reply_comes_first() -> &'static str {
    let deadline = sleep(PATIENCE);
    let reply = sleep(PATIENCE);
    tokio::select! {
        biased;
        () = reply => "charged",
        () = deadline => "timeout",
    }
}
// [/biased]

// [ends]
#[test]
fn an_unbiased_select_throws_dice() {
    let ends: BTreeSet<_> = (0..200).map(|_| world(who_comes_first())).collect();
    assert_eq!(ends, BTreeSet::from(["charged", "timeout"]));
}

#[test]
fn a_biased_select_says_the_same_each_time() {
    let ends: BTreeSet<_> = (0..200).map(|_| world(the_reply_comes_first())).collect();
    assert_eq!(ends, BTreeSet::from(["charged"]));
}
// [/ends]
