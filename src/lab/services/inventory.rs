//! The warehouse.
//!
//! - *reserve* sets goods aside for an order, if there are enough, for [`RESERVED_FOR`].
//! - *confirm* makes a reservation final: it will not lapse any more.
//! - *release* gives the goods back, once, or makes sure that they are never set aside. A confirmed reservation can be
//!   released, too: the goods have a customer but are still in the house, and putting them back on the shelf is the
//!   compensation of a confirmation.
//! - *restock* puts goods on the shelf, wherever they come from, as after a delivery or a stocktaking. It needs no
//!   reservation, and without a key every execution counts.
//!
//! A reservation that nobody confirms lapses by itself, exactly [`RESERVED_FOR`] after it was made, and the goods are
//! free again. The key's answer is kept for longer than that: a repeated *reserve* still returns the first reservation,
//! with the time at which it lapses.

use super::{Executed, Service};
use crate::engine::record::StockRecord;
use crate::language::message::{
    self, CallError, Key, Manner, Reply, Request, Reservation, Response, Work, operations_of,
};
use crate::language::name::Name;
use crate::language::time::Ms;
use crate::services::keys::{Keys, key_of};
use crate::services::record::{ReservationRecord, ReservationStatus};

/// How long a reservation lasts unless it is confirmed: 15 virtual minutes.
pub const RESERVED_FOR: Ms = Ms::minutes(15);

/// The warehouse and its ledger.
pub struct Inventory {
    keys: Keys,
    ledger: Ledger,
}

impl Inventory {
    /// A warehouse with these goods, and this many pieces of each.
    pub fn new(stock: &[(Name, u32)]) -> Inventory {
        Inventory {
            keys: Keys::default(),
            ledger: Ledger {
                stock: stock.to_vec(),
                lines: Vec::new(),
                restocked: Vec::new(),
            },
        }
    }

    /// The same, with keys remembered for this long instead of [`REMEMBERED`](super::REMEMBERED).
    pub fn remembering(mut self, span: Ms) -> Inventory {
        self.keys.remember_for(span);
        self
    }

    /// How many pieces are free; `None` if the warehouse does not carry this.
    pub fn free(&self, sku: Name, now: Ms) -> Option<i64> {
        self.ledger.free(sku, now)
    }

    /// Takes goods out for a transaction across services that has promised them. They stay out until it is
    /// [settled](Inventory::settle), however long that takes.
    pub fn take(&mut self, at: Ms, work: &Work, tx: &Key) {
        self.ledger
            .reserve(at, work.order, work.sku, work.quantity, tx);
        if let Some(line) = self.ledger.lines.last_mut() {
            line.expires_at = Ms(u64::MAX);
        }
    }

    /// How such a transaction ended: the goods are gone for good, or back.
    pub fn settle(&mut self, at: Ms, tx: &Key, committed: bool) {
        if committed {
            // There is such a line: the goods were taken before.
            drop(self.ledger.confirm(at, tx));
        } else {
            self.ledger.release(at, at, tx);
        }
    }

    /// Sells one piece at the warehouse's own counter, in a transaction that is over at once; says whether there was
    /// one.
    pub fn sell(&mut self, at: Ms, customer: Name, sku: Name) -> bool {
        if self.ledger.free(sku, at).is_none_or(|free| free < 1) {
            return false;
        }
        self.ledger
            .reserve(at, customer, sku, 1, &Key::from(customer.as_str()));
        if let Some(line) = self.ledger.lines.last_mut() {
            line.confirmed = true;
        }
        true
    }

    /// The reservations as they stand at this time, in the order in which the requests arrived.
    pub fn records(&self, now: Ms) -> Vec<ReservationRecord> {
        let lines = self.ledger.lines.iter();
        lines
            .map(|line| ReservationRecord {
                id: line.id,
                order: line.order,
                sku: line.sku,
                quantity: line.quantity,
                status: line.status(now),
            })
            .collect()
    }

    /// The stock as it stands at this time.
    pub fn stock(&self, now: Ms) -> Vec<StockRecord> {
        let stock = self.ledger.stock.iter();
        stock
            .filter_map(|&(sku, at_first)| {
                Some(StockRecord {
                    sku,
                    at_first: at_first.into(),
                    free: self.ledger.free(sku, now)?,
                })
            })
            .collect()
    }
}

impl Service for Inventory {
    const NAME: &'static str = "inventory";
    type Request = Request;
    type Reply = Reply;

    fn operations() -> Vec<(&'static str, Manner)> {
        operations_of(message::Service::Inventory)
    }

    fn operation(request: &Request) -> &'static str {
        request.declared().of_service()
    }

    /// A request arrives and will have been processed at `done`. With `decline`, a reservation that would be
    /// made now is refused as out of stock.
    ///
    /// Errors: [`Declined`](CallError::Declined) when there are not enough; [`InFlight`](CallError::InFlight),
    /// [`KeyReused`](CallError::KeyReused) and [`Undone`](CallError::Undone) by the key;
    /// [`NotFound`](CallError::NotFound) for goods the warehouse does not carry, and for the confirmation of a
    /// reservation that never was or is no more; [`Invalid`](CallError::Invalid) for a reservation or restocking
    /// of nothing, and a request that is not for this service.
    fn execute(&mut self, arrived: Ms, done: Ms, request: &Request, decline: bool) -> Executed {
        if let Request::Confirm { key } = request
            && self.keys.in_flight(arrived, key)
        {
            return Executed::refused(CallError::InFlight);
        }
        self.keys
            .once(arrived, done, key_of(request), request, || match request {
                Request::Reserve {
                    order,
                    sku,
                    quantity,
                    key,
                } => {
                    let free = self.ledger.free(*sku, arrived).ok_or(CallError::NotFound)?;
                    match *quantity {
                        0 => Err(CallError::Invalid),
                        wanted if decline || i64::from(wanted) > free => Err(CallError::Declined),
                        wanted => Ok(self.ledger.reserve(done, *order, *sku, wanted, key)),
                    }
                }
                Request::Release { key } => {
                    self.ledger.release(arrived, done, key);
                    Ok(Reply::Released)
                }
                Request::Confirm { key } => self.ledger.confirm(arrived, key),
                Request::Restock { quantity: 0, .. } => Err(CallError::Invalid),
                Request::Restock { sku, quantity, .. } => {
                    self.ledger.restock(done, *sku, *quantity)
                }
                Request::Charge { .. }
                | Request::Find(_)
                | Request::Refund { .. }
                | Request::Void { .. }
                | Request::Authorize { .. }
                | Request::Capture { .. }
                | Request::Ship { .. }
                | Request::FindParcels(_)
                | Request::CancelParcel(_)
                | Request::Part { .. }
                | Request::Other(_) => Err(CallError::Invalid),
            })
    }

    fn declared() -> Result<message::Service, String> {
        Ok(message::Service::Inventory)
    }

    fn sent(request: Request) -> Request {
        request
    }

    fn received(request: &Request) -> Option<&Request> {
        Some(request)
    }

    fn answered(reply: Reply) -> Reply {
        reply
    }

    fn heard(reply: Reply) -> Option<Reply> {
        Some(reply)
    }
}

struct Ledger {
    stock: Vec<(Name, u32)>,
    lines: Vec<Line>,
    restocked: Vec<(Ms, Name, u32)>,
}

/// A reservation and everything decided about it.
struct Line {
    id: Name,
    order: Name,
    sku: Name,
    quantity: u32,
    key: Key,
    expires_at: Ms,
    confirmed: bool,
    released_at: Option<Ms>,
}

impl Ledger {
    /// How many pieces are free; `None` if the warehouse does not carry this. Counted from the reservations each time,
    /// so that a lapse needs no event.
    fn free(&self, sku: Name, now: Ms) -> Option<i64> {
        let (_, at_first) = self.stock.iter().find(|(carried, _)| *carried == sku)?;
        let held: i64 = self
            .lines
            .iter()
            .filter(|line| line.sku == sku && line.holds(now))
            .map(|line| i64::from(line.quantity))
            .sum();
        let restocked: i64 = self
            .restocked
            .iter()
            .filter(|(at, restocked, _)| *restocked == sku && *at <= now)
            .map(|(.., quantity)| i64::from(*quantity))
            .sum();
        Some(i64::from(*at_first) + restocked - held)
    }

    fn restock(&mut self, done: Ms, sku: Name, quantity: u32) -> Response {
        let carried = self.stock.iter().any(|(carried, _)| *carried == sku);
        if !carried {
            return Err(CallError::NotFound);
        }
        self.restocked.push((done, sku, quantity));
        Ok(Reply::Restocked)
    }

    fn reserve(&mut self, done: Ms, order: Name, sku: Name, quantity: u32, key: &Key) -> Reply {
        let line = Line {
            id: Name::new(&format!("res_{}", self.lines.len() + 1)),
            order,
            sku,
            quantity,
            key: key.clone(),
            expires_at: done + RESERVED_FOR,
            confirmed: false,
            released_at: None,
        };
        let reservation = Reservation {
            id: line.id,
            order,
            expires_at: line.expires_at,
        };
        self.lines.push(line);
        Reply::Reserved(reservation)
    }

    fn release(&mut self, arrived: Ms, done: Ms, key: &Key) {
        for line in &mut self.lines {
            if line.key == *key && line.stands(arrived) {
                line.released_at = Some(done);
            }
        }
    }

    fn confirm(&mut self, arrived: Ms, key: &Key) -> Response {
        let line = self
            .lines
            .iter_mut()
            .find(|line| line.key == *key && line.stands(arrived))
            .ok_or(CallError::NotFound)?;
        line.confirmed = true;
        Ok(Reply::Confirmed)
    }
}

impl Line {
    fn status(&self, now: Ms) -> ReservationStatus {
        match self.released_at {
            Some(_) => ReservationStatus::Released,
            None if self.confirmed => ReservationStatus::Confirmed,
            None if now < self.expires_at => ReservationStatus::Held,
            None => ReservationStatus::Expired,
        }
    }

    /// It can still be confirmed or released.
    fn stands(&self, now: Ms) -> bool {
        matches!(
            self.status(now),
            ReservationStatus::Held | ReservationStatus::Confirmed
        )
    }

    /// Its goods are not free. They are taken when the request arrives, so that two simultaneous requests cannot get
    /// the same piece, and are back when a release is done.
    fn holds(&self, now: Ms) -> bool {
        let released = self.released_at.is_some_and(|at| at <= now);
        !released && (self.confirmed || now < self.expires_at)
    }
}
