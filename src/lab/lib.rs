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
//! use lab::judge::verdict::judge;
//! use lab::run::replay;
//! use lab::setup::Setup;
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

pub mod db;
pub mod engine;
pub mod flow;
pub mod judge;
pub mod language;
pub mod prelude;
pub(crate) mod providers;
pub mod run;
pub mod search;
pub mod services;
pub mod setup;
pub mod shop;
pub mod tell;
pub mod two_phase;

pub use shop::Shop;
