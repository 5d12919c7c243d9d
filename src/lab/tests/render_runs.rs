//! Runs written down by hand, for the tests of the pictures.

mod calls;
mod flows;

pub use calls::{
    calm, charged_twice, delivered_twice, late_reply, lost_reply, lost_request, refused, talkative,
    webhooks,
};
pub use flows::{crash_and_recover, crossing, locked_out, request_an_hour_late, three_services};

use lab::engine::trace::{CallId, Entry, Event, Rollback, Told, Trace};
use lab::judge::evidence::Evidence;
use lab::language::fault::Fault;
use lab::language::message::{Charge, ChargeStatus, Key, Reply, Request, Response, Service};
use lab::language::name::Name;
use lab::language::order::{Answer, Yen};
use lab::language::step::Step;
use lab::language::time::Ms;

pub const ORDER1: Name = Name::of("order1");
pub const ORDER2: Name = Name::of("order2");

/// A run and its name.
pub type Named = (&'static str, fn() -> Evidence);

/// Every run below.
pub const ALL: [Named; 14] = [
    ("calm", calm),
    ("late_reply", late_reply),
    ("lost_request", lost_request),
    ("lost_reply", lost_reply),
    ("refused", refused),
    ("crash_and_recover", crash_and_recover),
    ("request_an_hour_late", request_an_hour_late),
    ("locked_out", locked_out),
    ("three_services", three_services),
    ("charged_twice", charged_twice),
    ("delivered_twice", delivered_twice),
    ("webhooks", webhooks),
    ("talkative", talkative),
    ("crossing", crossing),
];

/// A trace in the making.
#[derive(Default)]
pub struct Run {
    entries: Vec<Entry>,
}

impl Run {
    pub fn at(&mut self, at: u64, actor: Name, event: Event) -> &mut Run {
        let at = Ms(at);
        self.entries.push(Entry { at, actor, event });
        self
    }

    pub fn sql(&mut self, at: u64, actor: Name, labels: &[&'static str]) -> &mut Run {
        for label in labels {
            let label = Name::of(label);
            self.at(at, actor, Event::Sql { label, error: None });
        }
        self
    }

    pub fn sent(
        &mut self,
        at: u64,
        actor: Name,
        call: u32,
        request: Request,
        arrives_at: impl Into<Option<u64>>,
    ) -> &mut Run {
        let event = Event::Sent {
            call: CallId(call),
            request,
            arrives_at: arrives_at.into().map(Ms),
        };
        self.at(at, actor, event)
    }

    pub fn executed(
        &mut self,
        at: u64,
        actor: Name,
        call: u32,
        service: Service,
        response: Response,
    ) -> &mut Run {
        let event = Event::Executed {
            call: CallId(call),
            service,
            response,
            replayed: false,
            duplicate: false,
        };
        self.at(at, actor, event)
    }

    pub fn replied(
        &mut self,
        at: u64,
        actor: Name,
        call: u32,
        service: Service,
        response: Response,
        unheard: bool,
    ) -> &mut Run {
        let event = Event::Replied {
            call: CallId(call),
            service,
            response,
            unheard,
        };
        self.at(at, actor, event)
    }

    /// A call in which nothing goes wrong: there in 100 ms, back in 100 ms.
    pub fn call(
        &mut self,
        at: u64,
        actor: Name,
        id: u32,
        request: Request,
        says: Reply,
    ) -> &mut Run {
        let service = request.service();
        self.sent(at, actor, id, request, at + 100)
            .executed(at + 100, actor, id, service, Ok(says.clone()))
            .replied(at + 200, actor, id, service, Ok(says), false)
    }

    pub fn gave_up(&mut self, at: u64, actor: Name, call: u32, waited: u64) -> &mut Run {
        let (call, waited) = (CallId(call), Ms(waited));
        self.at(at, actor, Event::GaveUp { call, waited })
    }

    pub fn struck(&mut self, at: u64, actor: Name, what: &'static str, fault: Fault) -> &mut Run {
        let step = Step::new(actor, Name::of(what), 1);
        self.at(at, actor, Event::Struck { step, fault })
    }

    pub fn rollback(&mut self, at: u64, actor: Name) -> &mut Run {
        self.at(at, actor, Event::RolledBack(Rollback::Asked))
    }

    pub fn tells(&mut self, at: u64, actor: Name, answer: Answer) -> &mut Run {
        self.at(at, actor, Event::Told(Told::Answer(answer)))
    }

    pub fn end(&mut self) -> Evidence {
        let entries = std::mem::take(&mut self.entries);
        Evidence {
            ended_at: entries.last().map_or(Ms::ZERO, |entry| entry.at),
            trace: Trace { entries },
            ..Evidence::default()
        }
    }
}

pub fn charge(order: Name, key: Option<&str>) -> Request {
    Request::Charge {
        order,
        amount: Yen(1_200),
        key: key.map(Key::from),
    }
}

pub fn paid(id: &'static str, order: Name) -> Charge {
    Charge {
        id: Name::of(id),
        order,
        amount: Yen(1_200),
        status: ChargeStatus::Captured,
        refunded: Yen(0),
        refunds: Vec::new(),
    }
}

fn captured(id: &'static str, order: Name) -> Reply {
    Reply::Charge(paid(id, order))
}
