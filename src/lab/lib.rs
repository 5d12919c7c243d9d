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
//!
//! # One accident
//!
//! A shop that takes a timeout for a failure, and a reply that comes too late:
//!
//! ```
//! use lab::flow::Code;
//! use lab::prelude::*;
//! use lab::verdict::judge;
//! use lab::world::{Setup, replay};
//!
//! struct Hasty {
//!     shop: Shop,
//! }
//!
//! impl OrderFlow for Hasty {
//!     fn start(shop: Shop) -> Self {
//!         Hasty { shop }
//!     }
//!
//!     async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
//!         let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
//!         if tokio::time::timeout(Ms(700).duration(), charge).await.is_err() {
//!             return Ok(Answer::Cancelled);
//!         }
//!         let sql = "INSERT INTO orders (id, status) VALUES (?1, 'confirmed')";
//!         self.shop.db.execute(sql, params![order.id]).await?;
//!         Ok(Answer::Confirmed)
//!     }
//! }
//!
//! let setup = Setup::new()
//!     .schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;")
//!     .orders([(Ms::ZERO, Order::new("order1", Yen(1_200)))]);
//! let code = Code::of::<Hasty>("hasty");
//!
//! // On a calm day nothing is wrong with it.
//! let calm = replay(&setup, code, &"".parse()?);
//! assert_eq!(judge(&calm), None);
//!
//! let late = "order1/payment.charge#1: reply late 1500ms".parse()?;
//! let verdict = judge(&replay(&setup, code, &late)).expect("the money is gone");
//! assert_eq!(verdict.name(), "charged without an order");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! How all this works, and the accidents the lab itself had on the way, is told in the course's book: "How the lab works".

pub mod accident;
pub mod census;
pub mod chapter;
pub mod db;
pub mod demo;
mod due;
pub mod edge;
pub mod evidence;
pub mod explore;
pub mod fault;
pub mod film;
pub mod flow;
pub mod grid;
pub mod isolate;
mod json;
mod measure;
pub mod message;
pub mod name;
pub mod network;
pub mod notebook;
pub mod once;
pub mod oracle;
pub mod order;
mod outside;
mod panics;
mod parse;
mod parts;
pub mod prelude;
pub mod process;
mod proof;
mod pulse;
pub mod render;
pub mod report;
pub mod scenario;
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
