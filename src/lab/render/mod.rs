//! Pictures of a run: the timeline as terminal text and as SVG.
//!
//! A run is told in three steps. [`Scene::of`] arranges its trace: which lanes there are, which messages
//! went between them and what became of each, what the shop could not know and when. [`text`] and [`svg`]
//! only place that, so the report on the terminal and the picture in the book tell the same story. How wide
//! a character is, and whether a terminal can show it, is [`Glyphs`]' business.

mod block;
mod calls;
mod columns;
mod compare;
pub(crate) mod data;
mod doubt;
mod flow_chart;
mod foot;
mod idle;
mod labels;
mod paper;
mod parting;
mod queue;
mod said;
mod scale;
mod scene;
mod sheet;
mod staging;
mod steps;
mod strip;
mod struck;
mod svg;
mod text;
mod width;
mod words;

pub use compare::{Panel, compare};
pub use flow_chart::flow_chart;
pub(crate) use queue::CROWD;
pub use queue::queue;
pub use scene::{
    Fate, Lane, Line, LineKind, Message, MessageKind, Moment, Note, Scene, Span, SpanKind,
};
pub use strip::Style;
pub use svg::{Caption, svg};
pub use text::text;
pub use width::Glyphs;
