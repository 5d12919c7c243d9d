//! The shop's process: it comes up, serves customers, runs its periodic job, dies and comes up again.
//!
//! A dying process is the hardest accident to imagine, and the easiest to get wrong in a lab: what is dropped still
//! runs its destructors, and what was spawned goes on. So death has an order here. First a fence: whatever the dead
//! process still does has no effect. Then open transactions are rolled back, and only then its memory is dropped.

use crate::engine::behalf::{AtWork, OnBehalf};
use crate::engine::network::{Access, Handle, Latency};
use crate::engine::pause;
use crate::engine::process::{Boxed, Process, RefundNews, Webhook};
use crate::engine::trace::{Event, Told};
use crate::engine::turn::{Served, in_line};
use crate::engine::world::World;
use crate::language::fault::{Death, DeliveryFault, Fault, JobFault, SubmissionFault};
use crate::language::instance::Instance;
use crate::language::message::{ChargeStatus, Notice, RefundStatus, Service};
use crate::language::name::Name;
use crate::language::order::{Answer, Failure, Order};
use crate::language::step::{RECOVER, SUBMIT};
use crate::language::time::Ms;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_local};

/// How long a dead process takes to come up again, unless the world says otherwise.
pub const RESTART: Ms = Ms::seconds(1);

/// How long a provider waits before it sends a rejected webhook again.
pub const WEBHOOK_AGAIN: Ms = Ms::minutes(1);

/// How often a provider sends a rejected webhook.
pub const WEBHOOK_ATTEMPTS: u32 = 5;

/// How long a webhook is held back at most if no later one comes to overtake it.
pub const OVERTAKEN_FOR: Ms = Ms::hours(1);

/// Who orders what, and when.
#[derive(Clone, Debug)]
pub(crate) enum Customers {
    /// Each at their own time.
    At(Vec<(Ms, Order)>),
    /// One after another: each orders when the one before has an answer.
    Queue(Vec<Order>),
}

impl Customers {
    pub(crate) fn count(&self) -> usize {
        match self {
            Customers::At(orders) => orders.len(),
            Customers::Queue(orders) => orders.len(),
        }
    }

    /// When the n-th of them comes, if the world fixes that.
    fn at(&self, n: usize) -> Ms {
        match self {
            Customers::At(orders) => orders[n].0,
            Customers::Queue(_) => Ms::ZERO,
        }
    }

    /// What the n-th of them orders.
    fn order(&self, n: usize) -> &Order {
        match self {
            Customers::At(orders) => &orders[n].1,
            Customers::Queue(orders) => &orders[n],
        }
    }
}

/// What plays in a world.
pub(crate) struct Play {
    pub(crate) customers: Arc<Customers>,
    pub(crate) latency: Latency,
    pub(crate) seed: u64,
    pub(crate) begins_at: Ms,
    pub(crate) horizon: Ms,
    /// Whether the world ends when everybody has been served, and not at the horizon.
    pub(crate) until_served: bool,
    /// Payments settle later, and webhooks tell of it.
    pub(crate) webhooks: bool,
    pub(crate) restart: Ms,
    /// How many processes there are on one database, each with its own job.
    pub(crate) instances: usize,
    /// Starts the process, with this access to the world.
    pub(crate) start: Box<dyn Fn(Handle) -> Rc<dyn Process>>,
}

/// The place of one process: whoever lives there now, and whom it serves.
#[derive(Default)]
struct Seat {
    flow: RefCell<Option<Rc<dyn Process>>>,
    served: Served,
}

/// Runs the process, or two of them, and brings it customers and webhooks.
pub(crate) struct Host {
    play: Play,
    world: Arc<World>,
    seats: [Seat; 2],
    opened: Cell<bool>,
    up: Notify,
    /// How many submissions and webhooks have come.
    come: Cell<usize>,
    held_back: Notify,
    customers_done: Notify,
}

impl Host {
    pub(crate) fn new(play: Play, world: Arc<World>) -> Rc<Host> {
        Rc::new(Host {
            play,
            world,
            seats: Default::default(),
            opened: Cell::new(false),
            up: Notify::new(),
            come: Cell::new(0),
            held_back: Notify::new(),
            customers_done: Notify::new(),
        })
    }

    /// Plays until the horizon, or until the order code has run over its budget.
    pub(crate) async fn play(self: Rc<Host>) {
        self.world.lock().to_come += 1;
        for process in self.processes() {
            spawn_local(self.clone().keep_running(*process));
        }
        spawn_local(self.clone().let_customers_in());
        if self.play.webhooks {
            spawn_local(self.clone().settle_and_tell());
        }
        let horizon = self.world.instant(self.play.horizon);
        let end = async {
            if self.play.until_served {
                self.customers_done.notified().await;
                while self.world.sim().under_way() {
                    tokio::time::sleep(Ms(50).duration()).await;
                }
                // The last webhook is on its way.
                if self.play.webhooks {
                    let reply = self.play.latency.reply + Ms(50);
                    tokio::time::sleep(reply.duration()).await;
                }
            } else {
                tokio::time::sleep_until(horizon).await;
            }
        };
        let leap = async {
            if self.play.until_served {
                std::future::pending().await
            } else {
                self.world.leap().await
            }
        };
        tokio::select! {
            biased;
            () = self.world.halted.notified() => {}
            () = self.world.end_pauses() => {}
            () = leap => {}
            () = end => {}
        }
    }

    fn processes(&self) -> &'static [Instance] {
        &Instance::ALL[..self.play.instances]
    }

    fn seat(&self, process: Instance) -> &Seat {
        &self.seats[process.index()]
    }

    fn handle(&self, instance: Instance, incarnation: u32) -> Handle {
        Handle::new(Access {
            world: self.world.clone(),
            instance,
            instances: self.play.instances,
            incarnation,
            latency: self.play.latency,
            seed: self.play.seed,
            customers: self.play.customers.count(),
            begins_at: self.play.begins_at,
        })
    }

    /// Starts the process, and starts it again whenever it has died.
    async fn keep_running(self: Rc<Host>, process: Instance) {
        let seat = self.seat(process);
        loop {
            let incarnation = {
                let mut sim = self.world.sim();
                let life = &mut sim.lives[process.index()];
                let incarnation = life.incarnation;
                life.up = true;
                sim.record_now(process.marks(RECOVER), Event::Started(incarnation + 1));
                incarnation
            };
            let handle = self.handle(process, incarnation);
            let flow = (self.play.start)(handle.clone());
            *seat.flow.borrow_mut() = Some(flow.clone());
            self.up.notify_waiters();
            let job = spawn_local(self.clone().run_periodically(flow, handle));
            self.world.crashed[process.index()].notified().await;
            // The fence has held since the crash; now drop what the dead process left behind.
            *seat.flow.borrow_mut() = None;
            job.abort();
            seat.served.cut_off();
            tokio::time::sleep(self.play.restart.duration()).await;
        }
    }

    /// A process that can take what comes now. Of two, they take turns, as behind a load balancer: one that is down is
    /// passed over, and one that stands still is not, since nobody notices.
    async fn whose_turn(&self) -> (Instance, Rc<dyn Process>) {
        let turn = self.come.get();
        self.come.set(turn + 1);
        loop {
            let processes = self.processes();
            for n in 0..processes.len() {
                let process = processes[(turn + n) % processes.len()];
                if let Some(flow) = self.seat(process).flow.borrow().clone() {
                    return (process, flow);
                }
            }
            self.up.notified().await;
        }
    }

    /// The process whose turn would be next.
    fn next_in_turn(&self) -> Instance {
        let processes = self.processes();
        processes[self.come.get() % processes.len()]
    }

    /// `recover` at once, and then 1, 2, 4, 8, … minutes after the start.
    async fn run_periodically(self: Rc<Host>, flow: Rc<dyn Process>, handle: Handle) {
        let start = self.world.now();
        let mut next = Ms::minutes(1);
        let process = handle.instance;
        let job = process.marks(RECOVER);
        loop {
            pause::over(process).await;
            let crash_after = {
                let mut sim = self.world.sim();
                let run = sim.recover_begins(process);
                let Some(reached) = handle.reach(&mut sim, job, Name::of("")) else {
                    return;
                };
                sim.record_now(job, Event::RecoverBegan(run));
                let suffers = reached.fault.and_then(Fault::at_a_run_of_the_job);
                suffers == Some(JobFault::Dies(Death::After))
            };
            let result = OnBehalf::of(job, flow.recover()).await;
            {
                let mut sim = self.world.sim();
                let (run, idle) = sim.recover_ends(process);
                let error = result.err().map(|failure| failure.0);
                let event = Event::RecoverEnded { run, idle, error };
                sim.record_now(job, event);
                if crash_after {
                    self.world.crash(&mut sim, process);
                    return;
                }
            }
            self.opened.set(true);
            self.world.ready.notify_waiters();
            while start + next < self.world.now() {
                next = next + next;
            }
            self.world.lock().activity.next_recover[process.index()] = start + next;
            tokio::time::sleep_until(self.world.instant(start + next)).await;
            next = next + next;
        }
    }

    async fn let_customers_in(self: Rc<Host>) {
        // The shop opens when its first periodic job is done, or turns out to be slow.
        if !self.opened.get() {
            let _ = tokio::time::timeout(Ms(1).duration(), self.world.ready.notified()).await;
        }
        match &*self.play.customers {
            Customers::Queue(orders) => {
                for n in 0..orders.len() {
                    self.clone().submit(n).await;
                }
            }
            Customers::At(orders) => {
                // The last one needs no task: nobody else is to run in between.
                let last = orders.len().saturating_sub(1);
                let others = (0..last).map(|n| spawn_local(self.clone().come(n)));
                let others: Vec<JoinHandle<()>> = others.collect();
                if !orders.is_empty() {
                    in_line().await;
                    self.clone().come(last).await;
                    in_line().await;
                }
                for customer in others {
                    let _ = customer.await;
                }
            }
        }
        self.world.lock().to_come -= 1;
        self.customers_done.notify_one();
    }

    /// A customer comes on time, and orders.
    async fn come(self: Rc<Host>, customer: usize) {
        let at = self.play.customers.at(customer);
        if at > Ms::ZERO {
            tokio::time::sleep_until(self.world.instant(at)).await;
        }
        self.submit(customer).await;
    }

    /// One submission, from the click to what the customer is told. Boxed, because a double click submits again.
    fn submit(self: Rc<Host>, customer: usize) -> Boxed<'static, ()> {
        Box::pin(async move {
            let order = self.play.customers.order(customer);
            let (process, flow) = self.whose_turn().await;
            let name = process.marks(order.name());
            let served = &self.seat(process).served;
            let (place, fault) = {
                let mut sim = self.world.sim();
                sim.submissions.push(crate::engine::record::Submission {
                    order: order.clone(),
                    at: None,
                    told: None,
                });
                let place = sim.submissions.len() - 1;
                let now = sim.now;
                let Some(reached) = self.world.reach(&mut sim, process, name, SUBMIT) else {
                    sim.submissions[place].told = Some((now, Told::ConnectionLost));
                    return;
                };
                sim.submissions[place].at = Some(now);
                sim.touch();
                sim.record(now, name, Event::Submitted);
                (place, reached.fault.and_then(Fault::at_a_submission))
            };
            let crash_after = fault == Some(SubmissionFault::Dies(Death::After));
            let (served, again) = match fault {
                Some(SubmissionFault::Dies(_) | SubmissionFault::Pauses) | None => {
                    let serving = served.serve_in_line(name, || flow.place_order(order));
                    (serving.await, None)
                }
                Some(SubmissionFault::HangsUp(span)) => {
                    let serving = self.serve_until_hung_up(span, place, process, &*flow);
                    match Box::pin(serving).await {
                        Hanging::On(served) => (served, None),
                        Hanging::Up => return,
                    }
                }
                Some(SubmissionFault::Twice(span)) => {
                    // Of two clicks in the same millisecond the first is served first. The second is on its way
                    // already, so the two take turns, statement by statement.
                    let on_its_way = (span == Ms::ZERO).then(AtWork::begin);
                    let (host, life) = (self.clone(), served.life());
                    let serving = spawn_local(async move {
                        let order = host.play.customers.order(customer);
                        let code = || flow.place_order(order);
                        let served = &host.seat(process).served;
                        served.serve(life, name, code, || true).await
                    });
                    let host = self.clone();
                    let again = spawn_local(async move {
                        tokio::time::sleep(span.duration()).await;
                        host.submit(customer).await;
                        drop(on_its_way);
                    });
                    (serving.await.ok().flatten(), Some(again))
                }
            };
            let told = match served {
                Some(Ok(answer)) => Told::Answer(answer),
                Some(Err(failure)) => Told::ErrorPage(failure.0),
                None => Told::ConnectionLost,
            };
            {
                let mut sim = self.world.sim();
                let now = sim.now;
                sim.touch();
                sim.submissions[place].told = Some((now, told.clone()));
                let answered = told != Told::ConnectionLost;
                sim.record(now, name, Event::Told(told));
                if crash_after && answered {
                    self.world.crash(&mut sim, process);
                }
            }
            if let Some(again) = again {
                let _ = again.await;
            }
        })
    }

    /// Serves a customer who hangs up after this span, unless there was an answer before.
    async fn serve_until_hung_up(
        &self,
        span: Ms,
        place: usize,
        process: Instance,
        flow: &dyn Process,
    ) -> Hanging<Option<Result<Answer, Failure>>> {
        let (order, gone_at) = {
            let sim = self.world.lock();
            (sim.submissions[place].order.clone(), sim.now + span)
        };
        let name = process.marks(order.name());
        let hung_up = Cell::new(false);
        let hangs_up = || {
            hung_up.set(true);
            let mut sim = self.world.sim();
            let now = sim.now;
            sim.touch();
            sim.submissions[place].told = Some((now, Told::HungUp));
            sim.record(now, name, Event::Told(Told::HungUp));
        };
        let gone_at = self.world.instant(gone_at);
        let code = || flow.place_order(&order);
        let served = &self.seat(process).served;
        let serving = served.serve_until(gone_at, name, code, hangs_up);
        let served = serving.await;
        if hung_up.get() {
            Hanging::Up
        } else {
            Hanging::On(served)
        }
    }

    /// The payment provider reports what has settled.
    async fn settle_and_tell(self: Rc<Host>) {
        loop {
            let settled = std::mem::take(&mut self.world.sim().settled);
            for notice in settled {
                self.clone().send_webhook(&notice);
            }
            let next = self.world.lock().next_due();
            let moved = self.world.in_motion.notified();
            match next {
                Some(at) => {
                    let _ = tokio::time::timeout_at(self.world.instant(at), moved).await;
                }
                None => moved.await,
            }
        }
    }

    fn send_webhook(self: Rc<Host>, notice: &Notice) {
        let what = Name::of(match notice {
            Notice::Charge(charge) if charge.status == ChargeStatus::Captured => "webhook.captured",
            Notice::Charge(_) => "webhook.declined",
            Notice::Refund(refund) if refund.status == RefundStatus::Failed => {
                "webhook.refund_failed"
            }
            Notice::Refund(_) => "webhook.refunded",
        });
        let actor = notice.order();
        let fault = {
            let mut sim = self.world.sim();
            let now = sim.now;
            let (_, fault) = sim.ask(now, actor, what);
            if fault == Some(Fault::CrashBefore) {
                self.world.crash(&mut sim, self.next_in_turn());
            }
            let reply = self.play.latency.reply;
            let fault = fault.and_then(Fault::at_a_delivery);
            let arrives_at = match fault {
                Some(DeliveryFault::Lost) => None,
                Some(DeliveryFault::Late(span)) => Some(now + reply + span),
                // When this one arrives is known only later: after the next.
                Some(DeliveryFault::Overtakes) => None,
                Some(DeliveryFault::Twice(_) | DeliveryFault::Dies(_)) | None => Some(now + reply),
            };
            let event = Event::WebhookSent {
                service: Service::Payment,
                notice: notice.clone(),
                arrives_at,
            };
            sim.record(now, actor, event);
            fault
        };
        let usual = self.play.latency.reply;
        let deliveries: Vec<Ms> = match fault {
            Some(DeliveryFault::Lost) => vec![],
            Some(DeliveryFault::Late(span)) => vec![usual + span],
            Some(DeliveryFault::Twice(span)) => vec![usual, usual + span],
            Some(DeliveryFault::Overtakes | DeliveryFault::Dies(_)) | None => vec![usual],
        };
        for after in deliveries {
            let (host, notice) = (self.clone(), notice.clone());
            self.world.lock().to_come += 1;
            spawn_local(async move {
                if fault == Some(DeliveryFault::Overtakes) {
                    let next = host.held_back.notified();
                    let _ = tokio::time::timeout(OVERTAKEN_FOR.duration(), next).await;
                }
                tokio::time::sleep(after.duration()).await;
                let crash_after = fault == Some(DeliveryFault::Dies(Death::After));
                host.deliver(notice, crash_after).await;
                host.world.lock().to_come -= 1;
                if fault != Some(DeliveryFault::Overtakes) {
                    host.held_back.notify_waiters();
                }
            });
        }
    }

    /// Delivers a webhook until it is accepted, or the provider gives up.
    async fn deliver(&self, notice: Notice, crash_after: bool) {
        let actor = notice.order();
        let news = News::of(&notice);
        for _ in 0..WEBHOOK_ATTEMPTS {
            let (process, flow) = self.whose_turn().await;
            {
                let mut sim = self.world.sim();
                sim.touch();
                let event = Event::WebhookArrived {
                    service: Service::Payment,
                    notice: notice.clone(),
                };
                sim.record_now(actor, event);
            }
            let served = &self.seat(process).served;
            let serving = served.serve_in_line(process.marks(actor), || match &news {
                News::Charge(webhook) => flow.on_webhook(webhook),
                News::Refund(news) => flow.on_refund(news),
            });
            if matches!(serving.await, Some(Ok(()))) {
                if crash_after {
                    let mut sim = self.world.sim();
                    self.world.crash(&mut sim, process);
                }
                return;
            }
            tokio::time::sleep(WEBHOOK_AGAIN.duration()).await;
        }
    }
}

/// A customer who is on the line for as long as the answer takes, or is not.
enum Hanging<T> {
    On(T),
    Up,
}

/// A notice as the shop gets to see it.
enum News {
    Charge(Webhook),
    Refund(RefundNews),
}

impl News {
    fn of(notice: &Notice) -> News {
        match notice {
            Notice::Charge(charge) => News::Charge(Webhook {
                charge: charge.id.to_string(),
                order: charge.order.to_string(),
                amount: charge.amount,
                captured: charge.status == ChargeStatus::Captured,
            }),
            Notice::Refund(refund) => News::Refund(RefundNews {
                event: format!("evt_{}", refund.id),
                refund: refund.clone(),
            }),
        }
    }
}
