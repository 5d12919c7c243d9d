//! What only this course needs around the lab: chapters, their demos, and each test in its own process.

mod answers;
pub mod chapter;
pub mod commands;
pub mod demo;
pub mod isolate;
pub(crate) mod measure;
pub(crate) mod no_verdict;
pub(crate) mod out;
pub(crate) mod outcome;
pub(crate) mod proof;
#[cfg(feature = "recording")]
pub mod recording;
mod usage;

use lab::tell::wrap;
