//! The providers, on the other side of the network.
//!
//! Each is a plain state machine. A request arrives, the provider decides at once, and the decision takes effect when
//! the processing is done. Until then a look-up does not see it, and a second request under the same key is told to
//! wait. A provider knows nothing of networks, timeouts or faults: those happen on the way, and its ledger stays the
//! truth against which the shop's belief is compared.
//!
//! So every request comes with two times, `arrived` and `done`, in virtual milliseconds since
//! the world began, `arrived <= done`. Calls come in the order of `arrived`; two requests that arrive in the
//! same millisecond are served in the order of the calls.
//!
//! What a provider remembers of a request, and for how long, is the same for all three; see [`REMEMBERED`]. One
//! operation goes beyond what most real providers have: a request can be undone by its *key*, even before it has
//! arrived, and the late original is then refused. The first half is what Adyen offers a caller who timed out and knows
//! only the reference it chose itself
//! (<https://docs.adyen.com/online-payments/classic-integrations/modify-payments/cancel>); the second half is called
//! anti-suspension in try-confirm-cancel (<https://help.aliyun.com/en/document_detail/132915.html>). Stripe has
//! neither.

mod inventory;
mod keys;
mod payment;
pub mod record;
mod shipping;

pub use crate::engine::service::{Executed, Ledger, Line, Service};
pub use crate::language::message::{Manner, Message};
pub use inventory::{Inventory, RESERVED_FOR};
pub use keys::{Keys, REMEMBERED};
pub use payment::{AUTHORIZED_FOR, Payment, PaymentRules, RefundsSettle, Voids};
pub use shipping::{DISPATCHED_AFTER, Shipping};

use crate::language::message::{By, Key};
use crate::language::name::Name;

impl By {
    /// Whether a record of this order, made under this key, is one of those looked for.
    fn matches(&self, order: Name, key: Option<&Key>) -> bool {
        match self {
            By::Order(wanted) => order.as_str() == wanted,
            By::Key(wanted) => key == Some(wanted),
        }
    }
}
