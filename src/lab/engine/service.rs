//! The services on the other side of the network, as seen by a world.

use crate::engine::sim::Sim;
use crate::engine::trace::CallId;
use crate::language::message::{
    self, Asked, CallError, Manner, Message, Operation, Reply, Request, Sealed, Stranger,
};
use crate::language::name::Name;
use crate::language::order::Yen;
use crate::language::time::Ms;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A service outside the shop. Payment, inventory and shipping implement it, and so does one that the setup adds
/// ([`Setup::service`](crate::setup::Setup::service)); `examples/loyalty.rs` has two.
///
/// It acts when a request reaches it and never inside its caller's future. The lab loses, delays and duplicates its
/// requests and replies, and adds outages and latencies. The service is a pure function of the requests it has had.
pub trait Service: Send + Sized + 'static {
    /// Its name in steps and reports: `loyalty`.
    const NAME: &'static str;

    /// Its requests: a plain type of its own.
    type Request: Message;

    /// Its replies.
    type Reply: Message;

    /// Its operations, by their names in steps (`loyalty.grant`), and how each is treated.
    fn operations() -> Vec<(&'static str, Manner)>;

    /// The operation that this request asks for.
    fn operation(request: &Self::Request) -> &'static str;

    /// The order that a request is for, if it names one: the step is then this order's, unless it is somebody else's
    /// already.
    fn order(request: &Self::Request) -> Option<&str> {
        let _ = request;
        None
    }

    /// A request as the timeline shows it: `grant 12 points for order1`.
    fn asked(request: &Self::Request) -> String {
        format!("{request:?}")
    }

    /// A reply as the timeline shows it: `12 points granted`.
    fn says(reply: &Self::Reply) -> String {
        format!("{reply:?}")
    }

    /// A request arrives and will have been processed at `done`. With `decline`, an execution is refused for good: only
    /// for an operation that [may be](Manner::or_declines).
    fn execute(
        &mut self,
        arrived: Ms,
        done: Ms,
        request: &Self::Request,
        decline: bool,
    ) -> Executed<Self::Reply>;

    /// Its ledger when the world ends, for reports and invariants. The lab's own services have ledgers of their own
    /// types in the [evidence](crate::judge::evidence::Evidence).
    fn ledger(&self, ended_at: Ms) -> Vec<Line> {
        let _ = ended_at;
        Vec::new()
    }

    /// The lab's description of it, if it is valid.
    ///
    /// # Errors
    /// Why it is not valid: two operations of one name, for example.
    fn declared() -> Result<message::Service, String> {
        let stranger = Stranger::declared(Self::NAME, &Self::operations())?;
        Ok(message::Service::Other(stranger))
    }

    /// A request on its way: the lab's own as it is, all others type-erased.
    #[doc(hidden)]
    fn sent(request: Self::Request) -> Request {
        let service = Self::declared().unwrap_or_else(|problem| panic!("{problem}"));
        let operation = Self::operation(&request);
        let operations = Self::operations().into_iter();
        let mut declared = operations.filter(|(name, _)| *name == operation);
        let Some((_, manner)) = declared.next() else {
            panic!("the service `{service}` declares no operation called `{operation}`")
        };
        Request::Other(Arc::new(Asked {
            operation: Operation {
                service,
                what: Name::new(&format!("{service}.{operation}")),
                manner,
            },
            order: Self::order(&request).map(Name::new),
            message: Sealed::new(request, Self::asked),
        }))
    }

    /// The request, if it is for this service.
    #[doc(hidden)]
    fn received(request: &Request) -> Option<&Self::Request> {
        match request {
            Request::Other(asked) => asked.message.open(),
            _ => None,
        }
    }

    /// A reply on its way.
    #[doc(hidden)]
    fn answered(reply: Self::Reply) -> Reply {
        Reply::Other(Sealed::new(reply, Self::says))
    }

    /// What the shop hears.
    #[doc(hidden)]
    fn heard(reply: Reply) -> Option<Self::Reply> {
        match reply {
            Reply::Other(message) => message.open().cloned(),
            _ => None,
        }
    }
}

/// A line of a ledger: `points_1: 12 points`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name: `points_1`.
    pub label: String,
    /// The order it is for, if it is for one.
    pub order: Option<Name>,
    /// Its values, each under a name: `points`.
    pub facts: Vec<(&'static str, String)>,
}

impl Line {
    /// An empty line.
    pub fn new(label: impl Into<String>) -> Line {
        Line {
            label: label.into(),
            order: None,
            facts: Vec::new(),
        }
    }

    /// It is for this order.
    pub fn of(self, order: &str) -> Line {
        Line {
            order: Some(Name::new(order)),
            ..self
        }
    }

    /// Adds this value.
    pub fn says(mut self, name: &'static str, fact: impl fmt::Display) -> Line {
        self.facts.push((name, fact.to_string()));
        self
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let fact = self.facts.iter().find(|(known, _)| *known == name)?;
        Some(&fact.1)
    }
}

/// `points_1 (points 12, until 2027)`
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        let facts = self.facts.iter();
        let facts: Vec<String> = facts.map(|(name, fact)| format!("{name} {fact}")).collect();
        match facts.as_slice() {
            [] => Ok(()),
            facts => write!(f, " ({})", facts.join(", ")),
        }
    }
}

/// The ledger of a service that the setup adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Whose it is.
    pub service: Name,
    /// What stands in it.
    pub lines: Vec<Line>,
}

/// A service of any type.
pub(crate) trait AnyService: Send {
    /// A request reaches it, as long as it is one for this service.
    fn serve(&mut self, arrived: Ms, done: Ms, request: &Request, decline: bool) -> Executed;

    /// Its ledger when the world ends.
    fn leaves(&self, ended_at: Ms) -> Ledger;
}

impl<S: Service> AnyService for S {
    fn serve(&mut self, arrived: Ms, done: Ms, request: &Request, decline: bool) -> Executed {
        let Some(received) = S::received(request) else {
            return Executed::anew(Err(CallError::Invalid));
        };
        let may_be_declined = request.declared().manner.may_be_declined;
        let decline = decline && may_be_declined;
        let executed = self.execute(arrived, done, received, decline);
        Executed {
            response: executed.response.map(S::answered),
            replayed: executed.replayed,
            from_memory: executed.from_memory,
        }
    }

    fn leaves(&self, ended_at: Ms) -> Ledger {
        Ledger {
            service: Name::of(S::NAME),
            lines: self.ledger(ended_at),
        }
    }
}

/// What became of a request that reached a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed<R = Reply> {
    /// The answer, which the caller may or may not get to see.
    pub response: Result<R, CallError>,
    /// Nothing was executed: the answer is the one stored when this key was first used.
    pub replayed: bool,
    /// The service knew the answer as soon as it had looked the key up, so processing took no time: a stored answer, or
    /// a refusal because of the key's earlier use. (A real 409 comes at once.)
    pub from_memory: bool,
}

impl<R> Executed<R> {
    /// The answer to a request that was executed or refused just now.
    pub fn anew(response: Result<R, CallError>) -> Executed<R> {
        Executed {
            response,
            replayed: false,
            from_memory: false,
        }
    }

    /// The request is refused because of what is known of its key.
    pub(crate) fn refused(error: CallError) -> Executed<R> {
        Executed {
            response: Err(error),
            replayed: false,
            from_memory: true,
        }
    }
}

/// An alarm that a service has set for itself. Only the service knows its content.
pub(crate) type Alarm = Box<dyn Any + Send>;

/// All services of a world. They act when the world is brought up to date, and never inside a caller's future.
pub(crate) trait Services: Any + Send {
    /// A request reaches its service.
    fn execute(&mut self, sim: &mut Sim, at: Ms, call: CallId, duplicate: bool);

    /// An alarm goes off.
    fn goes_off(&mut self, sim: &mut Sim, at: Ms, alarm: Alarm);

    /// When a service next decides something on its own, without an alarm.
    fn next_decision(&self) -> Option<Ms>;

    /// Makes all decisions due up to and including this millisecond.
    fn decide(&mut self, sim: &mut Sim, now: Ms);

    /// This service goes down: requests that wait inside it are turned away.
    fn goes_down(&mut self, sim: &mut Sim, now: Ms, service: message::Service);

    /// Whether there is such a service in this world.
    fn has(&self, service: message::Service) -> bool;

    /// The money that the shop's customers have paid for this order by then.
    fn paid(&self, order: Name, by: Ms) -> Yen;
}
