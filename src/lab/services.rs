//! The providers: what stands on the other side of the network.
//!
//! Each is a plain state machine. A request arrives, the provider decides at once, and what it decided takes
//! effect when the processing is done. In between, a look-up does not see it yet, and a second request under
//! the same key is told to wait. Nobody here knows of networks, timeouts or faults: those happen on the way,
//! and the provider's ledger stays the truth that the shop's belief is measured against.
//!
//! Two steps of time therefore come with every request, `arrived` and `done`, in virtual milliseconds since
//! the world began, `arrived <= done`. Calls come in the order of `arrived`; two requests that arrive in the
//! same millisecond are served in the order of the calls.
//!
//! What a provider remembers of a request, and for how long, is the same for all three; see [`REMEMBERED`]. One
//! operation goes beyond what most real providers have: a request can be undone by its *key*, even before it
//! has arrived, and the late original is then refused. The first half is what Adyen offers a caller who timed
//! out and knows nothing but the reference it chose itself
//! (<https://docs.adyen.com/online-payments/classic-integrations/modify-payments/cancel>), the second half is
//! known as anti-suspension among the participants of try-confirm-cancel
//! (<https://help.aliyun.com/en/document_detail/132915.html>). Stripe has neither.

mod inventory;
mod keys;
mod payment;
pub mod record;
mod shipping;

pub use inventory::{Inventory, RESERVED_FOR};
pub use keys::REMEMBERED;
pub use payment::{AUTHORIZED_FOR, Payment, PaymentRules};
pub use shipping::{DISPATCHED_AFTER, Shipping};

use crate::language::message::{By, CallError, Key, Response};
use crate::language::name::Name;

/// What became of a request that reached a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// The answer, which the caller may or may not get to see.
    pub response: Response,
    /// Nothing was executed: the answer is the one stored when this key was first used.
    pub replayed: bool,
    /// The service knew the answer as soon as it had looked the key up, so the request took no time to process: a stored
    /// answer, or a refusal because of what the key was used for. (A real 409 comes at once.)
    pub from_memory: bool,
}

impl Executed {
    /// The answer to a request that was executed or refused just now.
    pub(crate) fn anew(response: Response) -> Executed {
        Executed {
            response,
            replayed: false,
            from_memory: false,
        }
    }

    /// The request is refused because of what is known of its key.
    pub(crate) fn refused(error: CallError) -> Executed {
        Executed {
            response: Err(error),
            replayed: false,
            from_memory: true,
        }
    }
}

impl By {
    /// Whether a record of this order, made under this key, is one of those looked for.
    fn matches(&self, order: Name, key: Option<&Key>) -> bool {
        match self {
            By::Order(wanted) => order.as_str() == wanted,
            By::Key(wanted) => key == Some(wanted),
        }
    }
}
