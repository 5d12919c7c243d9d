//! Days to judge: a good one, and what can be wrong with it.

use lab::engine::record::{OrderRow, Submission};
use lab::engine::trace::Told;
use lab::judge::accident::Accident;
use lab::judge::accident::find;
use lab::judge::evidence::Evidence;
use lab::judge::terms::Terms;
use lab::language::fault::Fault;
use lab::language::message::ChargeStatus;
use lab::language::name::Name;
use lab::language::order::{Answer, Order, Yen};
use lab::language::schedule::Schedule;
use lab::language::step::{SUBMIT, Step};
use lab::language::time::{HORIZON, Ms};
use lab::services::record::{ChargeRecord, ParcelRecord};

pub const ORDER1: Name = Name::of("order1");
pub const ORDER2: Name = Name::of("order2");
pub const PRICE: Yen = Yen(1_200);

/// A customer who ordered at 0 ms and was told this at 200 ms.
pub fn submission(order: Name, told: Option<Told>) -> Submission {
    Submission {
        order: Order::new(order.as_str(), PRICE),
        at: Some(Ms::ZERO),
        told: told.map(|told| (Ms(200), told)),
    }
}

pub fn row(order: Name, status: &str) -> OrderRow {
    OrderRow {
        id: order,
        status: status.to_owned(),
    }
}

pub fn charge(status: ChargeStatus, refunded: Yen) -> ChargeRecord {
    ChargeRecord {
        id: Name::of("pay_1"),
        order: ORDER1,
        amount: PRICE,
        key: None,
        at: Ms(100),
        status,
        refunded,
        refunds: Vec::new(),
        held: match status {
            ChargeStatus::Captured => vec![(Ms(100), PRICE - refunded)],
            _ => Vec::new(),
        },
    }
}

pub fn captured() -> ChargeRecord {
    charge(ChargeStatus::Captured, Yen(0))
}

pub fn parcel(cancelled: bool) -> ParcelRecord {
    ParcelRecord {
        id: Name::of("parcel_1"),
        order: ORDER1,
        requested_at: Ms(100),
        dispatched_at: Ms::minutes(30),
        cancelled_at: cancelled.then_some(Ms(150)),
    }
}

/// A day on which all went well: ordered, confirmed, paid.
pub fn good_day() -> Evidence {
    Evidence {
        submissions: vec![submission(ORDER1, Some(Told::Answer(Answer::Confirmed)))],
        orders: vec![row(ORDER1, "confirmed")],
        charges: vec![captured()],
        terms: Terms {
            paid_by_card: true,
            ..Terms::default()
        },
        ended_at: HORIZON,
        ..Evidence::default()
    }
}

/// A day on which something struck, and the customer was told that there is no order.
pub fn cancelled_day() -> Evidence {
    Evidence {
        submissions: vec![submission(ORDER1, Some(Told::Answer(Answer::Cancelled)))],
        orders: vec![row(ORDER1, "cancelled")],
        charges: vec![],
        ..stormy(good_day())
    }
}

pub fn stormy(evidence: Evidence) -> Evidence {
    let step = Step::new(ORDER1, SUBMIT, 1);
    Evidence {
        fired: Schedule::of([(step, Fault::Twice(Ms(100)))]),
        ..evidence
    }
}

pub fn found(evidence: &Evidence) -> Option<Accident> {
    find(evidence).map(|finding| finding.accident)
}

/// `change` turns a good day into this accident and nothing else.
pub fn breaks(evidence: Evidence, change: impl FnOnce(&mut Evidence), accident: Accident) {
    assert_eq!(found(&evidence), None, "before the change");
    let mut changed = evidence;
    change(&mut changed);
    assert_eq!(found(&changed), Some(accident));
}

/// `change` leaves a day good.
pub fn holds(evidence: Evidence, change: impl FnOnce(&mut Evidence)) {
    let mut changed = evidence;
    change(&mut changed);
    assert_eq!(found(&changed), None);
}
