//! What each word of a schedule does to a call over the network: when it is executed, and what the caller hears.

use crate::common::{self, charges, crashes, executed, log, play, seen, starts, told, unheard};
use lab::engine::network::Latency;
use lab::engine::trace::{Event, Told};
use lab::language::message::ChargeStatus::{Captured, Declined};
use lab::language::message::Service;
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;

/// Charges without a key, and logs what it hears.
struct Charges {
    shop: Shop,
}

impl OrderFlow for Charges {
    fn start(shop: Shop) -> Self {
        Charges { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let request = ChargeRequest::of(order);
        let charge = self.shop.payment.charge(request, None).await;
        self.shop.log(seen(&charge));
        Ok(Answer::Confirmed)
    }
}

const HEARD: &str = "captured pay_1 ¥1,200";

fn under(fault: &str) -> Run {
    play::<Charges>(&Setup::new(), &format!("order1/payment.charge#1: {fault}"))
}

#[test]
fn on_a_calm_day_a_call_takes_100_ms_each_way() {
    let run = play::<Charges>(&Setup::new(), "");
    assert_eq!(executed(&run), [100]);
    assert_eq!(log(&run), [(200, HEARD)]);
    assert_eq!(told(&run), [Some((200, Told::Answer(Answer::Confirmed)))]);
}

#[test]
fn each_leg_of_a_call_takes_its_own_time() {
    let setup = Setup::new().latency(Latency {
        request: Ms(10),
        processing: Ms(7),
        spread: Ms::ZERO,
        reply: Ms(30),
    });
    let run = play::<Charges>(&setup, "");
    assert_eq!(executed(&run), [17]);
    assert_eq!(log(&run), [(47, HEARD)]);
}

#[test]
fn one_service_may_take_longer_than_the_others() {
    let usual = Setup::new();
    let slow_warehouse = usual.clone().takes(Service::Inventory, Ms(400), Ms::ZERO);
    assert_eq!(executed(&play::<Charges>(&slow_warehouse, "")), [100]);
    let slow = usual.takes(Service::Payment, Ms(400), Ms::ZERO);
    assert_eq!(executed(&play::<Charges>(&slow, "")), [500]);
    let uneven = slow.takes(Service::Payment, Ms(400), Ms(100)).seed(1);
    let at = executed(&play::<Charges>(&uneven, ""))[0];
    assert!((500..=600).contains(&at) && at != 500, "{at}");
}

#[test]
fn a_lost_request_is_never_executed_and_its_caller_waits_for_ever() {
    let run = under("request lost");
    assert_eq!(executed(&run), []);
    assert_eq!(log(&run), []);
    assert_eq!(told(&run), [None]);
}

#[test]
fn a_late_request_is_executed_and_answered_that_much_later() {
    let run = under("request late 1500ms");
    assert_eq!(executed(&run), [1_600]);
    assert_eq!(log(&run), [(1_700, HEARD)]);
    let run = under("request late 1h");
    assert_eq!(executed(&run), [3_600_100]);
    assert_eq!(log(&run), [(3_600_200, HEARD)]);
}

#[test]
fn a_request_sent_twice_is_executed_twice_and_the_first_answer_is_the_one_heard() {
    let run = under("request twice after 300ms");
    assert_eq!(executed(&run), [100, 400]);
    assert_eq!(log(&run), [(200, HEARD)]);
    assert_eq!(charges(&run), [Captured, Captured]);
    let duplicates = common::times(&run, |event| {
        matches!(
            event,
            Event::Executed {
                duplicate: true,
                ..
            }
        )
    });
    assert_eq!(duplicates, [400]);
    assert_eq!(executed(&under("request twice after 1h")), [100, 3_600_100]);
}

#[test]
fn a_lost_reply_hides_an_effect_and_its_caller_waits_for_ever() {
    let run = under("reply lost");
    assert_eq!(executed(&run), [100]);
    assert_eq!(charges(&run), [Captured]);
    assert_eq!(log(&run), []);
    assert_eq!(told(&run), [None]);
    let lost = common::times(&run, |event| matches!(event, Event::ReplyLost { .. }));
    assert_eq!(lost, [100]);
}

#[test]
fn a_late_reply_is_executed_in_time_and_heard_that_much_later() {
    let run = under("reply late 1500ms");
    assert_eq!(executed(&run), [100]);
    assert_eq!(log(&run), [(1_700, HEARD)]);
}

#[test]
fn a_refused_connection_certainly_executes_nothing() {
    let run = under("refused");
    assert_eq!(executed(&run), []);
    assert_eq!(charges(&run), []);
    assert_eq!(log(&run), [(200, "connection refused")]);
}

#[test]
fn an_error_before_the_effect_and_one_after_it_sound_the_same() {
    let (before, after) = (under("error before"), under("error after"));
    assert_eq!(log(&before), [(200, "500 server error")]);
    assert_eq!(log(&before), log(&after));
    assert_eq!(charges(&before), []);
    assert_eq!(executed(&after), [100]);
    assert_eq!(charges(&after), [Captured]);
}

#[test]
fn a_decline_is_an_answer_like_any_other() {
    let run = under("declined");
    assert_eq!(executed(&run), [100]);
    assert_eq!(log(&run), [(200, "declined")]);
    assert_eq!(charges(&run), [Declined]);
}

/// Reserves and ships.
struct Sends {
    shop: Shop,
}

impl OrderFlow for Sends {
    fn start(shop: Shop) -> Self {
        Sends { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let key = self.shop.new_key();
        let reserved = self.shop.inventory.reserve(order, &key).await;
        self.shop.log(seen(&reserved.map(|it| it.id)));
        let parcel = self.shop.shipping.request(order, None).await;
        self.shop.log(seen(&parcel.map(|it| it.id)));
        Ok(Answer::Confirmed)
    }
}

#[test]
fn warehouse_and_shipper_have_refusals_of_their_own() {
    let run = play::<Sends>(&Setup::new(), "");
    assert_eq!(log(&run), [(200, "res_1"), (400, "parcel_1")]);
    let run = play::<Sends>(&Setup::new(), "order1/inventory.reserve#1: declined");
    assert_eq!(log(&run), [(200, "declined"), (400, "parcel_1")]);
    assert_eq!(run.evidence.reservations, []);
    let run = play::<Sends>(&Setup::new(), "order1/shipping.request#1: declined");
    assert_eq!(log(&run), [(200, "res_1"), (400, "declined")]);
    assert_eq!(run.evidence.parcels, []);
}

/// Asks the payment provider and the shipper at chosen times.
struct Asks {
    shop: Shop,
}

impl OrderFlow for Asks {
    fn start(shop: Shop) -> Self {
        Asks { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let began = tokio::time::Instant::now();
        for at in [0, 1_000, 599_999, 600_000] {
            tokio::time::sleep_until(began + Ms(at).duration()).await;
            let by = || By::Order(order.id.clone());
            let (payment, shipping) =
                tokio::join!(self.shop.payment.find(by()), self.shop.shipping.find(by()));
            let payment = payment.map(|found| found.len());
            let shipping = shipping.map(|found| found.len());
            self.shop
                .log(format!("{at}: {}, {}", seen(&payment), seen(&shipping)));
        }
        Ok(Answer::Confirmed)
    }
}

#[test]
fn a_service_that_is_down_refuses_everything_for_that_long_and_the_others_go_on() {
    let run = play::<Asks>(&Setup::new(), "order1/payment.find#1: down 10m");
    let lines: Vec<&str> = log(&run).into_iter().map(|(_, line)| line).collect();
    let expected = [
        "0: connection refused, 0",
        "1000: connection refused, 0",
        "599999: connection refused, 0",
        "600000: 0, 0",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_crash_before_a_call_keeps_it_from_being_sent() {
    let run = under("crash before");
    assert_eq!(executed(&run), []);
    assert_eq!(crashes(&run), [0]);
    assert_eq!(starts(&run), [0, 1_000]);
    assert_eq!(told(&run), [Some((0, Told::ConnectionLost))]);
}

#[test]
fn a_crash_after_a_call_comes_when_the_reply_does_and_nobody_hears_it() {
    let run = under("crash after");
    assert_eq!(executed(&run), [100]);
    assert_eq!(charges(&run), [Captured]);
    assert_eq!(crashes(&run), [200]);
    assert_eq!(starts(&run), [0, 1_200]);
    assert_eq!(log(&run), []);
    assert_eq!(told(&run), [Some((200, Told::ConnectionLost))]);
}

/// Waits 50 ms for its charge, in one of two manners.
struct Impatient<const BY_SELECT: bool> {
    shop: Shop,
}

impl<const BY_SELECT: bool> OrderFlow for Impatient<BY_SELECT> {
    fn start(shop: Shop) -> Self {
        Impatient { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let patience = Ms(50).duration();
        let heard = if BY_SELECT {
            tokio::select! {
                biased;
                charge = charge => Some(charge),
                () = tokio::time::sleep(patience) => None,
            }
        } else {
            tokio::time::timeout(patience, charge).await.ok()
        };
        self.shop
            .log(heard.map_or("nothing".to_owned(), |it| seen(&it)));
        Ok(Answer::Pending)
    }
}

#[test]
fn a_call_that_is_given_up_is_executed_all_the_same_and_its_reply_goes_unheard() {
    for run in [
        play::<Impatient<false>>(&Setup::new(), ""),
        play::<Impatient<true>>(&Setup::new(), ""),
    ] {
        assert_eq!(log(&run), [(50, "nothing")]);
        assert_eq!(executed(&run), [100]);
        assert_eq!(charges(&run), [Captured]);
        assert_eq!(unheard(&run), [200]);
        let gave_up = common::when(&run, |event| match event {
            Event::GaveUp { waited, .. } => Some(*waited),
            _ => None,
        });
        assert_eq!(gave_up, [(50, Ms(50))]);
    }
}

#[test]
fn a_late_reply_that_nobody_waits_for_is_recorded_as_unheard() {
    let run = play::<Impatient<false>>(&Setup::new(), "order1/payment.charge#1: reply late 1500ms");
    assert_eq!(executed(&run), [100]);
    assert_eq!(unheard(&run), [1_700]);
    assert_eq!(unheard(&under("reply late 1500ms")), []);
}

/// Asks three times under one key, and has little patience.
struct Insists {
    shop: Shop,
}

impl OrderFlow for Insists {
    fn start(shop: Shop) -> Self {
        Insists { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let key = self.shop.new_key();
        for _ in 0..3 {
            let charge = self
                .shop
                .payment
                .charge(ChargeRequest::of(order), Some(&key));
            let heard = tokio::time::timeout(Ms(250).duration(), charge).await;
            let line = heard.map_or("silence".to_owned(), |heard| seen(&heard));
            self.shop.log(line);
        }
        Ok(Answer::Pending)
    }
}

#[test]
fn what_a_service_remembers_it_answers_at_once() {
    let slow = Setup::new().takes(Service::Payment, Ms(400), Ms::ZERO);
    let run = play::<Insists>(&slow, "");
    let in_flight = seen::<Ms, CallError>(&Err(CallError::InFlight));
    let expected = [(250, "silence"), (450, &*in_flight), (650, HEARD)];
    assert_eq!(log(&run), expected);
    // The first is done at 500; the others are answered as they arrive.
    assert_eq!(executed(&run), [350, 500, 550]);
    let late = play::<Insists>(&slow, "order1/payment.charge#3: reply late 50ms");
    assert_eq!(log(&late)[2], (700, HEARD));
    let later = play::<Insists>(&slow, "order1/payment.charge#3: reply late 51ms");
    assert_eq!(log(&later)[2], (700, "silence"));
}
