//! The edge of an accident, and the nearest schedule that still passes.

use crate::common::{ORDERS, schedule_of};
use lab::flow::Code;
use lab::judge::verdict::judge;
use lab::language::fault::Fault;
use lab::language::name::Name;
use lab::language::step::Step;
use lab::prelude::*;
use lab::run::replay;
use lab::search::edge::{Edge, edge, nearest_passing};
use lab::setup::Setup;
use lab::tell::Say;

/// Takes a timeout of 700 ms for a refusal.
struct Hasty {
    shop: Shop,
}

impl OrderFlow for Hasty {
    fn start(shop: Shop) -> Self {
        Hasty { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        tx.execute(insert, params![order.id, order.amount]).await?;
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        match tokio::time::timeout(Ms(700).duration(), charge).await {
            Ok(Ok(_)) => tx.commit().await?,
            _ => return Ok(Answer::Cancelled),
        }
        Ok(Answer::Confirmed)
    }
}

const HASTY: Code = Code::of::<Hasty>("hasty");

fn shop() -> Setup {
    Setup::new().schema(ORDERS)
}

#[test]
fn the_edge_is_told_as_the_time_that_the_answer_takes_all_told() {
    for late in ["reply late 1500ms", "reply late 1h", "request late 1500ms"] {
        let schedule = schedule_of(&format!("order1/payment.charge#1: {late}"));
        let edge = edge(&shop(), HASTY, &schedule);
        let Some(edge) = edge else {
            panic!("no edge for {late}");
        };
        let text = "breaks as soon as the reply takes longer than 700 ms";
        assert_eq!(edge.english(), text);
        assert_eq!(edge.passes.span(), Some(Ms(500)));
        assert_eq!(edge.breaks.span(), Some(Ms(501)));
        let nearest = nearest_passing(&shop(), HASTY, &schedule, Some(&edge));
        let Some(nearest) = nearest else {
            panic!("nothing passes near {late}");
        };
        assert_eq!(nearest.faults()[0].1.span(), Some(Ms(500)));
        assert_eq!(judge(&replay(&shop(), HASTY, &nearest)), None);
    }
}

#[test]
fn a_long_edge_is_told_in_people_s_units_too() {
    let edge = |passes| Edge {
        step: Step::new(Name::of("order1"), Name::of("payment.charge"), 1),
        breaks: Fault::RequestLate(Ms(passes + 1)),
        passes: Fault::RequestLate(Ms(passes)),
        usual: Ms(200),
    };
    for (passes, told) in [
        (15_329_599, "15329799 ms (4 h 15 min)"),
        (59_800, "60000 ms (1 min)"),
        (99_800, "100000 ms (1 min 40 s)"),
        (59_799, "59999 ms"),
    ] {
        let text = format!("breaks as soon as the reply takes longer than {told}");
        assert_eq!(edge(passes).english(), text);
    }
    let down = Edge {
        breaks: Fault::Down(Ms(900_001)),
        passes: Fault::Down(Ms::minutes(15)),
        ..edge(0)
    };
    let text = "breaks as soon as the service is down for longer than 900000 ms (15 min)";
    assert_eq!(down.english(), text);
}

#[test]
fn an_accident_without_a_delay_has_no_edge_and_its_neighbour_has_a_fault_fewer() {
    let schedule = schedule_of("recover#1: crash after; order1/payment.charge#1: reply lost");
    assert_eq!(edge(&shop(), HASTY, &schedule), None);
    let nearest = nearest_passing(&shop(), HASTY, &schedule, None);
    assert_eq!(nearest, Some(schedule_of("recover#1: crash after")));
}

#[test]
fn what_breaks_at_once_has_no_edge() {
    // Executed twice is charged twice, however soon the second copy comes.
    let schedule = schedule_of("order1/payment.charge#1: request twice after 300ms");
    assert_eq!(edge(&shop(), HASTY, &schedule), None);
    let nearest = nearest_passing(&shop(), HASTY, &schedule, None);
    assert_eq!(nearest, Some(schedule_of("")));
}

/// Breaks on the calm day.
struct Nothing;

impl OrderFlow for Nothing {
    fn start(_: Shop) -> Self {
        Nothing
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        Ok(Answer::Cancelled)
    }
}

#[test]
fn where_even_the_calm_day_breaks_nothing_near_passes() {
    let nothing = Code::of::<Nothing>("nothing");
    let nearest = nearest_passing(&shop(), nothing, &schedule_of(""), None);
    assert_eq!(nearest, None);
}

#[test]
fn the_edge_lies_at_the_delay_that_has_one() {
    let schedule =
        schedule_of("order1/submit#1: crash after; order1/payment.charge#1: reply late 2s");
    let edge = edge(&shop(), HASTY, &schedule);
    assert_eq!(
        edge.map(|edge| edge.breaks),
        Some(Fault::ReplyLate(Ms(501)))
    );
}
