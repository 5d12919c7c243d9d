//! The payment provider's ledger.

use super::{AUTHORIZED_FOR, PaymentRules, RefundsSettle, Voids};
use crate::language::message::{
    By, CallError, Charge, ChargeStatus, Key, Refund, RefundStatus, Reply, Response,
};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;
use crate::services::record::ChargeRecord;

pub(super) struct Ledger {
    pub(super) rules: PaymentRules,
    pub(super) lines: Vec<Line>,
}

/// A charge and everything decided about it, even if that takes effect a little later.
pub(super) struct Line {
    /// `status` here is that of the charge itself, before any void.
    pub(super) record: ChargeRecord,
    pub(super) settlement: Option<Settlement>,
    /// When an authorisation lapses.
    expires_at: Option<Ms>,
    /// When the money moved; `None` while it has not.
    pub(super) captured_at: Option<Ms>,
    refunds: Vec<RefundLine>,
    voided_at: Option<Ms>,
}

#[derive(Clone, Copy)]
pub(super) struct Settlement {
    pub(super) at: Ms,
    pub(super) outcome: ChargeStatus,
}

/// A refund, with all that was decided about it.
struct RefundLine {
    id: Name,
    key: Key,
    amount: Yen,
    at: Ms,
    status: RefundStatus,
    due: Option<RefundDue>,
}

struct RefundDue {
    at: Ms,
    outcome: RefundStatus,
}

impl Ledger {
    pub(super) fn charge(
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
        let outcome = if decline || !self.covers(amount) {
            ChargeStatus::Declined
        } else {
            ChargeStatus::Captured
        };
        let settlement = self.rules.settles_after.map(|later| Settlement {
            at: done + later,
            outcome,
        });
        let status = settlement.map_or(outcome, |_| ChargeStatus::Accepted);
        let id = self.next_id(order, done);
        let line = Line {
            settlement,
            ..Line::new(id, order, amount, key, done, status)
        };
        let charge = line.seen(done);
        self.lines.push(line);
        match charge.status {
            ChargeStatus::Declined => Err(CallError::Declined),
            _ => Ok(Reply::Charge(charge)),
        }
    }

    /// Whether a customer's account covers this.
    pub(super) fn covers(&self, amount: Yen) -> bool {
        self.rules.covers.is_none_or(|covers| amount <= covers)
    }

    /// Moves money that was promised before.
    pub(super) fn debit(&mut self, at: Ms, order: Name, amount: Yen, tx: &Key) {
        let id = self.next_id(order, at);
        self.lines.push(Line::new(
            id,
            order,
            amount,
            Some(tx),
            at,
            ChargeStatus::Captured,
        ));
    }

    pub(super) fn authorize(
        &mut self,
        done: Ms,
        order: Name,
        amount: Yen,
        key: &Key,
        decline: bool,
    ) -> Response {
        if amount == Yen(0) {
            return Err(CallError::Invalid);
        }
        let declined = decline || !self.covers(amount);
        let status = if declined {
            ChargeStatus::Declined
        } else {
            ChargeStatus::Authorized
        };
        let id = self.next_id(order, done);
        let line = Line {
            expires_at: Some(done + AUTHORIZED_FOR),
            ..Line::new(id, order, amount, Some(key), done, status)
        };
        let charge = line.seen(done);
        self.lines.push(line);
        if declined {
            Err(CallError::Declined)
        } else {
            Ok(Reply::Charge(charge))
        }
    }

    /// Takes what is set aside under this key. Taking it again changes nothing.
    pub(super) fn capture(&mut self, arrived: Ms, done: Ms, key: &Key) -> Response {
        let line = self
            .lines
            .iter_mut()
            .find(|line| line.expires_at.is_some() && line.record.key.as_ref() == Some(key))
            .ok_or(CallError::NotFound)?;
        match line.seen(arrived).status {
            ChargeStatus::Authorized if line.captured_at.is_some() => Err(CallError::InFlight),
            ChargeStatus::Authorized => {
                line.record.status = ChargeStatus::Captured;
                line.captured_at = Some(done);
                Ok(Reply::Charge(line.seen(done)))
            }
            ChargeStatus::Captured => Ok(Reply::Charge(line.seen(done))),
            ChargeStatus::Voided => Err(CallError::Undone),
            _ => Err(CallError::NotFound),
        }
    }

    fn next_id(&self, order: Name, done: Ms) -> Name {
        if !self.rules.named_ids {
            return Name::new(&format!("pay_{}", self.lines.len() + 1));
        }
        let name = Name::new(&format!("pay_{order}_{}", done.0));
        // Two charges of an order in the same millisecond need two ids: a refund names one of them.
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

    pub(super) fn find(&self, arrived: Ms, by: &By) -> Vec<Charge> {
        self.lines
            .iter()
            .filter(|line| line.record.at <= arrived)
            .filter(|line| by.matches(line.record.order, line.record.key.as_ref()))
            .map(|line| line.seen(arrived))
            .collect()
    }

    pub(super) fn refund(
        &mut self,
        arrived: Ms,
        done: Ms,
        charge: Name,
        amount: Yen,
        key: &Key,
    ) -> Response {
        let before: usize = self.lines.iter().map(|line| line.refunds.len()).sum();
        let RefundsSettle { after, failing } = self.rules.refunds.unwrap_or(RefundsSettle {
            after: Ms::ZERO,
            failing: 0,
        });
        let is_news = self.rules.refunds.is_some() || self.rules.tells_of_refunds;
        let due = is_news.then_some(RefundDue {
            at: done + after,
            outcome: if before < failing as usize {
                RefundStatus::Failed
            } else {
                RefundStatus::Succeeded
            },
        });
        let status = match self.rules.refunds {
            Some(_) => RefundStatus::Pending,
            None => RefundStatus::Succeeded,
        };
        let line = self
            .lines
            .iter_mut()
            .find(|line| line.record.id == charge && line.record.at <= arrived)
            .ok_or(CallError::NotFound)?;
        // A decision counts from its request's arrival: of two simultaneous refunds, the second must not be granted
        // what the first one takes.
        let captured = line.status() == ChargeStatus::Captured;
        if !captured || amount == Yen(0) || amount > line.record.kept() {
            return Err(CallError::Invalid);
        }
        line.refunds.push(RefundLine {
            id: Name::new(&format!("refund_{}", before + 1)),
            key: key.clone(),
            amount,
            at: done,
            status,
            due,
        });
        line.record.refunded = line.record.refunded + amount;
        Ok(match status {
            RefundStatus::Pending => Reply::RefundAccepted(line.record.refunded),
            RefundStatus::Succeeded | RefundStatus::Failed => Reply::Refunded(line.record.refunded),
        })
    }

    pub(super) fn void(&mut self, done: Ms, key: &Key) -> Response {
        let too_late = match self.rules.voids {
            Voids::UntilTheEnd => false,
            Voids::UntilCaptured => self.lines.iter().any(|line| {
                line.status() == ChargeStatus::Captured && line.record.key.as_ref() == Some(key)
            }),
        };
        if too_late {
            return Err(CallError::TooLate);
        }
        let mut back = Yen(0);
        for line in &mut self.lines {
            let open = matches!(
                line.status(),
                ChargeStatus::Accepted | ChargeStatus::Authorized | ChargeStatus::Captured
            );
            if open && line.record.key.as_ref() == Some(key) {
                back = back + line.record.kept();
                line.settlement = None;
                // What is on its way gets there: nobody could send it again.
                for due in line.refunds.iter_mut().filter_map(|it| it.due.as_mut()) {
                    due.outcome = RefundStatus::Succeeded;
                }
                line.voided_at = Some(done);
            }
        }
        Ok(Reply::Voided(back))
    }
}

impl Line {
    fn new(
        id: Name,
        order: Name,
        amount: Yen,
        key: Option<&Key>,
        at: Ms,
        status: ChargeStatus,
    ) -> Line {
        Line {
            record: ChargeRecord {
                id,
                order,
                amount,
                key: key.cloned(),
                at,
                status,
                refunded: Yen(0),
                refunds: Vec::new(),
                held: Vec::new(),
            },
            settlement: None,
            expires_at: None,
            captured_at: (status == ChargeStatus::Captured).then_some(at),
            refunds: Vec::new(),
            voided_at: None,
        }
    }

    /// The decisions about the charge.
    pub(super) fn status(&self) -> ChargeStatus {
        match self.voided_at {
            Some(_) => ChargeStatus::Voided,
            None => self.record.status,
        }
    }

    /// The line as evidence.
    pub(super) fn recorded(&self) -> ChargeRecord {
        ChargeRecord {
            status: self.status(),
            held: self.held(),
            refunds: self.refunds.iter().map(|it| self.refund(it)).collect(),
            ..self.record.clone()
        }
    }

    /// When the charge or the next of its refunds settles, if one is open.
    pub(super) fn next_settlement(&self) -> Option<Ms> {
        let refunds = self.refunds.iter().filter_map(|it| it.due.as_ref());
        let refunds = refunds.map(|due| due.at);
        refunds.chain(self.settlement.map(|due| due.at)).min()
    }

    /// Settles the refunds that are due, and tells when each fell due.
    pub(super) fn settle_refunds(&mut self, now: Ms) -> Vec<(Ms, Refund)> {
        let mut settled = Vec::new();
        for place in 0..self.refunds.len() {
            let refund = &mut self.refunds[place];
            let Some(due) = refund.due.take_if(|due| due.at <= now) else {
                continue;
            };
            refund.status = due.outcome;
            if due.outcome == RefundStatus::Failed {
                self.record.refunded = self.record.refunded - refund.amount;
            }
            settled.push((due.at, self.refund(&self.refunds[place])));
        }
        settled
    }

    fn refund(&self, line: &RefundLine) -> Refund {
        Refund {
            id: line.id,
            charge: self.record.id,
            order: self.record.order,
            amount: line.amount,
            key: line.key.clone(),
            status: line.status,
        }
    }

    /// How much of the money the provider held, and from when.
    fn held(&self) -> Vec<(Ms, Yen)> {
        let Some(captured_at) = self.captured_at else {
            return Vec::new();
        };
        let is_back = |at: Ms| self.voided_at.is_some_and(|voided_at| voided_at <= at);
        let left = |at: Ms| {
            let refunds = self.refunds.iter().filter(|refund| refund.at <= at);
            self.record.amount - refunds.map(|refund| refund.amount).sum()
        };
        let mut times = vec![captured_at];
        times.extend(self.refunds.iter().map(|refund| refund.at));
        times.extend(self.voided_at.filter(|at| *at >= captured_at));
        times.sort_unstable();
        times.dedup();
        let held = times.into_iter().map(|at| {
            if is_back(at) {
                (at, Yen(0))
            } else {
                (at, left(at))
            }
        });
        held.collect()
    }

    /// The charge as it stands at this time.
    pub(super) fn seen(&self, now: Ms) -> Charge {
        let refunds = || self.refunds.iter().filter(|refund| refund.at <= now);
        let stayed = refunds().filter(|refund| refund.status != RefundStatus::Failed);
        Charge {
            id: self.record.id,
            order: self.record.order,
            amount: self.record.amount,
            status: match self.voided_at {
                Some(at) if at <= now => ChargeStatus::Voided,
                _ if self.has_lapsed(now) => ChargeStatus::Expired,
                _ if self.is_being_captured(now) => ChargeStatus::Authorized,
                _ => self.record.status,
            },
            refunded: stayed.map(|refund| refund.amount).sum(),
            refunds: refunds().map(|refund| self.refund(refund)).collect(),
        }
    }

    /// It is set aside, and the provider is taking it.
    fn is_being_captured(&self, now: Ms) -> bool {
        self.expires_at.is_some() && self.captured_at.is_some_and(|at| at > now)
    }

    /// It was only set aside, and nobody took it in time.
    fn has_lapsed(&self, now: Ms) -> bool {
        let late = self.expires_at.is_some_and(|at| at <= now);
        late && self.record.status == ChargeStatus::Authorized
    }
}
