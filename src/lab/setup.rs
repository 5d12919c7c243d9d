//! What a world begins with.

use crate::db::{Database, Mapping, Storage};
use crate::engine::host::{Customers, Play, RESTART};
use crate::engine::network::{Latency, Outage, Pace};
use crate::engine::runtime::Clock;
use crate::engine::service::AnyService;
use crate::engine::trace::Entry;
use crate::flow::Code;
use crate::judge::evidence::Evidence;
use crate::judge::invariant::{Invariant, Wrong};
use crate::judge::terms::Terms;
use crate::language::fault::Fault;
use crate::language::instance::Instance;
use crate::language::message::Service;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::schedule::Schedule;
use crate::language::time::{HORIZON, Ms};
use crate::services::{self, PaymentRules, REMEMBERED};
use crate::shop::{Plan, Shop};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A service that the setup adds.
#[derive(Clone)]
pub(crate) struct Brought {
    service: Service,
    begin: Arc<dyn Fn() -> Box<dyn AnyService> + Send + Sync>,
}

impl Brought {
    /// The service in its state at the beginning of a world.
    pub(crate) fn begins(&self) -> (Service, Box<dyn AnyService>) {
        (self.service, (self.begin)())
    }
}

impl fmt::Debug for Brought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Brought").field(&self.service).finish()
    }
}

/// What a world begins with: the shop, its customers and the services around it.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) schema: Option<&'static str>,
    pub(crate) mapping: Mapping,
    pub(crate) storage: Storage,
    pub(crate) customers: Arc<Customers>,
    pub(crate) latency: Latency,
    pub(crate) payment: PaymentRules,
    pub(crate) stock: Arc<[(Name, u32)]>,
    pub(crate) horizon: Ms,
    pub(crate) keys_last: Ms,
    /// How long a request can be under way; `None` for as long as the world lasts.
    pub(crate) under_way_for: Option<Ms>,
    pub(crate) seed: u64,
    pub(crate) clock: Clock,
    pub(crate) until_served: bool,
    pub(crate) listener: Option<fn(&Entry)>,
    /// Those that were set; [`Setup::terms`] adds those that follow.
    pub(crate) terms: Terms,
    pub(crate) outages: Arc<[Outage]>,
    pub(crate) paces: Arc<[(Service, Pace)]>,
    pub(crate) begins_at: Ms,
    pub(crate) restart: Ms,
    pub(crate) instances: usize,
    pub(crate) walk_ins: Arc<[Ms]>,
    pub(crate) given: Schedule,
    pub(crate) invariants: Arc<[Invariant]>,
    pub(crate) services: Arc<[Brought]>,
    /// What is wrong with an added service.
    pub(crate) slip: Option<Arc<str>>,
    pub(crate) undoes: Option<Plan>,
    pub(crate) name: Option<&'static str>,
    pub(crate) suffers: fn(Fault) -> bool,
    /// The number before that of the first fresh key and transaction id.
    pub(crate) numbered_from: u32,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            schema: None,
            mapping: Mapping::default(),
            storage: Storage::Memory,
            customers: Arc::new(Customers::At(vec![(
                Ms::ZERO,
                Order::new("order1", Yen(1_200)),
            )])),
            latency: Latency::default(),
            payment: PaymentRules::default(),
            stock: Arc::new([(Name::of("book"), 10)]),
            horizon: HORIZON,
            keys_last: REMEMBERED,
            under_way_for: None,
            seed: 0,
            clock: Clock::Virtual,
            until_served: false,
            listener: None,
            terms: Terms {
                paid_by_card: true,
                ..Terms::default()
            },
            outages: Arc::default(),
            paces: Arc::default(),
            begins_at: Ms::ZERO,
            restart: RESTART,
            instances: 1,
            walk_ins: Arc::default(),
            given: Schedule::CALM,
            invariants: Arc::default(),
            services: Arc::default(),
            slip: None,
            undoes: None,
            name: None,
            suffers: Fault::is_usual,
            numbered_from: 0,
        }
    }
}

impl Setup {
    /// One customer orders one book for ¥1,200 at time 0; every call takes 200 ms; the warehouse has ten
    /// books; the world lasts twelve hours; there is no database yet.
    pub fn new() -> Setup {
        Setup::default()
    }

    /// The shop has a database with this schema, and the rows the schema comes with.
    pub fn schema(self, schema: impl Into<Cow<'static, str>>) -> Setup {
        Setup {
            schema: Some(kept(schema.into())),
            ..self
        }
    }

    /// The shop keeps its orders not in a table `orders (id, status)`, but wherever this query finds them. It returns a
    /// row for each, with columns `id` and `status`; `confirmed` and `cancelled` are final, any other status is not.
    ///
    /// ```
    /// # use lab::setup::Setup;
    /// let setup = Setup::new()
    ///     .schema("CREATE TABLE purchase (ref TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;")
    ///     .orders_from(
    ///         "SELECT ref AS id, CASE state WHEN 'OK' THEN 'confirmed' WHEN 'NO' THEN 'cancelled' ELSE state END AS status
    ///          FROM purchase",
    ///     );
    /// assert_eq!(setup.check(), Ok(()));
    /// ```
    pub fn orders_from(self, sql: impl Into<Cow<'static, str>>) -> Setup {
        let orders = Some(Mapping::orders(&sql.into()));
        let mapping = Mapping {
            orders,
            ..self.mapping
        };
        Setup { mapping, ..self }
    }

    /// The shop keeps the history of its orders not in a table `history (order_id)`, but wherever this query finds it.
    /// It returns a row for each line, with a column `order_id`.
    pub fn history_from(self, sql: impl Into<Cow<'static, str>>) -> Setup {
        let history = Some(Mapping::history(&sql.into()));
        let mapping = Mapping {
            history,
            ..self.mapping
        };
        Setup { mapping, ..self }
    }

    /// The shop keeps its own stock not in a table `stock (sku, quantity)`, but wherever this query finds it. It
    /// returns a row for each article, with columns `sku` and `quantity`: how many are free.
    pub fn stock_from(self, sql: impl Into<Cow<'static, str>>) -> Setup {
        let stock = Some(Mapping::stock(&sql.into()));
        let mapping = Mapping {
            stock,
            ..self.mapping
        };
        Setup { mapping, ..self }
    }

    /// Whether a world can begin like this: its services are valid, the schema is valid SQL, and so are the queries for
    /// orders, history and stock.
    ///
    /// # Errors
    ///
    /// What is wrong with a service; what SQLite does not understand, and what it says of it.
    pub fn check(&self) -> Result<(), String> {
        if let Some(slip) = &self.slip {
            return Err(slip.to_string());
        }
        match self.schema {
            Some(schema) => Database::check(schema, self.storage, self.mapping),
            None if self.mapping == Mapping::default() => Ok(()),
            None => {
                Err("there is no schema, so no query can find orders, history or stock".to_owned())
            }
        }
    }

    /// Where the shop's database lies.
    pub fn storage(self, storage: Storage) -> Setup {
        Setup { storage, ..self }
    }

    /// These customers, each at their own time (virtual ms).
    pub fn orders(self, orders: impl IntoIterator<Item = (Ms, Order)>) -> Setup {
        Setup {
            customers: Arc::new(Customers::At(orders.into_iter().collect())),
            ..self
        }
    }

    /// These customers, each when the one before has an answer.
    pub fn one_after_another(self, orders: impl IntoIterator<Item = Order>) -> Setup {
        Setup {
            customers: Arc::new(Customers::Queue(orders.into_iter().collect())),
            ..self
        }
    }

    /// How long calls take.
    pub fn latency(self, latency: Latency) -> Setup {
        Setup { latency, ..self }
    }

    /// How long this one service takes over a request: at least, and up to how much more. It replaces the processing
    /// time of [`latency`](Setup::latency); the time on the network stays the same.
    pub fn takes(self, service: Service, processing: Ms, spread: Ms) -> Setup {
        let others = self.paces.iter().copied();
        let others = others.filter(|(which, _)| *which != service);
        let paces = others.chain([(service, Pace { processing, spread })]);
        Setup {
            paces: paces.collect(),
            ..self
        }
    }

    /// The time of day at which the world begins. Every time that order code sees counts from midnight; schedules,
    /// traces and the times of this setup count from the beginning of the world.
    pub fn begins_at(self, begins_at: Ms) -> Setup {
        Setup { begins_at, ..self }
    }

    /// How the payment provider settles and names its charges. If it [settles later](PaymentRules::settles_after), a
    /// customer need not be told "confirmed" at once on a calm day: "pending" is right, too, if the books say confirmed
    /// in the end.
    pub fn payment(self, payment: PaymentRules) -> Setup {
        Setup { payment, ..self }
    }

    /// What the warehouse has.
    pub fn stock(self, stock: impl IntoIterator<Item = (&'static str, u32)>) -> Setup {
        let stock = stock
            .into_iter()
            .map(|(sku, count)| (Name::of(sku), count))
            .collect();
        Setup { stock, ..self }
    }

    /// When the world ends.
    pub fn horizon(self, horizon: Ms) -> Setup {
        Setup { horizon, ..self }
    }

    /// How long the services remember a key, if not [`REMEMBERED`]: with 30 days (Stripe's API v2,
    /// <https://docs.stripe.com/api-v2-overview>) no outage outlasts it.
    pub fn keys_last(self, keys_last: Ms) -> Setup {
        Setup { keys_last, ..self }
    }

    /// No request is under way for longer than this. Without it, the search makes a request as late as it takes to find
    /// it in the middle of whatever its service does later. (A schedule that somebody writes is played as it is.)
    pub fn under_way_for(self, at_most: Ms) -> Setup {
        Setup {
            under_way_for: Some(at_most),
            ..self
        }
    }

    /// The seed of the latencies.
    pub fn seed(self, seed: u64) -> Setup {
        Setup { seed, ..self }
    }

    /// Ends when every customer has an answer and no message is under way, and not at the [horizon](Setup::horizon).
    pub fn until_served(self) -> Setup {
        Setup {
            until_served: true,
            ..self
        }
    }

    /// Runs on the real clock, and only [until everybody is served](Setup::until_served): nobody wants to wait for a
    /// horizon.
    pub fn real_time(self) -> Setup {
        Setup {
            clock: Clock::Wall,
            ..self.until_served()
        }
    }

    /// Calls this with every line of the trace as it is written, to follow a world in [real time](Setup::real_time). A
    /// service's work that takes a while is written when it begins, with the time at which it is done.
    pub fn heard_by(self, listener: fn(&Entry)) -> Setup {
        Setup {
            listener: Some(listener),
            ..self
        }
    }

    /// Names a world other than the usual one: `two-customers`.
    pub fn called(self, name: &'static str) -> Setup {
        Setup {
            name: Some(name),
            ..self
        }
    }

    /// Only these faults can happen in this world: search and dice try no others. A schedule that somebody writes is
    /// played as it is, whatever it contains. Without this, every [usual](Fault::is_usual) fault can happen. A world whose
    /// customers hang up, too, says `.suffers(|fault| fault.is_usual() || matches!(fault, Fault::HangsUp(_)))`, and one that
    /// suffers whatever there is, `.suffers(|_| true)`.
    pub fn suffers(self, suffers: fn(Fault) -> bool) -> Setup {
        Setup { suffers, ..self }
    }

    /// The orders of this shop cost nothing to confirm: nobody is asked for money.
    pub fn without_payment(self) -> Setup {
        let terms = Terms {
            paid_by_card: false,
            ..self.terms
        };
        Setup { terms, ..self }
    }

    /// These customers are strangers to each other. One who suffers no fault, and for whom there is enough in the
    /// shop's own stock, is confirmed, and soon. An unpaid order may keep goods from the others for this long.
    pub fn strangers(self, hold: Ms) -> Setup {
        let terms = Terms {
            strangers: Some(hold),
            ..self.terms
        };
        Setup { terms, ..self }
    }

    /// This shop sends what it sells: the customer of a confirmed order is owed one parcel, and no parcel leaves for an
    /// order that is not paid.
    pub fn ships(self) -> Setup {
        let terms = Terms {
            ships: true,
            ..self.terms
        };
        Setup { terms, ..self }
    }

    /// If an order is cancelled, this shop may keep so much (yen) of what was paid, for its trouble. The rest goes back, and goes
    /// back once ([`Accident::RefundedTwice`](crate::judge::accident::Accident::RefundedTwice)).
    pub fn cancelling_costs(self, fee: Yen) -> Setup {
        let terms = Terms {
            cancellation_fee: fee,
            ..self.terms
        };
        Setup { terms, ..self }
    }

    /// A service refuses every connection between these times, whatever else goes wrong. (A schedule's `down` begins at
    /// a step; this begins at a time, whatever steps the order code takes.)
    pub fn outage(self, service: Service, from: Ms, until: Ms) -> Setup {
        let outage = Outage {
            service,
            from,
            until,
        };
        let outages = self.outages.iter().copied().chain([outage]).collect();
        Setup { outages, ..self }
    }

    /// Only this step of every order is done: without the payment nobody owes money, and without the shipping nobody
    /// waits for a parcel.
    pub fn only(self, step: Service) -> Setup {
        let terms = Terms {
            paid_by_card: step == Service::Payment,
            ships: step == Service::Shipping,
            ..self.terms
        };
        Setup { terms, ..self }
    }

    /// Every order of this world is cancelled afterwards: this service's step is done, and from `after` on the shop
    /// undoes it, `times` times over. It need not be confirmed, and in the end nothing of it may be left.
    pub fn undone(self, step: Service, after: Ms, times: u32) -> Setup {
        let undoes = Some(Plan { step, after, times });
        Setup { undoes, ..self }
    }

    /// Which faults this world [suffers](Setup::suffers): all usual ones, unless that was set.
    pub fn suffered(&self) -> fn(Fault) -> bool {
        self.suffers
    }

    /// Whether latencies are random, so that another [`seed`](Setup::seed) makes another run.
    pub fn is_drawn_by_lot(&self) -> bool {
        self.latency.spread > Ms::ZERO
    }

    /// Its name, set by [`called`](Setup::called).
    pub fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// What has to be undone of every order, if the orders of this world are [cancelled afterwards](Setup::undone).
    pub fn called_off(&self) -> Option<Plan> {
        self.undoes
    }

    /// The orders, in the order in which customers come.
    pub fn expected(&self) -> Vec<&Order> {
        match &*self.customers {
            Customers::At(orders) => orders.iter().map(|(_, order)| order).collect(),
            Customers::Queue(orders) => orders.iter().collect(),
        }
    }

    /// How long a dead process takes to come up again; [`RESTART`] by default.
    pub fn restarts_after(self, restart: Ms) -> Setup {
        Setup { restart, ..self }
    }

    /// So many processes of the shop run on one database, one or two: each has a memory, a pool of connections and a
    /// periodic job of its own. Both come up when the world begins, so their jobs run at the same times. Submissions and
    /// webhooks go to them in turn, as a load balancer sends them; one that is down is passed over. Steps in the second
    /// are marked, `order1@2/payment.charge#1`, and so is its job, `recover@2#1`.
    ///
    /// # Panics
    /// If it is another number.
    pub fn instances(self, instances: usize) -> Setup {
        let most = Instance::ALL.len();
        assert!(
            (1..=most).contains(&instances),
            "a shop has 1 to {most} processes, not {instances}"
        );
        Setup { instances, ..self }
    }

    /// At these times a customer comes to the warehouse's own counter and wants one piece of the first article that it
    /// carries. The shop's messages do not affect that; its locks may.
    pub fn counter(self, times: impl IntoIterator<Item = Ms>) -> Setup {
        Setup {
            walk_ins: times.into_iter().collect(),
            ..self
        }
    }

    /// These faults happen in this world, in addition to its schedule's. They are part of the story.
    ///
    /// # Panics
    /// If the schedule cannot be read.
    pub fn given(self, schedule: &str) -> Setup {
        let given = schedule.parse();
        Setup {
            given: given.unwrap_or_else(|error| panic!("{error}")),
            ..self
        }
    }

    /// The terms by which this world is judged.
    pub fn terms(&self) -> Terms {
        Terms {
            settles_later: self.payment.settles_after.is_some(),
            called_off: self.undoes.is_some(),
            slowest: self.slowest(),
            outages: !self.outages.is_empty(),
            ..self.terms.clone()
        }
    }

    /// Adds a service to the lab's own. Each world begins with it in this state, and the shop gets its client by its
    /// type ([`Shop::client`]).
    ///
    /// If it is not valid, [`check`](Setup::check) says why.
    pub fn service<S: services::Service + Clone + Sync>(self, service: S) -> Setup {
        let declared = S::declared().and_then(|declared| {
            let mut others = self.services.iter();
            if others.any(|other| other.service == declared) {
                Err(format!("there are two services called `{declared}`"))
            } else {
                Ok(declared)
            }
        });
        match declared {
            Ok(declared) => {
                let brought = Brought {
                    service: declared,
                    begin: Arc::new(move || Box::new(service.clone())),
                };
                let others = self.services.iter().cloned();
                let services = others.chain([brought]).collect();
                Setup { services, ..self }
            }
            Err(slip) => Setup {
                slip: self.slip.or(Some(slip.into())),
                ..self
            },
        }
    }

    /// This must hold at the end of every world, besides what the lab checks by itself. Given the end of a world, the
    /// function says what is wrong, or `None`. Reports use this name, and a broken invariant is searched for and shrunk
    /// like any accident.
    ///
    /// ```
    /// # use lab::setup::Setup;
    /// use lab::judge::invariant::Wrong;
    ///
    /// let setup = Setup::new().invariant("two charges for one order", |end| {
    ///     let mut orders = end.submitted().into_iter();
    ///     let order = orders.find(|order| end.charges_of(order.name()).count() > 1)?;
    ///     Some(Wrong::expected(format!("one charge for {}", order.id)).knows("there are more"))
    /// });
    /// ```
    pub fn invariant(
        self,
        name: &str,
        holds: impl Fn(&Evidence) -> Option<Wrong> + Send + Sync + 'static,
    ) -> Setup {
        let others = self.invariants.iter().cloned();
        let invariants = others.chain([Invariant::new(name, holds)]).collect();
        Setup { invariants, ..self }
    }

    /// What plays in this world if this code runs in it.
    pub(crate) fn play(&self, code: Code) -> Play {
        let undoes = self.undoes;
        Play {
            customers: self.customers.clone(),
            latency: self.latency,
            seed: self.seed,
            begins_at: self.begins_at,
            horizon: self.horizon,
            until_served: self.until_served,
            webhooks: self.payment.settles_after.is_some() || self.payment.tells_of_refunds,
            restart: self.restart,
            instances: self.instances,
            start: Box::new(move |handle| code.start(Shop::new(handle, undoes))),
        }
    }

    /// How long a call takes on a calm day.
    pub fn usual_latency(&self) -> Ms {
        self.latency.usual()
    }

    /// How long a call without a fault may take, whatever the latencies.
    fn slowest(&self) -> Ms {
        let usual = self.latency.processing + self.latency.spread;
        let own = self.paces.iter();
        let own = own.map(|(_, pace)| pace.processing + pace.spread);
        self.latency.request + own.fold(usual, Ms::max) + self.latency.reply
    }
}

/// The text of a schema, leaked. Databases are kept from world to world, and found again by it.
fn kept(text: Cow<'static, str>) -> &'static str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => Name::new(&text).as_str(),
    }
}
