//! The two sides of an accident: what the shop believes, and what is so.

use super::Accident::*;
use super::Finding;
use crate::engine::trace::Told;
use crate::judge::evidence::Evidence;
use crate::language::message::ChargeStatus;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::services::Ledger;
use crate::services::record::ReservationStatus;
use crate::two_phase::record::{Outcome, Participation};

/// What the shop believes of an order, and has told its customer.
pub fn beliefs(evidence: &Evidence, order: &Order) -> Vec<String> {
    let id = &order.id;
    let mut lines = Vec::new();
    // Where the orders are with a participant, their status is what that knows. The shop has what it said.
    if evidence.participations.is_empty() {
        lines.push(match evidence.status(order.name()) {
            None => format!("{id} does not exist"),
            Some(status) => format!("{id} is {status}"),
        });
    }
    for submission in evidence
        .submissions
        .iter()
        .filter(|submission| submission.order.id == order.id)
    {
        lines.push(match &submission.told {
            None => "the customer is still waiting for an answer".to_owned(),
            Some((_, Told::Answer(answer))) => format!("the customer was told: {answer}"),
            Some((_, Told::ErrorPage(error))) => {
                format!("the customer saw an error page ({error})")
            }
            Some((_, Told::ConnectionLost)) => "the customer lost the connection".to_owned(),
        });
    }
    lines
}

/// How a report heads what the shop believes, and what is so. A shop that has nobody but itself to ask has its
/// tables; that an order waited for a lock, no provider knows, but those who waited.
pub fn headings(evidence: &Evidence, finding: Option<&Finding>) -> [&'static str; 2] {
    let in_the_tables = match finding.map(|finding| finding.accident) {
        Some(HalfAnOrder) => true,
        Some(StockOutOfBalance) => evidence.shop_stock.is_some(),
        _ => !evidence.terms.paid_by_card && !evidence.terms.called_off,
    };
    let locked_out = finding.is_some_and(|finding| finding.accident == OtherOrdersLockedOut);
    let knows = match in_the_tables {
        true => "the tables say",
        false if locked_out || !evidence.participations.is_empty() => "the others know",
        false => "the provider knows",
    };
    ["the shop believes", knows]
}

/// What the services know of an order; of a shop that calls none, what its tables say.
pub fn knowledge(evidence: &Evidence, order: &Order) -> Vec<String> {
    let id = &order.id;
    let mut lines = participants_know(evidence, order);
    let took_part = !lines.is_empty();
    let charges = evidence.charges_of(order.name());
    lines.extend(
        charges.map(|charge| match (charge.status, charge.refunded) {
            (ChargeStatus::Captured, Yen(0)) => {
                format!("{id} was charged {} ({})", charge.amount, charge.id)
            }
            (ChargeStatus::Captured, refunded) => format!(
                "{id} was charged {} ({}), and {refunded} went back",
                charge.amount, charge.id
            ),
            (ChargeStatus::Accepted, _) => {
                format!("{id}: {} was accepted, no money has moved", charge.id)
            }
            (ChargeStatus::Authorized, _) => {
                format!("{id}: {} was authorized, no money has moved", charge.id)
            }
            (ChargeStatus::Expired, _) => {
                format!("{id}: {} has lapsed, no money has moved", charge.id)
            }
            (ChargeStatus::Declined, _) => {
                format!("{id}: {} was declined", charge.id)
            }
            (ChargeStatus::Voided, _) => {
                format!("{id}: {} was undone, the money is back", charge.id)
            }
        }),
    );
    let unpaid = evidence.charges_of(order.name()).next().is_none();
    if unpaid && !took_part && evidence.terms.paid_by_card {
        lines.push(format!("{id} was never charged"));
    }
    if !evidence.terms.paid_by_card
        && let Some(history) = &evidence.history
    {
        let line = match history.contains(&order.name()) {
            true => "a line",
            false => "no line",
        };
        lines.push(format!("{id} has {line} in the history"));
    }
    // A participant tells of its own end.
    let tells_more = !evidence.participations.is_empty();
    let reserved = evidence.reservations.iter().filter(|_| !tells_more);
    for reservation in reserved.filter(|reservation| reservation.order == order.name()) {
        let what = match reservation.status {
            ReservationStatus::Held => "set aside",
            ReservationStatus::Confirmed => "taken from the stock",
            ReservationStatus::Released => "given back",
            ReservationStatus::Expired => "free again: the reservation has lapsed",
        };
        lines.push(format!(
            "{} {} for {id}: {what} ({})",
            reservation.quantity, reservation.sku, reservation.id
        ));
    }
    let before = lines.len();
    for parcel in evidence.parcels_of(order.name()) {
        lines.push(format!("{id} is on its way in {}", parcel.id));
    }
    if evidence.terms.ships && lines.len() == before {
        lines.push(format!("no parcel is on its way for {id}"));
    }
    for Ledger {
        service,
        lines: all,
    } in &evidence.ledgers
    {
        let own = all.iter().filter(|line| line.order == Some(order.name()));
        lines.extend(own.map(|line| format!("{service}: {line}")));
    }
    lines
}

/// What each participant knows of the transactions that were for this order; nothing where there are none.
fn participants_know(evidence: &Evidence, order: &Order) -> Vec<String> {
    let all = &evidence.participations;
    // An abort that came before the work does not say what it was for.
    let belongs = |it: &&Participation| {
        let mut same = all.iter().filter(|o| o.transaction == it.transaction);
        same.any(|other| other.order == Some(order.name()))
    };
    let known = all.iter().filter(belongs);
    known.map(|it| how_it_ended(it, order.name())).collect()
}

/// How the transaction ended for one participant.
pub(super) fn how_it_ended(it: &Participation, what: Name) -> String {
    let who = it.participant;
    match (it.outcome, it.row) {
        (Outcome::Committed, _) => format!("{who} has committed {what}"),
        (Outcome::Aborted, _) => format!("{who} has aborted {what}"),
        (Outcome::InDoubt, None) => format!("{who} is in doubt about {what}"),
        (Outcome::InDoubt, Some(row)) if row == what => {
            format!("{who} is in doubt about {what}, and keeps it locked")
        }
        (Outcome::InDoubt, Some(row)) => {
            format!("{who} is in doubt about {what}, and keeps \"{row}\" locked")
        }
    }
}
