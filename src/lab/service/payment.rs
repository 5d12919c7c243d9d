//! The payment provider.
//!
//! - *charge* moves the customer's money. Without a key, every execution is a charge of its own.
//! - *find* lists the charges of an order or of a key, whatever has become of them.
//! - *refund* gives part or all of a captured charge back, never more than is left of it.
//! - *void* undoes what was charged under a key, or sees to it that it never will be.
//!
//! Keys follow the rules that all services share (`keys.rs`). A void consults the ledger and not the key alone,
//! so it still finds a charge whose key has been forgotten.
//!
//! Where payments are asynchronous ([`PaymentRules::settles_after`]), a charge is only accepted at first, and
//! turns out captured or declined later. Bank debits work like that: at Stripe it can take days to hear whether
//! one succeeded (<https://docs.stripe.com/payments/ach-direct-debit>).

use super::Executed;
use super::keys::Keys;
use crate::evidence::ChargeRecord;
use crate::message::{By, CallError, Charge, ChargeStatus, Key, Reply, Request, Response};
use crate::name::Name;
use crate::order::Yen;
use crate::time::Ms;

/// How this payment provider works. The default settles at once and numbers its charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PaymentRules {
    /// How long after its execution an accepted charge is settled, in virtual milliseconds; nothing if the
    /// money moves at once.
    pub settles_after: Option<Ms>,
    /// Whether a charge's id tells its order and its time of execution in milliseconds (`pay_order1_300`)
    /// instead of a number (`pay_1`).
    pub named_ids: bool,
    /// How much a customer's account covers; nothing if it covers everything. A charge of more is declined: at
    /// once, or when it would settle.
    pub covers: Option<Yen>,
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

    /// A request arrives and will have been processed at `done`. With `decline`, a charge that is executed now
    /// is refused: at once, or when it would settle.
    ///
    /// Errors: [`Declined`](CallError::Declined) as scheduled; [`InFlight`](CallError::InFlight),
    /// [`KeyReused`](CallError::KeyReused) and [`Undone`](CallError::Undone) by the key;
    /// [`NotFound`](CallError::NotFound) for a refund of an unknown charge; [`Invalid`](CallError::Invalid)
    /// for a charge or refund of nothing, a refund of more than is left or of what was not captured, and a
    /// request that is not for this service.
    pub fn execute(&mut self, arrived: Ms, done: Ms, request: &Request, decline: bool) -> Executed {
        self.keys.once(arrived, done, request, || match request {
            Request::Charge { order, amount, key } => {
                self.ledger
                    .charge(done, *order, *amount, key.as_ref(), decline)
            }
            Request::Find(by) => Ok(Reply::Charges(self.ledger.find(arrived, by))),
            Request::Refund { charge, amount, .. } => {
                self.ledger.refund(arrived, done, *charge, *amount)
            }
            Request::Void { key } => Ok(Reply::Voided(self.ledger.void(done, key))),
            _ => Err(CallError::Invalid),
        })
    }

    /// When the next accepted charge settles, if one is open.
    pub fn next_settlement(&self) -> Option<Ms> {
        let open = self.ledger.lines.iter();
        open.filter_map(|line| Some(line.settlement?.at)).min()
    }

    /// Settles the accepted charges that are due, and returns them in the order in which they fell due. A
    /// charge stays accepted until this is called.
    pub fn settle(&mut self, now: Ms) -> Vec<Charge> {
        let mut settled = Vec::new();
        for line in &mut self.ledger.lines {
            if let Some(due) = line.settlement.take_if(|due| due.at <= now) {
                line.record.status = due.outcome;
                settled.push((due.at, line.seen(now)));
            }
        }
        settled.sort_by_key(|(at, _)| *at);
        settled.into_iter().map(|(_, charge)| charge).collect()
    }

    /// The ledger, in the order in which the requests arrived.
    pub fn records(&self) -> Vec<ChargeRecord> {
        let lines = self.ledger.lines.iter();
        lines
            .map(|line| ChargeRecord {
                status: line.status(),
                ..line.record.clone()
            })
            .collect()
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

    /// How many yen were refunded beyond what had been captured. Nothing, if this provider does its work.
    pub fn over_refunds(&self) -> Yen {
        let lines = self.ledger.lines.iter();
        lines
            .map(|line| line.record.refunded - line.record.amount)
            .sum()
    }
}

struct Ledger {
    rules: PaymentRules,
    lines: Vec<Line>,
}

/// A charge, with all that was decided about it, even if that takes effect a little later.
struct Line {
    /// `status` here is that of the charge itself, before any void.
    record: ChargeRecord,
    settlement: Option<Settlement>,
    refunds: Vec<(Ms, Yen)>,
    voided_at: Option<Ms>,
}

#[derive(Clone, Copy)]
struct Settlement {
    at: Ms,
    outcome: ChargeStatus,
}

impl Ledger {
    fn charge(
        &mut self,
        done: Ms,
        order: Name,
        amount: Yen,
        key: Option<&Key>,
        decline: bool,
    ) -> Response {
        if amount == Yen(0) {
            return Err(CallError::Invalid);
        }
        let uncovered = self.rules.covers.is_some_and(|covers| amount > covers);
        let outcome = if decline || uncovered {
            ChargeStatus::Declined
        } else {
            ChargeStatus::Captured
        };
        let settlement = self.rules.settles_after.map(|later| Settlement {
            at: done + later,
            outcome,
        });
        let line = Line {
            record: ChargeRecord {
                id: self.next_id(order, done),
                order,
                amount,
                key: key.cloned(),
                at: done,
                status: settlement.map_or(outcome, |_| ChargeStatus::Accepted),
                refunded: Yen(0),
            },
            settlement,
            refunds: Vec::new(),
            voided_at: None,
        };
        let charge = line.seen(done);
        self.lines.push(line);
        match charge.status {
            ChargeStatus::Declined => Err(CallError::Declined),
            _ => Ok(Reply::Charge(charge)),
        }
    }

    fn next_id(&self, order: Name, done: Ms) -> Name {
        if !self.rules.named_ids {
            return Name::new(&format!("pay_{}", self.lines.len() + 1));
        }
        let name = Name::new(&format!("pay_{order}_{}", done.0));
        // Two charges of an order in the same millisecond must stay two: a refund names one of them.
        let twins = self
            .lines
            .iter()
            .filter(|line| line.record.order == order && line.record.at == done)
            .count();
        match twins {
            0 => name,
            twins => Name::new(&format!("{name}_{}", twins + 1)),
        }
    }

    fn find(&self, arrived: Ms, by: &By) -> Vec<Charge> {
        self.lines
            .iter()
            .filter(|line| line.record.at <= arrived)
            .filter(|line| by.matches(line.record.order, line.record.key.as_ref()))
            .map(|line| line.seen(arrived))
            .collect()
    }

    fn refund(&mut self, arrived: Ms, done: Ms, charge: Name, amount: Yen) -> Response {
        let line = self
            .lines
            .iter_mut()
            .find(|line| line.record.id == charge && line.record.at <= arrived)
            .ok_or(CallError::NotFound)?;
        // What was decided counts from its arrival on: of two refunds at the same time, the second one must
        // not be granted what the first one takes.
        let captured = line.status() == ChargeStatus::Captured;
        if !captured || amount == Yen(0) || amount > line.record.kept() {
            return Err(CallError::Invalid);
        }
        line.refunds.push((done, amount));
        line.record.refunded = line.record.refunded + amount;
        Ok(Reply::Refunded(line.record.refunded))
    }

    fn void(&mut self, done: Ms, key: &Key) -> Yen {
        let mut back = Yen(0);
        for line in &mut self.lines {
            let open = matches!(
                line.status(),
                ChargeStatus::Accepted | ChargeStatus::Captured
            );
            if open && line.record.key.as_ref() == Some(key) {
                back = back + line.record.kept();
                line.settlement = None;
                line.voided_at = Some(done);
            }
        }
        back
    }
}

impl Line {
    /// What has been decided about the charge.
    fn status(&self) -> ChargeStatus {
        match self.voided_at {
            Some(_) => ChargeStatus::Voided,
            None => self.record.status,
        }
    }

    /// The charge as it stands at this time.
    fn seen(&self, now: Ms) -> Charge {
        let refunds = self.refunds.iter().filter(|(at, _)| *at <= now);
        Charge {
            id: self.record.id,
            order: self.record.order,
            amount: self.record.amount,
            status: match self.voided_at {
                Some(at) if at <= now => ChargeStatus::Voided,
                _ => self.record.status,
            },
            refunded: refunds.map(|(_, amount)| *amount).sum(),
        }
    }
}
