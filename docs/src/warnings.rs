//! What mdBook warns of. It goes on all the same, with a page that is not what its text says; the book does not.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Runs something, and tells what it warned of.
pub fn heard<T>(run: impl FnOnce() -> T) -> (T, Vec<String>) {
    let ear = Ear::default();
    let warnings = Arc::clone(&ear.0);
    let done = tracing::subscriber::with_default(ear, run);
    let warnings = warnings.lock().unwrap_or_else(PoisonError::into_inner);
    (done, warnings.clone())
}

/// Listens to warnings and errors.
#[derive(Default)]
struct Ear(Arc<Mutex<Vec<String>>>);

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(words.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing to a string cannot fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
