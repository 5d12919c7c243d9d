//! One world: its state, the network, the shop's process, and the watchdog.

pub(crate) mod behalf;
pub(crate) mod due;
pub mod host;
pub mod network;
pub mod oracle;
pub(crate) mod panics;
pub(crate) mod pause;
pub(crate) mod process;
pub mod record;
pub(crate) mod runtime;
pub mod service;
pub mod sim;
pub(crate) mod store;
pub mod trace;
pub(crate) mod turn;
pub mod watchdog;
pub(crate) mod world;
