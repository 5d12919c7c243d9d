//! Exactly once: what an intent leaves behind, and whether it left the same however often it was delivered.
//!
//! Idempotence is easily claimed. Here it is measured: run the world with one delivery of everything, then the one with
//! more, and compare what is left: the money kept, the parcels sent, the final answer.

use crate::judge::accident::order::{went_back, went_back_in_parts};
use crate::judge::accident::{Accident, Finding};
use crate::judge::claim::{Claim, Expected};
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::Yen;

/// What a world leaves behind, order by order: ledger, parcels and answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End(Vec<Left>);

/// What one order leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The order.
    pub order: String,
    /// The final answer in the shop's books.
    pub answer: String,
    /// Every charge whose money the provider has kept.
    pub charged: Vec<Yen>,
    /// How many parcels are on their way.
    pub parcels: usize,
}

impl End {
    /// The end of this world.
    pub fn of(evidence: &Evidence) -> End {
        let submitted = evidence.submitted().into_iter();
        End(submitted
            .map(|order| Left {
                order: order.id.clone(),
                answer: evidence
                    .status(order.name())
                    .unwrap_or("does not exist")
                    .to_owned(),
                charged: evidence
                    .charges_of(order.name())
                    .map(|charge| charge.kept())
                    .filter(|kept| *kept > Yen(0))
                    .collect(),
                parcels: evidence.parcels_of(order.name()).count(),
            })
            .collect())
    }

    /// What is wrong if this is the end of the world of this evidence, and `once` is that of a calm day with one delivery.
    ///
    /// Deliveries alone must make no difference. If something was also lost or late, or the process died, the shop may
    /// have cancelled an order, as it may for an intent delivered once: cleanly, with nothing charged and nothing sent.
    pub fn differs(&self, once: &End, evidence: &Evidence) -> Option<Finding> {
        let mut faults = evidence.fired.faults().iter();
        let only_repeated = faults.all(|(_, fault)| fault.repeats());
        let (one, many) = once.0.iter().zip(&self.0).find(|(one, many)| {
            let called_off = !only_repeated && many.is_called_off();
            one != many && !called_off
        })?;
        let order = Name::new(&many.order);
        let accident = if many.charged.len() > one.charged.len() {
            Accident::ChargedTwice
        } else if many.parcels > one.parcels {
            Accident::ShippedTwice
        } else if many.answer == one.answer
            && many.kept() < one.kept()
            && went_back_in_parts(evidence, order)
        {
            Accident::RefundedTwice
        } else if many.is_open() {
            Accident::NeverSettled
        } else {
            Accident::ALegitimateRequestSwallowed
        };
        let mut knows = vec![Claim::EndsOnce {
            answer: one.answer.clone(),
        }];
        if accident == Accident::RefundedTwice {
            knows.push(went_back(evidence, order));
        }
        Some(Finding {
            accident,
            expected: Expected::EndsAsOnce { order },
            believes: vec![Claim::Ended {
                order,
                answer: many.answer.clone(),
            }],
            knows,
        })
    }
}

impl Left {
    fn kept(&self) -> Yen {
        self.charged.iter().copied().sum()
    }

    fn is_open(&self) -> bool {
        !["confirmed", "cancelled", "does not exist"].contains(&self.answer.as_str())
    }

    fn is_called_off(&self) -> bool {
        let off = ["cancelled", "does not exist"].contains(&self.answer.as_str());
        off && self.charged.is_empty() && self.parcels == 0
    }
}
