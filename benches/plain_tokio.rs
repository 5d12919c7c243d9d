//! The scenario as a plain tokio program on a paused clock: a fresh runtime and `LocalSet` for every world, a
//! task for the shop and one for the provider, and a trace with the same entries. No faults, no names for steps, no
//! ledger, no crash, no periodic job.

use crate::{PATIENCE_MS, World, latency_ms};
use lab::engine::trace::{CallId, Entry, Event, Told};
use lab::language::message::{Charge, ChargeStatus, Reply, Request, Service};
use lab::language::name::Name;
use lab::language::order::{Answer, Yen};
use lab::language::time::Ms;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

struct Shared {
    began: Instant,
    trace: RefCell<Vec<Entry>>,
    decided: Cell<bool>,
}

impl Shared {
    fn record(&self, event: Event) {
        self.trace.borrow_mut().push(Entry {
            at: Ms(self.began.elapsed().as_millis() as u64),
            actor: Name::of("order1"),
            event,
        });
    }
}

/// Runs one world, to its last message.
pub fn world(number: u64) -> World {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing that could be missing");
    runtime.block_on(async {
        let local = tokio::task::LocalSet::new();
        let shared = Rc::new(Shared {
            began: Instant::now(),
            trace: RefCell::new(Vec::with_capacity(16)),
            decided: Cell::new(false),
        });
        let shop = local.spawn_local(place_order(shared.clone(), latency_ms(number)));
        local.await;
        let answer = shop.await.expect("the scenario does not panic");
        World {
            confirmed: answer == Answer::Confirmed,
            trace: shared.trace.take(),
        }
    })
}

async fn place_order(shared: Rc<Shared>, latency: u64) -> Answer {
    shared.record(Event::Submitted);
    let order = Name::of("order1");
    let request = Request::Charge {
        order,
        amount: Yen(1_200),
        key: None,
    };
    let call = CallId(0);
    let sent = request.clone();
    shared.record(Event::Sent {
        call,
        request: sent,
        arrives_at: Some(Ms(100)),
    });
    let (reply, heard) = oneshot::channel();
    tokio::task::spawn_local(provide(shared.clone(), request, latency, reply));
    let answer = match timeout(Duration::from_millis(PATIENCE_MS), heard).await {
        Ok(_) => Answer::Confirmed,
        Err(_) => {
            shared.record(Event::GaveUp {
                call,
                waited: Ms(PATIENCE_MS),
            });
            Answer::Cancelled
        }
    };
    shared.decided.set(true);
    shared.record(Event::Told(Told::Answer(answer)));
    answer
}

async fn provide(
    shared: Rc<Shared>,
    request: Request,
    latency: u64,
    reply: oneshot::Sender<Reply>,
) {
    sleep(Duration::from_millis(latency - 100)).await;
    let Request::Charge { order, amount, .. } = request else {
        return;
    };
    let charge = Charge {
        id: Name::of("pay_1"),
        order,
        amount,
        status: ChargeStatus::Captured,
        refunded: Yen(0),
        refunds: Vec::new(),
    };
    let (call, service) = (CallId(0), Service::Payment);
    let response = Ok(Reply::Charge(charge.clone()));
    shared.record(Event::Executed {
        call,
        service,
        response: response.clone(),
        replayed: false,
        duplicate: false,
    });
    sleep(Duration::from_millis(100)).await;
    shared.record(Event::Replied {
        call,
        service,
        response,
        unheard: shared.decided.get(),
    });
    let _ = reply.send(Reply::Charge(charge));
}
