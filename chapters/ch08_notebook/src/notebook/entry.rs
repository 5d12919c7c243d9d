//! A notebook among the codes of a chapter.

use super::answers::{Answers, Notebook};
use super::undoing::FlowOrUndoing;
use crate::flow::Checkout;
use saga_lab::flow::{Code, OrderFlow};

/// A notebook under a name: the code that is run, and beside it what the notebook predicts.
#[derive(Clone, Copy)]
pub struct Entry {
    pub(super) code: Code,
    pub(super) answers: Answers,
}

impl Entry {
    /// This notebook, under this name. Its predictions are about the flow of this chapter.
    pub const fn of<N: Notebook>(name: &'static str) -> Entry {
        Entry::about::<Checkout, N>(name)
    }

    /// The same about another flow.
    pub const fn about<F: OrderFlow, N: Notebook>(name: &'static str) -> Entry {
        Entry {
            code: Code::of::<FlowOrUndoing<F, N>>(name),
            answers: Answers::of::<N>(),
        }
    }
}

/// The codes of these notebooks, for the chapter.
///
/// # Panics
/// Unless they are so many.
pub const fn codes<const COUNT: usize>(notebooks: &[Entry]) -> [Code; COUNT] {
    assert!(notebooks.len() == COUNT);
    let mut codes = [notebooks[0].code; COUNT];
    let mut place = 1;
    while place < COUNT {
        codes[place] = notebooks[place].code;
        place += 1;
    }
    codes
}
