//! The runtime that worlds play in: one for each thread, reused from world to world.
//!
//! A fresh runtime costs half as much as everything that happens in a small world. This is what could make a used one
//! differ from a fresh one, and how that is prevented:
//!
//! - *The clock has moved.* Tokio sorts its timers into slots by their deadlines on its own clock, 64 slots of 1 ms, of
//!   64 ms and so on up to [`TURN`], and within one millisecond they fire in an order that depends on the slots they
//!   have passed through. So every world begins where the wheel of these slots has just completed a turn, as when it
//!   was new. Timers even further ahead are sorted by their distance from there.
//! - *Tasks are left over.* Tasks of the world end with its `LocalSet`; others that the order code has spawned end with the
//!   runtime, which is then not used again.
//! - *A panic* in the lab itself takes the runtime with it.
//!
//! Each world reads its own beginning from the clock, and the absolute time is hidden from the code.

use std::cell::RefCell;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// After this time all slots of tokio's wheel but the widest are where they began: 64 to the 5th power ms.
const TURN: Duration = Duration::from_millis(1 << 30);

/// A runtime whose clock is paused, and the time at which that clock began.
struct Paused {
    runtime: Runtime,
    began: Instant,
}

thread_local! {
    static KEPT: RefCell<Option<Paused>> = const { RefCell::new(None) };
}

/// The clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// It jumps to the next timer whenever every task waits.
    Virtual,
    /// Real time.
    Wall,
}

/// Plays a world on this clock.
///
/// # Panics
/// If the machine cannot give it a runtime.
pub(crate) fn play<T>(clock: Clock, world: impl Future<Output = T>) -> T {
    match clock {
        Clock::Virtual => play_again(world),
        Clock::Wall => start(false).block_on(world),
    }
}

/// Plays a world in the runtime that this thread keeps.
fn play_again<T>(world: impl Future<Output = T>) -> T {
    let kept = KEPT.take();
    let Paused { runtime, began } = kept.unwrap_or_else(|| {
        let runtime = start(true);
        let began = runtime.block_on(async { Instant::now() });
        Paused { runtime, began }
    });
    let outcome = runtime.block_on(async {
        let passed = began.elapsed().as_nanos();
        let into_turn = passed % TURN.as_nanos();
        if into_turn > 0 {
            let left = (TURN.as_nanos() - into_turn) as u64;
            tokio::time::advance(Duration::from_nanos(left)).await;
        }
        world.await
    });
    if runtime.metrics().num_alive_tasks() == 0 {
        KEPT.set(Some(Paused { runtime, began }));
    }
    outcome
}

fn start(paused: bool) -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(paused)
        .build()
        .unwrap_or_else(|error| panic!("cannot start a runtime: {error}"))
}
