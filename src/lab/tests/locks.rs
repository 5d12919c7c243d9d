//! Who waits for whose lock, and how long: in virtual time, never in real time.

use crate::common::{self, ORDERS, log, play, seen, told};
use lab::db::{CONNECTIONS, LOCK_PATIENCE, Storage};
use lab::engine::record::LockWait;
use lab::engine::trace::{Event, Told};
use lab::language::instance::Instance;
use lab::language::name::Name;
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;

const INSERT: &str = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";

/// Holds a transaction open for as many milliseconds as the order costs yen, then commits.
struct Holds {
    shop: Shop,
}

impl OrderFlow for Holds {
    fn start(shop: Shop) -> Self {
        Holds { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await;
        self.shop.log(format!(
            "{}: {}",
            order.id,
            seen(&tx.as_ref().map(|_| "begun"))
        ));
        let tx = tx?;
        tx.execute(INSERT, params![order.id, order.amount]).await?;
        tokio::time::sleep(Ms(order.amount.0).duration()).await;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

/// Orders that come at these times and hold the lock for so long.
fn customers(orders: &[(u64, u64)]) -> Setup {
    let orders = orders.iter().enumerate().map(|(place, (at, holds))| {
        let order = Order::new(&format!("order{}", place + 1), Yen(*holds));
        (Ms(*at), order)
    });
    Setup::new().schema(ORDERS).orders(orders)
}

fn wait(actor: &'static str, holder: &'static str, from: u64, until: u64) -> LockWait {
    LockWait {
        process: Instance::FIRST,
        actor: Name::of(actor),
        holder: Name::of(holder),
        from: Ms(from),
        until: Some(Ms(until)),
    }
}

#[test]
fn the_second_writer_waits_exactly_as_long_as_the_first_one_holds() {
    for storage in [Storage::Memory, Storage::WriteAheadLog] {
        let setup = customers(&[(0, 3_000), (100, 50)]).storage(storage);
        let run = play::<Holds>(&setup, "");
        assert_eq!(log(&run), [(0, "order1: begun"), (3_000, "order2: begun")]);
        assert_eq!(
            run.evidence.lock_waits,
            [wait("order2", "order1", 100, 3_000)]
        );
        let answer = |at| Some((at, Told::Answer(Answer::Confirmed)));
        assert_eq!(told(&run), [answer(3_000), answer(3_050)]);
        let holders = common::when(&run, |event| match event {
            Event::LockWaits { holder } => Some(holder.as_str()),
            _ => None,
        });
        assert_eq!(holders, [(100, "order1")]);
    }
}

#[test]
fn writers_get_the_lock_in_the_order_in_which_they_came() {
    let run = play::<Holds>(&customers(&[(0, 1_000), (10, 1_000), (5, 1_000)]), "");
    let expected = [
        (0, "order1: begun"),
        (1_000, "order3: begun"),
        (2_000, "order2: begun"),
    ];
    assert_eq!(log(&run), expected);
}

#[test]
fn a_writer_gives_up_after_five_seconds_but_not_before() {
    let patience = LOCK_PATIENCE.0;
    assert_eq!(patience, 5_000);
    let run = play::<Holds>(&customers(&[(0, 99 + patience), (100, 1)]), "");
    assert_eq!(log(&run)[1], (5_099, "order2: begun"));
    let run = play::<Holds>(&customers(&[(0, 101 + patience), (100, 1)]), "");
    assert_eq!(log(&run)[1], (5_100, "order2: database is locked"));
    let page = Told::ErrorPage("database is locked".to_owned());
    assert_eq!(told(&run)[1], Some((5_100, page)));
    assert_eq!(
        run.evidence.lock_waits,
        [wait("order2", "order1", 100, 5_100)]
    );
}

/// The same in a task of its own, which outlives the customer's request.
struct HoldsElsewhere {
    shop: Shop,
}

impl OrderFlow for HoldsElsewhere {
    fn start(shop: Shop) -> Self {
        HoldsElsewhere { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let (holds, order) = (Holds::start(self.shop.clone()), order.clone());
        let work = tokio::spawn(async move { holds.place_order(&order).await });
        work.await.unwrap_or(Ok(Answer::Pending))
    }
}

#[test]
fn the_dead_wait_for_no_lock() {
    let setup = customers(&[(0, 3_000), (100, 50), (500, 50)]);
    let run = play::<HoldsElsewhere>(&setup, "order3/submit#1: crash before");
    assert_eq!(
        run.evidence.lock_waits,
        [wait("background", "background", 100, 500)]
    );
}

/// order1 writes for three seconds; everybody else reads at once, outside of any transaction.
struct Reads {
    shop: Shop,
}

impl OrderFlow for Reads {
    fn start(shop: Shop) -> Self {
        Reads { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        if order.id == "order1" {
            let tx = self.shop.db.begin().await?;
            tx.execute(INSERT, params![order.id, order.amount]).await?;
            tokio::time::sleep(Ms(3_000).duration()).await;
            tx.commit().await?;
        } else {
            let rows = self
                .shop
                .db
                .query("SELECT id FROM orders", params![])
                .await?;
            self.shop.log(format!("{} rows", rows.len()));
        }
        Ok(Answer::Confirmed)
    }
}

#[test]
fn in_memory_a_writer_blocks_readers_and_a_write_ahead_log_lets_them_pass() {
    let setup = customers(&[(0, 1), (100, 1)]);
    let run = play::<Reads>(&setup.clone().storage(Storage::Memory), "");
    assert_eq!(log(&run), [(3_000, "1 rows")]);
    assert_eq!(
        run.evidence.lock_waits,
        [wait("order2", "order1", 100, 3_000)]
    );
    // The reader sees what was committed before it came.
    let run = play::<Reads>(&setup.storage(Storage::WriteAheadLog), "");
    assert_eq!(log(&run), [(100, "0 rows")]);
    assert_eq!(run.evidence.lock_waits, []);
}

/// Waits for the lock for 500 ms, and then no longer.
struct Impatient {
    shop: Shop,
}

impl OrderFlow for Impatient {
    fn start(shop: Shop) -> Self {
        Impatient { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let patience = Ms(500).duration();
        let tx = tokio::time::timeout(patience, self.shop.db.begin()).await??;
        tokio::time::sleep(Ms(order.amount.0).duration()).await;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

#[test]
fn a_statement_that_is_given_up_leaves_the_queue() {
    let run = play::<Impatient>(&customers(&[(0, 2_000), (100, 1), (1_900, 1)]), "");
    let waits = [
        wait("order2", "order1", 100, 600),
        wait("order3", "order1", 1_900, 2_000),
    ];
    assert_eq!(run.evidence.lock_waits, waits);
    let at: Vec<u64> = told(&run).into_iter().flatten().map(|(at, _)| at).collect();
    assert_eq!(at, [2_000, 600, 2_001]);
}

/// When transactions began.
fn begun(run: &Run) -> Vec<u64> {
    let lines = log(run).into_iter();
    lines
        .filter_map(|(at, line)| line.ends_with("begun").then_some(at))
        .collect()
}

#[test]
fn more_transactions_than_connections_wait_for_a_connection() {
    // Nobody waits longer than patience allows, as a transaction without a connection has not begun to wait
    // for the lock: the last one waits 1,100 ms for others, but only after it got a connection.
    let crowd: Vec<(u64, u64)> = (0..CONNECTIONS as u64 + 2).map(|_| (0, 100)).collect();
    let run = play::<Holds>(&customers(&crowd), "");
    let expected: Vec<u64> = (0..crowd.len() as u64).map(|n| n * 100).collect();
    assert_eq!(begun(&run), expected);
    let steps = common::when(&run, |event| match event {
        Event::LockWaits { .. } => Some(()),
        _ => None,
    });
    // Nine wait for the lock from the beginning; two wait for a connection first.
    let at_once = steps.iter().filter(|(at, ())| *at == 0).count();
    assert_eq!((at_once, steps.len()), (CONNECTIONS - 1, CONNECTIONS + 1));
}

#[test]
fn waiting_takes_no_real_time() {
    // 300 worlds in each of which somebody waits five virtual seconds: if they were real ones, this test
    // would take 25 minutes.
    let setup = customers(&[(0, 20_000), (100, 1)]);
    for _ in 0..300 {
        assert_eq!(play::<Holds>(&setup, "").evidence.lock_waits.len(), 1);
    }
}
