//! Pictures of runs: what a reader can see in them.

mod render_colours;
mod render_drawn;
mod render_rows;
mod render_svg;

/// What the lab's own tests share, of which these here need a part.
#[path = "../../lab/tests"]
#[allow(dead_code)]
mod shared {
    pub mod common;
    pub mod render_runs;
}

use shared::{common, render_runs};
