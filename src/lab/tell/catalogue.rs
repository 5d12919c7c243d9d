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
//! - `halts`: why a world ended early
//! - `times`: spans of time
//!
//! The voice and the terms of the Japanese are those of the whole course.

/// A sentence in both languages: `sentence!(language, en: "{order} is paid", ja: "{order} は支払い済み")`.
#[macro_export]
macro_rules! sentence {
    ($language:expr, en: $english:literal, ja: $japanese:literal $(,)?) => {
        match $language {
            $crate::tell::catalogue::Language::English => format!($english),
            $crate::tell::catalogue::Language::Japanese => format!($japanese),
        }
    };
}

mod accidents;
mod claims;
mod expected;
mod halts;
mod messages;
mod search;
mod story;
mod times;

pub use accidents::meaning;
pub use halts::advice;
pub use story::lost_reply;
pub use times::{later, spoken};

/// A language in which a run can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 日本語
    Japanese,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];
}

/// A fact that can be told.
pub trait Say {
    /// The fact in words.
    fn say(&self, language: Language) -> String;

    /// The fact in English, which terminal and pictures speak.
    fn english(&self) -> String {
        self.say(Language::English)
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
