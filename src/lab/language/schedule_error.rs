//! What is wrong with a typed schedule, and where.
//!
//! A message is part of the lesson. After a typo the reader sees the place, the nearest thing that exists, and what
//! could be written there, without looking the grammar up. These are the facts; `tell/catalogue/slips.rs` words them.

use crate::language::fault::Fault;
use crate::language::name::Name;
use crate::language::step::{Step, StepKind};
use crate::language::time::Ms;
use std::fmt;

/// The problem. Typed text is kept the way a message [quotes](crate::language::parse::Piece::quoted) it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    FullWidth(char),
    NoColon,
    NoSemicolon,
    AlreadySuffers { step: Step, fault: Fault },
    NeverHappened,

    NoStep,
    NoAttempt,
    AttemptMissing,
    AttemptZero,
    AttemptTooLarge(String),
    NotAnAttempt(String),
    NobodysStep,
    NobodysStepIn(String),
    NothingDone,
    NothingDoneIn(String),
    NothingDoneBy(String),
    UnknownOperation(String),
    UnknownStep(String),

    NoFault,
    UnknownFault(String),
    NotHere { fault: Fault, here: Place },
    NeedsASpan(Fault),
    Complete { fault: Fault, without: String },

    TooShort(Ms),
    LongerThanTheWorld(String),
    LongerThanAnyWorld(String),
    NoUnit(String),
    NotASpan(String),
    NotANumber(String),
    NotAnAmount(String),
    NobodyPaysNothing,

    NobodyComes,
    TakesAtLeast(Ms),
    NoSuchService(String),
    NothingToUndo(String),
    UndoneNever,
    TooOften(String),
    NobodyHasOrdered(String),
    NotSold(String),
    CustomerComplete(String),
    OrderExists(String),
    NobodyOrdersNothing,
    TooMany(String),
    SaysNothing(String),
    NoSuchShelf(String),
}

/// What would have been right there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The problem explains itself.
    Nothing,
    AFault,
    OneFaultPerStep,
    AStep,
    AnAttempt,
    TheseSteps(Vec<String>),
    OperationsOf(String, Vec<&'static str>),
    Operations(Vec<&'static str>),
    ASpan,
    SpanUpTo(Ms),
    UpTo(Ms),
    Offer(Offer),
    Elsewhere(Vec<Place>, Offer),
    AClause,
    OneOfThese(Vec<String>),
    OneOfTheseShelves(Vec<String>),
    OrdersStand,
    TimesUpTo(u32),
    Goods(Vec<&'static str>),
    NoShelf,
}

/// What a step can suffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) whose: String,
    pub(crate) faults: Vec<Fault>,
}

/// Where a fault can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    At(StepKind),
    In(Name),
}

/// The kind of text that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Schedule,
    World,
}

/// Where a schedule stops making sense, what was expected there, and the nearest valid text.
///
/// `Display` and `Debug` both show the text with a caret under the position, so that a test can return the error as it
/// is.
#[derive(Clone, PartialEq, Eq)]
pub struct ScheduleError {
    pub(crate) text: String,
    pub(crate) typed: Typed,
    byte: usize,
    pub(crate) problem: Box<Problem>,
    nearest: Option<String>,
    pub(crate) expected: Box<Expected>,
}

impl ScheduleError {
    /// This problem at this byte of the text.
    pub(crate) fn new(text: &str, byte: usize, problem: Problem) -> ScheduleError {
        ScheduleError {
            text: text.to_owned(),
            typed: Typed::Schedule,
            byte,
            problem: Box::new(problem),
            nearest: None,
            expected: Box::new(Expected::Nothing),
        }
    }

    /// The text describes a world, not a schedule.
    pub(crate) fn of_a_world(self) -> ScheduleError {
        ScheduleError {
            typed: Typed::World,
            ..self
        }
    }

    /// Adds a suggestion.
    pub(crate) fn perhaps(mut self, nearest: Option<impl fmt::Display>) -> ScheduleError {
        self.nearest = nearest.map(|nearest| nearest.to_string());
        self
    }

    /// Adds what was expected.
    pub(crate) fn expecting(mut self, expected: Expected) -> ScheduleError {
        *self.expected = expected;
        self
    }

    /// Where in the text, in bytes from 0. It lies on a character's first byte, or just behind the text.
    pub fn byte(&self) -> usize {
        self.byte
    }

    /// On which line of the text, counted from 1.
    pub fn line(&self) -> usize {
        1 + self.text[..self.byte].matches('\n').count()
    }

    /// At which character of that line, counted from 1.
    pub fn column(&self) -> usize {
        1 + self.before().chars().count()
    }

    /// What was probably meant, if anything known is similar enough.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }

    /// The position's line, up to the position.
    pub(crate) fn before(&self) -> &str {
        let before = &self.text[..self.byte];
        &before[before.rfind('\n').map_or(0, |end| end + 1)..]
    }

    /// The position's line, from the position on.
    pub(crate) fn after(&self) -> &str {
        let after = &self.text[self.byte..];
        &after[..after.find('\n').unwrap_or(after.len())]
    }
}

impl fmt::Debug for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ScheduleError {}

/// How similar two texts are: 0 not at all, 1 the same. Swapped letters count as one typo.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(one, other)
}

/// The known text most similar to `said`; `None` if none is near.
pub fn nearest<'k>(said: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Comparing takes memory for length times length, and no typo is this long.
    if said.is_empty() || said.len() > 100 {
        return None;
    }
    // A text cut short has no wrong letters.
    let alike = |known: &str| {
        if known.starts_with(said) {
            1.0
        } else {
            likeness(said, known)
        }
    };
    known
        .into_iter()
        .map(|known| (alike(known), known))
        .filter(|(alike, _)| *alike >= 0.5)
        // Of equals, `min_by` takes the first.
        .min_by(|(one, _), (other, _)| other.total_cmp(one))
        .map(|(_, known)| known)
}
