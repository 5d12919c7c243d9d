//! The answers, right and wrong. Each can be copied over `exercise.rs` as it is.

#[path = "../answers/solution.rs"]
pub mod solution;
