//! Customers who hang up: the code that serves them is dropped wherever it waits, and the process lives on.

use crate::common::{ORDERS, charges, play, rows, schedule_of, times, told, unheard};
use lab::check::Check;
use lab::engine::trace::{Event, Rollback, Told};
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

const CONFIRM: &str = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";

/// Looks up what was charged, and then charges, from within a transaction.
struct Open {
    shop: Shop,
}

impl OrderFlow for Open {
    fn start(shop: Shop) -> Self {
        Open { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        payment.find(By::Order(order.id.clone())).await?;
        let tx = db.begin().await?;
        tx.execute(CONFIRM, params![order.id, order.amount]).await?;
        payment.charge(ChargeRequest::of(order), None).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

const OPEN: Code = Code::of::<Open>("open");

fn shop() -> Setup {
    Setup::new().schema(ORDERS)
}

/// A shop whose customers hang up, and to whom nothing else happens.
fn impatient() -> Setup {
    shop().suffers(|fault| matches!(fault, Fault::HangsUp(_)))
}

fn gone_after(ms: u64) -> String {
    format!("order1/submit#1: hangs up after {ms}ms")
}

#[test]
fn the_call_under_way_goes_on_and_nobody_hears_the_reply() {
    let run = play::<Open>(&shop(), &gone_after(250));
    assert_eq!(told(&run), [Some((250, Told::HungUp))]);
    assert_eq!(charges(&run), [ChargeStatus::Captured]);
    assert_eq!(unheard(&run), [400]);
    let verdict = judge(&run).expect("the money is gone");
    assert_eq!(verdict.name(), "charged without an order");
}

#[test]
fn the_process_lives_on() {
    let run = play::<Open>(&shop(), &gone_after(250));
    assert_eq!(times(&run, |event| *event == Event::Crashed), []);
    assert_eq!(times(&run, |event| matches!(event, Event::Started(_))), [0]);
}

#[test]
fn an_open_transaction_rolls_back_and_frees_its_lock() {
    let both = shop().orders([
        (Ms::ZERO, Order::new("order1", Yen(1_200))),
        (Ms(100), Order::new("order2", Yen(1_200))),
    ]);
    let run = play::<Open>(&both, &gone_after(350));
    let dropped = Event::RolledBack(Rollback::Dropped);
    assert_eq!(times(&run, |event| *event == dropped), [350]);
    let waits = &run.evidence.lock_waits;
    assert_eq!((waits[0].from, waits[0].until), (Ms(300), Some(Ms(350))));
    assert_eq!(rows(&run), [("order2", "confirmed")]);
}

#[test]
fn in_that_very_millisecond_nothing_more_is_done_for_the_customer() {
    let at_the_reply = play::<Open>(&shop(), &gone_after(400));
    assert_eq!(rows(&at_the_reply), []);
    let just_after = play::<Open>(&shop(), &gone_after(401));
    assert_eq!(rows(&just_after), [("order1", "confirmed")]);
    let confirmed = Told::Answer(Answer::Confirmed);
    assert_eq!(told(&just_after), [Some((400, confirmed))]);
}

#[test]
fn no_world_suffers_it_unasked() {
    let score = Search::new(&shop(), OPEN).every_schedule(1);
    let words = score.grid.values().flat_map(|row| row.keys());
    assert!(words.clone().count() > 0);
    assert_eq!(words.filter(|word| **word == "hangs up after").count(), 0);
}

/// Writes down what it is about to do, and then what came of it, call by call.
struct Careful {
    shop: Shop,
}

impl OrderFlow for Careful {
    fn start(shop: Shop) -> Self {
        Careful { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            db,
            payment,
            shipping,
            ..
        } = &self.shop;
        let now = async |status: &str| {
            let sql = "INSERT OR REPLACE INTO orders (id, amount, status) VALUES (?1, ?2, ?3)";
            db.execute(sql, params![order.id, order.amount, status])
                .await
        };
        now("pays").await?;
        payment.charge(ChargeRequest::of(order), None).await?;
        now("paid").await?;
        shipping.request(order, None).await?;
        now("confirmed").await?;
        Ok(Answer::Confirmed)
    }
}

const CAREFUL: Code = Code::of::<Careful>("careful");

/// What a world leaves behind, as the search tells its ends apart.
fn end_of(run: &Run) -> String {
    let answers = run.evidence.submissions.iter().map(|it| it.answer());
    let answers: Vec<_> = answers.collect();
    let parcels = run.evidence.parcels.len();
    format!("{answers:?} {:?} {:?} {parcels}", rows(run), charges(run))
}

/// Searched, and tried in every single millisecond.
#[test]
fn one_hanging_up_in_each_gap_stands_for_all_of_them() {
    let two = [("order1", 0), ("order2", 30)].map(|(id, at)| {
        let order = Order::new(id, Yen(1_200));
        (Ms(at), order)
    });
    for (setup, code) in [
        (impatient(), OPEN),
        (impatient(), CAREFUL),
        (impatient().orders(two.clone()), OPEN),
        (impatient().orders(two), CAREFUL),
    ] {
        let score = Search::new(&setup, code).every_schedule(1);
        let mut ends = BTreeSet::new();
        let mut broke = 0;
        let calm = replay(&setup, code, &schedule_of(""));
        ends.insert(end_of(&calm));
        let steps = calm.steps().into_iter();
        for step in steps.filter(|step| step.what.as_str() == "submit") {
            for ms in 1..=1_200 {
                let schedule = format!("{step}: hangs up after {ms}ms");
                let run = replay(&setup, code, &schedule_of(&schedule));
                broke += u32::from(judge(&run).is_some());
                ends.insert(end_of(&run));
            }
        }
        assert!(broke > 0, "{}", code.name());
        assert!(score.levels[1].run < 30, "{:?}", score.levels);
        assert_eq!(score.ends, ends.len(), "{} {ends:#?}", code.name());
    }
}

#[test]
fn the_edge_is_how_long_the_customer_stays() {
    let found = edge(&shop(), OPEN, &schedule_of(&gone_after(390))).expect("an edge");
    assert_eq!(found.passes, Fault::HangsUp(Ms(200)));
    assert_eq!(
        found.english(),
        "breaks as soon as the customer stays on the line for longer than 200 ms"
    );
}

#[test]
fn where_it_is_drawn_it_shrinks_to_the_edge() {
    let check = Check::new(impatient(), OPEN);
    let report = check.whatever_happens(2).expect_err("money for nothing");
    let said = report.render(Style::default());
    assert!(
        said.contains("order1/submit#1: hangs up after 201ms"),
        "{said}"
    );
}

#[test]
fn the_timeline_tells_it_in_both_languages() {
    let run = play::<Open>(&shop(), &gone_after(250));
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
        english.lines().skip(5).take(4).collect::<Vec<_>>(),
        [
            "   200 ms ░ charge order1 ¥1,200 ──────┄┄┄┄┄┄┄",
            "   250 ms ░ the customer hangs up                                                ← fault: hangs up after 250ms",
            "   250 ms ░ dropped after 50 ms: nobody waits                                ← from here belief and truth part",
            "   250 ms ░ rollback (transaction dropped)",
        ]
    );
    let japanese = told(Language::Japanese);
    for said in [
        "お客さんが接続を切る",
        "50 msで打ち切り：もう誰も待っていない",
    ] {
        assert!(japanese.contains(said), "{japanese}");
    }
}
