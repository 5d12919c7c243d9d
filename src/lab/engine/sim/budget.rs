//! How much a world may do before it is ended. Sensible code never gets there.

use crate::engine::record::{Busy, Halt};
use crate::language::time::{HORIZON, Ms};

/// How many steps a world may take for every twelve hours (a shorter one counts as twelve). Sensible code needs a few
/// dozen; retries with growing pauses against a service that is down, a few hundred. Beyond that, a search over all
/// steps would take for ever.
const STEP_BUDGET: u64 = 4_000;

/// How often background tasks may look and find nothing new in twelve hours: once every two seconds.
const TICK_BUDGET: u64 = 25_000;

/// How much of that is used.
pub(crate) struct Budget {
    /// How many times twelve hours the world lasts: the budget grows with it.
    half_days: u64,
    steps: u64,
    /// How many ticks did nothing new.
    idle_ticks: u64,
}

impl Budget {
    /// The budget of a world with this horizon.
    pub(crate) fn of(horizon: Ms) -> Budget {
        Budget {
            half_days: horizon.0.div_ceil(HORIZON.0).max(1),
            steps: 0,
            idle_ticks: 0,
        }
    }

    /// One step more; the reason to end the world, if that is too many.
    pub(super) fn take_a_step(&mut self) -> Option<Halt> {
        self.steps += 1;
        let count = STEP_BUDGET * self.half_days;
        let what = Busy::Steps;
        (self.steps > count).then_some(Halt::NeverSettles { what, count })
    }

    /// The steps of a tick that found nothing new do not count; the reason to end the world, if there are too many such
    /// ticks.
    pub(super) fn give_back(&mut self, steps: u64) -> Option<Halt> {
        self.steps = self.steps.saturating_sub(steps);
        self.idle_ticks += 1;
        let ticks = TICK_BUDGET * self.half_days;
        (self.idle_ticks > ticks).then_some(Halt::TicksTooOften { ticks })
    }
}
