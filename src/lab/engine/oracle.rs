//! Oracles decide, at every step of a world, whether something goes wrong there.
//!
//! A world asks its one oracle at each step, by the step's name and attempt and never by its position. Replay, random
//! runs, proptest and exhaustive search differ only in their oracle.

use crate::language::fault::{Fault, menu};
use crate::language::schedule::Schedule;
use crate::language::step::{Step, StepKind};
use crate::language::time::Ms;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Decides what goes wrong at a step.
pub trait Oracle: Send {
    /// The one fault that this step suffers, if any; it [applies](Fault::applies_to) to the step. A world asks once for
    /// each step, in the order in which the steps happen.
    fn decide(&mut self, step: &Step) -> Option<Fault>;
}

/// Follows a schedule, and adds nothing.
pub struct Replay {
    schedule: Schedule,
}

impl Replay {
    /// The oracle that replays this schedule.
    pub fn new(schedule: Schedule) -> Replay {
        Replay { schedule }
    }
}

impl Oracle for Replay {
    fn decide(&mut self, step: &Step) -> Option<Fault> {
        self.schedule.fault_at(step)
    }
}

/// Plays the faults that belong to a world's story, and leaves the rest to another oracle.
pub struct Given {
    story: Schedule,
    other: Box<dyn Oracle>,
}

impl Given {
    /// This story, and otherwise the other oracle.
    pub fn new(story: Schedule, other: Box<dyn Oracle>) -> Given {
        Given { story, other }
    }
}

impl Oracle for Given {
    fn decide(&mut self, step: &Step) -> Option<Fault> {
        let other = self.other.decide(step);
        self.story.fault_at(step).or(other)
    }
}

/// The longest random delay: long after everyone has given up, yet far enough from the
/// [horizon](crate::language::time::HORIZON) that `recover` runs again after the late message has arrived.
pub const LONGEST_DELAY: Ms = Ms::hours(1);

/// Rolls dice at every step.
///
/// The result is a function of seed and step alone: after a change to earlier code, the step still suffers the same
/// fault. Only the limit on the number of faults depends on what came before.
pub struct Dice {
    seed: u64,
    chance: f64,
    left: usize,
    only: fn(Fault) -> bool,
    suffers: fn(Fault) -> bool,
    clicks: f64,
}

impl Dice {
    /// Dice that let this share of the steps (0 for none, 1 for all) suffer a fault, until `most` of them
    /// have.
    pub fn new(seed: u64, chance: f64, most: usize) -> Dice {
        Dice {
            seed,
            chance,
            left: most,
            only: |_| true,
            suffers: Fault::is_usual,
            clicks: 0.0,
        }
    }

    /// Dice limited to the faults that a world [can suffer](crate::setup::Setup::suffers).
    pub fn suffered(self, suffers: fn(Fault) -> bool) -> Dice {
        Dice { suffers, ..self }
    }

    /// Dice limited to [faults of deliveries](Fault::is_about_delivery). Customers are impatient: of four submissions,
    /// three suffer something.
    pub fn of_deliveries(self) -> Dice {
        Dice {
            only: Fault::is_about_delivery,
            clicks: 0.75,
            ..self
        }
    }
}

impl Oracle for Dice {
    fn decide(&mut self, step: &Step) -> Option<Fault> {
        if self.left == 0 {
            return None;
        }
        let hash = hash(self.seed, step);
        let chance = match step.kind() {
            StepKind::Submission => self.chance.max(self.clicks),
            _ => self.chance,
        };
        // The upper 53 bits as a number below 1. Most steps end here: a generator costs far more to set up.
        if (hash >> 11) as f64 / (1_u64 << 53) as f64 >= chance {
            return None;
        }
        let mut faults = menu(step);
        faults.retain(|fault| (self.only)(*fault) && (self.suffers)(*fault));
        if faults.is_empty() {
            return None;
        }
        let mut dice = StdRng::seed_from_u64(hash);
        let fault = faults[dice.random_range(0..faults.len())];
        self.left -= 1;
        if fault.span() == Some(Ms::ZERO) {
            return Some(fault);
        }
        Some(fault.with_span(delay(&mut dice)))
    }
}

/// A delay between 1 ms and [`LONGEST_DELAY`], every order of magnitude as likely as the others: the edges that
/// matter lie at milliseconds as well as at minutes.
fn delay(dice: &mut StdRng) -> Ms {
    let least = 1_u64 << dice.random_range(0..=LONGEST_DELAY.0.ilog2());
    let most = LONGEST_DELAY.0.min(2 * least - 1);
    Ms(dice.random_range(least..=most))
}

/// A number that depends on every bit of seed and step (FNV-1a, then splitmix64's finish). The standard
/// hasher may change with the compiler, and a seed should mean the same everywhere.
fn hash(seed: u64, step: &Step) -> u64 {
    let actor = step.actor.as_str().bytes();
    let what = step.what.as_str().bytes();
    let attempt = step.attempt.to_le_bytes();
    // No byte of UTF-8 is 0xff, so that no two steps spell the same bytes.
    let spelled = actor.chain([0xff]).chain(what).chain([0xff]).chain(attempt);
    let start = mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15));
    mix(spelled.fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
