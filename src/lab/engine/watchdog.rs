//! The pulse of a test: whether it still gets anywhere, and under which schedule.
//!
//! Order code that never yields cannot be interrupted from its own thread, and code that aborts takes the whole
//! process with it. Somebody else has to say what was going on; this is where they look.

use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::step::Step;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// For how long code may run without reaching a step or finishing a world, in real milliseconds. The lab's own
/// tests shorten it: they would wait for nothing else.
pub const PATIENCE: &str = "SAGA_PATIENCE_MS";

/// How long that is unless [`PATIENCE`] says otherwise.
const USUAL_PATIENCE: Duration = Duration::from_secs(10);

/// Names a file to which every fault is written as it strikes, so that it can be read after an abort.
pub const BREADCRUMBS: &str = "SAGA_BREADCRUMBS";

/// What goes on in the worlds of one thread.
#[derive(Default)]
struct Pulse {
    /// Counts what was got done.
    beats: AtomicU64,
    /// Whether a world is being played.
    plays: AtomicBool,
    /// What has struck in the current world, or in the last one.
    struck: Mutex<Vec<(Step, Fault)>>,
    /// How many [`TICK`]s all long turns of order code have taken together.
    long_turns: AtomicU64,
    /// How its worlds are played again.
    replay: Mutex<Option<Replay>>,
}

impl Pulse {
    fn schedule(&self) -> Schedule {
        let faults = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        Schedule::of(faults.iter().copied())
    }
}

/// The pulses of all threads that have played a world and are still there.
static PULSES: Mutex<Vec<Arc<Pulse>>> = Mutex::new(Vec::new());

/// A thread's own pulse. It leaves the list with its thread.
struct Own(Arc<Pulse>);

impl Own {
    fn listed() -> Own {
        let pulse = Arc::new(Pulse::default());
        let mut pulses = PULSES.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.push(pulse.clone());
        Own(pulse)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut pulses = PULSES.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.retain(|pulse| !Arc::ptr_eq(pulse, &self.0));
    }
}

thread_local! {
    static OWN: Own = Own::listed();
}

/// Something was got done: a step was reached.
pub(crate) fn beat() {
    OWN.with(|own| own.0.beats.fetch_add(1, Ordering::Relaxed));
}

/// The command that plays a world again under this schedule.
pub(crate) type Replay = Arc<dyn Fn(&Schedule) -> String + Send + Sync>;

/// From here on this is how the worlds of this thread are played again.
pub fn replays(replay: impl Fn(&Schedule) -> String + Send + Sync + 'static) {
    replays_as(Some(Arc::new(replay)));
}

/// The same, as [`replay`] tells it of another thread.
pub(crate) fn replays_as(replay: Option<Replay>) {
    OWN.with(|own| *own.0.replay.lock().unwrap_or_else(PoisonError::into_inner) = replay);
}

/// How the worlds of this thread are played again, for others that play on its behalf.
pub(crate) fn replay() -> Option<Replay> {
    OWN.with(|own| {
        own.0
            .replay
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    })
}

/// A world begins on this thread.
pub(crate) fn world_begins() {
    beat();
    OWN.with(|own| own.0.plays.store(true, Ordering::Relaxed));
    struck(|faults| faults.clear());
}

/// The world of this thread has ended.
pub(crate) fn world_ends() {
    OWN.with(|own| own.0.plays.store(false, Ordering::Relaxed));
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
    /// A world of this thread.
    fn of(pulse: &Pulse) -> Scene {
        let schedule = pulse.schedule();
        let replay = pulse.replay.lock().unwrap_or_else(PoisonError::into_inner);
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
    OWN.with(|Own(pulse)| {
        change(&mut pulse.struck.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(file) = breadcrumbs() {
            // Without the file there is a verdict all the same; it only names no schedule.
            let _ = std::fs::write(file, Scene::of(pulse).written());
        }
    });
}

/// The file to which every fault is written. It has room for one world at a time.
pub(crate) fn breadcrumbs() -> Option<&'static Path> {
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let file = FILE.get_or_init(|| std::env::var_os(BREADCRUMBS).map(PathBuf::from));
    file.as_deref()
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

/// How often the watchdog counts, in real time. Turns are measured by what it has counted: reading the clock at every one of
/// them would cost more than most turns do, and where nobody watches, nobody needs to know.
const TICK: Duration = Duration::from_millis(10);

static TICKS: AtomicU64 = AtomicU64::new(0);

/// How many ticks the watchdog has counted so far: a clock that costs nothing, and stands still if nobody watches.
pub(crate) fn ticks() -> u64 {
    TICKS.load(Ordering::Relaxed)
}

/// A turn of order code that takes longer than this is a long one. Sensible turns take microseconds.
const LONG_TURN: u64 = 5;

/// Order code has had a turn on the processor, since so many [`ticks`].
pub(crate) fn turn_taken(since: u64) {
    let took = ticks().saturating_sub(since);
    if took > LONG_TURN {
        OWN.with(|own| own.0.long_turns.fetch_add(took, Ordering::Relaxed));
    }
}

/// After how many ticks somebody looks whether the code still gets anywhere.
const GLANCE: u64 = 10;

/// A pulse, how far it had got, and since when it has played and got no further.
struct Watched {
    pulse: Arc<Pulse>,
    beats: u64,
    since: Instant,
}

impl Watched {
    /// Looks at the pulses of all threads; tells whether any of them has got further.
    fn look(watched: &mut Vec<Watched>, now: Instant) -> bool {
        let pulses = PULSES.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|known| pulses.iter().any(|it| Arc::ptr_eq(it, &known.pulse)));
        let mut further = false;
        for pulse in pulses.iter() {
            // A thread that does not play waits for others, for as long as they need.
            let plays = pulse.plays.load(Ordering::Relaxed);
            let beats = pulse.beats.load(Ordering::Relaxed);
            let known = watched
                .iter_mut()
                .find(|known| Arc::ptr_eq(&known.pulse, pulse));
            match known {
                Some(known) => {
                    further |= known.beats != beats;
                    if !plays || known.beats != beats {
                        (known.beats, known.since) = (beats, now);
                    }
                }
                None => {
                    further = true;
                    watched.push(Watched {
                        pulse: pulse.clone(),
                        beats,
                        since: now,
                    });
                }
            }
        }
        further
    }
}

/// Calls `stuck` once, from another thread, with the world in question: if there has been no beat in a world, or none at all,
/// for as long as [`patience`] lasts, or if long turns on one thread have taken half of that together.
pub fn watch(stuck: impl FnOnce(Stuck, Scene) + Send + 'static) {
    std::thread::spawn(move || {
        let (why, scene) = look_out(Idleness::IsStuck);
        stuck(why, scene);
    });
}

/// The same in a process that has other things to do: as long as no world is played, it waits.
pub fn watch_worlds(stuck: impl FnOnce(Stuck, Scene) + Send + 'static) {
    std::thread::spawn(move || {
        let (why, scene) = look_out(Idleness::IsFine);
        stuck(why, scene);
    });
}

/// What it means if no world is played for a long time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Idleness {
    IsStuck,
    IsFine,
}

/// Comes back when a world is stuck.
#[allow(clippy::disallowed_methods)] // A watchdog is about real time, and nothing in a world gets to see it.
fn look_out(idleness: Idleness) -> (Stuck, Scene) {
    let began = Instant::now();
    let mut idle_since = began;
    let mut watched: Vec<Watched> = Vec::new();
    let mut next_glance = 0;
    loop {
        std::thread::park_timeout(TICK);
        let now = Instant::now();
        // On a busy machine the watchdog comes late, and counts those that it has missed.
        let ticks = ((now - began).as_millis() / TICK.as_millis()) as u64;
        TICKS.store(ticks, Ordering::Relaxed);
        if ticks < next_glance {
            continue;
        }
        next_glance = ticks + GLANCE;
        if Watched::look(&mut watched, now) {
            idle_since = now;
        }
        let patience = patience();
        let hog = watched.iter().find(|it| {
            let long = it.pulse.long_turns.load(Ordering::Relaxed);
            TICK * u32::try_from(long).unwrap_or(u32::MAX) >= patience / 2
        });
        let stuck_for = |it: &&Watched| now - it.since >= patience;
        let scene = |it: &Watched| Scene::of(&it.pulse);
        if let Some(it) = watched.iter().find(stuck_for) {
            return (Stuck::NeverYields, scene(it));
        }
        if idleness == Idleness::IsStuck && now - idle_since >= patience {
            return (
                Stuck::NeverYields,
                watched.first().map(scene).unwrap_or_default(),
            );
        }
        if let Some(it) = hog {
            return (Stuck::HogsTheProcessor, scene(it));
        }
    }
}
