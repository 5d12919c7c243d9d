//! Interned names of orders, services and statements.
//!
//! A search runs tens of thousands of worlds with the same few names. An interned name is one machine word to copy and
//! compare, so that naming every step costs next to nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;

/// A short text that is stored once for the whole process.
///
/// The texts are the names of orders, operations and statements, so there are few of them and the
/// table stays as small as the code it describes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(&'static str);

static TABLE: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

thread_local! {
    // Asking the shared table takes a lock; a world runs on one thread, so each thread remembers.
    static SEEN: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

impl Name {
    /// The name with this text.
    pub fn new(text: &str) -> Name {
        SEEN.with_borrow_mut(|seen| {
            if let Some(known) = seen.get(text) {
                return Name(known);
            }
            let mut table = TABLE
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let kept = match table.get(text) {
                Some(known) => known,
                None => {
                    let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
                    table.insert(leaked);
                    leaked
                }
            };
            seen.insert(kept);
            Name(kept)
        })
    }

    /// A name from a `'static` text.
    pub const fn of(text: &'static str) -> Name {
        Name(text)
    }

    /// The text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}
