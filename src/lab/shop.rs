//! What the order code can call: a database, three services, fresh keys and a log.
//!
//! It looks like the clients at work, and that is the point. The order code cannot see that its network is made of
//! faults, or that its night lasts microseconds.

use crate::db::Db;
use crate::engine::network::Handle;
use crate::engine::trace::Event;
use crate::language::message::{
    By, CallError, Charge, ChargeRequest, Key, Parcel, Reply, Request, Reservation, Service, TxId,
    mismatch,
};
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::time::Ms;
use crate::services;
use crate::two_phase::Participant;
use crate::two_phase::parts::PARTICIPANTS;
use std::marker::PhantomData;

/// Every order of a world is cancelled afterwards: which step has to be undone, when and how often. The shop's code
/// reads it as it would read its configuration ([`Shop::called_off`](Shop::called_off)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The service whose step is undone.
    pub step: Service,
    /// How long after the order it is cancelled; the shop acts on that from a minute later on.
    pub after: Ms,
    /// How often the undo is run to its end.
    pub times: u32,
}

/// The shop's database and its clients. Cheap to clone, and `Send + Sync`, so that `tokio::spawn` works.
#[derive(Clone)]
pub struct Shop {
    /// The shop's own database.
    pub db: Db,
    /// The orders service, as a participant in transactions.
    pub orders: Participant,
    /// The client of the payment provider.
    pub payment: PaymentClient,
    /// The client of the warehouse.
    pub inventory: InventoryClient,
    /// The client of the shipper.
    pub shipping: ShippingClient,
    called_off: Option<Plan>,
    handle: Handle,
}

impl Shop {
    pub(crate) fn new(handle: Handle, called_off: Option<Plan>) -> Shop {
        Shop {
            db: Db::new(handle.clone()),
            orders: Participant::new(handle.clone(), Service::Orders),
            payment: PaymentClient(handle.clone()),
            inventory: InventoryClient(handle.clone()),
            shipping: ShippingClient(handle.clone()),
            called_off,
            handle,
        }
    }

    /// A fresh idempotency key. No two are ever equal, not even after a restart.
    pub fn new_key(&self) -> Key {
        let mut sim = self.handle.world.lock();
        sim.keys += 1;
        Key::from(format!("key-{}", sim.keys))
    }

    /// A fresh id for a transaction across services. No two are ever equal, not even after a restart.
    pub fn new_transaction(&self) -> TxId {
        let mut sim = self.handle.world.lock();
        sim.transactions += 1;
        TxId::from(format!("tx-{}", sim.transactions))
    }

    /// What this shop has to undo of every order, if its customers cancel their orders afterwards.
    pub fn called_off(&self) -> Option<Plan> {
        self.called_off
    }

    /// The services that can take part in a transaction: orders, payment and inventory.
    pub fn participants(&self) -> [Participant; 3] {
        PARTICIPANTS.map(|service| Participant::new(self.handle.clone(), service))
    }

    /// The client of any service in this world.
    ///
    /// # Panics
    /// If there is no such service: [`Setup::service`](crate::setup::Setup::service) adds one.
    #[track_caller]
    pub fn client<S: services::Service>(&self) -> Client<S> {
        let service = S::declared().unwrap_or_else(|problem| panic!("{problem}"));
        let has = {
            let sim = self.handle.world.lock();
            let services = sim.services.as_ref();
            services.is_some_and(|services| services.has(service))
        };
        assert!(has, "this world has no service `{service}`");
        Client {
            handle: self.handle.clone(),
            service: PhantomData,
        }
    }

    /// Writes a line to the shop's log. It shows in the timeline.
    pub fn log(&self, line: impl Into<String>) {
        let actor = self.handle.actor(|| None);
        let mut sim = self.handle.world.sim();
        if !self.handle.is_stale(&sim) {
            sim.record_now(actor, Event::Log(line.into()));
        }
    }

    /// The time: virtual milliseconds since the midnight before the world began. Unlike a
    /// [`tokio::time::Instant`], it can be stored and read after a restart.
    ///
    /// A task that only looks at the clock may oversleep: when it has looked in vain for an hour, by up to six minutes.
    pub fn now(&self) -> Ms {
        let mut sim = self.handle.world.lock();
        sim.activity.clock_read_in = Some(sim.activity.state);
        self.handle.time_of_day(self.handle.world.now())
    }
}

/// The client of any service. Every call is a step (`order1/loyalty.grant#1`), waits for ever unless you stop waiting,
/// and may have taken effect, whatever you see of it.
pub struct Client<S> {
    handle: Handle,
    service: PhantomData<fn() -> S>,
}

impl<S> Clone for Client<S> {
    fn clone(&self) -> Client<S> {
        Client {
            handle: self.handle.clone(),
            service: PhantomData,
        }
    }
}

impl<S: services::Service> Client<S> {
    /// Calls the service, and waits for its reply.
    ///
    /// # Errors
    /// Whatever the service answers; `ConnectionRefused`: nothing was executed; `ServerError`: open.
    pub async fn call(&self, request: S::Request) -> Result<S::Reply, CallError> {
        let reply = self.handle.call(S::sent(request)).await?;
        S::heard(reply.clone()).map_or_else(|| mismatch(&reply), Ok)
    }
}

/// The client of the payment provider. Every call is a step, waits for ever unless you stop waiting, and may have taken
/// effect, whatever you see of it.
#[derive(Clone)]
pub struct PaymentClient(Handle);

impl PaymentClient {
    /// Charges an order. Without a key, every execution is a new charge. With one, the first result, success
    /// or decline, is stored for 24 virtual hours and given again.
    ///
    /// # Errors
    /// `Declined`, `ConnectionRefused`, `KeyReused`, `Undone` and `Invalid`: this attempt charged nothing.
    /// `ServerError` and `InFlight`: open.
    pub async fn charge(
        &self,
        request: ChargeRequest,
        key: Option<&Key>,
    ) -> Result<Charge, CallError> {
        let request = Request::Charge {
            order: Name::new(&request.order),
            amount: request.amount,
            key: key.cloned(),
        };
        match self.0.call(request).await? {
            Reply::Charge(charge) => Ok(charge),
            other => mismatch(&other),
        }
    }

    /// Looks up what was charged, oldest first, declined and voided charges included. "Nothing found" means
    /// nothing found *yet*: a late charge may still land.
    ///
    /// # Errors
    /// `ConnectionRefused` and `ServerError`: nothing was learnt.
    pub async fn find(&self, by: By) -> Result<Vec<Charge>, CallError> {
        match self.0.call(Request::Find(by)).await? {
            Reply::Charges(found) => Ok(found),
            other => mismatch(&other),
        }
    }

    /// Gives back `amount` yen of a charge, under the refund's own key. Returns how much of the charge has been given
    /// back in total.
    ///
    /// # Errors
    /// `NotFound`: there is no such charge. `Invalid`: more than is left. `KeyReused`. `ServerError` and
    /// `InFlight`: open.
    pub async fn refund(&self, charge: &Charge, amount: Yen, key: &Key) -> Result<Yen, CallError> {
        let request = Request::Refund {
            charge: charge.id,
            amount,
            key: key.clone(),
        };
        match self.0.call(request).await? {
            Reply::Refunded(total) | Reply::RefundAccepted(total) => Ok(total),
            other => mismatch(&other),
        }
    }

    /// Sets a card's money aside for 7 virtual days, under a key. No money moves before you [`capture`] it.
    ///
    /// [`capture`]: PaymentClient::capture
    ///
    /// # Errors
    /// `Declined`, `KeyReused`, `Undone` and `Invalid`: nothing was set aside. `ServerError` and `InFlight`: open.
    pub async fn authorize(&self, request: ChargeRequest, key: &Key) -> Result<Charge, CallError> {
        let request = Request::Authorize {
            order: Name::new(&request.order),
            amount: request.amount,
            key: key.clone(),
        };
        match self.0.call(request).await? {
            Reply::Charge(charge) => Ok(charge),
            other => mismatch(&other),
        }
    }

    /// Takes the money that was set aside under this key. Doing so again changes nothing.
    ///
    /// # Errors
    /// `NotFound`: there is no such authorisation, or it has lapsed. `Undone`: it was voided. `ServerError` and
    /// `InFlight`: open.
    pub async fn capture(&self, key: &Key) -> Result<Charge, CallError> {
        match self.0.call(Request::Capture { key: key.clone() }).await? {
            Reply::Charge(charge) => Ok(charge),
            other => mismatch(&other),
        }
    }

    /// Undoes whatever was charged under this key. If the charge has not arrived yet, a tombstone is left and the late
    /// charge is refused. Returns how much money went back.
    ///
    /// # Errors
    /// `InFlight`: the charge is being executed right now; ask again. `ServerError`: open.
    pub async fn void(&self, key: &Key) -> Result<Yen, CallError> {
        match self.0.call(Request::Void { key: key.clone() }).await? {
            Reply::Voided(amount) => Ok(amount),
            other => mismatch(&other),
        }
    }
}

/// The client of the warehouse.
#[derive(Clone)]
pub struct InventoryClient(Handle);

impl InventoryClient {
    /// Sets the goods of an order aside for 15 virtual minutes, under a key.
    ///
    /// # Errors
    /// `Declined`: not enough stock. `Undone`: this key was released before. `ServerError`, `InFlight`: open.
    pub async fn reserve(&self, order: &Order, key: &Key) -> Result<Reservation, CallError> {
        let request = Request::Reserve {
            order: order.name(),
            sku: Name::new(&order.sku),
            quantity: order.quantity,
            key: key.clone(),
        };
        match self.0.call(request).await? {
            Reply::Reserved(reservation) => Ok(Reservation {
                expires_at: self.0.time_of_day(reservation.expires_at),
                ..reservation
            }),
            other => mismatch(&other),
        }
    }

    /// Gives the goods reserved under this key back. If the reservation has not arrived yet, a tombstone is
    /// left and the late reservation is refused.
    ///
    /// # Errors
    /// `InFlight` and `ServerError`: open; ask again.
    pub async fn release(&self, key: &Key) -> Result<(), CallError> {
        match self.0.call(Request::Release { key: key.clone() }).await? {
            Reply::Released => Ok(()),
            other => mismatch(&other),
        }
    }

    /// Puts as many goods on the shelf as this order asks for, whether or not they were taken from it, as after a
    /// delivery or a stocktaking. Without a key, every execution counts.
    /// # Errors
    /// `NotFound`: the warehouse does not carry this. `Invalid`, `KeyReused`. `InFlight` and `ServerError`: open.
    pub async fn restock(&self, order: &Order, key: Option<&Key>) -> Result<(), CallError> {
        let request = Request::Restock {
            order: order.name(),
            sku: Name::new(&order.sku),
            quantity: order.quantity,
            key: key.cloned(),
        };
        match self.0.call(request).await? {
            Reply::Restocked => Ok(()),
            other => mismatch(&other),
        }
    }

    /// Makes the reservation under this key final.
    ///
    /// # Errors
    /// `NotFound`: there is none, or it has lapsed or was released. `InFlight` and `ServerError`: open.
    pub async fn confirm(&self, key: &Key) -> Result<(), CallError> {
        match self.0.call(Request::Confirm { key: key.clone() }).await? {
            Reply::Confirmed => Ok(()),
            other => mismatch(&other),
        }
    }
}

/// The client of the shipper.
#[derive(Clone)]
pub struct ShippingClient(Handle);

impl ShippingClient {
    /// Has an order's parcel sent. Without a key, every execution is a parcel.
    ///
    /// # Errors
    /// `Declined`: undeliverable. `Undone`: this key was cancelled before. `ServerError`, `InFlight`: open.
    pub async fn request(&self, order: &Order, key: Option<&Key>) -> Result<Parcel, CallError> {
        let request = Request::Ship {
            order: order.name(),
            key: key.cloned(),
        };
        match self.0.call(request).await? {
            Reply::Parcel(parcel) => Ok(self.on_the_wall(parcel)),
            other => mismatch(&other),
        }
    }

    /// Looks parcels up, oldest first. "Nothing found" means nothing found *yet*.
    ///
    /// # Errors
    /// `ConnectionRefused` and `ServerError`: nothing was learnt.
    pub async fn find(&self, by: By) -> Result<Vec<Parcel>, CallError> {
        match self.0.call(Request::FindParcels(by)).await? {
            Reply::Parcels(found) => {
                let found = found.into_iter();
                Ok(found.map(|parcel| self.on_the_wall(parcel)).collect())
            }
            other => mismatch(&other),
        }
    }

    /// Stops parcels before they are dispatched. By key, a tombstone refuses a request that arrives later.
    ///
    /// # Errors
    /// `TooLate`: it has left, and nothing can call it back. `InFlight` and `ServerError`: open.
    pub async fn cancel(&self, by: By) -> Result<usize, CallError> {
        match self.0.call(Request::CancelParcel(by)).await? {
            Reply::ParcelCancelled(count) => Ok(count),
            other => mismatch(&other),
        }
    }

    /// The parcel with its time as the shop's clock shows it.
    fn on_the_wall(&self, parcel: Parcel) -> Parcel {
        Parcel {
            dispatched_at: self.0.time_of_day(parcel.dispatched_at),
            ..parcel
        }
    }
}
