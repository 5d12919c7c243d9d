//! What a chapter's tests came to, as data.
//!
//! Whoever starts the tests names a file in [`FILE`]; each test leaves an [`Outcome`] in it when it is over. Nobody has to
//! read what the tests print. The types are those of both sides, so that one cannot write what the other does not read.
//!
//! # Layout
//!
//! - this file: outcomes, and what a red test reports
//! - `shown`: what a green test proves
//! - `leave`: how they get into the file, and out of it

// It is nanoserde's derived code that could be shorter.
#![allow(clippy::question_mark)]

mod leave;
mod shown;

pub use leave::{FILE, Left, is_asked_for, leave};
pub use shown::{Drawn, Proof, Seen, Shown};

use nanoserde::{DeJson, SerJson};

/// What one test came to.
#[derive(Clone, Debug, PartialEq, Eq, SerJson, DeJson)]
pub struct Outcome {
    /// Its name, as the test program lists it.
    pub test: String,
    /// Why it is red; `None` if it passed.
    pub failure: Option<Failure>,
    /// What it has shown.
    pub shown: Shown,
}

impl Outcome {
    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        self.serialize_json()
    }

    /// What [`Outcome::to_json`] wrote; `None` if it is not that, or not all of it.
    pub fn from_json(text: &str) -> Option<Outcome> {
        Outcome::deserialize_json(text).ok()
    }
}

/// Why a test is red.
#[derive(Clone, Debug, PartialEq, Eq, SerJson, DeJson)]
pub struct Failure {
    /// What kind of thing has happened.
    pub kind: Kind,
    /// The accident, or what the code did: the same words whatever the language. `None` if it is about neither.
    pub name: Option<String>,
    /// What that means, in a sentence.
    pub meaning: Option<String>,
    /// What ought to have happened.
    pub expected: Option<String>,
    /// The faults under which it happened, if it is about one run.
    pub schedule: Option<String>,
    /// How that run is played again, if it comes to its end.
    pub again: Option<Again>,
    /// Whether the report has a timeline, and says what to read.
    pub is_story: bool,
    /// The whole report, as it is printed.
    pub report: String,
}

impl Failure {
    /// The name, or if there is none, the first line of the report.
    pub fn headline(&self) -> &str {
        let first = || self.report.lines().find(|line| !line.is_empty());
        self.name.as_deref().or_else(first).unwrap_or_default()
    }
}

/// What kind of thing has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SerJson, DeJson)]
pub enum Kind {
    /// An accident, in a world.
    Accident,
    /// The code does not let itself be judged.
    NoVerdict,
    /// Somebody has predicted otherwise.
    Prediction,
    /// Something that there is not was asked for, or the course itself is in trouble.
    Usage,
}

/// How a run is played again.
#[derive(Clone, Debug, PartialEq, Eq, SerJson, DeJson)]
pub struct Again {
    /// The world, by its name or its description; `None` for the usual one.
    pub world: Option<String>,
    /// The command that does it.
    pub command: String,
}
