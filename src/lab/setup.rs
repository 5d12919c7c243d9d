//! Worlds: one run of the order code, from the first customer to the horizon.
//!
//! A world is a pure function of the code, the schedule and the seed. Each gets a fresh runtime with a paused
//! clock, which takes about 2 µs; the clock jumps to the next timer whenever every task waits.

use crate::db::{Database, Storage};
use crate::engine::behalf::{POLL_BUDGET, take_polls};
use crate::engine::host::{Customers, Host, Play, RESTART};
use crate::engine::network::{Latency, Outage, Pace};
use crate::engine::oracle::{Given, Oracle, Replay};
use crate::engine::sim::{Asked, Heard, RecoverRun, Sim, Tick};
use crate::engine::store::Store;
use crate::engine::trace::{CallId, Entry};
use crate::engine::world::World;
use crate::flow::Code;
use crate::judge::evidence::Evidence;
use crate::language::fault::Fault;
use crate::language::message::Service;
use crate::language::name::Name;
use crate::language::order::{Order, Yen};
use crate::language::schedule::Schedule;
use crate::language::time::{HORIZON, Ms};
use crate::providers::{Providers, Shelves, lapses_at};
use crate::services::{PaymentRules, REMEMBERED};
use crate::shop::{Plan, Shop};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a world begins with: the shop, its customers and the services around it.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) schema: Option<&'static str>,
    pub(crate) storage: Storage,
    pub(crate) customers: Arc<Customers>,
    pub(crate) latency: Latency,
    pub(crate) payment: PaymentRules,
    pub(crate) stock: Arc<[(Name, u32)]>,
    pub(crate) horizon: Ms,
    pub(crate) keys_last: Ms,
    pub(crate) seed: u64,
    pub(crate) real_time: bool,
    pub(crate) listener: Option<fn(&Entry)>,
    pub(crate) paid_by_card: bool,
    pub(crate) strangers: Option<Ms>,
    pub(crate) ships: bool,
    pub(crate) outages: Arc<[Outage]>,
    pub(crate) paces: [Option<Pace>; 4],
    pub(crate) begins_at: Ms,
    pub(crate) restart: Ms,
    pub(crate) walk_ins: Arc<[Ms]>,
    pub(crate) given: Schedule,
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
            seed: 0,
            real_time: false,
            listener: None,
            paid_by_card: true,
            strangers: None,
            ships: false,
            outages: Arc::new([]),
            paces: [None; 4],
            begins_at: Ms::ZERO,
            restart: RESTART,
            walk_ins: Arc::new([]),
            given: Schedule::CALM,
            undoes: None,
            name: None,
            suffers: |_| true,
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
    pub fn schema(self, schema: &'static str) -> Setup {
        Setup {
            schema: Some(schema),
            ..self
        }
    }

    /// Where the shop's database lies.
    pub fn storage(self, storage: Storage) -> Setup {
        Setup { storage, ..self }
    }

    /// These customers, each at a time of its own (virtual ms).
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

    /// How long this one service takes over a request: at least, and up to how much more. It replaces what
    /// [`latency`](Setup::latency) says of processing; the way there and back stays the same.
    pub fn takes(self, service: Service, processing: Ms, spread: Ms) -> Setup {
        let mut paces = self.paces;
        paces[service as usize] = Some(Pace { processing, spread });
        Setup { paces, ..self }
    }

    /// The time of day at which the world begins: every time that order code gets to see counts from there. Schedules,
    /// traces and the times of this setup count from the beginning of the world.
    pub fn begins_at(self, begins_at: Ms) -> Setup {
        Setup { begins_at, ..self }
    }

    /// How the payment provider settles and names its charges. Where it [settles
    /// later](PaymentRules::settles_after), a customer need not be told "confirmed" at once on a calm day:
    /// "pending" is right, too, if the books say confirmed in the end.
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

    /// What latencies are drawn from.
    pub fn seed(self, seed: u64) -> Setup {
        Setup { seed, ..self }
    }

    /// Runs on the real clock, and ends when every customer has an answer and no message is under way.
    pub fn real_time(self, real_time: bool) -> Setup {
        Setup { real_time, ..self }
    }

    /// Calls this with every line of the trace as it is written: how one follows a world in [real
    /// time](Setup::real_time). What a service is busy with for a while is written when it begins, with the time at which it is done.
    pub fn heard_by(self, listener: fn(&Entry)) -> Setup {
        Setup {
            listener: Some(listener),
            ..self
        }
    }

    /// Names a world that is not the usual one of its chapter: `two-customers`.
    pub fn called(self, name: &'static str) -> Setup {
        Setup {
            name: Some(name),
            ..self
        }
    }

    /// Only these faults can happen in this world: the search and the dice try no others. A schedule that somebody
    /// writes down is played as it stands, whatever is in it. Without this, every fault can happen.
    pub fn suffers(self, suffers: fn(Fault) -> bool) -> Setup {
        Setup { suffers, ..self }
    }

    /// The orders of this shop cost nothing to confirm: nobody is asked for money.
    pub fn without_payment(self) -> Setup {
        Setup {
            paid_by_card: false,
            ..self
        }
    }

    /// These customers are strangers to each other. Whom nothing befalls, and for whom there is enough in the
    /// shop's own stock, is confirmed, and soon. An unpaid order may keep goods from the others for this long.
    pub fn strangers(self, hold: Ms) -> Setup {
        Setup {
            strangers: Some(hold),
            ..self
        }
    }

    /// This shop sends what it sells: a confirmed order owes its customer one parcel, and no parcel leaves for
    /// an order that nobody pays for.
    pub fn ships(self) -> Setup {
        Setup {
            ships: true,
            ..self
        }
    }

    /// A service refuses every connection from one time until another, whatever else goes wrong. (A schedule's
    /// `down` begins at a step. This begins at a time, however the order code divides its work into steps.)
    pub fn outage(self, service: Service, from: Ms, until: Ms) -> Setup {
        let outage = Outage {
            service,
            from,
            until,
        };
        let outages = self.outages.iter().copied().chain([outage]).collect();
        Setup { outages, ..self }
    }

    /// Of every order only this step is done: without the payment nobody owes money, and without the shipping nobody waits
    /// for a parcel.
    pub fn only(self, step: Service) -> Setup {
        Setup {
            paid_by_card: step == Service::Payment,
            ships: step == Service::Shipping,
            ..self
        }
    }

    /// Every order of this world is called off again: this service's step is done, and from `after` on the shop undoes
    /// it, `times` times over. It need not be confirmed, and in the end nothing of it may be left.
    pub fn undone(self, step: Service, after: Ms, times: u32) -> Setup {
        let undoes = Some(Plan { step, after, times });
        Setup { undoes, ..self }
    }

    /// What [`called`](Setup::called) has named it.
    pub fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// What has to be undone of every order, if the orders of this world are [called off](Setup::undone).
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

    /// How long a dead process takes to come up again; [`RESTART`](crate::engine::host::RESTART) if nothing is said.
    pub fn restarts_after(self, restart: Ms) -> Setup {
        Setup { restart, ..self }
    }

    /// At these times a customer comes to the warehouse's own counter and wants one piece of the first thing that it
    /// carries. No message of the shop has to do with that; its locks may.
    pub fn counter(self, times: impl IntoIterator<Item = Ms>) -> Setup {
        Setup {
            walk_ins: times.into_iter().collect(),
            ..self
        }
    }

    /// These faults happen in this world, whatever else its schedule says. They are part of the story.
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

    /// What plays in this world, if this code runs in it.
    fn play(&self, code: Code) -> Play {
        let undoes = self.undoes;
        Play {
            customers: self.customers.clone(),
            latency: self.latency,
            seed: self.seed,
            begins_at: self.begins_at,
            horizon: self.horizon,
            real_time: self.real_time,
            settles_later: self.payment.settles_after.is_some(),
            restart: self.restart,
            start: Box::new(move |handle| code.start(Shop::new(handle, undoes))),
        }
    }

    /// How long a call takes on a calm day.
    pub fn usual_latency(&self) -> Ms {
        self.latency.usual()
    }

    /// How long a call may take, whatever is drawn, if no fault strikes it.
    fn slowest(&self) -> Ms {
        let usual = self.latency.processing + self.latency.spread;
        let own = self.paces.iter().flatten();
        let own = own.map(|pace| pace.processing + pace.spread);
        self.latency.request + own.fold(usual, Ms::max) + self.latency.reply
    }
}

/// What a run leaves behind.
#[derive(Debug)]
pub struct Run {
    /// What all sides know.
    pub evidence: Evidence,
    /// The steps it reached, in order.
    pub asked: Vec<Asked>,
    /// How the runs of the periodic job went.
    pub recover_runs: Vec<RecoverRun>,
    /// How the ticks of background tasks went.
    pub ticks: Vec<Tick>,
    /// The calls that ticks have made to hear what they had heard before.
    pub(crate) vain_calls: BTreeSet<CallId>,
}

impl Run {
    /// The steps it reached, in order.
    pub fn steps(&self) -> Vec<crate::language::step::Step> {
        self.asked.iter().map(|asked| asked.step).collect()
    }

    /// Whether this step was part of a run of the periodic job, or of a tick of a background task, that found the world its
    /// predecessor had found and left it so. See [`crate::search::exhaustive`] for what follows from that.
    pub(crate) fn repeats(&self, asked: &Asked) -> bool {
        let in_run = asked.recover_run.map(|n| self.recover_runs[n as usize]);
        let in_tick = asked.tick.map(|n| self.ticks[n as usize]);
        in_run.is_some_and(|run| run.repeats) || in_tick.is_some_and(|tick| tick.repeats)
    }
}

/// Runs one world under this schedule.
pub fn replay(setup: &Setup, code: Code, schedule: &Schedule) -> Run {
    run(setup, code, Box::new(Replay::new(schedule.clone())))
}

/// Runs one world under this oracle.
///
/// # Panics
/// If the machine cannot give it a runtime, or the chapter's schema is not valid SQL.
pub fn run(setup: &Setup, code: Code, oracle: Box<dyn Oracle>) -> Run {
    let oracle = match setup.given.is_calm() {
        true => oracle,
        false => Box::new(Given::new(setup.given.clone(), oracle)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(!setup.real_time)
        .build()
        .unwrap_or_else(|error| panic!("cannot start a runtime: {error}"));
    take_polls();
    crate::engine::watchdog::world_begins();
    crate::engine::panics::begin();
    let world = runtime.block_on(async {
        let store = setup
            .schema
            .map(|schema| -> Box<dyn Store> { Box::new(Database::acquire(schema, setup.storage)) });
        let mut providers = Providers::new(setup);
        let alarms = setup.stock.first().map(|(sku, _)| {
            let counter = &mut providers.participants;
            counter.open_the_counter(*sku, &setup.walk_ins)
        });
        let mut sim = Sim::new(oracle, Box::new(providers), store);
        for (at, alarm) in alarms.into_iter().flatten() {
            sim.set_alarm(at, Box::new(alarm));
        }
        sim.listener = setup.listener;
        sim.outages = setup.outages.clone();
        sim.paces = setup.paces;
        sim.heard = Heard::nothing(setup.keys_last, lapses_at);
        sim.half_days = setup.horizon.0.div_ceil(HORIZON.0).max(1);
        (sim.keys, sim.transactions) = (setup.numbered_from, setup.numbered_from);
        let world = Arc::new(World::new(sim));
        let host = Host::new(setup.play(code), world.clone());
        let local = tokio::task::LocalSet::new();
        local.run_until(host.play()).await;
        // From here on nobody can reach the world any more: neither the tasks that still wait, nor their
        // drop guards.
        let now = world.now();
        let mut sim = world.lock();
        sim.catch_up(now.min(setup.horizon));
        sim.closed = true;
        drop(sim);
        world
    });
    drop(runtime);
    collect(setup, &world)
}

fn collect(setup: &Setup, world: &World) -> Run {
    let mut sim = world.lock();
    if sim.halt.is_none() && take_polls() > POLL_BUDGET {
        sim.halt = Some(crate::engine::record::Halt::NeverSettles {
            what: "turns on the processor",
            count: POLL_BUDGET,
        });
    }
    if let Some(panicked) = crate::engine::panics::take() {
        sim.halt = Some(panicked);
    }
    let ended_at = setup.horizon;
    let Providers {
        shelves: Shelves { payment, inventory },
        shipping,
        mut participants,
    } = Providers::taken_from(&mut sim);
    let vain_calls = sim.vain_calls();
    sim.leave_out_vain_look_ups();
    let mut trace = std::mem::take(&mut sim.trace);
    // Work that takes a service a while is recorded when it begins, with the time at which it is done.
    if !trace.entries.is_sorted_by_key(|entry| entry.at) {
        trace.entries.sort_by_key(|entry| entry.at);
    }
    let mut evidence = Evidence {
        submissions: std::mem::take(&mut sim.submissions),
        books: std::mem::take(&mut sim.books),
        charges: payment.records(),
        over_refunds: payment.over_refunds(),
        parcels: shipping.records(),
        reservations: inventory.records(ended_at),
        stock: inventory.stock(ended_at),
        lock_waits: std::mem::take(&mut sim.lock_waits),
        participations: participants.participations(),
        row_waits: std::mem::take(&mut participants.waits),
        walk_ins: std::mem::take(&mut participants.walk_ins),
        halt: sim.halt.take(),
        paid_by_card: setup.paid_by_card,
        settles_later: setup.payment.settles_after.is_some(),
        strangers: setup.strangers,
        ships: setup.ships,
        called_off: setup.undoes.is_some(),
        slowest: setup.slowest(),
        outages: !setup.outages.is_empty(),
        invalid_sql: sim.invalid_sql.take(),
        fired: Schedule::of(std::mem::take(&mut sim.fired)),
        ended_at,
        trace,
        ..Evidence::default()
    };
    if let Some(mut database) = Database::taken_from(&mut sim) {
        database.roll_back_all();
        evidence.keeps_orders = database.has_table("orders");
        let read = (|| -> rusqlite::Result<()> {
            if !(sim.orders_are_current && database.is_as_built()) {
                database.read_orders(&mut sim.orders)?;
            }
            evidence.orders = std::mem::take(&mut sim.orders);
            evidence.history = database.history()?;
            evidence.shop_stock = database.stock_then_and_now()?;
            Ok(())
        })();
        if let Err(error) = read {
            evidence
                .halt
                .get_or_insert(crate::engine::record::Halt::Panicked {
                    message: format!("the shop's books cannot be read any more: {error}"),
                    place: "the order code's SQL".to_owned(),
                });
        }
        database.keep();
    }
    evidence.orders.extend(participants.orders());
    Run {
        evidence,
        asked: std::mem::take(&mut sim.asked),
        recover_runs: std::mem::take(&mut sim.recover_runs),
        ticks: std::mem::take(&mut sim.ticks),
        vain_calls,
    }
}
