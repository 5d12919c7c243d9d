//! The lab: a small deterministic world in which order code runs as it would in production.

pub mod evidence;
pub mod fault;
pub mod message;
pub mod name;
pub mod oracle;
pub mod order;
mod parse;
pub mod render;
pub mod schedule;
pub mod schedule_error;
pub mod service;
pub mod step;
pub mod strategy;
pub mod time;
pub mod trace;
