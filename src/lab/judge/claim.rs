//! What a finding is made of: what would have been right, and what each side believes. Facts, not sentences: the
//! catalogue in `tell` says them in every language.

use crate::engine::trace::Told;
use crate::language::message::{ChargeStatus, Service};
use crate::language::name::Name;
use crate::language::order::{Answer, Order, Yen};
use crate::language::time::Ms;
use crate::services::record::ReservationStatus;
use crate::two_phase::record::Outcome;

/// What would have been right. Each speaks of one order, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "what the fields are, the line above them says")]
pub enum Expected {
    /// An order and its money, or neither.
    PaidOrCancelled { order: Name },
    /// An order and its money, or neither; of what was taken, so much is owed back if it is cancelled.
    PaidOrGivenBack { order: Name, taken: Yen, owed: Yen },
    /// A confirmed order is paid.
    ConfirmedAndPaid { order: Name, amount: Yen },
    /// The money comes before the confirmation.
    PaidBeforeConfirmed { order: Name, amount: Yen },
    /// The money is taken once.
    ChargedOnce { order: Name, amount: Yen },
    /// No refund of what never came in.
    NoMoreBackThanIn,
    /// What is owed to go back goes back once.
    GoesBackOnce { order: Name, amount: Yen },
    /// Every order in the books has a customer.
    OrderedBySomebody,
    /// Every order in the books has a customer who pays.
    OrderedBySomebodyWhoPays,
    /// Nothing is sent that nobody pays.
    NoParcelUnpaid { order: Name },
    /// One parcel at most.
    OneParcel { order: Name },
    /// All rows of an order, or none.
    HistoryToo { order: Name },
    /// All rows of an order at the same time.
    WholeAtOnce { order: Name },
    /// The stock adds up with the orders.
    SoldIsGone { sku: Name },
    /// A customer who hears "cancelled" has not paid.
    CancelledIsUnpaid { order: Name, from: Ms },
    /// A customer who hears "cancelled" has paid no more than the fee.
    CancelledCostsTheFee { order: Name, from: Ms, fee: Yen },
    /// A customer who hears "confirmed" has paid.
    ConfirmedIsPaid { order: Name, amount: Yen, at: Ms },
    /// A customer who hears "confirmed" has a parcel coming.
    ConfirmedIsSent { order: Name, at: Ms },
    /// A customer who hears "cancelled" gets no parcel.
    CancelledIsNotSent { order: Name, from: Ms },
    /// An order whose customer hears "pending" is remembered.
    PendingIsRemembered { order: Name, at: Ms },
    /// A final status stays.
    Stays {
        order: Name,
        status: String,
        from: Ms,
    },
    /// The same question gets the same answer.
    SameAnswer { order: Name },
    /// The customer was told "cancelled".
    StaysCancelled { order: Name },
    /// The customer was told "confirmed", and so it ends.
    EndsConfirmed { order: Name },
    /// The customer was told "confirmed", and so it is.
    ConfirmedAsTold { order: Name },
    /// What is cancelled is not sent.
    CancelledWithoutParcel { order: Name },
    /// A service's no is the last word.
    NoIsFinal { of: Service, order: Name },
    /// The customer hears something.
    Answered { order: Name },
    /// It comes to an end.
    Ends { order: Name },
    /// On a calm day the customer hears something soon.
    AnsweredWithin { order: Name, limit: Ms },
    /// It suffered no fault, so it is confirmed at once.
    ConfirmedAtOnce { order: Name },
    /// It suffered no fault, so it is confirmed.
    ConfirmedUnharmed { order: Name },
    /// A customer who cannot be served is told so.
    ToldItCannotBe { order: Name },
    /// A confirmed order has its parcel.
    ConfirmedAndSent { order: Name },
    /// What is called off in time is stopped.
    StoppedInTime { order: Name },
    /// Nobody waits long for a stranger's lock.
    WaitsLess { order: Name, limit: Ms },
    /// Nobody waits for anything but their own calls.
    OwnWaitsOnly { order: Name },
    /// Nobody is put off because somebody else holds the database.
    NotPutOff { order: Name, holder: Name },
    /// Nobody is turned away because somebody else holds a row.
    NotTurnedAway { order: Name, holder: Name },
    /// A participant learns how the transaction ends.
    HearsTheEnd {
        participant: Name,
        transaction: Name,
    },
    /// A participant that can be reached learns how it ends.
    HearsInTime {
        participant: Name,
        transaction: Name,
    },
    /// A transaction has one end.
    EndsAlike { transaction: Name },
    /// A second delivery changes nothing.
    EndsAsOnce { order: Name },
}

/// What somebody believes: the shop, or somebody who knows better.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "what the fields are, the line above them says")]
pub enum Claim {
    /// What the books say of an order; `None` if they do not know it.
    Stands { order: Name, status: Option<String> },
    /// What its customer was told; `None` if the customer still waits.
    Told(Option<Told>),
    /// What its customer was told again and again.
    ToldOften { told: Told, times: usize },
    /// What has become of a charge.
    Charge {
        order: Name,
        id: Name,
        amount: Yen,
        status: ChargeStatus,
        refunded: Yen,
    },
    /// There is no charge.
    NeverCharged { order: Name },
    /// Whether the order has a line in the history.
    InHistory { order: Name, is_there: bool },
    /// A line in the history without its order.
    HistoryKnows { order: Name },
    /// What has become of a reservation.
    Reservation {
        order: Name,
        id: Name,
        quantity: u32,
        sku: Name,
        status: ReservationStatus,
    },
    /// A parcel is on its way.
    Parcel { order: Name, id: Name },
    /// None is.
    NoParcel { order: Name },
    /// A line in the ledger of a service that the setup adds, in that service's own words.
    Ledger { service: Name, line: String },
    /// How a transaction ended for a participant, and which row it keeps locked.
    Participant {
        participant: Name,
        what: Name,
        outcome: Outcome,
        row: Option<Name>,
    },
    /// A transaction is over.
    Over { transaction: Name },
    /// A participant was in doubt for so long.
    WasInDoubt {
        participant: Name,
        from: Ms,
        until: Ms,
    },
    /// An order without a customer.
    OrderedByNobody { order: Name },
    /// What stood in the books; `None` if the row was gone.
    Stood {
        order: Name,
        status: Option<String>,
        at: Ms,
    },
    /// The other rows of the order came later.
    RestCame { at: Ms },
    /// The order was taken back, and the other rows had not come.
    RestHadNotCome { by: Ms },
    /// So many are sold.
    Sold { sku: Name, count: i64 },
    /// So many are gone from the stock; if less than none, there are too many.
    Gone { sku: Name, count: i64 },
    /// So much was paid by then.
    PaidByThen { amount: Yen },
    /// So much was held at that time.
    Held { order: Name, amount: Yen, at: Ms },
    /// Every refund was in order.
    RefundsInOrder,
    /// So much too much was refunded.
    TooMuchBack { amount: Yen },
    /// So much went back for an order, in so many parts.
    WentBack {
        order: Name,
        amount: Yen,
        times: usize,
    },
    /// What the customer of an order was told at that time.
    CustomerTold { order: Name, answer: Answer, at: Ms },
    /// What the customer was told at that time.
    ToldAt { answer: Answer, at: Ms },
    /// No parcel was on its way by then.
    NoParcelByThen { order: Name },
    /// A parcel was on its way at that time.
    ParcelThen { id: Name },
    /// A parcel was asked for at that time.
    ParcelRequested { id: Name, at: Ms },
    /// The books knew nothing of the order at that time.
    NoRow { order: Name, at: Ms },
    /// The shop heard a no.
    HeardNo { order: Name, at: Ms },
    /// A lock is held for safety's sake.
    HoldsForSafety { holder: Name },
    /// Somebody waited this long for it.
    WaitedForLock { order: Name, waited: Ms },
    /// No fault struck this order.
    NothingWentWrong { order: Name },
    /// Its customer was kept waiting this long.
    KeptWaiting { order: Name, waited: Ms },
    /// It found the database locked.
    FoundLocked { order: Name, holder: Name, at: Ms },
    /// It did not get the row that another had locked.
    RowKept {
        order: Name,
        holder: Name,
        row: Name,
        participant: Name,
    },
    /// How an order ended that was delivered more than once.
    Ended { order: Name, answer: String },
    /// How it ends when it is delivered once.
    EndsOnce { answer: String },
}

/// Whose claims they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The shop.
    Shop,
    /// The provider that was called.
    Provider,
    /// Anybody else involved.
    Others,
    /// The tables of a shop that calls nobody.
    Tables,
}

impl Claim {
    /// The claim without what only this order has: its name, and the numbers of its charges, reservations and parcels.
    pub fn of_anybody(&self) -> Claim {
        let mut claim = self.clone();
        let nobody = Name::of("");
        match &mut claim {
            Claim::Charge { order, id, .. }
            | Claim::Reservation { order, id, .. }
            | Claim::Parcel { order, id } => (*order, *id) = (nobody, nobody),
            Claim::Participant { what, row, .. } => {
                // A row named after the order belongs to it as much as the order's own row.
                let own = row.filter(|row| {
                    row == what || Order::whose_customer(row.as_str()) == Some(what.as_str())
                });
                if own.is_some() {
                    *row = Some(nobody);
                }
                *what = nobody;
            }
            Claim::Stands { order, .. }
            | Claim::NeverCharged { order }
            | Claim::InHistory { order, .. }
            | Claim::HistoryKnows { order }
            | Claim::NoParcel { order }
            | Claim::OrderedByNobody { order }
            | Claim::Stood { order, .. }
            | Claim::Held { order, .. }
            | Claim::WentBack { order, .. }
            | Claim::CustomerTold { order, .. }
            | Claim::NoParcelByThen { order }
            | Claim::NoRow { order, .. }
            | Claim::HeardNo { order, .. }
            | Claim::WaitedForLock { order, .. }
            | Claim::NothingWentWrong { order }
            | Claim::KeptWaiting { order, .. }
            | Claim::FoundLocked { order, .. }
            | Claim::RowKept { order, .. }
            | Claim::Ended { order, .. } => *order = nobody,
            Claim::ParcelThen { id } | Claim::ParcelRequested { id, .. } => *id = nobody,
            Claim::Told(_)
            | Claim::ToldOften { .. }
            | Claim::Ledger { .. }
            | Claim::Over { .. }
            | Claim::WasInDoubt { .. }
            | Claim::RestCame { .. }
            | Claim::RestHadNotCome { .. }
            | Claim::Sold { .. }
            | Claim::Gone { .. }
            | Claim::PaidByThen { .. }
            | Claim::RefundsInOrder
            | Claim::TooMuchBack { .. }
            | Claim::ToldAt { .. }
            | Claim::HoldsForSafety { .. }
            | Claim::EndsOnce { .. } => {}
        }
        claim
    }
}
