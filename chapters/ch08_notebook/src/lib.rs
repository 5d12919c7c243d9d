//! Chapter 8: the notebook. This file only wires things up: the notebook that the chapter speaks of is in `broken.rs`,
//! yours is in `exercise.rs`, and the flow that both are about is in `flow.rs`. What a notebook is, and how it is graded, is in
//! `notebook.rs`.

// A notebook says `use lab::notebook::prelude::*;`, as it did when notebooks were a part of the lab: whoever has begun one goes on.
extern crate self as lab;

pub use saga_lab::prelude;

/// The notebook of somebody who has not thought yet.
pub mod broken;
/// Yours.
#[cfg(not(feature = "answers"))]
pub mod exercise;
// The course's own tests run the answers and never compile the learner's file.
#[cfg(feature = "answers")]
pub use broken as exercise;
pub mod flow;
pub mod notebook;

use course::chapter::Chapter;
use course::demo::{Demo, Pages};
use notebook::{Entry, Grader, SCHEMA, codes};
use saga_lab::flow::Code;
use saga_lab::language::message::Service;
use saga_lab::language::order::{Order, Yen};
use saga_lab::language::time::Ms;
use saga_lab::search::scenario::Bounds;
use saga_lab::services::REMEMBERED;
use saga_lab::setup::Setup;

/// The chapter, as its tests and its demo see it.
pub const CHAPTER: Chapter = Chapter {
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: &CODES,
    setup: shop,
    worlds: &[
        || undone("undo-payment", Service::Payment),
        || undone_late("undo-payment-late", Service::Payment, Ms::hours(25)),
        || undone_twice("undo-payment-twice", Service::Payment),
        || undone_in_flight("undo-payment-in-flight", Service::Payment),
        || undone_for_all("undo-payment-for-all", Service::Payment),
        || undone("undo-inventory", Service::Inventory),
        || undone_late("undo-inventory-late", Service::Inventory, Ms::hours(1)),
        || undone_twice("undo-inventory-twice", Service::Inventory),
        || undone_in_flight("undo-inventory-in-flight", Service::Inventory),
        || undone_for_all("undo-inventory-for-all", Service::Inventory),
        || undone("undo-shipping", Service::Shipping),
        || undone_late("undo-shipping-late", Service::Shipping, Ms::hours(1)),
        || undone_twice("undo-shipping-twice", Service::Shipping),
        || undone_in_flight("undo-shipping-in-flight", Service::Shipping),
        || undone_for_all("undo-shipping-for-all", Service::Shipping),
    ],
    bounds: Some(&BOUNDS),
    ..course::chapter!()
};

/// What the worlds that are drawn may contain: in each of them one step of every order is done and called off.
const BOUNDS: Bounds = Bounds {
    goods: &[("book", Yen(1_200)), ("pen", Yen(150))],
    most_customers: 5,
    most_pieces: 3,
    comes_again: true,
    // An unconfirmed reservation lapses, a parcel leaves, a key is forgotten.
    edges: &[Ms::minutes(15), Ms::minutes(30), REMEMBERED],
    slow: SERVICES,
    // An undo may take five seconds, and may have to ask more than once.
    slowest: Ms::seconds(1),
    away: SERVICES,
    longest_outage: Ms::hours(30),
    covers: true,
    undoes: SERVICES,
    ..Bounds::ONE_BOOK
};

const SERVICES: &[Service] = &[Service::Payment, Service::Inventory, Service::Shipping];

/// The chapter, as the tests of its three questions see it.
pub const GRADER: Grader = Grader {
    chapter: CHAPTER,
    notebooks: NOTEBOOKS,
};

/// The demo's pages: the whole notebook beside the runs, and each question of its own.
pub const PAGES: Pages = Pages {
    story: |code, style| GRADER.whole(code, style),
    about: |chapter, code, schedule, style| {
        let grader = Grader {
            chapter: *chapter,
            ..GRADER
        };
        grader.page(code, schedule, style)
    },
};

/// The demo: the whole notebook beside the runs.
pub const DEMO: Demo = Demo {
    chapter: CHAPTER,
    about: "The notebook demo: every prediction and every undo of your notebook, beside what the runs say.",
    setup: |_| shop(),
    seed: 0,
};

// The notebooks: the exercise first, then the one that the text speaks of, then the answers.
course::answers! {
    const NOTEBOOKS: &[Entry] = Entry::of::<MyNotebook>;
    exercise, broken;
    solution,
    right_let_the_rest_lapse,
    right_look_it_up_first,
    right_make_sure_then_refund,
    right_wait_while_it_is_in_flight,
    wrong_a_failed_undo_is_done,
    wrong_always_too_late,
    wrong_cancel_by_order,
    wrong_charge_again_to_find_out,
    wrong_gone_after_half_an_hour,
    wrong_in_flight_is_done,
    wrong_in_flight_is_too_late,
    wrong_it_lapses_by_itself,
    wrong_lapsed_by_the_clock,
    wrong_look_at_the_clock_first,
    wrong_not_found_means_never_charged,
    wrong_nothing_written_down,
    wrong_one_book_is_like_another,
    wrong_one_request_one_parcel,
    wrong_only_what_failed_diverges,
    wrong_plus_two,
    wrong_plus_two_if_it_was_heard,
    wrong_plus_two_under_a_key,
    wrong_refund_what_we_were_told_of,
    wrong_silence_is_done,
    wrong_the_clock_on_the_wall,
    wrong_the_price_of_one,
    wrong_the_warehouse_is_ours,
    wrong_too_late_is_done,
    wrong_void_under_a_new_key,
}

const CODES: [Code; NOTEBOOKS.len()] = codes(NOTEBOOKS);

/// A shop that does everything in one transaction, and sends what it sells.
fn shop() -> Setup {
    one_order().stock([("book", 10), ("pen", 10)]).ships()
}

/// Two books for ¥2,400.
fn one_order() -> Setup {
    let order = Order {
        quantity: 2,
        ..Order::new("order1", Yen(2_400))
    };
    Setup::new().schema(SCHEMA).orders([(Ms::ZERO, order)])
}

/// The same order, of which one step is done and called off again a minute later.
fn undone(name: &'static str, step: Service) -> Setup {
    one_order()
        .only(step)
        .called(name)
        .undone(step, Ms::ZERO, 1)
}

/// It is called off so much later. Long enough for the undo to be asked, and once more after that.
fn undone_late(name: &'static str, step: Service, after: Ms) -> Setup {
    one_order()
        .only(step)
        .called(name)
        .undone(step, after, 1)
        .horizon(Ms::hours(72))
}

/// Its undo is run to its end, and then once more.
fn undone_twice(name: &'static str, step: Service) -> Setup {
    one_order()
        .only(step)
        .called(name)
        .undone(step, Ms::ZERO, 2)
}

/// The service takes its time, so that an undo can find it at work on the step.
fn undone_in_flight(name: &'static str, step: Service) -> Setup {
    undone(name, step).takes(step, Ms(400), Ms::ZERO)
}

/// Not everybody orders two books in the morning. And the service is away for half a day when the customers change their
/// minds.
fn undone_for_all(name: &'static str, step: Service) -> Setup {
    let books = Order {
        quantity: 2,
        ..Order::new("order1", Yen(2_400))
    };
    let pens = Order {
        sku: "pen".to_owned(),
        quantity: 3,
        ..Order::new("order2", Yen(450))
    };
    undone(name, step)
        .stock([("book", 10), ("pen", 10)])
        .orders([(Ms::ZERO, books), (Ms::seconds(20), pens)])
        .begins_at(Ms::hours(23))
        .outage(step, Ms::seconds(50), Ms::hours(13))
        .horizon(Ms::hours(72))
}
