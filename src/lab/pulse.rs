//! The pulse of a test: whether it still gets anywhere, and under which schedule.
//!
//! Order code that never yields cannot be interrupted from its own thread, and code that aborts takes the whole
//! process with it. Somebody else has to say what was going on; this is where they look.

use crate::fault::Fault;
use crate::step::Step;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// For how long code may run without reaching a step or finishing a world, in real milliseconds. The lab's own
/// tests shorten it: they would wait for nothing else.
const PATIENCE: &str = "SAGA_PATIENCE_MS";

/// How long that is unless [`PATIENCE`] says otherwise.
const USUAL_PATIENCE: Duration = Duration::from_secs(10);

/// Names a file to which every fault is written as it strikes, so that it can be read after an abort.
pub(crate) const BREADCRUMBS: &str = "SAGA_BREADCRUMBS";

static BEATS: AtomicU64 = AtomicU64::new(0);
static STRUCK: Mutex<Vec<(Step, Fault)>> = Mutex::new(Vec::new());

/// Something was got done: a step was reached.
pub(crate) fn beat() {
    BEATS.fetch_add(1, Ordering::Relaxed);
}

/// A world begins.
pub(crate) fn world_begins() {
    beat();
    struck(|faults| faults.clear());
}

/// A fault struck in the current world.
pub(crate) fn strikes(step: Step, fault: Fault) {
    struck(|faults| faults.push((step, fault)));
}

/// The faults that have struck in the current world.
pub(crate) fn current_schedule() -> String {
    let faults = STRUCK.lock().unwrap_or_else(PoisonError::into_inner);
    crate::schedule::Schedule::of(faults.iter().copied()).to_string()
}

fn struck(change: impl FnOnce(&mut Vec<(Step, Fault)>)) {
    change(&mut STRUCK.lock().unwrap_or_else(PoisonError::into_inner));
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let file = FILE.get_or_init(|| std::env::var_os(BREADCRUMBS).map(PathBuf::from));
    if let Some(file) = file {
        // Without the file there is a verdict all the same; it only names no schedule.
        let _ = std::fs::write(file, current_schedule());
    }
}

/// For how long code may run without reaching a step or finishing a world.
pub(crate) fn patience() -> Duration {
    std::env::var(PATIENCE)
        .ok()
        .and_then(|text| text.parse().ok())
        .map_or(USUAL_PATIENCE, Duration::from_millis)
}

/// Calls `stuck` once, from another thread, if there has been no beat for as long as [`patience`] lasts.
pub(crate) fn watch(stuck: impl FnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        let mut last = BEATS.load(Ordering::Relaxed);
        loop {
            std::thread::park_timeout(patience());
            let now = BEATS.load(Ordering::Relaxed);
            if now == last {
                return stuck();
            }
            last = now;
        }
    });
}
