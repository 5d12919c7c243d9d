//! Virtual time: its grain, its ties, its end, and the times of the periodic job.

use crate::common::{self, executed, log, play, seen, starts, told, unheard};
use lab::engine::trace::{Event, Told};
use lab::prelude::*;
use lab::setup::Setup;
use std::time::Duration;

/// Sleeps for fractions of a millisecond.
struct Fractions {
    shop: Shop,
}

impl OrderFlow for Fractions {
    fn start(shop: Shop) -> Self {
        Fractions { shop }
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        for micros in [1_500, 1, 1_000] {
            tokio::time::sleep(Duration::from_micros(micros)).await;
            self.shop.log(format!("{:?}", self.shop.now()));
        }
        Ok(Answer::Confirmed)
    }
}

#[test]
fn time_goes_by_in_whole_milliseconds_rounded_up() {
    let run = play::<Fractions>(&Setup::new(), "");
    assert_eq!(log(&run), [(2, "2ms"), (3, "3ms"), (4, "4ms")]);
}

/// Waits exactly as long for a charge as it usually takes. With `CLOCK_FIRST` it looks at the clock first.
struct Deadline<const CLOCK_FIRST: bool> {
    shop: Shop,
}

impl<const CLOCK_FIRST: bool> OrderFlow for Deadline<CLOCK_FIRST> {
    fn start(shop: Shop) -> Self {
        Deadline { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let deadline = Ms(200).duration();
        let heard = if CLOCK_FIRST {
            tokio::select! {
                biased;
                () = tokio::time::sleep(deadline) => None,
                charge = charge => Some(charge),
            }
        } else {
            tokio::time::timeout(deadline, charge).await.ok()
        };
        self.shop
            .log(heard.map_or("too late".to_owned(), |it| seen(&it)));
        Ok(Answer::Pending)
    }
}

#[test]
fn a_reply_at_exactly_the_deadline_is_taken_and_one_a_millisecond_later_is_not() {
    let setup = Setup::new();
    let run = play::<Deadline<false>>(&setup, "");
    assert_eq!(log(&run), [(200, "captured pay_1 ¥1,200")]);
    let run = play::<Deadline<false>>(&setup, "order1/payment.charge#1: reply late 1ms");
    assert_eq!(log(&run), [(200, "too late")]);
    assert_eq!(unheard(&run), [201]);
}

#[test]
fn a_caller_that_looks_at_the_clock_first_misses_the_reply_of_that_millisecond() {
    let run = play::<Deadline<true>>(&Setup::new(), "");
    assert_eq!(log(&run), [(200, "too late")]);
    assert_eq!(unheard(&run), [200]);
}

/// Two customers want the last book in the same millisecond.
struct Reserves {
    shop: Shop,
}

impl OrderFlow for Reserves {
    fn start(shop: Shop) -> Self {
        Reserves { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let reserved = self
            .shop
            .inventory
            .reserve(order, &self.shop.new_key())
            .await;
        let how = seen(&reserved.map(|it| it.id));
        self.shop.log(format!("{}: {how}", order.id));
        Ok(Answer::Pending)
    }
}

#[test]
fn services_act_in_the_order_in_which_things_were_set_in_motion() {
    let setup = Setup::new()
        .stock([("book", 1)])
        .orders(["order1", "order2"].map(|id| (Ms::ZERO, Order::new(id, Yen(1_200)))));
    let run = play::<Reserves>(&setup, "");
    let expected = [(200, "order1: res_1"), (200, "order2: declined")];
    assert_eq!(log(&run), expected);
    // Sent at the same time, but the first one arrives a millisecond later.
    let run = play::<Reserves>(&setup, "order1/inventory.reserve#1: request late 1ms");
    let expected = [(200, "order2: res_1"), (201, "order1: declined")];
    assert_eq!(log(&run), expected);
}

/// Logs every second, and charges at 900 ms.
struct Ticks {
    shop: Shop,
}

impl OrderFlow for Ticks {
    fn start(shop: Shop) -> Self {
        Ticks { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        tokio::time::sleep(Ms(900).duration()).await;
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let _ = tokio::time::timeout(Ms(50).duration(), charge).await;
        loop {
            self.shop.log("tick");
            tokio::time::sleep(Ms(100).duration()).await;
        }
    }
}

#[test]
fn a_world_ends_at_its_horizon() {
    let with_horizon = |ms| play::<Ticks>(&Setup::new().horizon(Ms(ms)), "");
    let run = with_horizon(999);
    assert_eq!(log(&run), [(950, "tick")]);
    assert_eq!(executed(&run), []);
    assert_eq!(run.evidence.ended_at, Ms(999));
    // What services do at the last millisecond is still part of the world.
    let run = with_horizon(1_000);
    assert_eq!(executed(&run), [1_000]);
    let run = with_horizon(1_149);
    assert_eq!(log(&run), [(950, "tick"), (1_050, "tick")]);
    assert_eq!(unheard(&run), [1_100]);
    assert_eq!(told(&run), [None]);
}

/// Its periodic job takes `MINUTES`; 0 for no time, 999 for ever.
struct Periodic<const MINUTES: u64> {
    shop: Shop,
}

impl<const MINUTES: u64> OrderFlow for Periodic<MINUTES> {
    fn start(shop: Shop) -> Self {
        Periodic { shop }
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        Ok(Answer::Confirmed)
    }

    async fn recover(&self) -> Result<(), Failure> {
        self.shop.log("begins");
        match MINUTES {
            0 => {}
            999 => std::future::pending().await,
            minutes => tokio::time::sleep(Ms::minutes(minutes).duration()).await,
        }
        self.shop.log("ends");
        Err(Failure("not quite".to_owned()))
    }
}

fn seconds_of<F: OrderFlow>(line: &str, setup: &Setup, schedule: &str) -> Vec<u64> {
    let run = play::<F>(setup, schedule);
    let lines = log(&run).into_iter().filter(|(_, logged)| *logged == line);
    lines.map(|(at, _)| at / 1_000).collect()
}

const DOUBLING: [u64; 11] = [
    0, 60, 120, 240, 480, 960, 1_920, 3_840, 7_680, 15_360, 30_720,
];

#[test]
fn the_periodic_job_runs_at_the_start_and_then_at_doubling_times() {
    // An error is logged, and the next run tries again.
    assert_eq!(
        seconds_of::<Periodic<0>>("begins", &Setup::new(), ""),
        DOUBLING
    );
    let run = play::<Periodic<0>>(&Setup::new(), "");
    let errors = common::times(
        &run,
        |event| matches!(event, Event::RecoverEnded { error: Some(error), .. } if error == "not quite"),
    );
    assert_eq!(errors.len(), DOUBLING.len());
}

#[test]
fn a_restart_runs_the_periodic_job_at_once_and_begins_to_count_anew() {
    let run = play::<Periodic<0>>(&Setup::new(), "recover#4: crash before");
    assert_eq!(starts(&run), [0, 241_000]);
    let begins = seconds_of::<Periodic<0>>("begins", &Setup::new(), "recover#4: crash before");
    let again = DOUBLING.map(|seconds| 241 + seconds);
    assert_eq!(begins, [&[0, 60, 120], &again[..]].concat());
}

#[test]
fn a_slow_run_of_the_periodic_job_is_not_joined_by_a_second() {
    let setup = Setup::new().horizon(Ms::minutes(30));
    assert_eq!(
        seconds_of::<Periodic<3>>("begins", &setup, ""),
        [0, 240, 480, 960]
    );
    assert_eq!(
        seconds_of::<Periodic<3>>("ends", &setup, ""),
        [180, 420, 660, 1_140]
    );
    assert_eq!(seconds_of::<Periodic<999>>("begins", &setup, ""), [0]);
}

#[test]
fn a_hanging_periodic_job_keeps_no_customer_out() {
    let run = play::<Periodic<999>>(&Setup::new(), "");
    assert_eq!(told(&run), [Some((1, Told::Answer(Answer::Confirmed)))]);
}

/// Writes down every time that it gets to see.
struct Clocks {
    shop: Shop,
}

impl OrderFlow for Clocks {
    fn start(shop: Shop) -> Self {
        Clocks { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            inventory,
            shipping,
            orders,
            ..
        } = &self.shop;
        self.shop.log(format!("now {:?}", self.shop.now()));
        let key = self.shop.new_key();
        let held = inventory.reserve(order, &key).await?;
        self.shop.log(format!("lapses {:?}", held.expires_at));
        let sent = shipping.request(order, None).await?;
        self.shop.log(format!("leaves {:?}", sent.dispatched_at));
        for found in shipping.find(By::Order(order.id.clone())).await? {
            self.shop.log(format!("found {:?}", found.dispatched_at));
        }
        orders.prepare(&self.shop.new_transaction(), order).await?;
        for open in orders.in_doubt().await? {
            self.shop.log(format!("since {:?}", open.since));
        }
        Ok(Answer::Pending)
    }
}

#[test]
fn order_code_sees_the_time_of_day_and_the_trace_the_time_that_has_passed() {
    let at_midnight = play::<Clocks>(&Setup::new(), "");
    let seen: Vec<&str> = log(&at_midnight)
        .into_iter()
        .map(|(_, line)| line)
        .collect();
    let expected = [
        "now 0ms",
        "lapses 900100ms",
        "leaves 1800300ms",
        "found 1800300ms",
        "since 700ms",
    ];
    assert_eq!(seen, expected);
    let evening = Setup::new().begins_at(Ms::hours(23));
    let in_the_evening = play::<Clocks>(&evening, "");
    let expected = [
        (0, "now 23h"),
        (200, "lapses 83700100ms"),
        (400, "leaves 84600300ms"),
        (600, "found 84600300ms"),
        (1_000, "since 82800700ms"),
    ];
    assert_eq!(log(&in_the_evening), expected);
    assert_eq!(executed(&in_the_evening), executed(&at_midnight));
}
