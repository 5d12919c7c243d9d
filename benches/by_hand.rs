//! The scenario as a hand-written discrete-event loop: no runtime, no futures, no general world. The limit.

use crate::{PATIENCE_MS, World, latency_ms};
use lab::engine::trace::{CallId, Entry, Event, Told};
use lab::language::message::{Charge, ChargeStatus, Reply, Request, Service};
use lab::language::name::Name;
use lab::language::order::{Answer, Yen};
use lab::language::time::Ms;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Capture,
    Reply,
    GiveUp,
}

/// Runs one world.
pub fn world(number: u64) -> World {
    let order = Name::of("order1");
    let latency = latency_ms(number);
    let mut trace = Vec::with_capacity(16);
    let mut record = |at: u64, event: Event| {
        trace.push(Entry {
            at: Ms(at),
            actor: order,
            event,
        });
    };
    let call = CallId(0);
    let request = Request::Charge {
        order,
        amount: Yen(1_200),
        key: None,
    };
    let charge = Charge {
        id: Name::of("pay_1"),
        order,
        amount: Yen(1_200),
        status: ChargeStatus::Captured,
        refunded: Yen(0),
        refunds: Vec::new(),
    };
    let mut due = BinaryHeap::from([
        Reverse((latency - 100, Due::Capture)),
        Reverse((latency, Due::Reply)),
        Reverse((PATIENCE_MS, Due::GiveUp)),
    ]);
    record(0, Event::Submitted);
    record(
        0,
        Event::Sent {
            call,
            request,
            arrives_at: Some(Ms(100)),
        },
    );
    let mut told = None;
    while let Some(Reverse((at, what))) = due.pop() {
        match what {
            Due::Capture => record(
                at,
                Event::Executed {
                    call,
                    service: Service::Payment,
                    response: Ok(Reply::Charge(charge.clone())),
                    replayed: false,
                    duplicate: false,
                },
            ),
            Due::Reply => {
                record(
                    at,
                    Event::Replied {
                        call,
                        service: Service::Payment,
                        response: Ok(Reply::Charge(charge.clone())),
                        unheard: told.is_some(),
                    },
                );
                if told.is_none() {
                    told = Some(Answer::Confirmed);
                    record(at, Event::Told(Told::Answer(Answer::Confirmed)));
                }
            }
            Due::GiveUp if told.is_none() => {
                told = Some(Answer::Cancelled);
                record(
                    at,
                    Event::GaveUp {
                        call,
                        waited: Ms(at),
                    },
                );
                record(at, Event::Told(Told::Answer(Answer::Cancelled)));
            }
            Due::GiveUp => {}
        }
    }
    World {
        confirmed: told == Some(Answer::Confirmed),
        trace,
    }
}
