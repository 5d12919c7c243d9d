//! Runs of a single call, or of a few, and what befalls them.

use super::{ORDER1, ORDER2, Run, captured, charge, paid};
use lab::db::DbError;
use lab::engine::trace::{CallId, Event, Settled};
use lab::judge::evidence::Evidence;
use lab::language::fault::Fault;
use lab::language::message::{CallError, Charge, ChargeStatus, Notice, Reply, Service};
use lab::language::name::Name;
use lab::language::order::Answer;
use lab::language::time::Ms;
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
    let captured = || paid("pay_1", ORDER1);
    Run::default()
        .call(0, ORDER1, 0, charge(ORDER1, Some("key-1")), accepted)
        .tells(200, ORDER1, Answer::Pending)
        .at(
            2_000,
            ORDER1,
            Event::Settled {
                service,
                what: Settled::Charge(captured()),
            },
        )
        .struck(2_000, ORDER1, "webhook.captured", Fault::Lost)
        .at(
            2_000,
            ORDER1,
            Event::WebhookSent {
                service,
                notice: Notice::Charge(captured()),
                arrives_at: None,
            },
        )
        .at(
            2_500,
            ORDER1,
            Event::WebhookSent {
                service,
                notice: Notice::Charge(captured()),
                arrives_at: Some(Ms(2_600)),
            },
        )
        .at(
            2_600,
            ORDER1,
            Event::WebhookArrived {
                service,
                notice: Notice::Charge(captured()),
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
                error: Some(DbError::Constraint(
                    "UNIQUE constraint failed: history.order_id".to_owned(),
                )),
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
