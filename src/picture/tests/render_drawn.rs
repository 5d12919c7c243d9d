//! Pictures drawn otherwise than as a plain timeline: with numbered steps, and as a flow chart.

use crate::common::{ORDERS, play};
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;
use lab::tell::scene::Scene;
use picture::flow_chart::flow_chart;
use picture::svg::{Caption, svg};
use std::time::Duration;
use tokio::time::timeout;

/// All in one transaction, the call included, and a timeout is taken for a failure.
struct Careful {
    shop: Shop,
}

impl OrderFlow for Careful {
    fn start(shop: Shop) -> Self {
        Careful { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let tx = db.begin().await?;
        let insert = "INSERT INTO orders VALUES (?1, ?2, 'confirmed')";
        tx.execute(insert, params![order.id, order.amount]).await?;
        let charge = payment.charge(ChargeRequest::of(order), None);
        match timeout(Duration::from_millis(700), charge).await {
            Ok(Ok(_)) => tx.commit().await?,
            Ok(Err(_)) | Err(_) => {
                tx.rollback().await?;
                return Ok(Answer::Cancelled);
            }
        }
        Ok(Answer::Confirmed)
    }
}

/// This many customers, 50 ms apart.
fn run(customers: u64, schedule: &str) -> Run {
    let order = |n| {
        (
            Ms(50 * n),
            Order::new(&format!("order{}", n + 1), Yen(1_200)),
        )
    };
    let setup = Setup::new()
        .schema(ORDERS)
        .orders((0..customers).map(order));
    play::<Careful>(&setup, schedule)
}

fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).expect("well-formed");
    let nodes = document.descendants();
    let texts = nodes.filter(|node| node.tag_name().name() == "text");
    texts
        .filter_map(|node| node.text().map(str::to_owned))
        .collect()
}

#[test]
fn the_five_steps_carry_their_numbers() {
    for schedule in [
        "order1/payment.charge#1: reply late 1500ms",
        "order1/payment.charge#1: reply lost",
    ] {
        let scene = Scene::numbered(&run(1, schedule).evidence).expect("it tells that story");
        let caption = Caption {
            note: Some("charged without an order"),
            ..Caption::default()
        };
        let texts = texts(&svg(&scene, &caption));
        let has = |start: &str| texts.iter().any(|text| text.starts_with(start));
        for start in [
            "① charge order1",
            "② captured pay_1",
            "③",
            "④ 700 ms timeout",
            "⑤ rollback",
        ] {
            assert!(has(start), "{start} is missing in {texts:#?}");
        }
        assert!(has("📌 charged without an order"));
    }
}

#[test]
fn another_story_has_no_numbers() {
    for schedule in ["", "order1/payment.charge#1: request lost"] {
        assert!(Scene::numbered(&run(1, schedule).evidence).is_none());
    }
    let plain = Scene::of(&run(1, "order1/payment.charge#1: reply lost").evidence);
    assert!(!svg(&plain, &Caption::default()).contains('①'));
}

#[test]
fn a_flow_chart_tells_the_transaction_its_lock_and_who_waits() {
    let run = run(3, "order1/payment.charge#1: reply late 400ms");
    let chart = flow_chart(&run.evidence, &Caption::default()).expect("two have waited");
    let texts = texts(&chart);
    for text in [
        "BEGIN",
        "insert orders",
        "payment",
        "charge order1 ¥1,200",
        "slow: 600 ms",
        "COMMIT",
        "order1 holds the lock for 600 ms",
        "order2 wants the lock, too",
        "waits 550 ms",
        "and 1 behind it",
    ] {
        assert!(texts.iter().any(|it| it == text), "{text}: {texts:#?}");
    }
    assert_eq!(Some(chart), flow_chart(&run.evidence, &Caption::default()));
}

#[test]
fn without_anybody_who_waits_there_is_no_flow_chart() {
    let run = run(1, "order1/payment.charge#1: reply late 400ms");
    assert!(flow_chart(&run.evidence, &Caption::default()).is_none());
}
