//! Messages and alarms under way, and when they are due.

use crate::engine::service::Alarm;
use crate::engine::trace::CallId;
use crate::language::instance::Instance;
use crate::language::message::{Request, Response};
use crate::language::name::Name;
use crate::language::time::Ms;

pub(crate) enum Due {
    /// A request reaches its service.
    Request { call: CallId, duplicate: bool },
    /// A reply reaches the shop.
    Reply { call: CallId },
    /// An alarm that a service has set for itself.
    Alarm(Alarm),
}

impl Due {
    /// Whether it is a message on its way.
    pub(crate) fn is_message(&self) -> bool {
        matches!(self, Due::Request { .. } | Due::Reply { .. })
    }
}

pub(crate) struct Timed {
    pub(crate) at: Ms,
    pub(crate) order: u64,
    pub(crate) due: Due,
}

impl PartialEq for Timed {
    fn eq(&self, other: &Timed) -> bool {
        self.order == other.order
    }
}
impl Eq for Timed {}
impl PartialOrd for Timed {
    fn partial_cmp(&self, other: &Timed) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Timed {
    fn cmp(&self, other: &Timed) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// What becomes of the answer to a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplyFate {
    Comes,
    Lost,
    /// A 500 comes in its place.
    Error,
}

pub(crate) struct Call {
    pub(crate) actor: Name,
    /// The process that made it.
    pub(crate) instance: Instance,
    pub(crate) request: Request,
    pub(crate) decline: bool,
    pub(crate) processing: Ms,
    pub(crate) fate: ReplyFate,
    pub(crate) sent_at: Ms,
    pub(crate) response: Option<Response>,
    pub(crate) arrived: bool,
    pub(crate) waiting: bool,
    /// The request waits at its service for a row that is locked.
    pub(crate) held: bool,
    /// When the reply arrives; `None` if it never does.
    pub(crate) replies_at: Option<Ms>,
    /// How long the reply takes; `None` if it never arrives.
    pub(crate) way_back: Option<Ms>,
    /// It asks [again](crate::engine::sim::Heard::is_again), and suffers no fault.
    pub(crate) again: bool,
    /// The answer was the same as before.
    pub(crate) in_vain: bool,
    /// During which tick of a background task it was made.
    pub(crate) tick: Option<u32>,
}
