//! The participants' side of a world: who has promised what, who waits for whose row, and the customers at the warehouse's
//! own counter, who want the same goods and have nothing to do with this shop.

use crate::due::Due;
use crate::evidence::{OrderRow, Outcome, Participation, RowWait, WalkIn};
use crate::message::{CallError, Part, Reply, Request, Response, Service, TxId, Work};
use crate::name::Name;
use crate::service::{Executed, LOCK_PATIENCE, Participant, Served};
use crate::sim::Sim;
use crate::time::Ms;
use crate::trace::{CallId, Event};

/// The services that can take part in a transaction across services, in the order in which the shop lists them.
pub(crate) const PARTICIPANTS: [Service; 3] =
    [Service::Orders, Service::Payment, Service::Inventory];

/// The participants, and who waits at them.
#[derive(Default)]
pub(crate) struct Parts {
    participants: [Participant; 3],
    /// Oldest first.
    queue: Vec<Queued>,
    pub(crate) waits: Vec<RowWait>,
    pub(crate) walk_ins: Vec<WalkIn>,
}

/// Somebody waits for a row.
struct Queued {
    service: Service,
    row: Name,
    who: Who,
    /// The place in the list of all waits.
    wait: usize,
}

#[derive(Clone, Copy)]
enum Who {
    Call { id: CallId, duplicate: bool },
    WalkIn(usize),
}

impl Parts {
    fn of(&mut self, service: Service) -> &mut Participant {
        &mut self.participants[service as usize]
    }

    /// How each transaction ended, or did not, at each participant.
    pub(crate) fn participations(&self) -> Vec<Participation> {
        let of = |service: Service| {
            let known = self.participants[service as usize].transactions().iter();
            known.map(move |tx| Participation {
                transaction: Name::new(tx.id.as_str()),
                participant: Name::of(service.name()),
                order: tx.work.map(|work| work.order),
                row: tx.row,
                from: tx.from,
                until: tx.until,
                outcome: tx.outcome,
            })
        };
        PARTICIPANTS.into_iter().flat_map(of).collect()
    }

    /// The books of the orders service.
    pub(crate) fn orders(&self) -> Vec<OrderRow> {
        let known = self.participants[Service::Orders as usize].transactions();
        let rows = known.iter().filter_map(|tx| {
            let status = match tx.outcome {
                Outcome::Committed => "confirmed",
                Outcome::InDoubt => "in doubt",
                Outcome::Aborted => return None,
            };
            Some(OrderRow {
                id: tx.work?.order,
                status: status.to_owned(),
            })
        });
        rows.collect()
    }
}

impl Sim {
    /// A request of a coordinator reaches its participant.
    pub(crate) fn take_part(&mut self, at: Ms, id: CallId, duplicate: bool) {
        let call = &self.calls[id.0 as usize];
        let (decline, done) = (call.decline, at + call.processing);
        let Request::Part { of, part } = call.request.clone() else {
            return;
        };
        let response = match part {
            Part::Prepare { tx, work, within } => {
                match self.vote(at, of, &tx, work, within, decline) {
                    Ok(response) => response,
                    Err(holder) => {
                        let who = Who::Call { id, duplicate };
                        if !duplicate {
                            self.calls[id.0 as usize].held = true;
                        }
                        return self.queue_up(at, of, work.row(of), work.order, holder, who);
                    }
                }
            }
            Part::Commit { tx } => self.commit(at, of, &tx),
            Part::Abort { tx } => self.abort(at, of, &tx),
            Part::InDoubt => Ok(Reply::InDoubt(self.parts.of(of).in_doubt())),
            Part::Restart => {
                self.restart_participant(at, of);
                Ok(Reply::Restarted(self.parts.of(of).in_doubt().len()))
            }
        };
        self.answer(done, id, duplicate, Executed::anew(response));
        self.serve(at, of);
    }

    /// Phase one: the answer; or the order whose transaction is in the way.
    fn vote(
        &mut self,
        at: Ms,
        of: Service,
        tx: &TxId,
        work: Work,
        within: Option<Ms>,
        decline: bool,
    ) -> Result<Response, Name> {
        let row = work.row(of);
        match self.parts.of(of).asked(tx, &work, row) {
            Served::Answered(response) => return Ok(response),
            Served::Waits { holder } => return Err(holder),
            Served::Free => {}
        }
        let able = match of {
            // An order is there once.
            Service::Orders => !self.parts.of(of).has_committed(work.order),
            Service::Payment => self.payment.covers(work.amount),
            _ => {
                let free = self.inventory.free(work.sku, at).unwrap_or(0);
                free >= i64::from(work.quantity)
            }
        };
        if decline || !able {
            self.parts.of(of).refuse(at, tx, Some(work));
            return Ok(Err(CallError::Declined));
        }
        self.parts.of(of).promise(at, tx, work, row);
        if of == Service::Inventory {
            self.inventory.take(at, &work, tx);
        }
        self.record(at, work.order, Event::RowLocked { service: of, row });
        if let Some(within) = within {
            let (service, tx) = (of, tx.clone());
            self.schedule(at + within, Due::GivesUp { service, tx });
        }
        Ok(Ok(Reply::Prepared(row)))
    }

    fn commit(&mut self, at: Ms, of: Service, tx: &TxId) -> Response {
        let promised = self.parts.of(of).commit(at, tx)?;
        if let Some(work) = promised.work {
            match of {
                Service::Payment => self.payment.debit(at, work.order, work.amount, tx),
                Service::Inventory => self.inventory.settle(at, tx, true),
                _ => {}
            }
            self.row_freed(at, of, work);
        }
        Ok(Reply::Committed)
    }

    fn abort(&mut self, at: Ms, of: Service, tx: &TxId) -> Response {
        self.turn_away(at, of, Some(tx), CallError::Undone);
        let promised = self.parts.of(of).abort(at, tx)?;
        if let Some(work) = promised.as_ref().and_then(|promised| promised.work) {
            if of == Service::Inventory {
                self.inventory.settle(at, tx, false);
            }
            self.row_freed(at, of, work);
        }
        Ok(Reply::Aborted(promised.is_some()))
    }

    fn row_freed(&mut self, at: Ms, service: Service, work: Work) {
        let row = work.row(service);
        self.record(at, work.order, Event::RowFreed { service, row });
    }

    /// A participant that was given leave to do so decides on its own, if it has not been told in time.
    pub(crate) fn give_up(&mut self, at: Ms, service: Service, tx: &TxId) {
        if !self.parts.of(service).is_in_doubt(tx) {
            return;
        }
        let whose = self.parts.of(service).in_doubt();
        let whose = whose.iter().find(|open| open.tx == *tx);
        let order = whose.map_or(Name::new(tx.as_str()), |open| Name::new(&open.order));
        let text = format!("{order}: told nothing for too long, aborts {tx} on its own");
        // It is in doubt, so there is something to abort.
        let _ = self.abort(at, service, tx);
        self.touch();
        self.record(at, order, Event::Settled { service, text });
        self.serve(at, service);
    }

    /// A participant goes down and comes up again. What it has promised is on its disk; whoever was waiting for a row has
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
        self.touch();
        match self.parts.of(service).holder(sku) {
            Some(holder) => self.queue_up(at, service, sku, name, holder, Who::WalkIn(n)),
            None => self.sell(at, n),
        }
    }

    fn sell(&mut self, at: Ms, n: usize) {
        let WalkIn { name, sku, .. } = self.parts.walk_ins[n];
        let sold = self.inventory.sell(at, name, sku);
        self.parts.walk_ins[n].told = Some((at, sold));
        let text = match sold {
            true => format!("{name} buys a {sku}"),
            false => format!("{name} wants a {sku}: sold out"),
        };
        let service = Service::Inventory;
        self.record(at, name, Event::Settled { service, text });
    }

    fn queue_up(
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
        self.schedule(at + LOCK_PATIENCE, Due::Patience { wait });
        self.touch();
        let text = format!("{actor} waits for {holder} ({row})");
        self.record(at, actor, Event::Settled { service, text });
    }

    /// Lets those in whose row has become free, in the order in which they came.
    fn serve(&mut self, at: Ms, service: Service) {
        loop {
            let Parts {
                queue,
                participants,
                ..
            } = &self.parts;
            let participant = &participants[service as usize];
            let next = queue.iter().position(|queued| {
                queued.service == service && participant.holder(queued.row).is_none()
            });
            let Some(next) = next else {
                return;
            };
            let Queued { who, wait, .. } = self.parts.queue.remove(next);
            self.parts.waits[wait].until = Some(at);
            self.parts.waits[wait].served = true;
            self.touch();
            match who {
                Who::WalkIn(n) => self.sell(at, n),
                Who::Call { id, duplicate } => {
                    let call = &self.calls[id.0 as usize];
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

    /// Somebody has waited as long as a participant lets anybody wait.
    pub(crate) fn out_of_patience(&mut self, at: Ms, wait: usize) {
        let mut queue = self.parts.queue.iter();
        let Some(place) = queue.position(|queued| queued.wait == wait) else {
            return;
        };
        let queued = self.parts.queue.remove(place);
        self.dismiss(at, queued, CallError::Locked);
    }

    /// Whoever waits at this participant for this transaction, or for any, is told no.
    fn turn_away(&mut self, at: Ms, service: Service, tx: Option<&TxId>, error: CallError) {
        let calls = &self.calls;
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
        self.touch();
        self.parts.waits[wait].until = Some(at);
        match who {
            Who::WalkIn(n) => {
                let WalkIn { name, sku, .. } = self.parts.walk_ins[n];
                self.parts.walk_ins[n].told = Some((at, false));
                let text = format!("{name} goes home without a {sku}");
                self.record(at, name, Event::Settled { service, text });
            }
            Who::Call { id, duplicate } => {
                let request = self.calls[id.0 as usize].request.clone();
                if let (CallError::Locked, Some(tx)) = (error, request.key()) {
                    self.parts.of(service).refuse(at, tx, None);
                }
                self.answer_late(at, id, duplicate, Err(error));
            }
        }
    }

    /// The answer to a request that had to wait for a row: it sets out only now.
    fn answer_late(&mut self, at: Ms, id: CallId, duplicate: bool, response: Response) {
        self.answer(at, id, duplicate, Executed::anew(response));
        let call = &mut self.calls[id.0 as usize];
        if duplicate {
            return;
        }
        call.held = false;
        call.replies_at = call.way_back.map(|way| at + way);
        if let Some(reply_at) = call.replies_at {
            self.schedule(reply_at, Due::Reply { call: id });
        }
    }
}
