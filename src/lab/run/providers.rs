//! The services of a world, put together.

use crate::engine::service::{Alarm, AnyService, Executed, Services};
use crate::engine::sim::Sim;
use crate::engine::trace::{CallId, Event, Settled};
use crate::language::message::{
    CallError, ChargeStatus, Notice, Reply, Request, Response, Service, TxId, Work,
};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;
use crate::services::{AUTHORIZED_FOR, Inventory, Payment, Service as _, Shipping};
use crate::setup::{Brought, Setup};
use crate::two_phase::parts::{self, Parts, Resources, Room};
use std::any::Any;

/// The services of a world.
pub(crate) struct Providers {
    pub(crate) shelves: Shelves,
    pub(crate) shipping: Shipping,
    /// Those that the setup adds.
    pub(crate) strangers: Vec<(Service, Box<dyn AnyService>)>,
    pub(crate) participants: Parts,
}

/// The services that can take part in a transaction across services.
pub(crate) struct Shelves {
    pub(crate) payment: Payment,
    pub(crate) inventory: Inventory,
}

impl Providers {
    /// The services that this world begins with.
    pub(crate) fn new(setup: &Setup) -> Providers {
        Providers {
            shelves: Shelves {
                payment: Payment::new(setup.payment).remembering(setup.keys_last),
                inventory: Inventory::new(&setup.stock).remembering(setup.keys_last),
            },
            shipping: Shipping::new().remembering(setup.keys_last),
            strangers: setup.services.iter().map(Brought::begins).collect(),
            participants: Parts::default(),
        }
    }

    /// The services at the end of a world.
    pub(crate) fn taken_from(sim: &mut Sim) -> Providers {
        let services = sim.services.take();
        let services = services.and_then(|services| {
            let services: Box<dyn Any> = services;
            services.downcast().ok()
        });
        match services {
            Some(providers) => *providers,
            None => unreachable!("a world has the services that it was given"),
        }
    }

    fn room<'a>(&'a mut self, sim: &'a mut Sim) -> Room<'a> {
        Room {
            sim,
            parts: &mut self.participants,
            goods: &mut self.shelves,
        }
    }
}

impl Services for Providers {
    fn execute(&mut self, sim: &mut Sim, at: Ms, id: CallId, duplicate: bool) {
        let call = &sim.calls[id.0 as usize];
        let (service, done, decline) = (call.request.service(), at + call.processing, call.decline);
        let request = &call.request;
        let executed = match request {
            Request::Part { .. } => return self.room(sim).take_part(at, id, duplicate),
            request => match service {
                Service::Payment => self.shelves.payment.execute(at, done, request, decline),
                Service::Inventory => self.shelves.inventory.execute(at, done, request, decline),
                Service::Shipping => self.shipping.execute(at, done, request, decline),
                Service::Other(_) => {
                    let mut strangers = self.strangers.iter_mut();
                    let asked = strangers.find(|(stranger, _)| *stranger == service);
                    match asked {
                        Some((_, stranger)) => stranger.serve(at, done, request, decline),
                        None => Executed::anew(Err(CallError::Invalid)),
                    }
                }
                // They only take part in transactions.
                Service::Orders | Service::Queue => Executed::anew(Err(CallError::Invalid)),
            },
        };
        sim.executed(at, id, duplicate, executed);
    }

    fn goes_off(&mut self, sim: &mut Sim, at: Ms, alarm: Alarm) {
        if let Ok(alarm) = alarm.downcast::<parts::Alarm>() {
            self.room(sim).goes_off(at, &alarm);
        }
    }

    fn next_decision(&self) -> Option<Ms> {
        self.shelves.payment.next_settlement()
    }

    fn decide(&mut self, sim: &mut Sim, now: Ms) {
        let payment = &mut self.shelves.payment;
        let rules = payment.rules();
        while let Some(at) = payment.next_settlement().filter(|at| *at <= now) {
            for charge in payment.settle(at) {
                sim.touch();
                let event = Event::Settled {
                    service: Service::Payment,
                    what: Settled::Charge(charge.clone()),
                };
                sim.record(at, charge.order, event);
                sim.settled.push(Notice::Charge(charge));
            }
            for refund in payment.settle_refunds(at) {
                sim.touch();
                // Of one that succeeds at once, the answer to the request says so.
                if rules.refunds.is_some() {
                    let event = Event::Settled {
                        service: Service::Payment,
                        what: Settled::Refund(refund.clone()),
                    };
                    sim.record(at, refund.order, event);
                }
                if rules.tells_of_refunds {
                    sim.settled.push(Notice::Refund(refund));
                }
            }
        }
    }

    fn goes_down(&mut self, sim: &mut Sim, now: Ms, service: Service) {
        self.room(sim).restart_participant(now, service);
    }

    fn has(&self, service: Service) -> bool {
        match service {
            Service::Orders | Service::Payment | Service::Inventory | Service::Shipping => true,
            Service::Queue => false,
            Service::Other(_) => {
                let mut strangers = self.strangers.iter();
                strangers.any(|(stranger, _)| *stranger == service)
            }
        }
    }

    fn paid(&self, order: Name, by: Ms) -> Yen {
        self.shelves.payment.kept(order, by)
    }
}

impl Resources for Shelves {
    fn covers(&self, amount: Yen) -> bool {
        self.payment.covers(amount)
    }

    fn debit(&mut self, at: Ms, order: Name, amount: Yen, tx: &TxId) {
        self.payment.debit(at, order, amount, tx);
    }

    fn free(&self, sku: Name, at: Ms) -> i64 {
        self.inventory.free(sku, at).unwrap_or(0)
    }

    fn take(&mut self, at: Ms, work: &Work, tx: &TxId) {
        self.inventory.take(at, work, tx);
    }

    fn settle(&mut self, at: Ms, tx: &TxId, sold: bool) {
        self.inventory.settle(at, tx, sold);
    }

    fn sell(&mut self, at: Ms, name: Name, sku: Name) -> bool {
        self.inventory.sell(at, name, sku)
    }
}

/// When the thing that a service has just answered about lapses.
pub(crate) fn lapses_at(done: Ms, response: &Response) -> Option<Ms> {
    match response {
        Ok(Reply::Reserved(reservation)) => Some(reservation.expires_at),
        Ok(Reply::Parcel(parcel)) => Some(parcel.dispatched_at),
        Ok(Reply::Charge(charge)) if charge.status == ChargeStatus::Authorized => {
            Some(done + AUTHORIZED_FOR)
        }
        _ => None,
    }
}
