//! The lab's own tests, in one program: forty of them would be linked one by one.
//!
//! What needs a process to itself is a program of its own: see `Cargo.toml`.

mod accidents;
mod after_death;
mod api_card;
mod budget;
mod catalogue;
mod check;
mod common;
mod database;
mod death;
mod determinism;
mod doing_nothing;
mod edges;
mod exploration;
mod hanging_up;
mod instances;
mod invariants;
mod locks;
mod mapping;
mod names_of_statements;
mod network;
mod oracle;
mod parcels_and_deliveries;
mod pauses;
mod refunds;
mod render_runs;
mod render_scene;
mod render_text;
mod schedule;
mod schedule_errors;
mod services_authorisation;
mod services_inventory;
mod services_payment;
mod services_shipping;
mod services_strangers;
mod small_accidents;
mod statements;
mod strategy;
mod ticking;
mod time;
mod two_phase;
mod webhooks;
mod wiping;
