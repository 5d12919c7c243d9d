//! What stands on the other side of the network, as far as a world has to know it.

use crate::engine::sim::Sim;
use crate::engine::trace::CallId;
use crate::language::message::{CallError, Response, Service};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;
use std::any::Any;

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

/// Something that a service has set itself for later. What is in it is the service's own affair.
pub(crate) type Alarm = Box<dyn Any + Send>;

/// All services of a world. They act when the world is brought up to date, and never inside a caller's future.
pub(crate) trait Services: Any + Send {
    /// A request reaches its service.
    fn execute(&mut self, sim: &mut Sim, at: Ms, call: CallId, duplicate: bool);

    /// An alarm goes off.
    fn goes_off(&mut self, sim: &mut Sim, at: Ms, alarm: Alarm);

    /// When a service next decides something on its own, without an alarm.
    fn next_decision(&self) -> Option<Ms>;

    /// What is to be decided up to and including this millisecond is decided.
    fn decide(&mut self, sim: &mut Sim, now: Ms);

    /// This service goes down: whatever waits inside it is turned away.
    fn goes_down(&mut self, sim: &mut Sim, now: Ms, service: Service);

    /// The money that the shop's customers have paid for this order by then.
    fn paid(&self, order: Name, by: Ms) -> Yen;
}
