//! What a world may have besides its faults: long absences, a story of its own, and customers at the counter.

use crate::engine::due::Due;
use crate::engine::sim::Sim;
use crate::language::name::Name;
use crate::language::time::Ms;
use crate::setup::Setup;
use crate::two_phase::record::WalkIn;

impl Setup {
    /// How long a dead process takes to come up again; [`RESTART`](crate::engine::host::RESTART) if nothing is said.
    pub fn restarts_after(self, restart: Ms) -> Setup {
        Setup { restart, ..self }
    }

    /// At these times a customer comes to the warehouse's own counter and wants one piece of the first thing that it
    /// carries. No message of the shop has to do with that; its locks may.
    pub fn counter(self, times: impl IntoIterator<Item = Ms>) -> Setup {
        Setup {
            walk_ins: times.into_iter().collect(),
            ..self
        }
    }

    /// These faults happen in this world, whatever else its schedule says. They are part of the story.
    ///
    /// # Panics
    /// If the schedule cannot be read.
    pub fn given(self, schedule: &str) -> Setup {
        let given = schedule.parse();
        Setup {
            given: given.unwrap_or_else(|error| panic!("{error}")),
            ..self
        }
    }

    /// Sets the customers at the counter in motion.
    pub(crate) fn open_the_counter(&self, sim: &mut Sim) {
        let Some((sku, _)) = self.stock.first() else {
            return;
        };
        for (n, at) in self.walk_ins.iter().enumerate() {
            sim.parts.walk_ins.push(WalkIn {
                name: Name::new(&format!("counter{}", n + 1)),
                sku: *sku,
                at: *at,
                told: None,
            });
            sim.schedule(*at, Due::WalkIn { n });
        }
    }
}
