//! The participants of a world: who has promised what, who waits for whose row, and the customers at the warehouse's
//! own counter, who want the same goods but do not come from this shop.

mod queue;

use crate::engine::record::OrderRow;
use crate::engine::service::Executed;
use crate::engine::sim::Sim;
use crate::engine::trace::{CallId, Event, Settled};
use crate::language::message::{CallError, Part, Reply, Request, Response, Service, TxId, Work};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;
use crate::two_phase::participant::{Participant, Served};
use crate::two_phase::record::{Outcome, Participation, RowWait, WalkIn};
use queue::{Queued, Who};

/// The services that can take part in a transaction across services, in the order in which the shop lists them.
pub(crate) const PARTICIPANTS: [Service; 3] =
    [Service::Orders, Service::Payment, Service::Inventory];

/// Which of [`PARTICIPANTS`] this is.
fn place(service: Service) -> usize {
    let place = PARTICIPANTS.iter().position(|known| *known == service);
    place.unwrap_or_else(|| unreachable!("{service} takes part in no transaction"))
}

/// The participants, and who waits at them.
#[derive(Default)]
pub(crate) struct Parts {
    participants: [Participant; 3],
    /// Oldest first.
    queue: Vec<Queued>,
    pub(crate) waits: Vec<RowWait>,
    pub(crate) walk_ins: Vec<WalkIn>,
}

/// What a participant needs to know of its service.
pub(crate) trait Resources {
    /// Whether a charge of this amount can be promised.
    fn covers(&self, amount: Yen) -> bool;
    /// The money moves.
    fn debit(&mut self, at: Ms, order: Name, amount: Yen, tx: &TxId);
    /// How many pieces are free.
    fn free(&self, sku: Name, at: Ms) -> i64;
    /// The goods are set aside.
    fn take(&mut self, at: Ms, work: &Work, tx: &TxId);
    /// The goods that were set aside are sold, or free again.
    fn settle(&mut self, at: Ms, tx: &TxId, sold: bool);
    /// Sells one piece over the counter, if one is free.
    fn sell(&mut self, at: Ms, name: Name, sku: Name) -> bool;
}

/// Alarms that participants set for themselves.
pub(crate) enum Alarm {
    /// Somebody has waited for a row for as long as a participant allows.
    Patience { wait: usize },
    /// A participant has waited for the end of a promise for as long as it was to wait.
    GivesUp { service: Service, tx: TxId },
    /// A customer comes to the warehouse's own counter.
    WalkIn { n: usize },
}

/// The participants at work in a world.
pub(crate) struct Room<'a> {
    pub(crate) sim: &'a mut Sim,
    pub(crate) parts: &'a mut Parts,
    pub(crate) goods: &'a mut dyn Resources,
}

impl Room<'_> {
    /// An alarm goes off.
    pub(crate) fn goes_off(&mut self, at: Ms, alarm: &Alarm) {
        match alarm {
            Alarm::Patience { wait } => self.out_of_patience(at, *wait),
            Alarm::GivesUp { service, tx } => self.give_up(at, *service, tx),
            Alarm::WalkIn { n } => self.walk_in(at, *n),
        }
    }

    fn set_alarm(&mut self, at: Ms, alarm: Alarm) {
        self.sim.set_alarm(at, Box::new(alarm));
    }
}

impl Parts {
    /// At these times a customer comes to the counter and wants a piece of this. The alarms that go with it.
    pub(crate) fn open_the_counter(&mut self, sku: Name, times: &[Ms]) -> Vec<(Ms, Alarm)> {
        let alarms = times.iter().enumerate().map(|(n, at)| {
            self.walk_ins.push(WalkIn {
                name: Name::new(&format!("counter{}", n + 1)),
                sku,
                at: *at,
                told: None,
            });
            (*at, Alarm::WalkIn { n })
        });
        alarms.collect()
    }

    fn of(&mut self, service: Service) -> &mut Participant {
        &mut self.participants[place(service)]
    }

    /// How each transaction ended, or did not, at each participant.
    pub(crate) fn participations(&self) -> Vec<Participation> {
        let of = |service: Service| {
            let known = self.participants[place(service)].transactions().iter();
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
        let known = self.participants[place(Service::Orders)].transactions();
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

impl Room<'_> {
    /// A request of a coordinator reaches its participant.
    pub(crate) fn take_part(&mut self, at: Ms, id: CallId, duplicate: bool) {
        let call = &self.sim.calls[id.0 as usize];
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
                            self.sim.calls[id.0 as usize].held = true;
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
        self.sim
            .answer(done, id, duplicate, Executed::anew(response));
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
            // Each order exists once.
            Service::Orders => !self.parts.of(of).has_committed(work.order),
            Service::Payment => self.goods.covers(work.amount),
            _ => self.goods.free(work.sku, at) >= i64::from(work.quantity),
        };
        if decline || !able {
            self.parts.of(of).refuse(at, tx, Some(work));
            return Ok(Err(CallError::Declined));
        }
        self.parts.of(of).promise(at, tx, work, row);
        if of == Service::Inventory {
            self.goods.take(at, &work, tx);
        }
        self.sim
            .record(at, work.order, Event::RowLocked { service: of, row });
        if let Some(within) = within {
            let (service, tx) = (of, tx.clone());
            self.set_alarm(at + within, Alarm::GivesUp { service, tx });
        }
        Ok(Ok(Reply::Prepared(row)))
    }

    fn commit(&mut self, at: Ms, of: Service, tx: &TxId) -> Response {
        let promised = self.parts.of(of).commit(at, tx)?;
        if let Some(work) = promised.work {
            match of {
                Service::Payment => self.goods.debit(at, work.order, work.amount, tx),
                Service::Inventory => self.goods.settle(at, tx, true),
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
                self.goods.settle(at, tx, false);
            }
            self.row_freed(at, of, work);
        }
        Ok(Reply::Aborted(promised.is_some()))
    }

    fn row_freed(&mut self, at: Ms, service: Service, work: Work) {
        let row = work.row(service);
        self.sim
            .record(at, work.order, Event::RowFreed { service, row });
    }

    /// A participant with permission to do so decides on its own, if it has not been told in time.
    pub(crate) fn give_up(&mut self, at: Ms, service: Service, tx: &TxId) {
        if !self.parts.of(service).is_in_doubt(tx) {
            return;
        }
        let whose = self.parts.of(service).in_doubt();
        let whose = whose.iter().find(|open| open.tx == *tx);
        let order = whose.map_or(Name::new(tx.as_str()), |open| Name::new(&open.order));
        // It is in doubt, so there is something to abort.
        let _ = self.abort(at, service, tx);
        self.sim.touch();
        let what = Settled::GivesUp { tx: tx.clone() };
        self.sim.record(at, order, Event::Settled { service, what });
        self.serve(at, service);
    }
}
