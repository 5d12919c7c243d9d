//! Requests that wait at a participant for a row that another transaction has locked.

use super::{Alarm, PARTICIPANTS, Parts, Room, place};
use crate::engine::due::Due;
use crate::engine::service::Executed;
use crate::engine::trace::{CallId, Event, Sale, Settled};
use crate::language::message::{CallError, Part, Request, Response, Service, TxId};
use crate::language::name::Name;
use crate::language::time::Ms;
use crate::two_phase::participant::LOCK_PATIENCE;
use crate::two_phase::record::{RowWait, WalkIn};

/// Somebody waits for a row.
pub(crate) struct Queued {
    service: Service,
    row: Name,
    who: Who,
    /// The place in the list of all waits.
    wait: usize,
}

#[derive(Clone, Copy)]
pub(crate) enum Who {
    Call { id: CallId, duplicate: bool },
    WalkIn(usize),
}

impl Room<'_> {
    /// A participant goes down and comes up again. Its promises are on its disk; requests that waited for a row have
    /// lost the connection.
    pub(crate) fn restart_participant(&mut self, at: Ms, service: Service) {
        if PARTICIPANTS.contains(&service) {
            self.turn_away(at, service, None, CallError::ServerError);
        }
    }

    /// A customer comes to the warehouse's counter.
    pub(crate) fn walk_in(&mut self, at: Ms, n: usize) {
        let WalkIn { name, sku, .. } = self.parts.walk_ins[n];
        let service = Service::Inventory;
        self.sim.touch();
        match self.parts.of(service).holder(sku) {
            Some(holder) => self.queue_up(at, service, sku, name, holder, Who::WalkIn(n)),
            None => self.sell(at, n),
        }
    }

    fn sell(&mut self, at: Ms, n: usize) {
        let WalkIn { name, sku, .. } = self.parts.walk_ins[n];
        let sold = self.goods.sell(at, name, sku);
        self.parts.walk_ins[n].told = Some((at, sold));
        let sale = if sold { Sale::Sold } else { Sale::SoldOut };
        let event = Event::Settled {
            service: Service::Inventory,
            what: Settled::WalkIn { sku, sale },
        };
        self.sim.record(at, name, event);
    }

    pub(crate) fn queue_up(
        &mut self,
        at: Ms,
        service: Service,
        row: Name,
        actor: Name,
        holder: Name,
        who: Who,
    ) {
        let wait = self.parts.waits.len();
        self.parts.waits.push(RowWait {
            participant: Name::of(service.name()),
            row,
            actor,
            holder,
            from: at,
            until: None,
            served: false,
        });
        self.parts.queue.push(Queued {
            service,
            row,
            who,
            wait,
        });
        self.set_alarm(at + LOCK_PATIENCE, Alarm::Patience { wait });
        self.sim.touch();
        let what = Settled::WaitsForRow { holder, row };
        self.sim.record(at, actor, Event::Settled { service, what });
    }

    /// Serves those whose row has become free, in the order in which they came.
    pub(crate) fn serve(&mut self, at: Ms, service: Service) {
        loop {
            let Parts {
                queue,
                participants,
                ..
            } = &self.parts;
            let participant = &participants[place(service)];
            let next = queue.iter().position(|queued| {
                queued.service == service && participant.holder(queued.row).is_none()
            });
            let Some(next) = next else {
                return;
            };
            let Queued { who, wait, .. } = self.parts.queue.remove(next);
            self.parts.waits[wait].until = Some(at);
            self.parts.waits[wait].served = true;
            self.sim.touch();
            match who {
                Who::WalkIn(n) => self.sell(at, n),
                Who::Call { id, duplicate } => {
                    let call = &self.sim.calls[id.0 as usize];
                    let decline = call.decline;
                    let Request::Part {
                        part: Part::Prepare { tx, work, within },
                        ..
                    } = call.request.clone()
                    else {
                        continue;
                    };
                    if let Ok(response) = self.vote(at, service, &tx, work, within, decline) {
                        self.answer_late(at, id, duplicate, response);
                    }
                }
            }
        }
    }

    /// A request has waited for as long as a participant allows.
    pub(crate) fn out_of_patience(&mut self, at: Ms, wait: usize) {
        let mut queue = self.parts.queue.iter();
        let Some(place) = queue.position(|queued| queued.wait == wait) else {
            return;
        };
        let queued = self.parts.queue.remove(place);
        self.dismiss(at, queued, CallError::Locked);
    }

    /// Everybody who waits at this participant for this transaction, or for any, gets a no.
    pub(crate) fn turn_away(
        &mut self,
        at: Ms,
        service: Service,
        tx: Option<&TxId>,
        error: CallError,
    ) {
        let calls = &self.sim.calls;
        let meant = |queued: &Queued| {
            let Who::Call { id, .. } = queued.who else {
                return false;
            };
            let asked = calls[id.0 as usize].request.key();
            queued.service == service && tx.is_none_or(|tx| asked == Some(tx))
        };
        let (turned_away, stay) = std::mem::take(&mut self.parts.queue)
            .into_iter()
            .partition(meant);
        self.parts.queue = stay;
        let turned_away: Vec<Queued> = turned_away;
        for queued in turned_away {
            self.dismiss(at, queued, error);
        }
    }

    fn dismiss(&mut self, at: Ms, queued: Queued, error: CallError) {
        let Queued {
            service, who, wait, ..
        } = queued;
        self.sim.touch();
        self.parts.waits[wait].until = Some(at);
        match who {
            Who::WalkIn(n) => {
                let WalkIn { name, sku, .. } = self.parts.walk_ins[n];
                self.parts.walk_ins[n].told = Some((at, false));
                let sale = Sale::KeptLocked;
                let what = Settled::WalkIn { sku, sale };
                self.sim.record(at, name, Event::Settled { service, what });
            }
            Who::Call { id, duplicate } => {
                let request = self.sim.calls[id.0 as usize].request.clone();
                if let (CallError::Locked, Some(tx)) = (error, request.key()) {
                    self.parts.of(service).refuse(at, tx, None);
                }
                self.answer_late(at, id, duplicate, Err(error));
            }
        }
    }

    /// The answer to a request that had to wait for a row: it leaves only now.
    fn answer_late(&mut self, at: Ms, id: CallId, duplicate: bool, response: Response) {
        self.sim.answer(at, id, duplicate, Executed::anew(response));
        let call = &mut self.sim.calls[id.0 as usize];
        if duplicate {
            return;
        }
        call.held = false;
        call.replies_at = call.way_back.map(|way| at + way);
        if let Some(reply_at) = call.replies_at {
            self.sim.schedule(reply_at, Due::Reply { call: id });
        }
    }
}
