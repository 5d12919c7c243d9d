//! The shipper.
//!
//! - *request* has a parcel sent. Without a key, every execution is a parcel of its own.
//! - *find* lists the parcels of an order or of a key, cancelled ones as well.
//! - *cancel* stops parcels that have not been dispatched. Afterwards it is too late, and nothing brings them back:
//!   this is the order flow's pivot.
//!
//! A cancellation by key undoes the request itself, even one that has not arrived yet: it leaves a tombstone. A
//! cancellation by order stops the parcels that exist, and has no effect on later ones, not even on one whose request
//! is being processed.

use super::{Executed, Service};
use crate::language::message::{
    self, By, CallError, Key, Manner, Parcel, Reply, Request, Response, operations_of,
};
use crate::language::name::Name;
use crate::language::time::Ms;
use crate::services::keys::{Keys, key_of};
use crate::services::record::ParcelRecord;

/// How long after its request was done a parcel leaves: 30 virtual minutes.
pub const DISPATCHED_AFTER: Ms = Ms::minutes(30);

/// The shipper and its ledger.
#[derive(Default)]
pub struct Shipping {
    keys: Keys,
    ledger: Ledger,
}

impl Shipping {
    /// A shipper who has never sent anything.
    pub fn new() -> Shipping {
        Shipping::default()
    }

    /// The same, with keys remembered for this long instead of [`REMEMBERED`](super::REMEMBERED).
    pub fn remembering(mut self, span: Ms) -> Shipping {
        self.keys.remember_for(span);
        self
    }

    /// The ledger, in the order in which the requests arrived.
    pub fn records(&self) -> Vec<ParcelRecord> {
        let lines = self.ledger.lines.iter();
        lines
            .map(|line| ParcelRecord {
                id: line.id,
                order: line.order,
                requested_at: line.at,
                dispatched_at: line.dispatched_at(),
                cancelled_at: line.cancelled_at,
            })
            .collect()
    }
}

impl Service for Shipping {
    const NAME: &'static str = "shipping";
    type Request = Request;
    type Reply = Reply;

    fn operations() -> Vec<(&'static str, Manner)> {
        operations_of(message::Service::Shipping)
    }

    fn operation(request: &Request) -> &'static str {
        request.declared().of_service()
    }

    /// A request arrives and will have been processed at `done`. With `decline`, a parcel that would be
    /// accepted now is refused as undeliverable.
    ///
    /// Errors: [`Declined`](CallError::Declined) as scheduled; [`InFlight`](CallError::InFlight),
    /// [`KeyReused`](CallError::KeyReused) and [`Undone`](CallError::Undone) by the key;
    /// [`TooLate`](CallError::TooLate) when a parcel to be cancelled has left, although any others have been
    /// stopped; [`Invalid`](CallError::Invalid) for a request that is not for this service.
    fn execute(&mut self, arrived: Ms, done: Ms, request: &Request, decline: bool) -> Executed {
        self.keys
            .once(arrived, done, key_of(request), request, || match request {
                Request::Ship { .. } if decline => Err(CallError::Declined),
                Request::Ship { order, key } => Ok(self.ledger.send(done, *order, key.as_ref())),
                Request::FindParcels(by) => Ok(Reply::Parcels(self.ledger.find(arrived, by))),
                Request::CancelParcel(by) => self.ledger.cancel(arrived, done, by),
                Request::Charge { .. }
                | Request::Find(_)
                | Request::Refund { .. }
                | Request::Void { .. }
                | Request::Authorize { .. }
                | Request::Capture { .. }
                | Request::Reserve { .. }
                | Request::Release { .. }
                | Request::Confirm { .. }
                | Request::Restock { .. }
                | Request::Part { .. }
                | Request::Other(_) => Err(CallError::Invalid),
            })
    }

    fn declared() -> Result<message::Service, String> {
        Ok(message::Service::Shipping)
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

#[derive(Default)]
struct Ledger {
    lines: Vec<Line>,
}

/// A parcel and everything decided about it.
struct Line {
    id: Name,
    order: Name,
    key: Option<Key>,
    at: Ms,
    cancelled_at: Option<Ms>,
}

impl Ledger {
    fn send(&mut self, done: Ms, order: Name, key: Option<&Key>) -> Reply {
        let line = Line {
            id: Name::new(&format!("parcel_{}", self.lines.len() + 1)),
            order,
            key: key.cloned(),
            at: done,
            cancelled_at: None,
        };
        let parcel = line.seen(done);
        self.lines.push(line);
        Reply::Parcel(parcel)
    }

    fn find(&self, arrived: Ms, by: &By) -> Vec<Parcel> {
        self.lines
            .iter()
            .filter(|line| line.is_meant(arrived, by))
            .map(|line| line.seen(arrived))
            .collect()
    }

    fn cancel(&mut self, arrived: Ms, done: Ms, by: &By) -> Response {
        let (mut stopped, mut left) = (0, 0);
        for line in &mut self.lines {
            if !line.is_meant(arrived, by) {
                continue;
            }
            if line.cancelled_at.is_none() && arrived < line.dispatched_at() {
                line.cancelled_at = Some(done);
            }
            match line.cancelled_at {
                Some(_) => stopped += 1,
                None => left += 1,
            }
        }
        // "Two were stopped" would sound like success to a caller who does not know that there were three.
        match left {
            0 => Ok(Reply::ParcelCancelled(stopped)),
            _ => Err(CallError::TooLate),
        }
    }
}

impl Line {
    fn dispatched_at(&self) -> Ms {
        self.at + DISPATCHED_AFTER
    }

    fn is_meant(&self, arrived: Ms, by: &By) -> bool {
        self.at <= arrived && by.matches(self.order, self.key.as_ref())
    }

    /// The parcel as it stands at this time.
    fn seen(&self, now: Ms) -> Parcel {
        Parcel {
            id: self.id,
            order: self.order,
            dispatched_at: self.dispatched_at(),
            cancelled: self.cancelled_at.is_some_and(|at| at <= now),
        }
    }
}
