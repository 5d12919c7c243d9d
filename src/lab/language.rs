//! The words of the lab: time, names, steps, faults, schedules and their text form, and the messages between the shop
//! and its services. Everything above uses them; nothing here knows of a world.

pub mod db_error;
pub mod fault;
pub mod instance;
pub mod message;
pub mod name;
pub mod order;
pub(crate) mod parse;
pub mod schedule;
pub mod schedule_error;
pub mod step;
pub mod time;
