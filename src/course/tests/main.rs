//! What chapters have in common: reports, proofs, isolation, recordings.

mod every_statement;
mod green;
mod isolation;
mod outside;
#[cfg(feature = "recording")]
mod recording;
mod reports;
mod strangers;

/// What the lab's own tests share, of which these here need a part.
#[path = "../../lab/tests"]
#[allow(dead_code)]
mod shared {
    pub mod common;
}

use shared::common;
