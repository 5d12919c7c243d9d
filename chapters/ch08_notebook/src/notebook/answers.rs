//! What stands in a notebook.

use super::question::Remote;
use saga_lab::language::message::{Charge, Key, Parcel, Reservation};
use saga_lab::language::order::{Failure, Order, Yen};
use saga_lab::language::time::Ms;
use saga_lab::shop::Shop;

/// A notebook, filled in.
#[allow(async_fn_in_trait)] // The lab runs it on one thread and needs no `Send` bound.
pub trait Notebook: 'static {
    /// Right after the order row was inserted, our database rolls back.
    const ORDER: Boundary;
    /// Right after the payment has succeeded, our database rolls back.
    const PAYMENT: Boundary;
    /// Right after the goods were reserved, our database rolls back.
    const INVENTORY: Boundary;
    /// The parcel is ordered, and then our database rolls back.
    const SHIPPING: Boundary;

    /// The payment succeeds, and we time out.
    const PAYMENT_TIMED_OUT: Prediction;
    /// The reservation succeeds, and no reply comes.
    const RESERVATION_UNANSWERED: Prediction;
    /// The shipping request is delivered twice.
    const SHIPPED_TWICE: Prediction;

    /// How long after a payment it can still be undone.
    const PAYMENT_UNTIL: Until;
    /// How long after a reservation it can still be undone.
    const INVENTORY_UNTIL: Until;
    /// How long after a parcel was ordered it can still be stopped.
    const SHIPPING_UNTIL: Until;

    /// Undoes a payment. Called again, and again, until it says [`Undo::Done`] or [`Undo::TooLate`]; an `Err`, or more
    /// than [five seconds](super::UNDO_PATIENCE), means: I do not know yet, ask me later.
    async fn undo_payment(shop: &Shop, paid: &Written<Charge>) -> Result<Undo, Failure>;

    /// Undoes a reservation, on the same terms.
    async fn undo_inventory(shop: &Shop, reserved: &Written<Reservation>) -> Result<Undo, Failure>;

    /// Undoes a parcel, on the same terms.
    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure>;
}

/// On which side of the border of our database a step lies, and what is left of it after a rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// Nothing written down yet.
    Unknown,
    /// A statement inside our own database.
    Inside {
        /// What the rollback leaves of this step.
        leaves: Left,
    },
    /// A service that has a ledger of its own.
    External {
        /// What the rollback leaves of this step.
        leaves: Left,
    },
}

/// What is left of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// So many rows of the order in our table `orders`.
    Rows(u32),
    /// So many yen that the payment provider keeps.
    Money(u64),
    /// So many books that the warehouse holds for the order.
    Books(u32),
    /// So many parcels on their way.
    Parcels(u32),
}

/// What our own table `orders` says of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OurBooks {
    /// Nothing written down yet.
    Unknown,
    /// There is no such order.
    NoOrder,
    /// It is neither confirmed nor cancelled.
    Open,
    /// It is confirmed.
    Confirmed,
    /// It is cancelled.
    Cancelled,
}

/// What the customer has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Customer {
    /// Nothing written down yet.
    Unknown,
    /// Still waiting.
    Waiting,
    /// An error page, which promises nothing.
    ErrorPage,
    /// "Thank you for your order."
    Confirmed,
    /// "We are on it."
    Pending,
    /// "We could not take your order."
    Cancelled,
}

/// What each side knows a minute after the order, and once more after an hour. `None` and `Unknown` mean: nothing
/// written down yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// Our side: the order, in our table.
    pub our_books: OurBooks,
    /// Our side: what we told the customer.
    pub customer: Customer,
    /// Their side: what the payment provider has taken for the order, and keeps.
    pub provider_keeps: Option<Yen>,
    /// Their side: how many books the warehouse holds for the order.
    pub books_held: Option<u32>,
    /// The same, after an hour in which nobody has done anything.
    pub books_held_in_an_hour: Option<u32>,
    /// Their side: how many parcels are on their way.
    pub parcels: Option<u32>,
    /// What diverges: who, after a minute, knows something else than our books lead us to believe.
    pub diverges: Option<&'static [Remote]>,
}

impl Prediction {
    /// An empty page.
    pub const UNKNOWN: Prediction = Prediction {
        our_books: OurBooks::Unknown,
        customer: Customer::Unknown,
        provider_keeps: None,
        books_held: None,
        books_held_in_an_hour: None,
        parcels: None,
        diverges: None,
    };
}

/// Until when a step can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Nothing written down yet.
    Unknown,
    /// There is no point of no return.
    AnyTime,
    /// Only within this time after it was done.
    Within(Ms),
}

/// What an undo has achieved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// It is as if the step had never happened, and it will not happen any more.
    Done,
    /// It can never be undone any more. The order has to go forward.
    TooLate,
}

/// What our books say of a step that has to be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// The order.
    pub order: Order,
    /// The key that the step was sent under. Written down before it was sent.
    pub key: Key,
    /// A second key, written down with the first, for whatever else needs one.
    pub undo_key: Key,
    /// What the service replied, if a reply was ever heard.
    pub reply: Option<T>,
}

/// The predictions of a notebook.
#[derive(Clone, Copy)]
pub struct Answers {
    pub(super) boundaries: [Boundary; 4],
    pub(super) failures: [Prediction; 3],
    pub(super) untils: [Until; 3],
}

impl Answers {
    pub(super) const fn of<N: Notebook>() -> Answers {
        Answers {
            boundaries: [N::ORDER, N::PAYMENT, N::INVENTORY, N::SHIPPING],
            failures: [
                N::PAYMENT_TIMED_OUT,
                N::RESERVATION_UNANSWERED,
                N::SHIPPED_TWICE,
            ],
            untils: [N::PAYMENT_UNTIL, N::INVENTORY_UNTIL, N::SHIPPING_UNTIL],
        }
    }
}
