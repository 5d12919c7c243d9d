//! The questions of a notebook, and what a run of the flow has to say to each.

use super::answers::{Boundary, Customer, Left, OurBooks, Prediction};
use saga_lab::engine::trace::Told;
use saga_lab::flow::Code;
use saga_lab::judge::evidence::Evidence;
use saga_lab::language::message::Service;
use saga_lab::language::name::Name;
use saga_lab::language::order::{Answer, Order, Yen};
use saga_lab::language::schedule::Schedule;
use saga_lab::language::time::Ms;
use saga_lab::run::{Run, replay};
use saga_lab::setup::Setup;

/// A step of the flow *order → payment → inventory → shipping*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowStep {
    /// The row in our own table.
    Order,
    /// The charge.
    Payment,
    /// The reservation.
    Inventory,
    /// The parcel.
    Shipping,
}

impl FlowStep {
    /// In the order of the flow.
    pub const ALL: [FlowStep; 4] = [
        FlowStep::Order,
        FlowStep::Payment,
        FlowStep::Inventory,
        FlowStep::Shipping,
    ];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            FlowStep::Order => "order",
            FlowStep::Payment => "payment",
            FlowStep::Inventory => "inventory",
            FlowStep::Shipping => "shipping",
        }
    }

    /// What makes our database roll back right after this step: whatever comes next fails.
    pub(super) fn schedule(self) -> &'static str {
        match self {
            FlowStep::Order => "order1/payment.charge#1: refused",
            FlowStep::Payment => "order1/inventory.reserve#1: refused",
            FlowStep::Inventory => "order1/shipping.request#1: refused",
            FlowStep::Shipping => "order1/db.commit#1: fails",
        }
    }
}

/// A step that lies beyond our database, so that no rollback takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remote {
    /// The charge.
    Payment,
    /// The reservation, and its confirmation.
    Inventory,
    /// The parcel.
    Shipping,
}

impl Remote {
    /// In the order of the flow.
    pub const ALL: [Remote; 3] = [Remote::Payment, Remote::Inventory, Remote::Shipping];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Remote::Payment => "payment",
            Remote::Inventory => "inventory",
            Remote::Shipping => "shipping",
        }
    }

    /// Who keeps this step's ledger.
    pub const fn service(self) -> Service {
        match self {
            Remote::Payment => Service::Payment,
            Remote::Inventory => Service::Inventory,
            Remote::Shipping => Service::Shipping,
        }
    }

    /// The step whose ledger this service keeps, if it is one of them.
    pub(super) fn of(service: Service) -> Option<Remote> {
        Remote::ALL
            .into_iter()
            .find(|step| step.service() == service)
    }

    /// Of the steps, this one and no other.
    pub(super) const fn alone(self) -> &'static [Service] {
        match self {
            Remote::Payment => &[Service::Payment],
            Remote::Inventory => &[Service::Inventory],
            Remote::Shipping => &[Service::Shipping],
        }
    }
}

/// Something that goes wrong in the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// The payment succeeds, and we time out.
    PaymentTimedOut,
    /// The reservation succeeds, and no reply comes.
    ReservationUnanswered,
    /// The shipping request is delivered twice.
    ShippedTwice,
}

impl Mishap {
    /// In the order of the flow.
    pub const ALL: [Mishap; 3] = [
        Mishap::PaymentTimedOut,
        Mishap::ReservationUnanswered,
        Mishap::ShippedTwice,
    ];

    pub(super) fn schedule(self) -> &'static str {
        match self {
            Mishap::PaymentTimedOut => "order1/payment.charge#1: reply late 1500ms",
            Mishap::ReservationUnanswered => "order1/inventory.reserve#1: reply lost",
            Mishap::ShippedTwice => "order1/shipping.request#1: request twice after 300ms",
        }
    }
}

/// When what each side knows is compared for the first time: by then every message has arrived.
const A_MINUTE: Ms = Ms::minutes(1);

/// And for the second time: by then a reservation that nobody has confirmed is gone.
const AN_HOUR: Ms = Ms::hours(1);

/// The run of a question: the flow, in the chapter's usual world, up to a minute after the order.
pub(super) fn run(setup: &Setup, code: Code, schedule: &Schedule) -> Run {
    replay(&setup.clone().horizon(A_MINUTE), code, schedule)
}

/// What a rollback right after this step has left of it.
pub(super) fn boundary(evidence: &Evidence, step: FlowStep) -> Boundary {
    let sides = Sides::of(evidence);
    let (leaves, nothing) = match step {
        FlowStep::Order => (Left::Rows(sides.rows), sides.rows == 0),
        FlowStep::Payment => (Left::Money(sides.keeps.0), sides.keeps == Yen(0)),
        FlowStep::Inventory => (Left::Books(sides.held), sides.held == 0),
        FlowStep::Shipping => (Left::Parcels(sides.parcels), sides.parcels == 0),
    };
    if nothing {
        Boundary::Inside { leaves }
    } else {
        Boundary::External { leaves }
    }
}

/// What each side knows after a minute, and after an hour.
pub(super) fn knowledge(
    setup: &Setup,
    code: Code,
    schedule: &Schedule,
    evidence: &Evidence,
) -> Prediction {
    let later = replay(&setup.clone().horizon(AN_HOUR), code, schedule).evidence;
    let sides = Sides::of(evidence);
    Prediction {
        our_books: sides.books,
        customer: customer(evidence),
        provider_keeps: Some(sides.keeps),
        books_held: Some(sides.held),
        books_held_in_an_hour: Some(Sides::of(&later).held),
        parcels: Some(sides.parcels),
        diverges: Some(sides.divergence(evidence.submitted().first().copied())),
    }
}

/// The order as each side has it.
struct Sides {
    books: OurBooks,
    rows: u32,
    keeps: Yen,
    held: u32,
    parcels: u32,
}

impl Sides {
    fn of(evidence: &Evidence) -> Sides {
        let order = evidence.submitted().first().map(|order| order.name());
        let order = order.unwrap_or(Name::of(""));
        let rows = evidence.orders.iter().filter(|row| row.id == order).count();
        let taken = evidence.stock.iter();
        let held: i64 = taken.map(|record| record.at_first - record.free).sum();
        Sides {
            books: match evidence.status(order) {
                None => OurBooks::NoOrder,
                Some("confirmed") => OurBooks::Confirmed,
                Some("cancelled") => OurBooks::Cancelled,
                Some(_) => OurBooks::Open,
            },
            rows: rows as u32,
            keeps: evidence.kept(order),
            held: u32::try_from(held).unwrap_or(0),
            parcels: evidence.parcels_of(order).count() as u32,
        }
    }

    /// Which services know something else than a shop with these books expects them to.
    fn divergence(&self, order: Option<&Order>) -> &'static [Remote] {
        use Remote::{Inventory, Payment, Shipping};
        let (keeps, held, parcels) = match (self.books, order) {
            (OurBooks::Confirmed, Some(order)) => (order.amount, order.quantity, 1),
            _ => (Yen(0), 0, 0),
        };
        match (
            self.keeps != keeps,
            self.held != held,
            self.parcels != parcels,
        ) {
            (false, false, false) => &[],
            (true, false, false) => &[Payment],
            (false, true, false) => &[Inventory],
            (false, false, true) => &[Shipping],
            (true, true, false) => &[Payment, Inventory],
            (true, false, true) => &[Payment, Shipping],
            (false, true, true) => &[Inventory, Shipping],
            (true, true, true) => &[Payment, Inventory, Shipping],
        }
    }
}

fn customer(evidence: &Evidence) -> Customer {
    let first = evidence.submissions.first();
    match first.and_then(|submission| submission.told.as_ref()) {
        None => Customer::Waiting,
        Some((_, Told::Answer(Answer::Confirmed))) => Customer::Confirmed,
        Some((_, Told::Answer(Answer::Pending))) => Customer::Pending,
        Some((_, Told::Answer(Answer::Cancelled))) => Customer::Cancelled,
        Some((_, Told::ErrorPage(_) | Told::ConnectionLost | Told::HungUp)) => Customer::ErrorPage,
    }
}
