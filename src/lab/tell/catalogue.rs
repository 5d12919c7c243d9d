//! Every sentence about a run, in every language: the one place where facts become words.
//!
//! Everything below is facts: an event, a claim, what was expected. [`Say`] tells a fact, with `sentence!`, which has
//! English and Japanese side by side. A sentence without one of them does not compile, and neither does a new kind of
//! fact without a sentence. The order code's own words, its log, SQL and keys, are left as they are.
//!
//! # Layout
//!
//! - `accidents`: the names and meanings of accidents, and the two sides
//! - `expected`, `claims`: what a finding is made of
//! - `messages`: the messages between the shop and its services, and the database's errors
//! - `story`: what happens in a scene
//! - `search`: what a search found
//! - `census`: the contents of drawn worlds
//! - `tables`: the table at the end of a demo, the grid of a search
//! - `halts`: why a world ended early
//! - `no_verdicts`: the names of verdicts, and what is said if there is none
//! - `frame`: the frame of a report and a timeline: headings, labels, legends
//! - `days`: how a report names a schedule
//! - `slips`: typing errors
//! - `times`: spans of time
//!
//! The Japanese follows the whole course's voice and terms.

pub use crate::tell::language::Language;
use crate::tell::text::strip::Style;

mod accidents;
mod census;
mod claims;
pub(crate) mod days;
mod expected;
mod frame;
mod halts;
mod messages;
mod no_verdicts;
mod search;
mod slips;
mod story;
pub(crate) mod tables;
mod times;

pub use accidents::meaning;
pub(crate) use claims::stands;
pub use days::without_faults;
pub(crate) use frame::Gutter;
pub use frame::{Both, Label};
pub use halts::advice;
pub(crate) use halts::panicked;
pub use messages::passed_on;
pub(crate) use no_verdicts::{invariant_panicked, went_two_ways};
pub use story::lost_reply;
pub use times::{later, spoken};

/// A fact that can be told.
pub trait Say {
    /// The fact in words.
    fn say(&self, language: Language) -> String;

    /// The fact in words, in lines that fit the terminal.
    fn tell(&self, style: Style) -> String {
        style.fit(&self.say(style.language))
    }

    /// The fact in English.
    fn english(&self) -> String {
        self.say(Language::English)
    }
}

/// Text from elsewhere stays as it is.
impl Say for String {
    fn say(&self, _: Language) -> String {
        self.clone()
    }
}

/// Facts in words, one after the other.
pub fn joined<'a, T: Say + 'a>(
    facts: impl IntoIterator<Item = &'a T>,
    between: &str,
    language: Language,
) -> String {
    let said = facts.into_iter().map(|fact| fact.say(language));
    said.collect::<Vec<_>>().join(between)
}
