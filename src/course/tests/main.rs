//! What chapters have in common: reports, proofs, isolation, films.

mod every_statement;
mod film;
mod green;
mod isolation;
mod outside;
mod reports;
mod strangers;

/// What the lab's own tests share, of which these here need a part.
#[path = "../../lab/tests"]
#[allow(dead_code)]
mod shared {
    pub mod common;
}

use shared::common;
