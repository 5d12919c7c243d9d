//! The operations of the services: each is declared here, once.
//!
//! What a schedule can name, what the search and the dice try at a step, and how long a service works for a request all follow
//! from the declaration. [`Request::declared`](super::Request::declared) says which one a request asks for.

use super::Service;
use super::foreign::foreign_operations;
use crate::language::name::Name;

/// What is to be known of an operation without looking at a request for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who is asked.
    pub service: Service,
    /// As it appears in a step's name: `payment.charge`.
    pub what: Name,
    /// What the service does about it.
    pub manner: Manner,
}

impl Operation {
    /// The name without that of the service: `charge`.
    pub(crate) fn of_service(self) -> &'static str {
        let what = self.what.as_str();
        what.split_once('.')
            .map_or(what, |(_, operation)| operation)
    }
}

/// What a service does about an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// It may answer with a final business refusal.
    pub may_be_declined: bool,
    /// It has to work for it.
    pub takes_time: bool,
    /// It only looks something up, and changes nothing.
    pub only_asks: bool,
}

impl Manner {
    /// It changes something, and has to work for that.
    pub const fn changes() -> Manner {
        Manner {
            may_be_declined: false,
            takes_time: true,
            only_asks: false,
        }
    }

    /// It hears something that was settled before, which takes it no time.
    pub(crate) const fn is_told() -> Manner {
        Manner {
            may_be_declined: false,
            takes_time: false,
            only_asks: false,
        }
    }

    /// It looks something up, which takes it no time, and answers the same until another operation has changed something.
    pub const fn asks() -> Manner {
        Manner {
            may_be_declined: false,
            takes_time: false,
            only_asks: true,
        }
    }

    /// The same, and it may say a final no.
    pub const fn or_declines(self) -> Manner {
        Manner {
            may_be_declined: true,
            ..self
        }
    }
}

/// Declares operations: the word for each, whose it is, its name in steps, and what is done about it.
macro_rules! operations {
    ($($word:ident: $service:expr, $what:literal, $manner:expr;)*) => {
        /// An operation of the lab's own services.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word {
            $($word,)*
        }

        impl Word {
            /// Every operation, in the order in which messages list them.
            pub(crate) const ALL: &[Word] = &[$(Word::$word,)*];

            /// What is declared of it.
            pub(crate) const fn declared(self) -> Operation {
                match self {
                    $(Word::$word => Operation {
                        service: $service,
                        what: Name::of($what),
                        manner: $manner,
                    },)*
                }
            }
        }

        $(const _: () = assert!(belongs_to($what, $service.own_name()), $what);)*
    };
}

operations! {
    Charge: Service::Payment, "payment.charge", Manner::changes().or_declines();
    Find: Service::Payment, "payment.find", Manner::asks();
    Refund: Service::Payment, "payment.refund", Manner::changes();
    Void: Service::Payment, "payment.void", Manner::changes();
    Reserve: Service::Inventory, "inventory.reserve", Manner::changes().or_declines();
    Release: Service::Inventory, "inventory.release", Manner::changes();
    Confirm: Service::Inventory, "inventory.confirm", Manner::changes();
    Restock: Service::Inventory, "inventory.restock", Manner::changes();
    Ship: Service::Shipping, "shipping.request", Manner::changes().or_declines();
    FindParcels: Service::Shipping, "shipping.find", Manner::asks();
    CancelParcel: Service::Shipping, "shipping.cancel", Manner::changes();
    // Its service is still to come; schedules can name it already.
    Publish: Service::Queue, "queue.publish", Manner::changes();
    Authorize: Service::Payment, "payment.authorize", Manner::changes().or_declines();
    Capture: Service::Payment, "payment.capture", Manner::changes();
    PrepareOrder: Service::Orders, "orders.prepare", Manner::changes().or_declines();
    CommitOrder: Service::Orders, "orders.commit", Manner::is_told();
    AbortOrder: Service::Orders, "orders.abort", Manner::is_told();
    OrdersInDoubt: Service::Orders, "orders.in_doubt", Manner::asks();
    RestartOrders: Service::Orders, "orders.restart", Manner::asks();
    PreparePayment: Service::Payment, "payment.prepare", Manner::changes().or_declines();
    CommitPayment: Service::Payment, "payment.commit", Manner::is_told();
    AbortPayment: Service::Payment, "payment.abort", Manner::is_told();
    PaymentsInDoubt: Service::Payment, "payment.in_doubt", Manner::asks();
    RestartPayment: Service::Payment, "payment.restart", Manner::asks();
    PrepareGoods: Service::Inventory, "inventory.prepare", Manner::changes().or_declines();
    CommitGoods: Service::Inventory, "inventory.commit", Manner::is_told();
    AbortGoods: Service::Inventory, "inventory.abort", Manner::is_told();
    GoodsInDoubt: Service::Inventory, "inventory.in_doubt", Manner::asks();
    RestartInventory: Service::Inventory, "inventory.restart", Manner::asks();
}

/// Whether `what` is an operation of the service with this name: the name, a dot, and something more.
const fn belongs_to(what: &str, service: &str) -> bool {
    let (what, service) = (what.as_bytes(), service.as_bytes());
    let mut place = 0;
    while place < service.len() {
        if place >= what.len() || what[place] != service[place] {
            return false;
        }
        place += 1;
    }
    place + 1 < what.len() && what[place] == b'.'
}

/// Every operation that a schedule can name, in the order in which messages list them.
pub fn operations() -> Vec<Operation> {
    let own = Word::ALL.iter().map(|word| word.declared());
    own.chain(foreign_operations()).collect()
}

/// The operation with this name, if there is one.
pub(crate) fn operation_named(what: Name) -> Option<Operation> {
    let mut own = Word::ALL.iter().map(|word| word.declared());
    own.find(|operation| operation.what == what).or_else(|| {
        let mut foreign = foreign_operations().into_iter();
        foreign.find(|operation| operation.what == what)
    })
}

/// The operations of one of the lab's own services.
pub(crate) fn operations_of(service: Service) -> Vec<(&'static str, Manner)> {
    let own = Word::ALL.iter().map(|word| word.declared());
    let own = own.filter(|operation| operation.service == service);
    own.map(|operation| (operation.of_service(), operation.manner))
        .collect()
}
