//! The book: the course's own texts, rendered in both languages into `target/book`.
//!
//! The texts stay where they are: the chapters' READMEs, and `docs/en` and `docs/ja`. [`course`] finds them,
//! [`text`] turns each into what mdBook understands, [`render`] has mdBook render them in the theme of
//! `docs/theme`, [`build`] puts everything together beside the old book and swaps the two.

pub mod api;
pub mod build;
pub mod check;
pub mod course;
pub mod figure;
pub mod files;
pub mod gallery;
pub mod highlight;
pub mod player;
pub mod recordings;
pub mod render;
pub mod search;
pub mod serve;
pub mod text;
pub mod warnings;
