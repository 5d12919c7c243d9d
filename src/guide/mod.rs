//! The guide through the course, behind `cargo run`.
//!
//! It reads each chapter's `chapter.toml`, has cargo build and run the chapter's contract tests, and gets their
//! outcomes as data. It depends on neither the chapters nor the lab, so it starts quickly and works whatever the
//! learner has written. It never writes into the learner's files: its notes are in the target directory.

// `println!` panics on a closed pipe; `out` does not.
#![warn(clippy::print_stdout)]

pub mod cargo;
pub mod chapter;
pub mod claim;
mod cli;
pub mod environment;
mod hint;
pub mod language;
pub mod libtest;
mod memory;
#[path = "../course/out.rs"]
mod out;
mod overview;
pub mod prompt;
pub mod replay;
mod standing;
mod tasks;
#[path = "../course/usage.rs"]
mod usage;
pub mod words;
#[path = "../lab/tell/wrap.rs"]
#[allow(dead_code, reason = "only timelines and pictures break at strokes")]
mod wrap;

pub use cli::main;
