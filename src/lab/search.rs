//! Which worlds are tried: all schedules of up to so many faults, random worlds that shrink, and the edge of an
//! accident.

pub mod census;
pub mod edge;
pub mod exhaustive;
pub mod outside;
pub mod random;
pub mod repeat;
pub mod scenario;
pub mod score;
