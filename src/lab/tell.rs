//! A run in words: its scene, the scene on a terminal, and the report.
//!
//! A run is told in steps. [`Scene::of`](scene::Scene::of) arranges its trace: which lanes there are, which messages
//! went between them and what became of each, what the shop could not know and when. [`text`](text::text) only
//! places that, and so does the picture, so the report on the terminal and the picture in the book tell the same story. How wide
//! a character is, and whether a terminal can show it, is [`Glyphs`]' business.
//!
//! A scene holds facts, and so does whatever else there is to tell. Each becomes a sentence in one place, the [`catalogue`],
//! which has all of them in every [`Language`].

pub mod catalogue;
pub mod ending;
pub mod glyphs;
pub mod grid;
pub mod language;
pub mod report;
pub mod scene;
pub mod table;
pub mod text;
mod words;
pub mod wrap;

pub use catalogue::{Both, Label, Language, Say};
pub use ending::Ending;
pub use glyphs::Glyphs;
pub use scene::Scene;
pub use text::strip::Style;
pub use text::text;
