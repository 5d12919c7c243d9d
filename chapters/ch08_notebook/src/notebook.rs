//! Notebooks: predictions about an order flow, and undo code for its steps. This chapter checks both.
//!
//! A [`Notebook`] answers three questions about one order flow, *order → payment → inventory → shipping*:
//!
//! 1. Which step does our database's rollback take back? ([`Boundary`])
//! 2. What does each side know if this or that goes wrong? ([`Prediction`])
//! 3. How is each step undone, and until when? (`undo_*`, [`Until`])
//!
//! The first two are compared with a run of the flow ([`question`]); the right answers are not stored anywhere. The
//! third is real code: each undo is run in time, late, twice, before its action arrives, and with a lost reply, and the
//! ledgers show whether anything was undone.

mod answers;
mod entry;
mod grader;
mod page;
pub mod question;
mod reach;
mod sheet;
mod situation;
mod undoing;
mod until;
mod words;

pub use answers::{Boundary, Customer, Left, Notebook, OurBooks, Prediction, Undo, Until, Written};
pub use entry::{Entry, codes};
pub use grader::Grader;
pub use question::Remote;
pub use situation::When;
pub use undoing::{SCHEMA, UNDO_PATIENCE};

/// What a notebook needs: `use crate::notebook::prelude::*;`
pub mod prelude {
    pub use super::Boundary::{External, Inside};
    pub use super::Left::{Books, Money, Parcels, Rows};
    pub use super::Undo::{Done, TooLate};
    pub use super::Until::{AnyTime, Within};
    pub use super::{
        Boundary, Customer, Left, Notebook, OurBooks, Prediction, Remote, Undo, Until, Written,
    };
    pub use saga_lab::prelude::*;
}
