//! The lab: a small deterministic world in which order code runs as it would in production.
//!
//! Whoever writes order code writes what they would write at work: clients with `async fn`, `tokio::time::timeout`, SQL in a
//! transaction ([`OrderFlow`], [`Shop`], [`Db`](prelude::Db)). Only the clock is virtual, and every accident is scheduled: each
//! call, statement, submission and delivery is a [`Step`], which suffers the [`Fault`] that a schedule has for it, or none.
//!
//! Providers keep their own ledgers ([`Service`]); the shop knows only the replies that reach it. At the end of a run
//! the two are compared ([`Evidence`]), and an [`Accident`] is a difference between them. It is told as a timeline
//! ([`Report`]).
//!
//! A world is a pure function of code, schedule and seed. So one line replays it ([`Schedule`]), all of them can be tried
//! ([`Search`]), and random ones can be shrunk ([`Lab::whatever_happens`]).
//!
//! # What there is
//!
//! - Order code says `use lab::prelude::*;` and implements [`OrderFlow`].
//! - A test asks with a [`Lab`]: every schedule of so many faults, whatever happens, one [`Schedule`]. Its error is a [`Report`].
//! - [`Setup`] says what the world begins with, and [`Bounds`] what may be drawn. A [`Service`] of your own joins the lab's; what
//!   must hold in the end is an [invariant](Setup::invariant) over the [`Evidence`], which answers with what is [`Wrong`].
//! - To build a tool, ask with a [`Check`], or take the pieces: [`replay`] one world, [`judge`] it, [`Search`] them
//!   all.
//!
//! Everything that code outside this repository needs is on this page. The modules are public only for tools that are
//! built together with the lab, like the course around it: they change with it, and their pages are not shown.
//!
//! # One accident
//!
//! A shop that takes a timeout for a failure, and a reply that comes too late:
//!
//! ```
//! use lab::prelude::*;
//! use lab::{Code, Setup, judge, replay};
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
//! The course's book explains how all this works, and which accidents the lab itself had on the way: "How the lab
//! works".

// # Layout
//
// Each module imports from those above it in this list, and from no other; modules in one line are neighbours, and do not
// import each other:
//
// - `language`: time, names, steps, faults, schedules and their text form, and what the shop and its services say to each other
// - `engine`: one world: its state, the network, the process that lives and dies in it
// - `db`, `services`, `two_phase`: real SQLite behind an async facade; the providers; transactions across services
// - `shop`: what order code can call
// - `flow`: what order code implements
// - `judge`: evidence from all sides, accidents, verdicts
// - `setup`: what a world begins with
// - `run`: how it is run
// - `search`: which worlds are tried, and how an accident is made small
// - `tell`: a run in words, for a terminal; every sentence in every language
// - `check`: what is asked of a flow, also from a plain `#[test]`

#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod db;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod flow;
#[doc(hidden)]
pub mod judge;
#[doc(hidden)]
pub mod language;
pub mod prelude;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod search;
#[doc(hidden)]
pub mod services;
#[doc(hidden)]
pub mod setup;
#[doc(hidden)]
pub mod shop;
#[doc(hidden)]
pub mod tell;
#[doc(hidden)]
pub mod two_phase;

#[doc(inline)]
pub use check::{Check, Lab};
#[doc(inline)]
pub use db::Storage;
#[doc(inline)]
pub use engine::network::Latency;
#[doc(inline)]
pub use flow::{Code, OrderFlow};
#[doc(inline)]
pub use judge::accident::Accident;
#[doc(inline)]
pub use judge::evidence::{Evidence, Run};
#[doc(inline)]
pub use judge::invariant::Wrong;
#[doc(inline)]
pub use judge::verdict::{Verdict, judge};
#[doc(inline)]
pub use language::fault::Fault;
#[doc(inline)]
pub use language::message::Service as Provider;
#[doc(inline)]
pub use language::schedule::Schedule;
#[doc(inline)]
pub use language::schedule_error::ScheduleError;
#[doc(inline)]
pub use language::step::Step;
#[doc(inline)]
pub use run::replay;
#[doc(inline)]
pub use search::exhaustive::Search;
#[doc(inline)]
pub use search::scenario::{Bounds, Scenario};
#[doc(inline)]
pub use search::score::Score;
#[doc(inline)]
pub use services::{Executed, Keys, Line, Manner, PaymentRules, Service};
#[doc(inline)]
pub use setup::Setup;
#[doc(inline)]
pub use shop::{Client, Shop};
#[doc(inline)]
pub use tell::report::{Length, Report};
#[doc(inline)]
pub use tell::{Language, Style};
