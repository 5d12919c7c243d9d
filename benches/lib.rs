//! One scenario, written four times: "charge with 700 ms patience against 200 to 2,200 ms".
//!
//! The lab runs it with everything that belongs to a world. Beside it stand a plain tokio loop that records the
//! same trace, a hand-written discrete-event loop without tokio (the limit), and, for the variant with a
//! database, bare rusqlite doing the same statements.

pub mod by_hand;
pub mod in_the_lab;
pub mod plain_sql;
pub mod plain_tokio;

use lab::engine::trace::Entry;

/// What one world of the scenario leaves behind.
pub struct World {
    /// Whether the customer was told "confirmed".
    pub confirmed: bool,
    /// What happened.
    pub trace: Vec<Entry>,
}

/// How long the shop waits, in virtual milliseconds.
pub const PATIENCE_MS: u64 = 700;

/// How long the provider takes in this world, in virtual milliseconds: 200 to 2,200 there and back.
pub fn latency_ms(world: u64) -> u64 {
    use rand::{RngExt, SeedableRng};
    200 + rand::rngs::StdRng::seed_from_u64(world).random_range(0..=2_000)
}
