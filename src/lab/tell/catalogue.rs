//! Every sentence about a run, in every language: the one place where facts become words.
//!
//! Up to here everything is a fact: an event, a claim, what was expected. A fact is told by [`Say`], and what it says
//! is written with `sentence!`, which has English and Japanese side by side. A sentence that lacks one of them does not
//! compile, nor does a new kind of fact for which there is none. What the order code says itself, its log, its SQL and
//! its keys, stays as it is.
//!
//! # Layout
//!
//! - `accidents`: what the accidents are called, and who says so
//! - `expected`, `claims`: what a finding is made of
//! - `messages`: what the shop and its services say to each other, and what the database answers
//! - `story`: what happens in a scene
//! - `search`: what a search found
//! - `census`: what was in worlds that were drawn
//! - `tables`: the table at the end of a demo, the grid of a search
//! - `halts`: why a world ended early
//! - `no_verdicts`: what verdicts are called, and what is said where there is none
//! - `frame`: what stands around a report and a timeline: headings, labels, legends
//! - `days`: what a schedule amounts to
//! - `slips`: what is wrong with what somebody typed
//! - `times`: spans of time
//!
//! The voice and the terms of the Japanese are those of the whole course.

pub use crate::tell::language::Language;

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
pub(crate) use no_verdicts::{invariant_panicked, went_two_ways};
pub use story::lost_reply;
pub use times::{later, spoken};

/// A fact that can be told.
pub trait Say {
    /// The fact in words.
    fn say(&self, language: Language) -> String;

    /// The fact in English, which the pictures speak.
    fn english(&self) -> String {
        self.say(Language::English)
    }
}

/// What somebody else has put in words stays as it is.
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
