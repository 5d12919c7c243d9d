//! Accidents: the names this course has for what can go wrong, and how each is recognised.
//!
//! Each is a function over [`Evidence`]. None looks at how the order code was written.

mod goods;
mod locks;
mod money;
mod outcomes;
mod owed;
mod sides;

pub use sides::{beliefs, headings, knowledge};

use crate::evidence::Evidence;
use crate::name::Name;
use crate::order::{Order, Yen};
use crate::time::Ms;
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
                .or_else(|| money::shipped_unpaid(evidence))
                .or_else(|| money::confirmed_too_early(evidence)),
            ChargedTwice => submitted
                .find(|order| evidence.kept(order.name()) > order.amount)
                .map(|order| Finding::of_order(self, evidence, order)),
            ShippedTwice => submitted
                .find(|order| evidence.parcels_of(order.name()).count() > 1)
                .map(|order| Finding::of_order(self, evidence, order)),
            RefundedMoreThanCaptured => (evidence.over_refunds > Yen(0)).then(|| Finding {
                accident: self,
                believes: vec!["every refund was for money that had come in".to_owned()],
                knows: vec![format!("{} too much went back", evidence.over_refunds)],
            }),
            HalfAnOrder => goods::half_an_order(evidence),
            StockOutOfBalance => goods::stock(evidence),
            OtherOrdersLockedOut => locks::locked_out(evidence),
            LeftInDoubt => outcomes::left_in_doubt(evidence),
            TwoOutcomesOfOneTransaction => outcomes::two_outcomes(evidence),
            NeverSettled => owed::never_settled(evidence),
            ALegitimateRequestSwallowed => owed::swallowed(evidence),
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
    // What a transaction across services has torn apart shows in the ledgers, too. Its own name comes first.
    outcomes::across(evidence).or_else(|| {
        let mut all = Accident::ALL.into_iter();
        all.find_map(|accident| accident.find(evidence))
    })
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

fn is_confirmed(evidence: &Evidence, order: &Order) -> bool {
    evidence.status(order.name()) == Some("confirmed")
}

fn exists(evidence: &Evidence, order: &Order) -> bool {
    !matches!(evidence.status(order.name()), None | Some("cancelled"))
}

fn order_named(evidence: &Evidence, name: Name) -> Option<&Order> {
    let mut submissions = evidence.submissions.iter();
    let found = submissions.find(|submission| submission.order.name() == name)?;
    Some(&found.order)
}
