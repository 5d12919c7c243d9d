//! Accidents: what can go wrong, by name, and how each is recognised.
//!
//! Each is a function over [`Evidence`]. None looks at how the order code was written.

mod goods;
mod heard;
mod locks;
mod money;
pub mod order;
mod outcomes;
mod owed;
mod sides;
mod told;
mod words;

pub use goods::{is_out_of_balance, sold};
pub use outcomes::{TOLD_WITHIN, torn_or_open};
pub use sides::{beliefs, knowledge, sides};

use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::Order;
use crate::language::time::Ms;
use std::fmt;

/// From how long on waiting for a stranger's lock counts as an accident, in virtual milliseconds.
pub const LOCKED_OUT_AFTER: Ms = Ms::seconds(1);

/// How long an answer may take on a day when nothing goes wrong.
pub const AT_ONCE: Ms = Ms::seconds(10);

/// How slow a service may be so that a customer can still be told at once: a shop that waits this long for each call
/// gets its answer.
pub const ANSWERS_WITHIN: Ms = Ms(600);

/// The accidents of the encyclopedia (事故パターン図鑑).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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
    /// More money went back than had come in. A sound provider refuses that; it is what a broken one does.
    RefundedMoreThanCaptured,
    /// More of an order's money went back than was owed to go back, in several parts, each of which was within what was left. The
    /// provider saw nothing wrong: it cannot know that the second part was meant to be the first one again.
    RefundedTwice,
    /// Only some of an order's rows are there.
    HalfAnOrder,
    /// Something final did not stay so: a row that was confirmed or cancelled, what a customer was told, or a no.
    AFinalWordTakenBack,
    /// Orders waited for a stranger's transaction.
    OtherOrdersLockedOut,
    /// A participant promised, and nobody ever decided, or nobody told it although it could be reached.
    LeftInDoubt,
    /// One transaction ended in two ways.
    TwoOutcomesOfOneTransaction,
    /// Something is still open at the end of the world.
    NeverSettled,
    /// Somebody was promised an order, or had a right to one, and there is none.
    ALegitimateRequestSwallowed,
}

use Accident::*;

impl Accident {
    /// Every accident, in the order in which they are looked for.
    pub const ALL: [Accident; 14] = [
        ChargedWithoutAnOrder,
        // It leaves an order unpaid, and says why.
        RefundedTwice,
        ConfirmedWithoutPayment,
        ChargedTwice,
        ShippedTwice,
        RefundedMoreThanCaptured,
        HalfAnOrder,
        AFinalWordTakenBack,
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
            RefundedTwice => "refunded twice",
            HalfAnOrder => "half an order",
            AFinalWordTakenBack => "a final word taken back",
            OtherOrdersLockedOut => "other orders locked out",
            LeftInDoubt => "left in doubt",
            TwoOutcomesOfOneTransaction => "two outcomes of one transaction",
            NeverSettled => "never settled",
            ALegitimateRequestSwallowed => "a legitimate request swallowed",
        }
    }

    /// The pattern it belongs to: `A` the timeout, `B` the false confirmation, `C` the open transaction, `D` the retry,
    /// `2PC` two-phase commit; `None` if it follows from any of them.
    pub const fn pattern(self) -> Option<&'static str> {
        match self {
            ChargedWithoutAnOrder => Some("A"),
            ConfirmedWithoutPayment => Some("B"),
            OtherOrdersLockedOut => Some("C"),
            ChargedTwice | ShippedTwice => Some("D"),
            LeftInDoubt | TwoOutcomesOfOneTransaction => Some("2PC"),
            StockOutOfBalance
            | RefundedMoreThanCaptured
            | RefundedTwice
            | HalfAnOrder
            | AFinalWordTakenBack
            | NeverSettled
            | ALegitimateRequestSwallowed => None,
        }
    }

    /// Looks for this accident.
    pub fn find(self, evidence: &Evidence) -> Option<Finding> {
        match self {
            ChargedWithoutAnOrder => money::charged_without_an_order(evidence),
            ConfirmedWithoutPayment => money::confirmed_without_payment(evidence),
            ChargedTwice => money::charged_twice(evidence),
            ShippedTwice => goods::shipped_twice(evidence),
            RefundedMoreThanCaptured => money::refunded_more_than_captured(evidence),
            RefundedTwice => money::refunded_twice(evidence),
            HalfAnOrder => goods::half_an_order(evidence),
            AFinalWordTakenBack => words::taken_back(evidence),
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

/// An accident that was found: what would have been right, and the two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which accident.
    pub accident: Accident,
    /// What would have been right.
    pub expected: Expected,
    /// What the shop believes.
    pub believes: Vec<Claim>,
    /// What the others know.
    pub knows: Vec<Claim>,
}

/// The first accident in this evidence, if there is one.
pub fn find(evidence: &Evidence) -> Option<Finding> {
    // A torn transaction across services shows in the ledgers, too. Its own name comes first.
    outcomes::across(evidence).or_else(|| {
        let mut all = Accident::ALL.into_iter();
        all.find_map(|accident| accident.find(evidence))
    })
}

impl Finding {
    /// The two sides: what the shop believes, and what the others know.
    pub fn found(&self) -> impl Iterator<Item = &Claim> {
        let besides = self.knows.iter();
        let besides = besides.filter(|claim| !self.believes.contains(claim));
        self.believes.iter().chain(besides)
    }

    fn of_order(
        accident: Accident,
        expected: Expected,
        evidence: &Evidence,
        order: &Order,
    ) -> Finding {
        Finding {
            accident,
            expected,
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

/// Whether the shop alone decides what becomes of its orders: no participant keeps them, and nobody has cancelled them
/// afterwards.
fn has_the_last_word(evidence: &Evidence) -> bool {
    evidence.participations.is_empty() && !evidence.terms.called_off
}

fn order_named(evidence: &Evidence, name: Name) -> Option<&Order> {
    let mut submissions = evidence.submissions.iter();
    let found = submissions.find(|submission| submission.order.name() == name)?;
    Some(&found.order)
}
