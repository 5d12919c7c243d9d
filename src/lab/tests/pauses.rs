//! A process that stands still while the world goes on, and then continues, unaware.

use crate::common::{
    ORDERS, charges, executed, log, play, rows, schedule_of, times, told, unheard,
};
use lab::check::Check;
use lab::engine::trace::{Event, Told};
use lab::flow::Code;
use lab::judge::verdict::judge;
use lab::language::fault::Fault;
use lab::language::message::ChargeStatus;
use lab::prelude::*;
use lab::run::{Run, replay};
use lab::search::edge::edge;
use lab::search::exhaustive::Search;
use lab::setup::Setup;
use lab::tell::{Language, Say, Scene, Style, text};
use std::collections::BTreeSet;
use tokio::time::timeout;

/// Waits 700 ms for a charge, and writes down what it knows then.
struct Patient {
    shop: Shop,
}

impl OrderFlow for Patient {
    fn start(shop: Shop) -> Self {
        Patient { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let charge = payment.charge(ChargeRequest::of(order), None);
        let heard = timeout(Ms(700).duration(), charge).await.is_ok();
        self.shop.log(format!("{} {heard}", order.id));
        let status = if heard { "confirmed" } else { "cancelled" };
        let sql = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, ?3)";
        db.execute(sql, params![order.id, order.amount, status])
            .await?;
        Ok(if heard {
            Answer::Confirmed
        } else {
            Answer::Cancelled
        })
    }

    async fn recover(&self) -> Result<(), Failure> {
        self.shop.log("recover");
        Ok(())
    }
}

fn shop() -> Setup {
    Setup::new().schema(ORDERS)
}

fn two() -> Setup {
    shop().orders([
        (Ms::ZERO, Order::new("order1", Yen(1_200))),
        (Ms(100), Order::new("order2", Yen(1_200))),
    ])
}

const MINUTE: u64 = 60_000;

#[test]
fn the_step_takes_place_when_the_process_goes_on() {
    let run = play::<Patient>(&shop(), "order1/db.insert orders#1: pauses 10m");
    assert_eq!(times(&run, |event| *event == Event::Paused), [200]);
    assert_eq!(
        times(&run, |event| *event == Event::WentOn),
        [200 + 10 * MINUTE]
    );
    let confirmed = Told::Answer(Answer::Confirmed);
    assert_eq!(told(&run), [Some((200 + 10 * MINUTE, confirmed))]);
    assert_eq!(times(&run, |event| *event == Event::Crashed), []);
}

#[test]
fn a_timer_that_expired_meanwhile_fires_as_soon_as_the_request_is_out() {
    let run = play::<Patient>(&shop(), "order1/payment.charge#1: pauses 10m");
    assert_eq!(executed(&run), [10 * MINUTE + 100]);
    assert_eq!(unheard(&run), [10 * MINUTE + 200]);
    let verdict = judge(&run).expect("it took the timeout for a no");
    assert_eq!(verdict.name(), "charged without an order");
}

#[test]
fn a_reply_that_waits_in_the_socket_wins_over_a_timer_that_has_expired() {
    // Of two calls under way, one is answered while the process stands still.
    let run = play::<Patient>(&two(), "order2/payment.charge#1: pauses 10m");
    let heard = [
        (100 + 10 * MINUTE, "order1 true"),
        (100 + 10 * MINUTE, "order2 false"),
    ];
    let of_orders = log(&run).into_iter().filter(|(_, line)| *line != "recover");
    assert_eq!(of_orders.collect::<BTreeSet<_>>(), BTreeSet::from(heard));
    assert_eq!(charges(&run), [ChargeStatus::Captured; 2]);
}

#[test]
fn who_comes_meanwhile_waits() {
    let run = play::<Patient>(&two(), "order1/submit#1: pauses 10m");
    assert_eq!(executed(&run), [10 * MINUTE + 100; 2]);
}

#[test]
fn the_periodic_job_does_not_run_meanwhile_and_makes_up_for_nothing() {
    let run = play::<Patient>(&shop(), "recover#2: pauses 10m");
    let runs = log(&run).into_iter().filter(|(_, line)| *line == "recover");
    let runs: Vec<u64> = runs.map(|(at, _)| at / MINUTE).take(4).collect();
    // After 1, 2, 4, 8 and 16 minutes: the second began to run after one, and went on after eleven.
    assert_eq!(runs, [0, 11, 16, 32]);
}

/// Writes within a transaction, with a look-up in between.
struct Holds {
    shop: Shop,
}

impl OrderFlow for Holds {
    fn start(shop: Shop) -> Self {
        Holds { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let spawned = self.shop.clone();
        let id = order.id.clone();
        let ticks = tokio::spawn(async move {
            let found = spawned.payment.find(By::Order(id)).await;
            spawned.log(format!("found {}", found.is_ok()));
        });
        let tx = db.begin().await?;
        let sql = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        tx.execute(sql, params![order.id, order.amount]).await?;
        payment.charge(ChargeRequest::of(order), None).await?;
        tx.commit().await?;
        let _ = ticks.await;
        Ok(Answer::Confirmed)
    }
}

#[test]
fn a_transaction_stays_open_meanwhile() {
    let run = play::<Holds>(&shop(), "order1/db.commit#1: pauses 10m");
    let freed = times(&run, |event| matches!(event, Event::LockFreed));
    assert_eq!(freed, [200 + 10 * MINUTE]);
    assert_eq!(rows(&run), [("order1", "confirmed")]);
}

#[test]
fn a_task_of_its_own_stops_too() {
    let run = play::<Holds>(&shop(), "order1/payment.charge#1: pauses 10m");
    // Its question was answered after 200 ms.
    assert_eq!(log(&run), [(10 * MINUTE, "found true")]);
}

#[test]
fn a_process_that_stands_still_can_be_killed() {
    let run = play::<Patient>(
        &two(),
        "order1/payment.charge#1: pauses 10m; order2/submit#1: crash before",
    );
    assert_eq!(times(&run, |event| *event == Event::Crashed), [100]);
    assert_eq!(times(&run, |event| *event == Event::WentOn), []);
    assert_eq!(executed(&run), []);
}

/// A shop whose process pauses, and to which nothing else happens.
fn stopping(setup: Setup) -> Setup {
    setup.suffers(|fault| matches!(fault, Fault::Pauses(_)))
}

const PATIENT: Code = Code::of::<Patient>("patient");
const HOLDS: Code = Code::of::<Holds>("holds");

/// Sets goods aside, and takes them: after 15 minutes they are gone.
struct Takes {
    shop: Shop,
}

impl OrderFlow for Takes {
    fn start(shop: Shop) -> Self {
        Takes { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, inventory, .. } = &self.shop;
        let key = self.shop.new_key();
        inventory.reserve(order, &key).await?;
        let sql = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        db.execute(sql, params![order.id, order.amount]).await?;
        inventory.confirm(&key).await?;
        Ok(Answer::Confirmed)
    }
}

#[test]
fn the_search_finds_how_long_a_pause_must_be() {
    let setup = stopping(shop().without_payment());
    let code = Code::of::<Takes>("takes");
    let plain = Search::new(&setup, code).vocabulary_only();
    let score = Search::new(&setup, code).every_schedule(1);
    assert!(score.ends > plain.every_schedule(1).ends);
}

/// What a world leaves behind, as the search tells its ends apart.
fn end_of(run: &Run) -> String {
    let answers = run.evidence.submissions.iter().map(|it| it.answer());
    let answers: Vec<_> = answers.collect();
    let told = told(run).iter().filter(|told| told.is_some()).count();
    let charged = run.evidence.charges.iter().map(|it| (it.order, it.status));
    let charged: Vec<_> = charged.collect();
    format!("{answers:?} {told} {:?} {charged:?}", rows(run))
}

/// Searched, and tried with every pause from 1 ms to some seconds, and some longer ones.
#[test]
fn one_pause_that_ends_in_each_gap_stands_for_all_of_them() {
    let mut broke = 0;
    for (setup, code) in [
        (stopping(shop()), PATIENT),
        (stopping(two()), PATIENT),
        (stopping(two()), HOLDS),
    ] {
        let score = Search::new(&setup, code).unpruned().every_schedule(1);
        let calm = replay(&setup, code, &schedule_of(""));
        let mut ends = BTreeSet::from([end_of(&calm)]);
        for step in calm.steps() {
            let long = [10 * MINUTE, 60 * MINUTE, 600 * MINUTE];
            let spans = (1..1_500).step_by(7).chain((1_500..6_000).step_by(50));
            for ms in spans.chain(long) {
                let schedule = format!("{step}: pauses {ms}ms");
                let Ok(schedule) = schedule.parse() else {
                    continue;
                };
                let run = replay(&setup, code, &schedule);
                broke += u32::from(judge(&run).is_some());
                ends.insert(end_of(&run));
            }
        }
        assert_eq!(score.ends, ends.len(), "{} {ends:#?}", code.name());
    }
    assert!(broke > 0);
}

#[test]
fn no_world_suffers_it_unasked() {
    let score = Search::new(&shop(), PATIENT).every_schedule(1);
    let mut words = score.grid.values().flat_map(|row| row.keys());
    assert!(words.all(|word| *word != "pauses"));
}

#[test]
fn it_shrinks_to_its_edge() {
    let setup = stopping(shop());
    let schedule = schedule_of("order1/payment.charge#1: pauses 10m");
    let found = edge(&setup, PATIENT, &schedule).expect("an edge");
    assert_eq!(found.breaks, Fault::Pauses(Ms(501)));
    assert_eq!(
        found.english(),
        "breaks as soon as the process stands still for longer than 500 ms"
    );
    let report = Check::new(setup, PATIENT).whatever_happens(2);
    let said = report.expect_err("charged").render(Style::default());
    assert!(
        said.contains("order1/payment.charge#1: pauses 501ms"),
        "{said}"
    );
}

#[test]
fn the_timeline_tells_it_in_both_languages() {
    let run = play::<Patient>(&shop(), "order1/payment.charge#1: pauses 10m");
    let scene = Scene::of(&run.evidence);
    let told = |language| {
        let style = Style {
            language,
            ..Style::default()
        };
        text(&scene, style)
    };
    let english = told(Language::English);
    assert_eq!(
        english.lines().skip(1).take(5).collect::<Vec<_>>(),
        [
            "          0 ms   ──── ‖ the shop's process stands still ───────    ← fault: pauses 10m order1/payment.charge#1",
            "             ⋮   10 min later",
            "        10 min   ──── ▷ the shop's process goes on, unaware ───────────────────────────────────────────",
            "        10 min ░ charge order1 ¥1,200 ────────┄┄┄┄┄┄┄┄",
            "        10 min ░ 0 ms timeout: takes it for a failure                        ← from here belief and truth part",
        ]
    );
    let japanese = told(Language::Japanese);
    for said in [
        "お店のプロセスが固まる",
        "お店のプロセスが、気づかずに続ける",
    ] {
        assert!(japanese.contains(said), "{japanese}");
    }
}
