//! Judges a world: the evidence from all sides, the accidents in it, and the verdict.

pub mod accident;
pub mod claim;
pub mod evidence;
pub(crate) mod fairness;
pub mod invariant;
pub mod once;
pub mod terms;
pub mod verdict;
