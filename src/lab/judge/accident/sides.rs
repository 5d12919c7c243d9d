//! The two sides of an accident: what the shop believes, and what is true.

use super::Accident::*;
use super::Finding;
use crate::engine::record::{Entered, OrderRow};
use crate::engine::trace::Told;
use crate::judge::claim::{Claim, Side};
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::Order;
use crate::services::Ledger;
use crate::two_phase::record::Participation;

/// What the shop believes of an order, and has told its customer.
pub fn beliefs(evidence: &Evidence, order: &Order) -> Vec<Claim> {
    let name = order.name();
    let mut claims = Vec::new();
    // If a participant keeps the orders, their status is what the participant knows. The shop's side is what it has
    // told.
    if evidence.participations.is_empty() {
        claims.push(Claim::Stands {
            order: name,
            status: evidence.status(name).map(str::to_owned),
        });
    }
    let own = evidence.submissions.iter();
    let own = own.filter(|submission| submission.order.id == order.id);
    let told: Vec<Option<&Told>> = own
        .map(|submission| submission.told.as_ref().map(|(_, told)| told))
        .collect();
    for the_same in told.chunk_by(|one, next| one == next) {
        match the_same[0] {
            Some(told) if the_same.len() >= OFTEN => claims.push(Claim::ToldOften {
                told: told.clone(),
                times: the_same.len(),
            }),
            told => claims.extend(the_same.iter().map(|_| Claim::Told(told.cloned()))),
        }
    }
    claims
}

/// From how often on the same answer, again and again, is told once.
const OFTEN: usize = 5;

/// Whose claims a report compares. If the shop calls nobody, its tables are the other side; that an order waited for a
/// lock, only those who waited know.
pub fn sides(evidence: &Evidence, finding: Option<&Finding>) -> [Side; 2] {
    let in_the_tables = match finding.map(|finding| finding.accident) {
        Some(HalfAnOrder) => true,
        Some(StockOutOfBalance) => evidence.shop_stock.is_some(),
        _ => !evidence.terms.paid_by_card && !evidence.terms.called_off,
    };
    let locked_out = finding.is_some_and(|finding| finding.accident == OtherOrdersLockedOut);
    let knows = match in_the_tables {
        true => Side::Tables,
        false if locked_out || !evidence.participations.is_empty() => Side::Others,
        false => Side::Provider,
    };
    [Side::Shop, knows]
}

/// What the services know of an order; if the shop calls none, what its tables say.
pub fn knowledge(evidence: &Evidence, order: &Order) -> Vec<Claim> {
    let name = order.name();
    let mut claims = participants_know(evidence, name);
    let took_part = !claims.is_empty();
    claims.extend(evidence.charges_of(name).map(|charge| Claim::Charge {
        order: name,
        id: charge.id,
        amount: charge.amount,
        status: charge.status,
        refunded: charge.refunded,
    }));
    let unpaid = evidence.charges_of(name).next().is_none();
    if unpaid && !took_part && evidence.terms.paid_by_card {
        claims.push(Claim::NeverCharged { order: name });
    }
    if !evidence.terms.paid_by_card
        && let Some(history) = &evidence.history
    {
        claims.push(Claim::InHistory {
            order: name,
            is_there: history.contains(&name),
        });
    }
    // A participant tells of its own end.
    let tells_more = !evidence.participations.is_empty();
    let reserved = evidence.reservations.iter().filter(|_| !tells_more);
    let reserved = reserved.filter(|reservation| reservation.order == name);
    claims.extend(reserved.map(|reservation| Claim::Reservation {
        order: name,
        id: reservation.id,
        quantity: reservation.quantity,
        sku: reservation.sku,
        status: reservation.status,
    }));
    let before = claims.len();
    let parcels = evidence.parcels_of(name);
    claims.extend(parcels.map(|parcel| Claim::Parcel {
        order: name,
        id: parcel.id,
    }));
    if evidence.terms.ships && claims.len() == before {
        claims.push(Claim::NoParcel { order: name });
    }
    for Ledger { service, lines } in &evidence.ledgers {
        let own = lines.iter().filter(|line| line.order == Some(name));
        claims.extend(own.map(|line| Claim::Ledger {
            service: *service,
            line: line.to_string(),
        }));
    }
    claims
}

/// What each participant knows of this order's transactions; empty if there are none.
fn participants_know(evidence: &Evidence, order: Name) -> Vec<Claim> {
    let all = &evidence.participations;
    // An abort that comes before the work does not say which order it is for.
    let belongs = |it: &&Participation| {
        let mut same = all.iter().filter(|o| o.transaction == it.transaction);
        same.any(|other| other.order == Some(order))
    };
    let known = all.iter().filter(belongs);
    known.map(|it| how_it_ended(it, order)).collect()
}

/// How the transaction ended for one participant.
pub(super) fn how_it_ended(it: &Participation, what: Name) -> Claim {
    Claim::Participant {
        participant: it.participant,
        what,
        outcome: it.outcome,
        row: it.row,
    }
}

/// What this row says.
pub(super) fn stands(row: &OrderRow) -> Claim {
    Claim::Stands {
        order: row.id,
        status: Some(row.status.clone()),
    }
}

/// What the books said then.
pub(super) fn stood(entered: &Entered) -> Claim {
    Claim::Stood {
        order: entered.order,
        status: entered.status.clone(),
        at: entered.at,
    }
}
