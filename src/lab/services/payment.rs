//! The payment provider.
//!
//! - *charge* moves the customer's money. Without a key, every execution is a charge of its own.
//! - *find* lists the charges of an order or of a key, in whatever state.
//! - *refund* gives part or all of a captured charge back, in as many parts as one likes, each under a key of its own; never
//!   more than is left of it. So it is at Stripe, where more is an error (<https://docs.stripe.com/refunds>,
//!   <https://docs.stripe.com/api/refunds/create>). Within what is left, the provider cannot know that a second refund was
//!   meant to be the first one again.
//! - *void* undoes the charge under a key, or makes sure that it never happens.
//! - *authorize* sets a card's money aside, and *capture* takes it: within [`AUTHORIZED_FOR`], or not at all.
//!
//! Keys follow the rules that all services share (`keys.rs`). A void consults the ledger and not the key alone,
//! so it still finds a charge whose key has been forgotten.
//!
//! If payments are asynchronous ([`PaymentRules::settles_after`]), a charge is only accepted at first, and captured or
//! declined later. Bank debits work like that: at Stripe it can take days to hear whether one succeeded
//! (<https://docs.stripe.com/payments/ach-direct-debit>).
//!
//! If refunds are asynchronous ([`PaymentRules::refunds`]), a refund is only accepted at first, too, and may fail later: the
//! account that it was for is closed, say. The money is then the provider's again, and the charge can be refunded anew
//! (<https://docs.stripe.com/refunds#failed-refunds>; in `payment.refund` the old key goes on giving its old answer).

mod ledger;

use super::{Executed, Service};
use crate::language::message::{
    self, CallError, Charge, ChargeStatus, Key, Manner, Refund, Reply, Request, operations_of,
};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;
use crate::services::keys::{Keys, key_of};
use crate::services::record::ChargeRecord;
use ledger::{Ledger, Line};

/// How long a card authorisation lasts: 7 virtual days. That is the window for a purchase on the web at Stripe
/// (<https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>); other card schemes and providers have others.
pub const AUTHORIZED_FOR: Ms = Ms::hours(7 * 24);

/// What a void can still do about money that has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Voids {
    /// Everything: what has moved comes back. Adyen offers this as a *reversal*, which cancels or refunds, whichever it takes
    /// (<https://docs.adyen.com/online-payments/reversal>).
    #[default]
    UntilTheEnd,
    /// Nothing: it is refused with [`TooLate`](CallError::TooLate), and leaves no tombstone. Who wants the money back looks the
    /// charge up and refunds it. That is how a *cancel* works at Adyen ("after a payment has been captured, you can no longer
    /// cancel it", <https://docs.adyen.com/online-payments/cancel>), and at Stripe, where what has succeeded is none of the
    /// states that can be canceled (<https://docs.stripe.com/api/payment_intents/cancel>).
    UntilCaptured,
}

/// Refunds that are accepted now, and succeed or fail later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundsSettle {
    /// How long after its execution, in virtual milliseconds.
    pub after: Ms,
    /// How many of the world's refunds, from the first one on, fail.
    pub failing: u32,
}

/// How this payment provider works. The default settles at once and numbers its charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PaymentRules {
    /// How long after its execution an accepted charge is settled, in virtual milliseconds; `None` if the money moves
    /// at once.
    pub settles_after: Option<Ms>,
    /// Whether a charge's id is made of its order and its time of execution in milliseconds (`pay_order1_300`) instead
    /// of a number (`pay_1`).
    pub named_ids: bool,
    /// How much a customer's account covers; `None` if it covers everything. A charge of more is declined: at once, or
    /// when it would settle.
    pub covers: Option<Yen>,
    /// What a void can still do about money that has moved.
    pub voids: Voids,
    /// Set if refunds are accepted first, and succeed or fail later; nothing if they succeed at once.
    pub refunds: Option<RefundsSettle>,
    /// Whether the shop is told by a webhook that a refund has succeeded or failed, as Stripe does by `refund.updated` and
    /// `refund.failed` (<https://docs.stripe.com/api/refunds>).
    pub tells_of_refunds: bool,
}

/// The payment provider and its ledger.
pub struct Payment {
    keys: Keys,
    ledger: Ledger,
}

impl Payment {
    /// A provider that has never charged anybody.
    pub fn new(rules: PaymentRules) -> Payment {
        Payment {
            keys: Keys::default(),
            ledger: Ledger {
                rules,
                lines: Vec::new(),
            },
        }
    }

    /// The same, with keys remembered for this long instead of [`REMEMBERED`](super::REMEMBERED).
    pub fn remembering(mut self, span: Ms) -> Payment {
        self.keys.remember_for(span);
        self
    }

    /// How it works.
    pub fn rules(&self) -> PaymentRules {
        self.ledger.rules
    }

    /// Debits an account on behalf of a transaction across services, at its commit.
    pub fn debit(&mut self, at: Ms, order: Name, amount: Yen, tx: &Key) {
        self.ledger.debit(at, order, amount, tx);
    }

    /// Whether a customer's account covers this.
    pub fn covers(&self, amount: Yen) -> bool {
        self.ledger.covers(amount)
    }

    /// When the next accepted charge or refund settles, if one is open.
    pub fn next_settlement(&self) -> Option<Ms> {
        let open = self.ledger.lines.iter();
        open.filter_map(Line::next_settlement).min()
    }

    /// Settles the refunds that are due, and returns them in the order in which they fell due: those of which it is news how they
    /// ended. A refund stays pending until this is called.
    pub fn settle_refunds(&mut self, now: Ms) -> Vec<Refund> {
        let lines = self.ledger.lines.iter_mut();
        let mut settled: Vec<(Ms, Refund)> = lines.flat_map(|it| it.settle_refunds(now)).collect();
        settled.sort_by_key(|(at, _)| *at);
        settled.into_iter().map(|(_, refund)| refund).collect()
    }

    /// Settles the accepted charges that are due, and returns them in the order in which they fell due. A
    /// charge stays accepted until this is called.
    pub fn settle(&mut self, now: Ms) -> Vec<Charge> {
        let mut settled = Vec::new();
        for line in &mut self.ledger.lines {
            if let Some(due) = line.settlement.take_if(|due| due.at <= now) {
                line.record.status = due.outcome;
                line.captured_at = (due.outcome == ChargeStatus::Captured).then_some(due.at);
                settled.push((due.at, line.seen(now)));
            }
        }
        settled.sort_by_key(|(at, _)| *at);
        settled.into_iter().map(|(_, charge)| charge).collect()
    }

    /// The ledger, in the order in which the requests arrived.
    pub fn records(&self) -> Vec<ChargeRecord> {
        let lines = self.ledger.lines.iter();
        lines.map(Line::recorded).collect()
    }

    /// The money that has been taken for this order by now and not been given back.
    pub fn kept(&self, order: Name, now: Ms) -> Yen {
        let lines = self.ledger.lines.iter();
        lines
            .filter(|line| line.record.order == order && line.record.at <= now)
            .map(|line| line.seen(now))
            .filter(|charge| charge.status == ChargeStatus::Captured)
            .map(|charge| charge.amount - charge.refunded)
            .sum()
    }

    /// How many yen were refunded beyond what had been captured. Zero, unless this provider has a bug.
    pub fn over_refunds(&self) -> Yen {
        let lines = self.ledger.lines.iter();
        lines
            .map(|line| line.record.refunded - line.record.amount)
            .sum()
    }
}

impl Service for Payment {
    const NAME: &'static str = "payment";
    type Request = Request;
    type Reply = Reply;

    fn operations() -> Vec<(&'static str, Manner)> {
        operations_of(message::Service::Payment)
    }

    fn operation(request: &Request) -> &'static str {
        request.declared().of_service()
    }

    /// A request arrives and will have been processed at `done`. With `decline`, a charge that is executed now
    /// is refused: at once, or when it would settle.
    ///
    /// Errors: [`Declined`](CallError::Declined) as scheduled; [`InFlight`](CallError::InFlight),
    /// [`KeyReused`](CallError::KeyReused) and [`Undone`](CallError::Undone) by the key;
    /// [`NotFound`](CallError::NotFound) for a refund of an unknown charge, and for the capture of an authorisation
    /// that never was or has lapsed; [`Invalid`](CallError::Invalid)
    /// for a charge or refund of nothing, a refund of more than is left or of what was not captured, and a
    /// request that is not for this service; [`TooLate`](CallError::TooLate) for a void of captured money, where
    /// [voids](PaymentRules::voids) do not reach it.
    fn execute(&mut self, arrived: Ms, done: Ms, request: &Request, decline: bool) -> Executed {
        if let Request::Capture { key } = request
            && self.keys.in_flight(arrived, key)
        {
            return Executed::refused(CallError::InFlight);
        }
        self.keys
            .once(arrived, done, key_of(request), request, || match request {
                Request::Authorize { order, amount, key } => {
                    self.ledger.authorize(done, *order, *amount, key, decline)
                }
                Request::Capture { key } => self.ledger.capture(arrived, done, key),
                Request::Charge { order, amount, key } => {
                    self.ledger
                        .charge(done, *order, *amount, key.as_ref(), decline)
                }
                Request::Find(by) => Ok(Reply::Charges(self.ledger.find(arrived, by))),
                Request::Refund {
                    charge,
                    amount,
                    key,
                } => self.ledger.refund(arrived, done, *charge, *amount, key),
                Request::Void { key } => self.ledger.void(done, key),
                Request::Reserve { .. }
                | Request::Release { .. }
                | Request::Confirm { .. }
                | Request::Restock { .. }
                | Request::Ship { .. }
                | Request::FindParcels(_)
                | Request::CancelParcel(_)
                | Request::Part { .. }
                | Request::Other(_) => Err(CallError::Invalid),
            })
    }

    fn declared() -> Result<message::Service, String> {
        Ok(message::Service::Payment)
    }

    fn sent(request: Request) -> Request {
        request
    }

    fn received(request: &Request) -> Option<&Request> {
        Some(request)
    }

    fn answered(reply: Reply) -> Reply {
        reply
    }

    fn heard(reply: Reply) -> Option<Reply> {
        Some(reply)
    }
}
