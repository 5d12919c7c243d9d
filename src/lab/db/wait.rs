//! Waiting for a lock that somebody else holds.

use super::{Database, Db};
use crate::engine::record::LockWait;
use crate::engine::trace::Event;
use crate::language::instance::{Instance, unmarked};
use crate::language::name::Name;
use crate::language::step::BACKGROUND;

/// Held while a statement waits for a lock; notes the wait when it ends, however it ends.
pub(super) struct LockWaiting<'a> {
    db: &'a Db,
    index: usize,
}

impl<'a> LockWaiting<'a> {
    pub(super) fn begin(db: &'a Db, actor: Name) -> LockWaiting<'a> {
        let mut sim = db.handle.world.sim();
        let database = Database::of(&mut sim);
        let holder = database.and_then(|database| database.lock_holder());
        let holder = holder.unwrap_or(BACKGROUND);
        // For the verdict, an order is itself in either process.
        let (who, whose) = (unmarked(actor), unmarked(holder));
        let from = sim.now;
        // A statement that has to wait has found something new.
        sim.touch();
        sim.lock_waits.push(LockWait {
            actor: who,
            process: Instance::of(actor),
            holder: whose,
            from,
            until: None,
        });
        let index = sim.lock_waits.len() - 1;
        sim.record(from, actor, Event::LockWaits { holder });
        LockWaiting { db, index }
    }
}

impl Drop for LockWaiting<'_> {
    fn drop(&mut self) {
        let mut sim = self.db.handle.world.lock();
        if !sim.closed {
            let now = self.db.handle.world.now();
            sim.lock_waits[self.index].until.get_or_insert(now);
        }
    }
}
