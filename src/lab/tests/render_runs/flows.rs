//! Runs that take long, die, wait for each other or speak to several services.

use super::{ORDER1, ORDER2, Run, captured, charge, paid};
use lab::engine::trace::{Event, Told};
use lab::judge::evidence::Evidence;
use lab::language::fault::Fault;
use lab::language::message::{By, Key, Parcel, Reply, Request, Reservation, Service};
use lab::language::name::Name;
use lab::language::order::Answer;
use lab::language::step::RECOVER;
use lab::language::time::Ms;
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
