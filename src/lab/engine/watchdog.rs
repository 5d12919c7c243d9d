//! The pulse of a test: whether it still gets anywhere, and under which schedule.
//!
//! Order code that never yields cannot be interrupted from its own thread, and code that aborts takes the whole
//! process with it. Somebody else has to say what was going on; this is where they look.

use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::step::Step;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// For how long code may run without reaching a step or finishing a world, in real milliseconds. The lab's own
/// tests shorten it: they would wait for nothing else.
pub const PATIENCE: &str = "SAGA_PATIENCE_MS";

/// How long that is unless [`PATIENCE`] says otherwise.
const USUAL_PATIENCE: Duration = Duration::from_secs(10);

/// Names a file to which every fault is written as it strikes, so that it can be read after an abort.
pub const BREADCRUMBS: &str = "SAGA_BREADCRUMBS";

static BEATS: AtomicU64 = AtomicU64::new(0);
static REPLAY: Mutex<Option<Replay>> = Mutex::new(None);
static STRUCK: Mutex<Vec<(Step, Fault)>> = Mutex::new(Vec::new());

/// Something was got done: a step was reached.
pub(crate) fn beat() {
    BEATS.fetch_add(1, Ordering::Relaxed);
}

/// The command that plays a world again under this schedule.
type Replay = Box<dyn Fn(&Schedule) -> String + Send>;

/// From here on this is how worlds are played again.
pub fn replays(replay: impl Fn(&Schedule) -> String + Send + 'static) {
    *REPLAY.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(replay));
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

/// The world in which something has ended a test: what has struck in it, and the command that plays it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// The faults.
    pub schedule: String,
    /// The command; empty if nobody knows which code it was.
    pub replay: String,
}

impl Scene {
    /// The current world.
    pub fn current() -> Scene {
        let faults = STRUCK.lock().unwrap_or_else(PoisonError::into_inner);
        let schedule = Schedule::of(faults.iter().copied());
        let replay = REPLAY.lock().unwrap_or_else(PoisonError::into_inner);
        let replay = replay.as_ref().map(|replay| replay(&schedule));
        Scene {
            schedule: schedule.to_string(),
            replay: replay.unwrap_or_default(),
        }
    }

    /// As it was left in a file: a line for each.
    pub fn read(text: &str) -> Scene {
        let (schedule, replay) = text.split_once('\n').unwrap_or((text, ""));
        Scene {
            schedule: schedule.to_owned(),
            replay: replay.to_owned(),
        }
    }

    fn written(&self) -> String {
        format!("{}\n{}", self.schedule, self.replay)
    }
}

fn struck(change: impl FnOnce(&mut Vec<(Step, Fault)>)) {
    change(&mut STRUCK.lock().unwrap_or_else(PoisonError::into_inner));
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let file = FILE.get_or_init(|| std::env::var_os(BREADCRUMBS).map(PathBuf::from));
    if let Some(file) = file {
        // Without the file there is a verdict all the same; it only names no schedule.
        let _ = std::fs::write(file, Scene::current().written());
    }
}

/// For how long code may run without reaching a step or finishing a world.
pub fn patience() -> Duration {
    std::env::var(PATIENCE)
        .ok()
        .and_then(|text| text.parse().ok())
        .map_or(USUAL_PATIENCE, Duration::from_millis)
}

/// Why a test does not get anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// It has reached no step for as long as [`patience`] lasts.
    NeverYields,
    /// It gets on, and keeps the processor for so long at a time that no search would ever end.
    HogsTheProcessor,
}

/// A turn of order code that takes longer than this, in real time, is a long one. Sensible turns take microseconds.
const LONG_TURN: Duration = Duration::from_millis(50);

/// How many milliseconds all long turns have taken together.
static LONG_TURNS: AtomicU64 = AtomicU64::new(0);

/// What the clock on the reader's wall says: a watchdog is about nothing else.
#[allow(clippy::disallowed_methods)] // Nothing in a world gets to see it.
pub(crate) fn real_time() -> Instant {
    Instant::now()
}

/// Order code has had a turn on the processor.
pub(crate) fn turn_taken(took: Duration) {
    if took > LONG_TURN {
        LONG_TURNS.fetch_add(took.as_millis() as u64, Ordering::Relaxed);
    }
}

/// How often somebody looks whether the code still gets anywhere.
const GLANCE: Duration = Duration::from_millis(100);

/// Calls `stuck` once, from another thread, if there has been no beat for as long as [`patience`] lasts, or if long turns
/// have taken half of that together.
pub fn watch(stuck: impl FnOnce(Stuck) + Send + 'static) {
    std::thread::spawn(move || {
        let mut last = BEATS.load(Ordering::Relaxed);
        let mut since = real_time();
        loop {
            std::thread::park_timeout(GLANCE);
            let now = BEATS.load(Ordering::Relaxed);
            if now != last {
                (last, since) = (now, real_time());
            }
            if since.elapsed() >= patience() {
                return stuck(Stuck::NeverYields);
            }
            let long = Duration::from_millis(LONG_TURNS.load(Ordering::Relaxed));
            if long >= patience() / 2 {
                return stuck(Stuck::HogsTheProcessor);
            }
        }
    });
}
