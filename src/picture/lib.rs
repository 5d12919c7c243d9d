//! Pictures of a run: its scene as SVG, and as data for a program that draws it anew (with the feature `recording`).

pub(crate) mod captions;
pub(crate) mod catalogue;
pub mod compare;
pub mod crowd;
pub mod flow_chart;
pub(crate) mod labels;
pub(crate) mod layout;
pub(crate) mod legend;
pub mod pair;
#[cfg(feature = "recording")]
pub mod recording;
pub mod svg;
pub(crate) mod time_axis;
pub(crate) mod writer;

pub use compare::{Panel, compare};
pub use crowd::CROWD;
pub use crowd::queue;
pub use flow_chart::flow_chart;
pub use pair::pair;
pub use svg::{Caption, svg};
pub use writer::Tone;
