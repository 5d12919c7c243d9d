//! How it ended for a customer, for a row of the crowd's picture.

use crate::engine::trace::Told;
use crate::judge::evidence::Evidence;
use crate::language::name::Name;
use crate::language::order::Answer;
use crate::language::time::Ms;

/// How it ended for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing was said.
    StillWaits,
    /// This was said.
    Told(Told),
    /// It was "pending", and this is what the books say in the end.
    PendingThen(String),
}

impl Ending {
    /// How it ended for the customer of this order, and when; `None` if it never did.
    pub fn of(evidence: &Evidence, order: Name) -> (Option<Ms>, Ending) {
        let submissions = evidence.submissions.iter();
        let mut own = submissions.filter(|submission| submission.order.name() == order);
        let Some((at, told)) = own.next().and_then(|first| first.told.as_ref()) else {
            return (None, Ending::StillWaits);
        };
        let ending = match evidence.status(order) {
            Some(status) if *told == Told::Answer(Answer::Pending) => {
                Ending::PendingThen(status.to_owned())
            }
            _ => Ending::Told(told.clone()),
        };
        (Some(*at), ending)
    }
}
