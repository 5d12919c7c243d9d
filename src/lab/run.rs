//! One run of the order code, from the first customer to the horizon.
//!
//! A world is a pure function of the code, the schedule and the seed. It plays in a runtime with a paused clock, which
//! jumps to the next timer whenever every task waits.

pub(crate) mod providers;

use crate::db::Database;
use crate::engine::behalf::{POLL_BUDGET, take_polls};
use crate::engine::host::Host;
use crate::engine::oracle::{Given, Oracle, Replay};
use crate::engine::runtime;
use crate::engine::sim::{Budget, Heard, Sim};
use crate::engine::store::Store;
use crate::engine::world::World;
use crate::flow::Code;
use crate::judge::evidence::Evidence;
use crate::judge::invariant::first_breach;
use crate::language::instance::Instance;
use crate::language::schedule::Schedule;
use crate::run::providers::{Providers, Shelves, lapses_at};
use crate::setup::Setup;
use std::sync::Arc;

pub use crate::judge::evidence::Run;

/// Runs one world under this schedule.
pub fn replay(setup: &Setup, code: Code, schedule: &Schedule) -> Run {
    run(setup, code, Box::new(Replay::new(schedule.clone())))
}

/// Runs one world under this oracle.
///
/// # Panics
/// If the machine cannot give it a runtime, or the setup is invalid ([`Setup::check`]).
pub fn run(setup: &Setup, code: Code, oracle: Box<dyn Oracle>) -> Run {
    let oracle = if setup.given.is_calm() {
        oracle
    } else {
        Box::new(Given::new(setup.given.clone(), oracle))
    };
    if let Some(slip) = &setup.slip {
        panic!("{slip}");
    }
    take_polls();
    crate::engine::watchdog::world_begins();
    crate::engine::panics::begin();
    for process in Instance::ALL {
        crate::engine::pause::end(process);
    }
    let plays = std::pin::pin!(async {
        let store = setup.schema.map(|schema| -> Box<dyn Store> {
            Box::new(Database::acquire(schema, setup.storage, setup.mapping))
        });
        let mut providers = Providers::new(setup);
        let alarms = setup.stock.first().map(|(sku, _)| {
            let counter = &mut providers.participants;
            counter.open_the_counter(*sku, &setup.walk_ins)
        });
        let mut sim = Sim::new(oracle, Box::new(providers), store);
        for (at, alarm) in alarms.into_iter().flatten() {
            sim.set_alarm(at, Box::new(alarm));
        }
        sim.listener = setup.listener;
        sim.outages = setup.outages.clone();
        sim.paces = setup.paces.clone();
        sim.heard = Heard::nothing(setup.keys_last, lapses_at);
        sim.budget = Budget::of(setup.horizon);
        sim.instances = setup.instances;
        (sim.keys, sim.transactions) = (setup.numbered_from, setup.numbered_from);
        let world = Arc::new(World::new(sim));
        let host = Host::new(setup.play(code), world.clone());
        let local = tokio::task::LocalSet::new();
        local.run_until(host.play()).await;
        // From here on nothing can reach the world any more: neither the tasks that still wait, nor their drop guards.
        let now = world.now();
        let mut sim = world.lock();
        sim.catch_up(now.min(setup.horizon));
        sim.closed = true;
        drop(sim);
        world
    });
    let world = runtime::play(setup.clock, plays);
    let run = collect(setup, &world);
    crate::engine::watchdog::world_ends();
    run
}

fn collect(setup: &Setup, world: &World) -> Run {
    let mut sim = world.lock();
    if sim.halt.is_none() && take_polls() > POLL_BUDGET {
        sim.halt = Some(crate::engine::record::Halt::NeverSettles {
            what: crate::engine::record::Busy::Turns,
            count: POLL_BUDGET,
        });
    }
    if let Some(panicked) = crate::engine::panics::take() {
        sim.halt = Some(panicked);
    }
    let ended_at = setup.horizon;
    let Providers {
        shelves: Shelves { payment, inventory },
        shipping,
        strangers,
        mut participants,
    } = Providers::taken_from(&mut sim);
    let vain_calls = sim.vain_calls();
    sim.leave_out_vain_look_ups();
    let mut trace = std::mem::take(&mut sim.trace);
    // Work that takes a service a while is recorded when it begins, with the time at which it is done.
    if !trace.entries.is_sorted_by_key(|entry| entry.at) {
        trace.entries.sort_by_key(|entry| entry.at);
    }
    let mut evidence = Evidence {
        submissions: std::mem::take(&mut sim.submissions),
        books: std::mem::take(&mut sim.books.entered),
        charges: payment.records(),
        over_refunds: payment.over_refunds(),
        parcels: shipping.records(),
        ledgers: strangers
            .iter()
            .map(|(_, it)| it.leaves(ended_at))
            .collect(),
        reservations: inventory.records(ended_at),
        stock: inventory.stock(ended_at),
        lock_waits: std::mem::take(&mut sim.lock_waits),
        participations: participants.participations(),
        row_waits: std::mem::take(&mut participants.waits),
        walk_ins: std::mem::take(&mut participants.walk_ins),
        halt: sim.halt.take(),
        terms: setup.terms(),
        invalid_sql: sim.invalid_sql.take(),
        fired: Schedule::of(std::mem::take(&mut sim.fired)),
        ended_at,
        trace,
        ..Evidence::default()
    };
    if let Some(mut database) = Database::taken_from(&mut sim) {
        database.roll_back_all();
        evidence.keeps_orders = database.reads_orders().is_some();
        let read = (|| -> rusqlite::Result<()> {
            if !(sim.books.are_current && database.is_as_built()) {
                database.read_orders(&mut sim.books.orders)?;
            }
            evidence.orders = std::mem::take(&mut sim.books.orders);
            evidence.history = database.history()?;
            evidence.shop_stock = database.stock_then_and_now()?;
            Ok(())
        })();
        if let Err(error) = read {
            evidence
                .halt
                .get_or_insert(crate::engine::record::Halt::Panicked {
                    message: format!("the shop's books cannot be read any more: {error}"),
                    place: "the order code's SQL".to_owned(),
                });
        }
        database.keep();
    }
    evidence.orders.extend(participants.orders());
    if evidence.halt.is_none() {
        evidence.breach = first_breach(&setup.invariants, &evidence);
    }
    Run {
        evidence,
        asked: std::mem::take(&mut sim.asked),
        recover_runs: std::mem::take(&mut sim.activity.recover_runs),
        ticks: std::mem::take(&mut sim.activity.ticks),
        vain_calls,
    }
}
