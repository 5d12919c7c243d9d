//! Payments that settle later, and the webhooks that tell of it.

use crate::common::{self, charges, crashes, executed, log, play, seen, starts};
use lab::engine::host::{OVERTAKEN_FOR, WEBHOOK_AGAIN, WEBHOOK_ATTEMPTS};
use lab::engine::trace::Event;
use lab::language::message::ChargeStatus::{Captured, Declined};
use lab::prelude::*;
use lab::run::Run;
use lab::services::{PaymentRules, RefundsSettle};
use lab::setup::Setup;
use lab::tell::scene::{Scene, SpanKind};

/// Charges and logs every webhook. With `TAKES` it takes them; else it always asks for them again.
struct Listens<const TAKES: bool> {
    shop: Shop,
}

impl<const TAKES: bool> OrderFlow for Listens<TAKES> {
    fn start(shop: Shop) -> Self {
        Listens { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let request = ChargeRequest::of(order);
        let charge = self.shop.payment.charge(request, None).await;
        self.shop.log(seen(&charge));
        Ok(Answer::Pending)
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let Webhook { charge, order, .. } = webhook;
        let how = if webhook.captured { "paid" } else { "not paid" };
        self.shop.log(format!("{order} {charge} {how}"));
        TAKES.then_some(()).ok_or(Failure("not now".to_owned()))
    }
}

/// A charge is accepted at 100 ms and settles at 1,100 ms; the webhook arrives at 1,200 ms.
fn slow_payments() -> Setup {
    Setup::new().payment(PaymentRules {
        settles_after: Some(Ms::seconds(1)),
        ..PaymentRules::default()
    })
}

fn under(schedule: &str) -> Run {
    play::<Listens<true>>(&slow_payments(), schedule)
}

const ACCEPTED: (u64, &str) = (200, "accepted pay_1 ¥1,200");
const PAID: &str = "order1 pay_1 paid";

#[test]
fn an_accepted_charge_settles_later_and_a_webhook_tells_of_it() {
    let run = under("");
    assert_eq!(log(&run), [ACCEPTED, (1_200, PAID)]);
    assert_eq!(charges(&run), [Captured]);
    let settled = common::times(&run, |event| matches!(event, Event::Settled { .. }));
    assert_eq!(settled, [1_100]);
}

#[test]
fn a_decline_is_accepted_first_and_told_by_webhook() {
    let run = under("order1/payment.charge#1: declined");
    assert_eq!(log(&run), [ACCEPTED, (1_200, "order1 pay_1 not paid")]);
    assert_eq!(charges(&run), [Declined]);
    let steps = run.steps();
    let asked = steps
        .iter()
        .any(|step| step.what.as_str() == "webhook.declined");
    assert!(asked, "{steps:?}");
}

#[test]
fn a_lost_webhook_never_arrives_and_the_money_has_moved_all_the_same() {
    let run = under("order1/webhook.captured#1: lost");
    assert_eq!(log(&run), [ACCEPTED]);
    assert_eq!(charges(&run), [Captured]);
    let sent = common::when(&run, |event| match event {
        Event::WebhookSent { arrives_at, .. } => Some(*arrives_at),
        _ => None,
    });
    assert_eq!(sent, [(1_100, None)]);
}

/// The tenth charge is `pay_10`, and what is told of it is not told of `pay_1`.
#[test]
fn the_news_of_another_charge_does_not_end_a_doubt() {
    let orders = (0..12).map(|n| {
        let order = Order::new(&format!("order{}", n + 1), Yen(1_200));
        (Ms::seconds(3 * n), order)
    });
    let setup = slow_payments().orders(orders.collect::<Vec<_>>());
    let run = play::<Listens<true>>(&setup, "order1/webhook.captured#1: lost");
    let doubts = Scene::of(&run.evidence).spans;
    let doubts = doubts.iter().filter(|it| it.kind == SpanKind::InDoubt);
    let ends: Vec<_> = doubts
        .map(|it| (it.actor.to_string(), it.until.map(|until| until.at)))
        .collect();
    assert_eq!(ends.len(), 12);
    assert_eq!(ends[0], ("order1".to_owned(), None));
    let heard_of = |n: u64| Some(Ms::seconds(3 * n) + Ms(1_200));
    for (n, (_, until)) in (1..).zip(&ends[1..]) {
        assert_eq!(*until, heard_of(n));
    }
}

#[test]
fn a_late_webhook_arrives_that_much_later() {
    let run = under("order1/webhook.captured#1: late 1h");
    assert_eq!(log(&run), [ACCEPTED, (3_601_200, PAID)]);
}

#[test]
fn a_webhook_sent_twice_arrives_twice() {
    let run = under("order1/webhook.captured#1: request twice after 300ms");
    assert_eq!(log(&run), [ACCEPTED, (1_200, PAID), (1_500, PAID)]);
}

#[test]
fn a_webhook_that_is_overtaken_arrives_after_the_next() {
    let orders = [
        (Ms(0), Order::new("order1", Yen(1_200))),
        (Ms(500), Order::new("order2", Yen(1_200))),
    ];
    let setup = slow_payments().orders(orders);
    let heard = |schedule: &str| -> Vec<(u64, String)> {
        let run = play::<Listens<true>>(&setup, schedule);
        let webhooks = log(&run).into_iter().filter(|(at, _)| *at > 1_000);
        webhooks
            .map(|(at, line)| (at, line[..6].to_owned()))
            .collect()
    };
    let line = |at: u64, order: &str| (at, order.to_owned());
    assert_eq!(heard(""), [line(1_200, "order1"), line(1_700, "order2")]);
    assert_eq!(
        heard("order1/webhook.captured#1: overtakes"),
        [line(1_700, "order2"), line(1_800, "order1")]
    );
}

#[test]
fn a_webhook_that_nothing_overtakes_arrives_in_the_end() {
    let run = under("order1/webhook.captured#1: overtakes");
    assert_eq!(log(&run), [ACCEPTED, (1_200 + OVERTAKEN_FOR.0, PAID)]);
}

#[test]
fn a_crash_before_a_webhook_has_it_arrive_at_the_next_process() {
    let run = under("order1/webhook.captured#1: crash before");
    assert_eq!(crashes(&run), [1_100]);
    assert_eq!(log(&run), [ACCEPTED, (2_100, PAID)]);
}

#[test]
fn a_crash_after_a_webhook_comes_when_it_was_taken() {
    let run = under("order1/webhook.captured#1: crash after");
    assert_eq!(log(&run), [ACCEPTED, (1_200, PAID)]);
    assert_eq!(crashes(&run), [1_200]);
}

#[test]
fn a_webhook_that_is_not_taken_comes_again_until_the_provider_gives_up() {
    let run = play::<Listens<false>>(&slow_payments(), "");
    let arrivals: Vec<u64> = log(&run)[1..].iter().map(|(at, _)| *at).collect();
    let expected: Vec<u64> = (0..u64::from(WEBHOOK_ATTEMPTS))
        .map(|n| 1_200 + n * WEBHOOK_AGAIN.0)
        .collect();
    assert_eq!(arrivals, expected);
}

#[test]
fn a_process_that_is_down_cannot_die_again() {
    // It dies at 200 ms and is up again at 1,200 ms; in between, at 1,100 ms, the webhook is sent.
    let run =
        under("order1/payment.charge#1: crash after; order1/webhook.captured#1: crash before");
    assert_eq!(crashes(&run), [200]);
    assert_eq!(starts(&run), [0, 1_200]);
    assert_eq!(log(&run), [(1_200, PAID)]);
}

/// Looks its charge up so that the question reaches the provider at the millisecond of the settlement.
struct LooksUp {
    shop: Shop,
}

impl OrderFlow for LooksUp {
    fn start(shop: Shop) -> Self {
        LooksUp { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { payment, .. } = &self.shop;
        payment.charge(ChargeRequest::of(order), None).await?;
        tokio::time::sleep(Ms(800).duration()).await;
        let found = payment.find(By::Order(order.id.clone())).await?;
        self.shop.log(found[0].to_string());
        Ok(Answer::Pending)
    }
}

#[test]
fn a_settlement_comes_before_a_look_up_of_the_same_millisecond() {
    // The settlement was set in motion first, and services act in that order.
    let run = play::<LooksUp>(&slow_payments(), "");
    assert_eq!(executed(&run), [100, 1_100]);
    assert_eq!(log(&run), [(1_200, "captured pay_1 ¥1,200")]);
}

/// Gives half of its charge back at once, and logs what it hears of that. With `AGAIN`, it sends what failed once more.
struct GivesBack<const AGAIN: bool> {
    shop: Shop,
}

impl<const AGAIN: bool> OrderFlow for GivesBack<AGAIN> {
    fn start(shop: Shop) -> Self {
        GivesBack { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { payment, .. } = &self.shop;
        let charge = payment.charge(ChargeRequest::of(order), None).await?;
        payment.refund(&charge, Yen(600), &"first".into()).await?;
        Ok(Answer::Pending)
    }

    async fn on_refund(&self, news: &RefundNews) -> Result<(), Failure> {
        let RefundNews { event, refund, .. } = news;
        self.shop.log(format!("{event}: {:?}", refund.status));
        if AGAIN && refund.status == RefundStatus::Failed {
            let Shop { payment, .. } = &self.shop;
            let found = payment.find(By::Order(refund.order.to_string())).await?;
            let key = Key::from(format!("instead of {}", refund.key));
            payment.refund(&found[0], refund.amount, &key).await?;
        }
        Ok(())
    }
}

/// The provider tells what becomes of refunds. They settle after a second; so many of them fail.
fn refunds_settle(failing: u32) -> Setup {
    Setup::new().payment(PaymentRules {
        refunds: Some(RefundsSettle {
            after: Ms::seconds(1),
            failing,
        }),
        tells_of_refunds: true,
        ..PaymentRules::default()
    })
}

/// The refund is executed at 300 ms.
const GONE_BACK: &str = "evt_refund_1: Succeeded";

#[test]
fn a_refund_is_told_by_webhook_where_the_world_wants_it() {
    let told = Setup::new().payment(PaymentRules {
        tells_of_refunds: true,
        ..PaymentRules::default()
    });
    let run = play::<GivesBack<false>>(&told, "");
    assert_eq!(log(&run), [(400, GONE_BACK)]);
    let run = play::<GivesBack<false>>(&refunds_settle(0), "");
    assert_eq!(log(&run), [(1_400, GONE_BACK)]);
    let untold = play::<GivesBack<false>>(&Setup::new(), "");
    assert!(log(&untold).is_empty());
}

#[test]
fn news_of_a_refund_is_lost_late_and_doubled_as_other_news_is() {
    let under = |schedule: &str| play::<GivesBack<false>>(&refunds_settle(0), schedule);
    assert!(log(&under("order1/webhook.refunded#1: lost")).is_empty());
    let late = under("order1/webhook.refunded#1: late 1h");
    assert_eq!(log(&late), [(3_601_400, GONE_BACK)]);
    // Both deliveries carry the same event id.
    let twice = under("order1/webhook.refunded#1: request twice after 100ms");
    assert_eq!(log(&twice), [(1_400, GONE_BACK), (1_500, GONE_BACK)]);
}

#[test]
fn a_refund_that_fails_is_told_and_may_be_sent_again_under_another_key() {
    let run = play::<GivesBack<true>>(&refunds_settle(1), "");
    let again = "evt_refund_2: Succeeded";
    assert_eq!(log(&run), [(1_400, "evt_refund_1: Failed"), (2_800, again)]);
    let record = &run.evidence.charges[0];
    assert_eq!(record.kept(), Yen(600));
    assert_eq!(record.times_given_back(), 1);
    let steps = run.steps();
    let what = |step: &lab::language::step::Step| step.what.as_str() == "webhook.refund_failed";
    assert!(steps.iter().any(what), "{steps:?}");

    let never = play::<GivesBack<false>>(&refunds_settle(1), "");
    assert_eq!(never.evidence.charges[0].kept(), Yen(1_200));
}
