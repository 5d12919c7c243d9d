//! The lab: a small deterministic world in which order code runs as it would in production.
//!
//! The learner writes what they would write at work: clients with `async fn`, `tokio::time::timeout`, SQL in a
//! transaction ([`flow`], [`shop`], [`db`]). Only the clock is virtual, and every accident is scheduled:
//! each call, statement, submission and delivery is a [`step`], and one [`oracle`] decides what it suffers.
//!
//! Providers keep their own ledgers ([`service`]); the shop knows only the replies that reach it. At the end of a
//! [`world`] the two are laid side by side ([`evidence`]), and an [`accident`] is a difference between them. It
//! is told as a timeline ([`render`], [`report`]).
//!
//! A world is a pure function of code, schedule and seed. So one line replays it ([`schedule`]), all of them can be
//! tried ([`explore`]), and random ones can be shrunk ([`strategy`]).

pub mod accident;
pub mod chapter;
pub mod db;
pub mod demo;
mod due;
pub mod edge;
pub mod evidence;
pub mod explore;
pub mod fault;
pub mod flow;
pub mod grid;
pub mod isolate;
mod measure;
pub mod message;
pub mod name;
pub mod network;
pub mod once;
pub mod oracle;
pub mod order;
mod panics;
mod parse;
mod parts;
pub mod prelude;
pub mod process;
mod pulse;
pub mod render;
pub mod report;
pub mod schedule;
pub mod schedule_error;
pub mod score;
pub mod service;
mod shared;
pub mod shop;
pub mod sim;
pub mod step;
mod strangers;
pub mod strategy;
mod table;
pub mod time;
pub mod trace;
pub mod two_phase;
pub mod verdict;
pub mod world;

pub use shop::Shop;
