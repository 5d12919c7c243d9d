//! The two languages of the course: the lab's, compiled into the guide as a copy, so that it need not wait for the lab.

#[path = "../lab/tell/language.rs"]
mod shared;

pub use shared::{LANG, Language};

use serde::Deserialize;

/// The same text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Both {
    /// In English.
    pub en: String,
    /// In Japanese.
    pub ja: String,
}

impl Both {
    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        language.pick(&self.en, &self.ja)
    }
}
