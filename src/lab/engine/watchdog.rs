//! The watchdog: whether a test still makes progress, and under which schedule.
//!
//! Order code that never yields cannot be interrupted from its own thread, and code that aborts takes the whole process
//! down. Somebody else has to say what was going on; this is where they look.

use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::step::Step;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// For how long code may run without reaching a step or finishing a world, in real milliseconds. The lab's own tests
/// shorten it, so as not to wait.
pub const PATIENCE: &str = "SAGA_PATIENCE_MS";

/// The default, without [`PATIENCE`].
const USUAL_PATIENCE: Duration = Duration::from_secs(10);

/// Names a file to which every fault is written as it strikes, so that it can be read after an abort.
pub const BREADCRUMBS: &str = "SAGA_BREADCRUMBS";

/// The progress of one thread's worlds.
#[derive(Default)]
struct Pulse {
    /// Counts progress.
    beats: AtomicU64,
    /// Whether a world is being played.
    plays: AtomicBool,
    /// The faults of the current world, or of the last one.
    struck: Mutex<Vec<(Step, Fault)>>,
    /// How many [`TICK`]s all long turns of order code have taken together.
    long_turns: AtomicU64,
    /// The command that plays its worlds again.
    replay: Mutex<Option<Replay>>,
}

impl Pulse {
    fn schedule(&self) -> Schedule {
        let faults = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        Schedule::of(faults.iter().copied())
    }
}

/// The progress of all living threads that have played a world.
static PULSES: Mutex<Vec<Arc<Pulse>>> = Mutex::new(Vec::new());

/// A thread's own progress. It leaves the list when its thread ends.
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

/// Progress: a step was reached.
pub(crate) fn beat() {
    OWN.with(|own| own.0.beats.fetch_add(1, Ordering::Relaxed));
}

/// The command that plays a world again under this schedule.
pub(crate) type Replay = Arc<dyn Fn(&Schedule) -> String + Send + Sync>;

/// From here on, this command plays the worlds of this thread again.
pub fn replays(replay: impl Fn(&Schedule) -> String + Send + Sync + 'static) {
    replays_as(Some(Arc::new(replay)));
}

/// The same, as [`replay`] returns it for another thread.
pub(crate) fn replays_as(replay: Option<Replay>) {
    OWN.with(|own| *own.0.replay.lock().unwrap_or_else(PoisonError::into_inner) = replay);
}

/// How the worlds of this thread are played again, for threads that play them for it.
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

/// The world in which a test ended: its faults, and the command that plays it again.
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
            // Without the file there is still a verdict; it only names no schedule.
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

/// Why a test makes no progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// It has reached no step for as long as [`patience`] lasts.
    NeverYields,
    /// It makes progress, but keeps the processor for so long at a time that no search would ever end.
    HogsTheProcessor,
}

/// How often the watchdog counts, in real time. Turns are measured by its count: reading the clock at each would cost
/// more than most turns, and without a watchdog nobody needs to know.
const TICK: Duration = Duration::from_millis(10);

static TICKS: AtomicU64 = AtomicU64::new(0);

/// How many ticks the watchdog has counted so far: a clock that costs nothing, and stops without a watchdog.
pub(crate) fn ticks() -> u64 {
    TICKS.load(Ordering::Relaxed)
}

/// A turn of order code that takes longer than this is a long one. Sensible turns take microseconds.
const LONG_TURN: u64 = 5;

/// A turn of order code is over; it began at this count of [`ticks`].
pub(crate) fn turn_taken(since: u64) {
    let took = ticks().saturating_sub(since);
    if took > LONG_TURN {
        OWN.with(|own| own.0.long_turns.fetch_add(took, Ordering::Relaxed));
    }
}

/// How many ticks pass between two checks of the progress.
const GLANCE: u64 = 10;

/// A thread's progress, how far it had got, and since when it has played without getting further.
struct Watched {
    pulse: Arc<Pulse>,
    beats: u64,
    since: Instant,
    /// When its long turns were last added up, and how many [`TICK`]s they had taken by then.
    added_up: (Instant, u64),
}

impl Watched {
    /// Checks the progress of all threads; says whether any of them has got further.
    fn look(watched: &mut Vec<Watched>, now: Instant) -> bool {
        let pulses = PULSES.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|known| pulses.iter().any(|it| Arc::ptr_eq(it, &known.pulse)));
        let mut further = false;
        for pulse in pulses.iter() {
            // A thread that plays no world waits for others, however long they take.
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
                        added_up: (now, pulse.long_turns.load(Ordering::Relaxed)),
                    });
                }
            }
        }
        further
    }

    /// Whether long turns have taken nearly all of the last stretch of this length. On a busy machine a turn is also long when
    /// the thread has to wait for a processor; but then other turns are in between.
    fn hogs(&mut self, now: Instant, stretch: Duration) -> bool {
        let (began, before) = self.added_up;
        if now - began < stretch {
            return false;
        }
        let long = self.pulse.long_turns.load(Ordering::Relaxed);
        self.added_up = (now, long);
        let taken = TICK * u32::try_from(long - before).unwrap_or(u32::MAX);
        taken * 10 >= (now - began) * 9
    }
}

/// Calls `stuck` once, from another thread, with the world in question: if no world has made progress, or none was
/// played, for as long as [`patience`] lasts, or if long turns on one thread have taken nearly all of half of that.
pub fn watch(stuck: impl FnOnce(Stuck, Scene) + Send + 'static) {
    std::thread::spawn(move || {
        let (why, scene) = look_out(Idleness::IsStuck);
        stuck(why, scene);
    });
}

/// The same in a process that also does other things: while no world is played, it waits.
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

/// Returns when a world is stuck.
#[allow(clippy::disallowed_methods)] // A watchdog is about real time, and nothing in a world gets to see it.
fn look_out(idleness: Idleness) -> (Stuck, Scene) {
    let began = Instant::now();
    let mut idle_since = began;
    let mut watched: Vec<Watched> = Vec::new();
    let mut next_glance = 0;
    loop {
        std::thread::park_timeout(TICK);
        let now = Instant::now();
        // On a busy machine the watchdog is late, and counts the ticks it has missed.
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
        let hog = watched.iter_mut().position(|it| it.hogs(now, patience / 2));
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
        if let Some(n) = hog {
            return (Stuck::HogsTheProcessor, scene(&watched[n]));
        }
    }
}
