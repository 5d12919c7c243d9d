//! The search keeps nothing of the worlds it has run. A test binary of its own, for it looks at the memory of
//! the whole process.
#![cfg(target_os = "linux")]

#[path = "common/keyed.rs"]
mod keyed;

use keyed::{Keyed, RIGHT};
use lab::flow::Code;
use lab::language::time::Ms;
use lab::search::exhaustive::Search;
use lab::setup::Setup;

/// The most memory this process has ever used, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("no peak in {status}"))
}

#[test]
fn memory_does_not_grow_with_the_number_of_worlds() {
    let setup = Setup::new().schema(keyed::SCHEMA);
    let setup = setup.horizon(Ms::hours(3));
    let code = Code::of::<Keyed<RIGHT>>("right");
    let search = Search::new(&setup, code);
    let few = search.every_schedule(1).run();
    let after_few = peak();
    let many = search.every_schedule(2).run();
    let after_many = peak();
    assert!(many > 20 * few, "{many} worlds after {few}");
    // A world's trace alone takes 10 kB, so keeping them all would take 20 MB and more.
    let grown = after_many - after_few;
    assert!(
        grown < 4_000,
        "{grown} kB more for {many} worlds than for {few}"
    );
    assert_ne!(keyed::WRONG_ON_THE_DOT, keyed::WRONG_AFTER_A_REFUSAL);
}
