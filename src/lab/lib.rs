//! The lab: a small deterministic world in which order code runs as it would in production.
//!
//! Whoever writes order code writes what they would write at work: clients with `async fn`, `tokio::time::timeout`, SQL in a
//! transaction ([`flow`], [`shop`], [`db`]). Only the clock is virtual, and every accident is scheduled: each call, statement,
//! submission and delivery is a [`step`](language::step), and one [`oracle`](engine::oracle) decides what it suffers.
//!
//! Providers keep their own ledgers ([`services`]); the shop knows only the replies that reach it. At the end of a
//! [`run`] the two are laid side by side ([`evidence`](judge::evidence)), and an [`accident`](judge::accident) is a difference
//! between them. It is told as a timeline ([`tell`]).
//!
//! A world is a pure function of code, schedule and seed. So one line replays it ([`schedule`](language::schedule)), all of them
//! can be tried ([`exhaustive`](search::exhaustive)), and random ones can be shrunk ([`random`](search::random)).
//!
//! # Layout
//!
//! Each module imports from those above it in this list, and from no other; modules in one line are neighbours, and do not
//! import each other:
//!
//! - [`language`]: time, names, steps, faults, schedules and their text form, and what the shop and its services say to each other
//! - [`engine`]: one world: its state, the network, the process that lives and dies in it
//! - [`db`], [`services`], [`two_phase`]: real SQLite behind an async facade; the providers; transactions across services
//! - [`shop`]: what order code can call
//! - [`flow`]: what order code has to offer
//! - [`judge`]: evidence from all sides, accidents, verdicts
//! - [`setup`]: what a world begins with
//! - [`run`]: how it is run
//! - [`search`]: which worlds are tried, and how an accident is made small
//! - [`tell`]: a run in words, for a terminal; every sentence in every language
//! - [`check`]: all of that from a plain `#[test]`
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

pub mod check;
pub mod db;
pub mod engine;
pub mod flow;
pub mod judge;
pub mod language;
pub mod prelude;
pub mod run;
pub mod search;
pub mod services;
pub mod setup;
pub mod shop;
pub mod tell;
pub mod two_phase;

pub use check::Lab;
pub use setup::Setup;
pub use shop::Shop;
