//! Accidents: the names this course has for what can go wrong, and how each is recognised.
//!
//! Each is a function over [`Evidence`]. None looks at how the order code was written.

use crate::evidence::{ChargeRecord, Evidence, Outcome, ParcelRecord, ReservationStatus};
use crate::message::ChargeStatus;
use crate::name::Name;
use crate::order::{Answer, Order, Yen};
use crate::strangers::unharmed;
use crate::time::Ms;
use crate::trace::Told;
use std::fmt;

/// From how long on a stranger's lock counts as an accident, in virtual milliseconds.
pub const LOCKED_OUT_AFTER: Ms = Ms::seconds(1);

/// How long an answer may take on a day on which nothing goes wrong.
pub const AT_ONCE: Ms = Ms::seconds(10);

/// The accidents of the encyclopedia (事故パターン図鑑).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accident {
    /// Money was taken, and there is no order.
    ChargedWithoutAnOrder,
    /// There is an order, and no money was taken.
    ConfirmedWithoutPayment,
    /// Money was taken more than once.
    ChargedTwice,
    /// More than one parcel is on its way.
    ShippedTwice,
    /// The stock does not add up with the orders.
    StockOutOfBalance,
    /// More money went back than had come in.
    RefundedMoreThanCaptured,
    /// Only some of an order's rows are there.
    HalfAnOrder,
    /// Orders waited for a stranger's transaction.
    OtherOrdersLockedOut,
    /// A participant promised, and nobody ever decided.
    LeftInDoubt,
    /// One transaction ended in two ways.
    TwoOutcomesOfOneTransaction,
    /// Something is still open at the end of the world.
    NeverSettled,
    /// Somebody was promised an order, or was entitled to one, and there is none.
    ALegitimateRequestSwallowed,
}

use Accident::*;

impl Accident {
    /// Every accident, in the order in which they are looked for.
    pub const ALL: [Accident; 12] = [
        ChargedWithoutAnOrder,
        ConfirmedWithoutPayment,
        ChargedTwice,
        ShippedTwice,
        RefundedMoreThanCaptured,
        HalfAnOrder,
        StockOutOfBalance,
        OtherOrdersLockedOut,
        LeftInDoubt,
        TwoOutcomesOfOneTransaction,
        ALegitimateRequestSwallowed,
        NeverSettled,
    ];

    /// The name in reports and in the encyclopedia.
    pub const fn name(self) -> &'static str {
        match self {
            ChargedWithoutAnOrder => "charged without an order",
            ConfirmedWithoutPayment => "confirmed without payment",
            ChargedTwice => "charged twice",
            ShippedTwice => "shipped twice",
            StockOutOfBalance => "stock out of balance",
            RefundedMoreThanCaptured => "refunded more than captured",
            HalfAnOrder => "half an order",
            OtherOrdersLockedOut => "other orders locked out",
            LeftInDoubt => "left in doubt",
            TwoOutcomesOfOneTransaction => "two outcomes of one transaction",
            NeverSettled => "never settled",
            ALegitimateRequestSwallowed => "a legitimate request swallowed",
        }
    }

    /// The pattern it belongs to: `A` the timeout, `B` the false confirmation, `C` the open transaction, `D` the
    /// retry, `2PC` two-phase commit; nothing for those that follow from any of them.
    pub const fn pattern(self) -> Option<&'static str> {
        match self {
            ChargedWithoutAnOrder => Some("A"),
            ConfirmedWithoutPayment => Some("B"),
            OtherOrdersLockedOut => Some("C"),
            ChargedTwice | ShippedTwice => Some("D"),
            LeftInDoubt | TwoOutcomesOfOneTransaction => Some("2PC"),
            StockOutOfBalance
            | RefundedMoreThanCaptured
            | HalfAnOrder
            | NeverSettled
            | ALegitimateRequestSwallowed => None,
        }
    }

    /// What it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            ChargedWithoutAnOrder => "the customer has paid for an order that does not exist",
            ConfirmedWithoutPayment => "the goods will leave, and nobody has paid for them",
            ChargedTwice => "the customer has paid more than once for one order",
            ShippedTwice => "the customer gets more than one parcel for one order",
            StockOutOfBalance => "the stock says something else than the orders do",
            RefundedMoreThanCaptured => "more money went back than had ever come in",
            HalfAnOrder => "some of the order's rows are there, and some are not",
            OtherOrdersLockedOut => "orders wait for a payment that is none of their business",
            LeftInDoubt => "a participant holds its locks and is never told how it ended",
            TwoOutcomesOfOneTransaction => "one side says it happened, another that it did not",
            NeverSettled => "at the end of the day somebody still waits",
            ALegitimateRequestSwallowed => "a customer is owed an order, and there is none",
        }
    }

    /// Looks for this accident.
    pub fn find(self, evidence: &Evidence) -> Option<Finding> {
        let mut submitted = evidence.submitted().into_iter();
        match self {
            ChargedWithoutAnOrder => submitted
                .find(|order| !exists(evidence, order) && evidence.kept(order.name()) > Yen(0))
                .map(|order| Finding::of_order(self, evidence, order)),
            ConfirmedWithoutPayment => submitted
                .find(|order| {
                    evidence.paid_by_card
                        && is_confirmed(evidence, order)
                        && evidence.kept(order.name()) < order.amount
                })
                .map(|order| Finding::of_order(self, evidence, order))
                .or_else(|| shipped_unpaid(evidence))
                .or_else(|| confirmed_too_early(evidence)),
            ChargedTwice => submitted
                .find(|order| evidence.kept(order.name()) > order.amount)
                .map(|order| Finding::of_order(self, evidence, order)),
            ShippedTwice => submitted
                .find(|order| parcels(evidence, order.name()).count() > 1)
                .map(|order| Finding::of_order(self, evidence, order)),
            RefundedMoreThanCaptured => (evidence.over_refunds > Yen(0)).then(|| Finding {
                accident: self,
                believes: vec!["every refund was for money that had come in".to_owned()],
                knows: vec![format!("{} too much went back", evidence.over_refunds)],
            }),
            HalfAnOrder => half_an_order(evidence),
            StockOutOfBalance => stock(evidence),
            OtherOrdersLockedOut => locked_out(evidence),
            LeftInDoubt => left_in_doubt(evidence),
            TwoOutcomesOfOneTransaction => two_outcomes(evidence),
            NeverSettled => never_settled(evidence),
            ALegitimateRequestSwallowed => swallowed(evidence),
        }
    }
}

impl fmt::Display for Accident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An accident that was found, and the two sides of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub accident: Accident,
    /// What the shop believes.
    pub believes: Vec<String>,
    /// What the others know.
    pub knows: Vec<String>,
}

/// The first accident in this evidence, if there is one.
pub fn find(evidence: &Evidence) -> Option<Finding> {
    Accident::ALL
        .into_iter()
        .find_map(|accident| accident.find(evidence))
}

impl Finding {
    fn of_order(accident: Accident, evidence: &Evidence, order: &Order) -> Finding {
        Finding {
            accident,
            believes: beliefs(evidence, order),
            knows: knowledge(evidence, order),
        }
    }
}

/// What the shop believes of an order, and has told its customer.
pub fn beliefs(evidence: &Evidence, order: &Order) -> Vec<String> {
    let id = &order.id;
    let mut lines = vec![match evidence.status(order.name()) {
        None => format!("{id} does not exist"),
        Some(status) => format!("{id} is {status}"),
    }];
    for submission in evidence
        .submissions
        .iter()
        .filter(|submission| submission.order.id == order.id)
    {
        lines.push(match &submission.told {
            None => "the customer is still waiting for an answer".to_owned(),
            Some((_, Told::Answer(answer))) => format!("the customer was told: {answer}"),
            Some((_, Told::ErrorPage(error))) => {
                format!("the customer saw an error page ({error})")
            }
            Some((_, Told::ConnectionLost)) => "the customer lost the connection".to_owned(),
        });
    }
    lines
}

/// How a report heads what the shop believes, and what is so. A shop that has nobody but itself to ask has its
/// tables.
pub fn headings(evidence: &Evidence, finding: Option<&Finding>) -> [&'static str; 2] {
    let in_the_tables = match finding.map(|finding| finding.accident) {
        Some(HalfAnOrder) => true,
        Some(StockOutOfBalance) => evidence.shop_stock.is_some(),
        _ => !evidence.paid_by_card,
    };
    let knows = match in_the_tables {
        true => "the tables say",
        false => "the provider knows",
    };
    ["the shop believes", knows]
}

/// What the services know of an order; of a shop that calls none, what its tables say.
pub fn knowledge(evidence: &Evidence, order: &Order) -> Vec<String> {
    let id = &order.id;
    let mut lines: Vec<String> = evidence
        .charges_of(order.name())
        .map(|charge| match (charge.status, charge.refunded) {
            (crate::message::ChargeStatus::Captured, Yen(0)) => {
                format!("{id} was charged {} ({})", charge.amount, charge.id)
            }
            (crate::message::ChargeStatus::Captured, refunded) => format!(
                "{id} was charged {} ({}), and {refunded} went back",
                charge.amount, charge.id
            ),
            (crate::message::ChargeStatus::Accepted, _) => {
                format!("{id}: {} was accepted, no money has moved", charge.id)
            }
            (crate::message::ChargeStatus::Declined, _) => {
                format!("{id}: {} was declined", charge.id)
            }
            (crate::message::ChargeStatus::Voided, _) => {
                format!("{id}: {} was undone, the money is back", charge.id)
            }
        })
        .collect();
    if lines.is_empty() && evidence.paid_by_card {
        lines.push(format!("{id} was never charged"));
    }
    if !evidence.paid_by_card
        && let Some(history) = &evidence.history
    {
        let line = match history.contains(&order.name()) {
            true => "a line",
            false => "no line",
        };
        lines.push(format!("{id} has {line} in the history"));
    }
    let before = lines.len();
    for parcel in parcels(evidence, order.name()) {
        lines.push(format!("{id} is on its way in {}", parcel.id));
    }
    if evidence.ships && lines.len() == before {
        lines.push(format!("no parcel is on its way for {id}"));
    }
    lines
}

fn is_confirmed(evidence: &Evidence, order: &Order) -> bool {
    evidence.status(order.name()) == Some("confirmed")
}

fn exists(evidence: &Evidence, order: &Order) -> bool {
    !matches!(evidence.status(order.name()), None | Some("cancelled"))
}

/// Goods that have left need no row that says so.
fn shipped_unpaid(evidence: &Evidence) -> Option<Finding> {
    let order = evidence.submitted().into_iter().find(|order| {
        let paid = evidence.kept(order.name()) >= order.amount;
        !paid && parcels(evidence, order.name()).next().is_some()
    })?;
    let finding = || Finding::of_order(ConfirmedWithoutPayment, evidence, order);
    evidence.paid_by_card.then(finding)
}

/// `confirmed` is what the warehouse goes by. It must not stand in the books before the money is there, not even
/// for a moment, however well the story ends.
fn confirmed_too_early(evidence: &Evidence) -> Option<Finding> {
    evidence.books.iter().find_map(|entered| {
        let order = of_name(evidence, entered.order)?;
        let early = entered.status == "confirmed" && entered.paid < order.amount;
        (early && evidence.paid_by_card).then(|| Finding {
            accident: ConfirmedWithoutPayment,
            believes: vec![format!("{} was confirmed at {}", order.id, entered.at)],
            knows: vec![format!("by then, {} had been paid", entered.paid)],
        })
    })
}

/// An order that was called off must stay so: somebody may have acted on it.
fn confirmed_after_all(evidence: &Evidence) -> Option<Finding> {
    evidence.books.iter().enumerate().find_map(|(n, entered)| {
        let order = of_name(evidence, entered.order)?;
        let first = evidence.books[..n].iter().find(|before| {
            before.order == entered.order
                && before.status == "cancelled"
                && entered.status == "confirmed"
        })?;
        Some(Finding {
            accident: TwoOutcomesOfOneTransaction,
            believes: vec![format!("{} was cancelled at {}", order.id, first.at)],
            knows: vec![format!("{} was confirmed at {}", order.id, entered.at)],
        })
    })
}

/// A declined card that was charged for the same order all the same.
fn charged_after_all(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        let declined = |charge: &ChargeRecord| charge.status == ChargeStatus::Declined;
        evidence.charges_of(order.name()).any(declined) && evidence.kept(order.name()) > Yen(0)
    })?;
    evidence
        .declined_is_final
        .then(|| Finding::of_order(TwoOutcomesOfOneTransaction, evidence, order))
}

fn of_name(evidence: &Evidence, name: Name) -> Option<&Order> {
    let mut submissions = evidence.submissions.iter();
    let found = submissions.find(|submission| submission.order.name() == name)?;
    Some(&found.order)
}

fn parcels(evidence: &Evidence, order: Name) -> impl Iterator<Item = &ParcelRecord> {
    evidence.parcels_of(order)
}

/// A promise that nobody keeps: the order is confirmed, and there is no parcel.
fn never_ships(evidence: &Evidence) -> Option<Finding> {
    let mut submitted = evidence.submitted().into_iter();
    let order = submitted.find(|order| {
        is_confirmed(evidence, order) && parcels(evidence, order.name()).next().is_none()
    })?;
    evidence
        .ships
        .then(|| Finding::of_order(ALegitimateRequestSwallowed, evidence, order))
}

fn half_an_order(evidence: &Evidence) -> Option<Finding> {
    let history = evidence.history.as_ref()?;
    let without_history = evidence
        .orders
        .iter()
        .find(|row| row.status != "cancelled" && !history.contains(&row.id));
    let without_order = history
        .iter()
        .find(|id| evidence.orders.iter().all(|row| row.id != **id));
    let (id, knows) = match (without_history, without_order) {
        (Some(row), _) => (row.id, format!("{} has no line in the history", row.id)),
        (None, Some(id)) => (*id, format!("the history has a line for {id}")),
        (None, None) => return None,
    };
    let believes = match of_name(evidence, id) {
        Some(order) => beliefs(evidence, order),
        None => vec![format!("nobody has ever ordered {id}")],
    };
    Some(Finding {
        accident: HalfAnOrder,
        believes,
        knows: vec![knows],
    })
}

fn stock(evidence: &Evidence) -> Option<Finding> {
    let quantity_of = |sku: Name, counts: &dyn Fn(&Order) -> bool| -> i64 {
        evidence
            .submitted()
            .into_iter()
            .filter(|order| Name::new(&order.sku) == sku && counts(order))
            .map(|order| i64::from(order.quantity))
            .sum()
    };
    let finding = |sku: Name, sold: i64, gone: i64| Finding {
        accident: StockOutOfBalance,
        believes: vec![format!("{sold} of {sku} are sold")],
        knows: vec![format!("{gone} of {sku} are gone from the stock")],
    };
    for record in evidence.shop_stock.iter().flatten() {
        let sold = quantity_of(record.sku, &|order| exists(evidence, order));
        let gone = record.at_first - record.free;
        if record.free < 0 || gone != sold {
            return Some(finding(record.sku, sold, gone));
        }
    }
    for record in &evidence.stock {
        let gone: i64 = evidence
            .reservations
            .iter()
            .filter(|reservation| {
                reservation.sku == record.sku && reservation.status == ReservationStatus::Confirmed
            })
            .map(|reservation| i64::from(reservation.quantity))
            .sum();
        let reserves = evidence
            .reservations
            .iter()
            .any(|reservation| reservation.sku == record.sku);
        let sold = quantity_of(record.sku, &|order| is_confirmed(evidence, order));
        if reserves && gone != sold {
            return Some(finding(record.sku, sold, gone));
        }
    }
    None
}

fn locked_out(evidence: &Evidence) -> Option<Finding> {
    let is_order = |name: Name| {
        evidence
            .submissions
            .iter()
            .any(|submission| submission.order.name() == name)
    };
    let wait = evidence.lock_waits.iter().find(|wait| {
        is_order(wait.actor)
            && is_order(wait.holder)
            && wait.actor != wait.holder
            && wait.until.unwrap_or(evidence.ended_at) - wait.from >= LOCKED_OUT_AFTER
    });
    let Some(wait) = wait else {
        return held_up(evidence);
    };
    let waited = wait.until.unwrap_or(evidence.ended_at) - wait.from;
    Some(Finding {
        accident: OtherOrdersLockedOut,
        believes: vec![format!(
            "{} holds a lock, for safety, while it waits for others",
            wait.holder
        )],
        knows: vec![format!("{} waited {waited} for that lock", wait.actor)],
    })
}

/// No lock of the database, and yet: nothing befell this customer, and still there was a wait, or no order.
fn held_up(evidence: &Evidence) -> Option<Finding> {
    let is_calm = evidence.fired.is_calm();
    unharmed(evidence).into_iter().find_map(|customer| {
        let id = &customer.submission.order.id;
        let knows = match customer.told {
            _ if customer.kept_waiting >= LOCKED_OUT_AFTER => {
                format!("{id} was kept waiting for {}", customer.kept_waiting)
            }
            Some(Told::ErrorPage(error)) if !is_calm && customer.enough => {
                format!("{id} got an error page ({error})")
            }
            Some(Told::Answer(Answer::Pending)) if !is_calm && customer.enough => {
                format!("{id} was put off: the customer was told: pending")
            }
            _ => return None,
        };
        Some(Finding {
            accident: OtherOrdersLockedOut,
            believes: vec![format!("nothing went wrong with {id}")],
            knows: vec![knows],
        })
    })
}

fn left_in_doubt(evidence: &Evidence) -> Option<Finding> {
    let open = evidence
        .participations
        .iter()
        .find(|participation| participation.outcome == Outcome::InDoubt)?;
    Some(Finding {
        accident: LeftInDoubt,
        believes: vec![format!("{} is over", open.transaction)],
        knows: vec![format!(
            "{} promised {} and was never told how it ended",
            open.participant, open.transaction
        )],
    })
}

fn two_outcomes(evidence: &Evidence) -> Option<Finding> {
    let ends = |outcome: Outcome| {
        evidence
            .participations
            .iter()
            .filter(move |participation| participation.outcome == outcome)
    };
    for committed in ends(Outcome::Committed) {
        let other =
            ends(Outcome::Aborted).find(|aborted| aborted.transaction == committed.transaction);
        if let Some(aborted) = other {
            return Some(Finding {
                accident: TwoOutcomesOfOneTransaction,
                believes: vec![format!("{} ended in one way", committed.transaction)],
                knows: vec![
                    format!("{} committed it", committed.participant),
                    format!("{} aborted it", aborted.participant),
                ],
            });
        }
    }
    // "You have not paid, and nothing will come" was a promise, too.
    let promised = evidence.submissions.iter().find(|submission| {
        submission.answer() == Some(Answer::Cancelled) && is_confirmed(evidence, &submission.order)
    });
    promised
        .map(|submission| {
            Finding::of_order(TwoOutcomesOfOneTransaction, evidence, &submission.order)
        })
        .or_else(|| confirmed_after_all(evidence))
        .or_else(|| charged_after_all(evidence))
}

fn never_settled(evidence: &Evidence) -> Option<Finding> {
    let waits = evidence
        .submissions
        .iter()
        .find(|submission| submission.told.is_none())
        .map(|submission| &submission.order);
    let order = waits.or_else(|| {
        evidence
            .submitted()
            .into_iter()
            .find(|order| exists(evidence, order) && !is_confirmed(evidence, order))
    });
    let late = || {
        let calm = evidence.fired.is_calm();
        evidence.submissions.iter().find_map(|submission| {
            let (at, (told_at, _)) = (submission.at?, submission.told.as_ref()?);
            (calm && *told_at - at > AT_ONCE).then_some(&submission.order)
        })
    };
    order
        .or_else(late)
        .or_else(|| never_told(evidence))
        .map(|order| Finding::of_order(NeverSettled, evidence, order))
}

/// Nothing went wrong, and yet somebody has learned nothing and never will. Whom the goods do not last for is owed a
/// refusal.
fn never_told(evidence: &Evidence) -> Option<&Order> {
    let calm = evidence.fired.is_calm();
    let submission = evidence.submissions.iter().find(|submission| {
        let unknown = evidence.status(submission.order.name()).is_none();
        calm && match submission.told {
            Some((_, Told::ErrorPage(_))) => true,
            Some((_, Told::Answer(Answer::Pending))) => unknown,
            _ => false,
        }
    });
    submission.map(|submission| &submission.order)
}

/// Whether the shop's own stock, if it keeps one, still has what this order asks for.
fn is_in_stock(evidence: &Evidence, order: &Order) -> bool {
    let Some(stock) = &evidence.shop_stock else {
        return true;
    };
    let mut records = stock.iter();
    let record = records.find(|record| record.sku == Name::new(&order.sku));
    record.is_some_and(|record| record.free >= i64::from(order.quantity))
}

fn swallowed(evidence: &Evidence) -> Option<Finding> {
    let calm = evidence.fired.is_calm();
    // Among strangers, there may be too little for all, and a stranger's bad luck is no reason to refuse anybody.
    let refused = unharmed(evidence).into_iter().find(|customer| {
        let answer = customer.submission.answer();
        let cancelled = answer == Some(Answer::Cancelled);
        let put_off = calm && customer.told.is_some() && answer != Some(Answer::Confirmed);
        customer.enough && (cancelled || put_off)
    });
    let swallowed = evidence.submissions.iter().find(|submission| {
        let promised = submission.answer() == Some(Answer::Confirmed);
        // Where the money moves only later, nothing better can be said at once, as long as it comes true.
        let kept_posted = evidence.settles_later
            && submission.answer() == Some(Answer::Pending)
            && is_confirmed(evidence, &submission.order);
        let sold_out = evidence.strangers.is_some();
        let refused = submission.told.is_some() && !promised && !kept_posted;
        // Nobody is owed what there is not.
        let owed = calm && !sold_out && refused && is_in_stock(evidence, &submission.order);
        owed || (promised && !is_confirmed(evidence, &submission.order))
    });
    let swallowed = refused.map(|customer| customer.submission).or(swallowed);
    swallowed
        .map(|submission| {
            Finding::of_order(ALegitimateRequestSwallowed, evidence, &submission.order)
        })
        .or_else(|| never_ships(evidence))
}
