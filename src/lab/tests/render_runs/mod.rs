//! Runs written down by hand, for the tests of the pictures.

use lab::evidence::Evidence;
use lab::fault::Fault;
use lab::message::{
    By, CallError, Charge, ChargeStatus, Key, Parcel, Reply, Request, Reservation, Response,
    Service,
};
use lab::name::Name;
use lab::order::{Answer, Yen};
use lab::step::{RECOVER, Step};
use lab::time::Ms;
use lab::trace::{CallId, Entry, Event, Rollback, Told, Trace};

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
    }
}

fn captured(id: &'static str, order: Name) -> Reply {
    Reply::Charge(paid(id, order))
}

/// Everything goes as everybody hopes.
pub fn calm() -> Evidence {
    Run::default()
        .at(0, ORDER1, Event::Submitted)
        .sql(0, ORDER1, &["begin", "insert orders"])
        .call(
            0,
            ORDER1,
            0,
            charge(ORDER1, None),
            captured("pay_1", ORDER1),
        )
        .sql(200, ORDER1, &["update orders", "commit"])
        .tells(200, ORDER1, Answer::Confirmed)
        .end()
}

/// The accident of the design: charged, and the answer comes when nobody waits any more.
pub fn late_reply() -> Evidence {
    Run::default()
        .at(0, ORDER1, Event::Submitted)
        .sql(0, ORDER1, &["begin", "insert orders"])
        .sent(0, ORDER1, 0, charge(ORDER1, None), 100)
        .executed(
            100,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
        )
        .struck(100, ORDER1, "payment.charge", Fault::ReplyLate(Ms(1_500)))
        .gave_up(700, ORDER1, 0, 700)
        .rollback(700, ORDER1)
        .tells(700, ORDER1, Answer::Cancelled)
        .replied(
            1_700,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
            true,
        )
        .end()
}

/// The request never gets there, and fire-and-forget code promises the order all the same.
pub fn lost_request() -> Evidence {
    Run::default()
        .sql(0, ORDER1, &["begin", "insert orders", "commit"])
        .struck(0, ORDER1, "payment.charge", Fault::RequestLost)
        .sent(0, ORDER1, 0, charge(ORDER1, Some("key-1")), None)
        .gave_up(700, ORDER1, 0, 700)
        .sql(700, ORDER1, &["begin", "update orders", "commit"])
        .tells(700, ORDER1, Answer::Confirmed)
        .end()
}

/// The answer is lost on its way.
pub fn lost_reply() -> Evidence {
    Run::default()
        .sql(0, ORDER1, &["begin", "insert orders"])
        .sent(0, ORDER1, 0, charge(ORDER1, None), 100)
        .executed(
            100,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
        )
        .struck(100, ORDER1, "payment.charge", Fault::ReplyLost)
        .at(
            100,
            ORDER1,
            Event::ReplyLost {
                call: CallId(0),
                service: Service::Payment,
                response: Ok(captured("pay_1", ORDER1)),
            },
        )
        .gave_up(700, ORDER1, 0, 700)
        .rollback(700, ORDER1)
        .end()
}

/// Nobody answers the door.
pub fn refused() -> Evidence {
    Run::default()
        .sql(0, ORDER1, &["begin", "insert orders"])
        .struck(0, ORDER1, "payment.charge", Fault::Refused)
        .at(
            0,
            ORDER1,
            Event::NoConnection {
                call: CallId(0),
                request: charge(ORDER1, None),
            },
        )
        .rollback(0, ORDER1)
        .tells(0, ORDER1, Answer::Cancelled)
        .end()
}

/// The process dies while it waits; the periodic job looks the charge up and settles the order.
pub fn crash_and_recover() -> Evidence {
    Run::default()
        .sql(0, ORDER1, &["begin", "insert orders", "commit"])
        .sent(0, ORDER1, 0, charge(ORDER1, Some("key-1")), 100)
        .executed(
            100,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
        )
        .struck(200, ORDER1, "payment.charge", Fault::CrashAfter)
        .at(200, ORDER1, Event::Crashed)
        .at(200, ORDER1, Event::Told(Told::ConnectionLost))
        .at(200, RECOVER, Event::Started(2))
        .at(200, RECOVER, Event::RecoverBegan(1))
        .sql(200, RECOVER, &["select orders"])
        .call(
            200,
            RECOVER,
            1,
            Request::Find(By::Order("order1".into())),
            Reply::Charges(vec![paid("pay_1", ORDER1)]),
        )
        .sql(400, RECOVER, &["begin", "update orders", "commit"])
        .at(400, RECOVER, ended(1, false))
        .at(60_400, RECOVER, Event::RecoverBegan(2))
        .sql(60_400, RECOVER, &["select orders"])
        .at(60_400, RECOVER, ended(2, true))
        .end()
}

fn ended(run: u32, idle: bool) -> Event {
    Event::RecoverEnded {
        run,
        idle,
        error: None,
    }
}

/// The shop looks, finds nothing, cancels; an hour later the request is executed.
pub fn request_an_hour_late() -> Evidence {
    let late = 3_600_100;
    Run::default()
        .sql(0, ORDER1, &["begin", "insert orders", "commit"])
        .struck(
            0,
            ORDER1,
            "payment.charge",
            Fault::RequestLate(Ms::hours(1)),
        )
        .sent(0, ORDER1, 0, charge(ORDER1, Some("key-1")), late)
        .gave_up(700, ORDER1, 0, 700)
        .tells(700, ORDER1, Answer::Pending)
        .at(60_000, RECOVER, Event::RecoverBegan(2))
        .sql(60_000, RECOVER, &["select orders"])
        .call(
            60_000,
            RECOVER,
            1,
            Request::Find(By::Order("order1".into())),
            Reply::Charges(Vec::new()),
        )
        .sql(60_200, RECOVER, &["begin", "update orders", "commit"])
        .at(60_200, RECOVER, ended(2, false))
        .executed(
            late,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
        )
        .replied(
            late + 100,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
            true,
        )
        .end()
}

/// Two orders: one holds the write lock through a slow payment call, the other waits for it.
pub fn locked_out() -> Evidence {
    let holder = ORDER1;
    Run::default()
        .at(0, ORDER1, Event::Submitted)
        .sql(0, ORDER1, &["begin"])
        .at(0, ORDER1, Event::LockTaken)
        .sql(0, ORDER1, &["insert orders"])
        .struck(0, ORDER1, "payment.charge", Fault::ReplyLate(Ms(2_800)))
        .sent(0, ORDER1, 0, charge(ORDER1, None), 100)
        .executed(
            100,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
        )
        .at(400, ORDER2, Event::Submitted)
        .at(400, ORDER2, Event::LockWaits { holder })
        .replied(
            3_000,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
            false,
        )
        .sql(3_000, ORDER1, &["commit"])
        .at(3_000, ORDER1, Event::LockFreed)
        .tells(3_000, ORDER1, Answer::Confirmed)
        .at(3_000, ORDER2, Event::LockTaken)
        .sql(3_000, ORDER2, &["begin", "insert orders"])
        .call(
            3_000,
            ORDER2,
            1,
            charge(ORDER2, None),
            captured("pay_2", ORDER2),
        )
        .sql(3_200, ORDER2, &["commit"])
        .at(3_200, ORDER2, Event::LockFreed)
        .tells(3_200, ORDER2, Answer::Confirmed)
        .end()
}

/// The whole flow: stock, payment, parcel.
pub fn three_services() -> Evidence {
    let reservation = Reservation {
        id: Name::of("res_1"),
        order: ORDER1,
        expires_at: Ms::minutes(15),
    };
    let reserve = Request::Reserve {
        order: ORDER1,
        sku: Name::of("book"),
        quantity: 1,
        key: Key::from("key-1"),
    };
    let parcel = Parcel {
        id: Name::of("parcel_1"),
        order: ORDER1,
        dispatched_at: Ms::hours(2),
        cancelled: false,
    };
    let ship = Request::Ship {
        order: ORDER1,
        key: Some(Key::from("key-3")),
    };
    Run::default()
        .sql(0, ORDER1, &["begin", "insert orders", "commit"])
        .call(0, ORDER1, 0, reserve, Reply::Reserved(reservation))
        .call(
            200,
            ORDER1,
            1,
            charge(ORDER1, Some("key-2")),
            captured("pay_1", ORDER1),
        )
        .sent(400, ORDER1, 2, ship.clone(), 500)
        .executed(
            500,
            ORDER1,
            2,
            Service::Shipping,
            Ok(Reply::Parcel(parcel.clone())),
        )
        .struck(500, ORDER1, "shipping.request", Fault::ReplyLate(Ms(1_500)))
        .gave_up(1_100, ORDER1, 2, 700)
        .sql(1_100, ORDER1, &["begin", "update orders", "commit"])
        .tells(1_100, ORDER1, Answer::Pending)
        .replied(
            2_100,
            ORDER1,
            2,
            Service::Shipping,
            Ok(Reply::Parcel(parcel)),
            true,
        )
        .end()
}

/// A retry without a key.
pub fn charged_twice() -> Evidence {
    Run::default()
        .sql(0, ORDER1, &["begin", "insert orders", "commit"])
        .sent(0, ORDER1, 0, charge(ORDER1, None), 100)
        .executed(
            100,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
        )
        .struck(100, ORDER1, "payment.charge", Fault::ReplyLate(Ms(1_500)))
        .gave_up(700, ORDER1, 0, 700)
        .call(
            1_000,
            ORDER1,
            1,
            charge(ORDER1, None),
            captured("pay_2", ORDER1),
        )
        .sql(1_200, ORDER1, &["begin", "update orders", "commit"])
        .tells(1_200, ORDER1, Answer::Confirmed)
        .replied(
            1_700,
            ORDER1,
            0,
            Service::Payment,
            Ok(captured("pay_1", ORDER1)),
            true,
        )
        .end()
}

/// The network delivers a request a second time, and a 500 hides what the third did.
pub fn delivered_twice() -> Evidence {
    let again = Event::Executed {
        call: CallId(0),
        service: Service::Payment,
        response: Ok(captured("pay_2", ORDER1)),
        replayed: false,
        duplicate: true,
    };
    Run::default()
        .struck(0, ORDER1, "payment.charge", Fault::RequestTwice(Ms(300)))
        .call(
            0,
            ORDER1,
            0,
            charge(ORDER1, None),
            captured("pay_1", ORDER1),
        )
        .tells(200, ORDER1, Answer::Confirmed)
        .at(400, ORDER1, again)
        .struck(500, ORDER2, "payment.charge", Fault::ErrorAfter)
        .sent(500, ORDER2, 1, charge(ORDER2, None), 600)
        .executed(
            600,
            ORDER2,
            1,
            Service::Payment,
            Ok(captured("pay_3", ORDER2)),
        )
        .replied(
            700,
            ORDER2,
            1,
            Service::Payment,
            Err(CallError::ServerError),
            false,
        )
        .tells(700, ORDER2, Answer::Cancelled)
        .end()
}

/// A payment that settles later and says so, twice, once in vain.
pub fn webhooks() -> Evidence {
    let accepted = Reply::Charge(Charge {
        status: ChargeStatus::Accepted,
        ..paid("pay_1", ORDER1)
    });
    let service = Service::Payment;
    let text = || "captured pay_1".to_owned();
    Run::default()
        .call(0, ORDER1, 0, charge(ORDER1, Some("key-1")), accepted)
        .tells(200, ORDER1, Answer::Pending)
        .at(
            2_000,
            ORDER1,
            Event::Settled {
                service,
                text: text(),
            },
        )
        .struck(2_000, ORDER1, "webhook.captured", Fault::Lost)
        .at(
            2_000,
            ORDER1,
            Event::WebhookSent {
                service,
                text: text(),
                arrives_at: None,
            },
        )
        .at(
            2_500,
            ORDER1,
            Event::WebhookSent {
                service,
                text: text(),
                arrives_at: Some(Ms(2_600)),
            },
        )
        .at(
            2_600,
            ORDER1,
            Event::WebhookArrived {
                service,
                text: text(),
            },
        )
        .sql(2_600, ORDER1, &["begin", "update orders", "commit"])
        .end()
}

/// Code that logs, in more than one alphabet, and more than a row holds.
pub fn talkative() -> Evidence {
    let log = |text: &str| Event::Log(text.to_owned());
    Run::default()
        .at(
            0,
            ORDER1,
            log("🛒 注文を受け付けました: order1 <&> \u{1b}[31mred\u{1b}[0m"),
        )
        .sql(0, ORDER1, &["begin", "insert orders"])
        .at(
            0,
            ORDER1,
            Event::Sql {
                label: Name::of("insert history"),
                error: Some("UNIQUE constraint failed: history.order_id".to_owned()),
            },
        )
        .rollback(0, ORDER1)
        .at(
            0,
            ORDER1,
            log("❌ could not write the history, and the sentence that says so is a long one"),
        )
        .end()
}

/// The answer of a far lane crosses what is said in a nearer one.
pub fn crossing() -> Evidence {
    let ship = Request::Ship {
        order: ORDER1,
        key: None,
    };
    let parcel = Reply::Parcel(Parcel {
        id: Name::of("parcel_1"),
        order: ORDER1,
        dispatched_at: Ms::hours(2),
        cancelled: false,
    });
    let mut run = Run::default();
    run.sent(0, ORDER1, 0, ship, 100);
    run.executed(100, ORDER1, 0, Service::Shipping, Ok(parcel.clone()));
    for (id, at) in [(1, 100), (2, 300), (3, 500), (4, 700)] {
        let found = Reply::Charges(vec![paid("pay_1", ORDER1)]);
        run.call(
            at,
            ORDER1,
            id,
            Request::Find(By::Order("order1".into())),
            found,
        );
    }
    run.replied(1_000, ORDER1, 0, Service::Shipping, Ok(parcel), false)
        .end()
}
