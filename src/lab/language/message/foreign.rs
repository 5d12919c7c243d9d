//! Services that the setup adds, and their messages.
//!
//! The lab knows neither. It passes requests and replies on, compares them, and shows them; only the service and its
//! client look inside.

use super::Service;
use super::operation::{Manner, Operation, Word};
use crate::language::name::Name;
use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A plain value that can be sent: what a service is asked, or what it answers.
pub trait Message: Clone + fmt::Debug + PartialEq + Send + Sync + 'static {}

impl<T: Clone + fmt::Debug + PartialEq + Send + Sync + 'static> Message for T {}

/// A message whose type only its sender and its receiver know.
#[derive(Clone)]
pub struct Sealed(Arc<dyn Inside>);

trait Inside: Any + fmt::Debug + Send + Sync {
    fn is(&self, other: &dyn Any) -> bool;

    fn in_words(&self) -> String;
}

/// A message, and how its receiver would say it.
struct Letter<T> {
    message: T,
    words: fn(&T) -> String,
}

impl<T: Message> Inside for Letter<T> {
    fn is(&self, other: &dyn Any) -> bool {
        let other: Option<&Letter<T>> = other.downcast_ref();
        other.is_some_and(|other| other.message == self.message)
    }

    fn in_words(&self) -> String {
        (self.words)(&self.message)
    }
}

impl<T: fmt::Debug> fmt::Debug for Letter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.message, f)
    }
}

impl Sealed {
    /// This message, sealed, and how a report is to say it.
    pub fn new<T: Message>(message: T, words: fn(&T) -> String) -> Sealed {
        Sealed(Arc::new(Letter { message, words }))
    }

    /// What is inside, for whoever knows its type.
    pub fn open<T: Message>(&self) -> Option<&T> {
        let inside: &dyn Any = &*self.0;
        let letter: Option<&Letter<T>> = inside.downcast_ref();
        letter.map(|letter| &letter.message)
    }
}

impl PartialEq for Sealed {
    fn eq(&self, other: &Sealed) -> bool {
        self.0.is(&*other.0)
    }
}

impl Eq for Sealed {}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.in_words())
    }
}

/// A request to a service that a world brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which operation it asks for.
    pub operation: Operation,
    /// The order it speaks of, if it names one.
    pub order: Option<Name>,
    /// What it says.
    pub message: Sealed,
}

/// A service that a world brings along, by its place among all that this process has heard of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stranger(u16);

struct Declared {
    name: &'static str,
    operations: Vec<Operation>,
}

/// A schedule is read, and a fault drawn, by the name of a step alone. So what its operations are is known to the whole process.
static STRANGERS: Mutex<Vec<Declared>> = Mutex::new(Vec::new());

fn strangers() -> MutexGuard<'static, Vec<Declared>> {
    STRANGERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What steps can be called that no service has to do with.
const RESERVED: [&str; 6] = [
    "db",
    "submit",
    "webhook",
    "delivery",
    "recover",
    "background",
];

impl Stranger {
    /// The service with this name and these operations.
    ///
    /// # Errors
    /// Why there can be no such service.
    pub fn declared(
        name: &'static str,
        operations: &[(&'static str, Manner)],
    ) -> Result<Stranger, String> {
        let mut known = strangers();
        let place = known.iter().position(|declared| declared.name == name);
        let stranger = Stranger(place.unwrap_or(known.len()) as u16);
        let service = Service::Other(stranger);
        let declared = operations.iter().map(|(operation, manner)| Operation {
            service,
            what: Name::new(&format!("{name}.{operation}")),
            manner: *manner,
        });
        let declared: Vec<Operation> = declared.collect();
        if let Some(place) = place {
            return if known[place].operations == declared {
                Ok(stranger)
            } else {
                Err(format!(
                    "two services are called `{name}`, and their operations differ"
                ))
            };
        }
        is_sound(name, operations)?;
        known.push(Declared {
            name,
            operations: declared,
        });
        Ok(stranger)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let known = strangers();
        known
            .get(usize::from(self.0))
            .map_or("?", |declared| declared.name)
    }
}

fn is_sound(name: &str, operations: &[(&'static str, Manner)]) -> Result<(), String> {
    let is_word = |text: &str| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !text.is_empty() && text.chars().all(is_plain)
    };
    if !is_word(name) {
        return Err(format!(
            "a service cannot be called `{name}`: its name stands in steps, and is made of a-z, 0-9 and _"
        ));
    }
    let mut own = Word::ALL.iter().map(|word| word.declared().service);
    if RESERVED.contains(&name) || own.any(|service| service.name() == name) {
        return Err(format!(
            "a service cannot be called `{name}`: the lab has steps of that name"
        ));
    }
    if operations.is_empty() {
        return Err(format!("the service `{name}` has no operation"));
    }
    for (place, (operation, _)) in operations.iter().enumerate() {
        if !is_word(operation) {
            return Err(format!(
                "the service `{name}` cannot have an operation called `{operation}`: its name stands in steps, and is made \
                 of a-z, 0-9 and _"
            ));
        }
        if operations[..place]
            .iter()
            .any(|(other, _)| other == operation)
        {
            return Err(format!(
                "the service `{name}` has two operations called `{operation}`"
            ));
        }
    }
    Ok(())
}

/// The operations of all services that worlds have brought along so far.
pub(super) fn foreign_operations() -> Vec<Operation> {
    let known = strangers();
    let operations = known.iter().map(|declared| declared.operations.as_slice());
    operations.collect::<Vec<_>>().concat()
}

impl fmt::Debug for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
