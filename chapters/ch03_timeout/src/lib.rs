//! Chapter 3: a timeout does not mean failure. This file only wires things up: the code that the chapter speaks of
//! is in `broken.rs`, and yours is in `exercise.rs`.

/// The code of the text, deliberately broken.
pub mod broken;
/// Yours.
#[cfg(not(feature = "answers"))]
pub mod exercise;
// The course's own tests run the answers and never compile the learner's file.
#[cfg(feature = "answers")]
pub use broken as exercise;

use course::chapter::Chapter;
use course::demo::Demo;
use lab::engine::network::Latency;
use lab::flow::Code;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::search::scenario::Bounds;
use lab::services::PaymentRules;
use lab::setup::Setup;

/// The shop's table. `charge_key` is yours to use or to leave empty.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &["A"],
    codes: CODES,
    setup: shop,
    worlds: &[three_orders, slow_provider],
    bounds: Some(&BOUNDS),
    ..course::chapter!()
};

/// What the worlds that are drawn may contain. No outage is too long: the provider remembers a key for 30 days.
const BOUNDS: Bounds = Bounds {
    goods: &[
        ("book", Yen(1_200)),
        ("pen", Yen(150)),
        ("atlas", Yen(3_400)),
    ],
    most_customers: 12,
    most_pieces: 3,
    comes_again: true,
    slow: &[Service::Payment],
    away: &[Service::Payment],
    longest_outage: Ms::hours(60),
    covers: true,
    ..Bounds::ONE_BOOK
};

/// The timeout demo: five orders one after another, at a provider that takes 200 to 2,200 ms.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: "The timeout demo: five orders, a payment provider that takes 200 to 2,200 ms, and a shop that waits 700 ms.",
    setup: five_orders,
    seed: 1,
};

course::answers! {
    const CODES: &[Code] = Code::of::<Checkout>;
    exercise, broken;
    solution,
    right_look_up,
    right_short_patience,
    right_ticker,
    right_void,
    right_worker,
    wrong_a_guard_voids_it,
    wrong_a_second_click_begins_again,
    wrong_a_task_outlives_its_request,
    wrong_an_error_is_a_no,
    wrong_another_card,
    wrong_dead_after_eight_tries,
    wrong_drop_the_call,
    wrong_in_flight_is_a_no,
    wrong_in_flight_is_success,
    wrong_key_in_memory,
    wrong_key_stored_after_the_call,
    wrong_last_attempt_decides,
    wrong_longer_timeout,
    wrong_look_then_write,
    wrong_look_up_once,
    wrong_new_key_per_attempt,
    wrong_no_intent_row,
    wrong_nobody_comes_back,
    wrong_old_means_failed,
    wrong_one_order_per_run,
    wrong_refund_at_once,
    wrong_same_price_same_purchase,
    wrong_told_before_known,
    wrong_told_before_the_void_is_heard,
    wrong_void_before_deciding,
    wrong_void_unheard,
}

fn shop() -> Setup {
    Setup::new().schema(SCHEMA).keys_last(Ms::hours(30 * 24))
}

/// One customer orders three times, one after the other: two things of one price, and one of another.
fn three_orders() -> Setup {
    let orders = [
        ("order1", Yen(1_200)),
        ("order2", Yen(3_400)),
        ("order3", Yen(1_200)),
    ];
    let orders = orders.map(|(id, amount)| Order {
        customer: "the same customer".to_owned(),
        ..Order::new(id, amount)
    });
    Setup::new()
        .called("three-orders")
        .schema(SCHEMA)
        .one_after_another(orders)
}

/// The payment provider is at work on a request for 400 ms. Whoever sends the same one again meanwhile hears
/// that it is in flight.
fn slow_provider() -> Setup {
    Setup::new()
        .called("slow-provider")
        .schema(SCHEMA)
        .latency(Latency {
            processing: Ms(400),
            ..Latency::default()
        })
}

fn five_orders(seed: u64) -> Setup {
    let orders = (1..=5).map(|n| Order::new(&format!("order{n}"), Yen(1_200)));
    Setup::new()
        .schema(SCHEMA)
        .one_after_another(orders)
        .latency(Latency {
            spread: Ms(2_000),
            ..Latency::default()
        })
        .payment(PaymentRules {
            named_ids: true,
            ..PaymentRules::default()
        })
        .seed(seed)
}
