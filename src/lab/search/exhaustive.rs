//! The exhaustive search: every schedule of at most a given number of faults.
//!
//! It tries the calm day, then every schedule of one fault, then of two, and finishes a level before it stops, so that
//! the first accident has the fewest faults possible. The steps are those that the runs really reach; no list of them
//! is kept. Besides the vocabulary's spans it tries those that a run shows to matter: a reply in the very millisecond
//! of a deadline, and news in the middle of what comes later (`exhaustive/news.rs`).
//!
//! A schedule is extended only with steps after its last fault, so each is reached in one way, and is judged and
//! counted once. It is *run* more often: a level keeps nothing for the next one, which walks again from the calm day
//! through every schedule with fewer faults to see which steps come after. Memory holds one path, however many worlds
//! there are.
//!
//! A large level is walked by several threads, which share it by its first fault: what follows one does not depend on
//! what follows another. Their results are put together in the order in which a single thread would have found them, so
//! a score does not depend on the number of threads.
//!
//! # What is left out, and why that is sound
//!
//! A run of the periodic job *repeats* if it heard nothing new and changed nothing, and the run before it did the same,
//! and nothing at all changed in between: no row, no message, no service, no answer, no restart. Such a run finds the
//! world its predecessor found and leaves it so; only the clock has moved. A fault in it is the fault in its
//! predecessor, at a later time, and is not tried again. This rests on one premise: order code that looks at the clock,
//! or counts its idle runs in memory, could tell the two apart. [`Search::unpruned`] tries them all the same; a test
//! compares both. The same goes for the ticks of background tasks.
//!
//! A run hears nothing new if it calls nobody, is refused the connection, or makes a request that may be repeated and
//! gets the answer that the same process got before (`sim/heard.rs`). The first such run suffers all faults, with every
//! span: a late message of that tick is tried in each gap of everything that follows, also after the waiting will have
//! ended. And a tick that gets a different answer repeats nothing, so its faults are tried as well.
//!
//! A reply that comes after its caller has given up is heard by nobody and changes nothing. It is tried once.
//!
//! # Example
//!
//! Code that charges, and then stores the order. One fault breaks it, and the search says which:
//!
//! ```
//! use lab::search::exhaustive::Search;
//! use lab::flow::Code;
//! use lab::prelude::*;
//! use lab::setup::Setup;
//!
//! struct Trusting {
//!     shop: Shop,
//! }
//!
//! impl OrderFlow for Trusting {
//!     fn start(shop: Shop) -> Self {
//!         Trusting { shop }
//!     }
//!
//!     async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
//!         let request = ChargeRequest::of(order);
//!         self.shop.payment.charge(request, None).await?;
//!         let sql = "INSERT INTO orders (id, status) VALUES (?1, 'confirmed')";
//!         self.shop.db.execute(sql, params![order.id]).await?;
//!         Ok(Answer::Confirmed)
//!     }
//! }
//!
//! let setup = Setup::new()
//!     .schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;")
//!     .orders([(Ms::ZERO, Order::new("order1", Yen(1_200)))]);
//! let score = Search::new(&setup, Code::of::<Trusting>("trusting")).every_schedule(1);
//!
//! assert_eq!(score.levels[0].broke, 0, "a calm day ends well");
//! let (schedule, verdict) = score.first.expect("one fault is enough");
//! assert_eq!(schedule.faults().len(), 1);
//! println!("{schedule}: {}", verdict.name());
//! ```

mod news;

use crate::engine::trace::{CallId, Event};
use crate::engine::watchdog::{self, breadcrumbs};
use crate::flow::Code;
use crate::judge::verdict::{Verdict, judge};
use crate::language::fault::{Fault, menu};
use crate::language::schedule::Schedule;
use crate::language::step::{Step, StepKind};
use crate::language::time::Ms;
use crate::run::{Run, replay};
pub use crate::search::score::{Cell, Grid, Level, Score};
use crate::setup::Setup;
use news::News;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many schedules a level may have. Sensible flows need a tenth of that at most.
const MOST_SCHEDULES: usize = 250_000;

/// How many steps all schedules of one fault may take together. Sensible flows need a twentieth of that at most.
const MOST_STEPS: usize = 2_000_000;

/// From this many schedules on a level is large: it takes longer than threads take to start.
const LARGE: usize = 3_000;

/// A search over the schedules of one flow.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    setup: &'a Setup,
    code: Code,
    unpruned: bool,
    vocabulary_only: bool,
    watch: Option<fn(&Progress)>,
    threads: Option<usize>,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// How many faults the schedules of this level have.
    pub faults: usize,
    /// How many schedules have been run, all told.
    pub run: usize,
}

impl Progress {
    /// Whether to report it: not at every one of thousands of schedules.
    pub fn is_worth_telling(&self) -> bool {
        self.run.is_multiple_of(5_000)
    }
}

impl<'a> Search<'a> {
    /// A search over this flow.
    pub fn new(setup: &'a Setup, code: Code) -> Search<'a> {
        Search {
            setup,
            code,
            unpruned: false,
            vocabulary_only: false,
            watch: None,
            threads: None,
        }
    }

    /// Also tries the faults that the argument above leaves out.
    pub fn unpruned(self) -> Search<'a> {
        Search {
            unpruned: true,
            ..self
        }
    }

    /// Tries only the spans of the [`VOCABULARY`](crate::language::fault::VOCABULARY), and none that runs show to
    /// matter.
    pub fn vocabulary_only(self) -> Search<'a> {
        Search {
            vocabulary_only: true,
            ..self
        }
    }

    /// Calls this after every world.
    pub fn watched_by(self, watch: fn(&Progress)) -> Search<'a> {
        Search {
            watch: Some(watch),
            ..self
        }
    }

    /// Searches on this many threads. Without this, a large level is searched on as many as the machine can run at
    /// once.
    pub fn threads(self, threads: usize) -> Search<'a> {
        Search {
            threads: Some(threads.max(1)),
            ..self
        }
    }

    /// Runs every schedule of at most `most` faults, up to and including the first level with an accident.
    pub fn every_schedule(&self, most: usize) -> Score {
        let mut score = Score::default();
        let mut ends = BTreeSet::new();
        let run = AtomicUsize::new(0);
        let mut expected = 1;
        for faults in 0..=most {
            let (calm, found) = self.every_schedule_of(faults, self.threads_for(expected), &run);
            let level = Level {
                faults,
                run: found.run,
                broke: found.broke,
            };
            score.levels.push(level);
            score.first = found.first;
            add_to_grid(&mut score.grid, found.grid);
            ends.extend(found.ends);
            if level.broke > 0 {
                break;
            }
            if faults == 0
                && most > 0
                && let Some(next) = self.too_many_to_begin(&calm)
            {
                score.too_many = Some(next);
                break;
            }
            // Two faults of n are about n²/2, and so on.
            expected = level.run * score.levels[faults.min(1)].run / (faults + 1);
            if faults >= 1 && faults < most && expected > MOST_SCHEDULES {
                score.too_many = Some(expected);
                break;
            }
        }
        score.ends = ends.len();
        score
    }

    /// How many threads a level of this many schedules is worth.
    fn threads_for(&self, schedules: usize) -> usize {
        // The file that records faults for a dying process has room for one world at a time.
        if breadcrumbs().is_some() {
            return 1;
        }
        match self.threads {
            Some(threads) => threads,
            None if schedules < LARGE => 1,
            None => std::thread::available_parallelism().map_or(1, NonZero::get),
        }
    }

    /// Runs every schedule of this many faults; returns the calm day, too.
    fn every_schedule_of(&self, faults: usize, threads: usize, run: &AtomicUsize) -> (Run, Found) {
        let mut walk = Walk::new(self, faults, run);
        if faults == 0 || threads == 1 {
            let calm = walk.visit(&Schedule::CALM, faults);
            return (calm, walk.found);
        }
        walk.set_aside = Some(Vec::new());
        let calm = walk.visit(&Schedule::CALM, faults);
        let schedules = walk.set_aside.take().unwrap_or_default();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut parts = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(schedule) = schedules.get(place) else {
                    return parts;
                };
                let mut walk = Walk::new(self, faults, run);
                walk.visit(schedule, faults - 1);
                parts.push((place, walk.found));
            }
        };
        let replay = watchdog::replay();
        let helps = || {
            watchdog::replays_as(replay.clone());
            work()
        };
        let mut parts = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(helps)).collect();
            let mut parts = work();
            for other in others {
                match other.join() {
                    Ok(found) => parts.extend(found),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            parts
        });
        parts.sort_by_key(|(place, _)| *place);
        for (_, part) in parts {
            walk.found.add(part);
        }
        (calm, walk.found)
    }

    /// How many schedules of one fault there would be, if running them, each about as long as the calm day, would take
    /// too many steps.
    fn too_many_to_begin(&self, calm: &Run) -> Option<usize> {
        let steps = calm.asked.iter().filter(|asked| !calm.repeats(asked));
        let suffered = steps.map(|asked| {
            let menu = menu(&asked.step).into_iter();
            menu.filter(|fault| (self.setup.suffers)(*fault)).count()
        });
        let schedules = suffered.sum();
        (schedules * calm.asked.len() > MOST_STEPS).then_some(schedules)
    }
}

/// What was found among the schedules of a level, or of a part of one.
#[derive(Default)]
struct Found {
    run: usize,
    broke: usize,
    first: Option<(Schedule, Verdict)>,
    ends: BTreeSet<u64>,
    grid: Grid,
}

impl Found {
    /// Adds what was found among later schedules.
    fn add(&mut self, later: Found) {
        self.run += later.run;
        self.broke += later.broke;
        self.ends.extend(later.ends);
        add_to_grid(&mut self.grid, later.grid);
        if self.first.is_none() {
            self.first = later.first;
        }
    }
}

fn add_to_grid(grid: &mut Grid, more: Grid) {
    for (step, cells) in more {
        let row = grid.entry(step).or_default();
        for (fault, Cell { held, broke }) in cells {
            let cell = row.entry(fault).or_default();
            cell.held += held;
            cell.broke += broke;
        }
    }
}

struct Walk<'a> {
    search: &'a Search<'a>,
    /// How many faults the schedules of this level have.
    faults: usize,
    /// How many schedules have been run by all walks of this search together.
    run: &'a AtomicUsize,
    found: Found,
    /// Where there are several threads: the schedules of one fault, in the order in which one thread alone would visit them.
    set_aside: Option<Vec<Schedule>>,
}

impl<'a> Walk<'a> {
    fn new(search: &'a Search<'a>, faults: usize, run: &'a AtomicUsize) -> Walk<'a> {
        Walk {
            search,
            faults,
            run,
            found: Found::default(),
            set_aside: None,
        }
    }

    /// Runs all extensions of this schedule by this many faults; returns the schedule's own run.
    fn visit(&mut self, schedule: &Schedule, more: usize) -> Run {
        if let Some(set_aside) = &mut self.set_aside
            && *schedule != Schedule::CALM
        {
            set_aside.push(schedule.clone());
            // Whoever visits it runs it again, and counts it.
            return replay(self.search.setup, self.search.code, schedule);
        }
        let run = self.play(schedule);
        if more == 0 {
            self.judge(schedule, &run);
            return run;
        }
        let last = schedule.faults().last().map(|(step, _)| *step);
        let from = last.map_or(0, |last| {
            let place = run.asked.iter().position(|asked| asked.step == last);
            place.map_or(run.asked.len(), |place| place + 1)
        });
        for asked in &run.asked[from..] {
            if run.repeats(asked) && !self.search.unpruned {
                continue;
            }
            self.every_fault_at(schedule, &run, asked.step, more);
        }
        run
    }

    /// Runs this schedule, and notes which steps it reaches.
    fn play(&mut self, schedule: &Schedule) -> Run {
        let run = replay(self.search.setup, self.search.code, schedule);
        let before = self.run.fetch_add(1, Ordering::Relaxed);
        if let Some(watch) = self.search.watch {
            watch(&Progress {
                faults: self.faults,
                run: before + 1,
            });
        }
        for asked in run.asked.iter().filter(|asked| !run.repeats(asked)) {
            self.row(&asked.step);
        }
        run
    }

    /// Tries everything that can go wrong at one step of this schedule's run.
    fn every_fault_at(&mut self, schedule: &Schedule, run: &Run, step: Step, more: usize) {
        let suffers = self.search.setup.suffers;
        let mut menu = menu(&step);
        menu.retain(|fault| suffers(*fault) && self.can_happen(*fault, &step));
        let mut tried = Vec::new();
        // The worlds in which a message never comes, and the messages that were held up.
        let mut silent: BTreeMap<&'static str, Run> = BTreeMap::new();
        let mut held_up: Vec<News> = Vec::new();
        for fault in menu.iter().copied() {
            let late = held_up.iter().find(|news| news.words() == fault.words());
            let is_unheard = late.is_some_and(|news| {
                let never = news.never().and_then(|never| silent.get(never.words()));
                never.is_some_and(|never| news.is_unheard(never, fault))
            });
            if tried.contains(&fault) || (is_unheard && !self.search.unpruned) {
                continue;
            }
            tried.push(fault);
            let end = self.visit(&schedule.with(step, fault), more - 1);
            // "Exactly at the deadline" is tried wherever a run shows a deadline. Delays of different length show the
            // same one.
            if self.search.vocabulary_only {
                continue;
            }
            if let Some(exact) = self.at_the_deadline(&end, &step, fault)
                && self.can_happen(exact, &step)
                && !tried.contains(&exact)
                && !menu.contains(&exact)
                && suffers(exact)
            {
                tried.push(exact);
                self.visit(&schedule.with(step, exact), more - 1);
            }
            if held_up.iter().all(|news| news.words() != fault.words()) {
                held_up.extend(News::of(&end, &step, fault));
            }
            silent.insert(fault.words(), end);
        }
        for news in held_up {
            if let Some(on_and_on) = news.on_and_on() {
                let setup = self.search.setup;
                let still = replay(setup, self.search.code, &schedule.with(step, on_and_on));
                let ends = news.when_it_goes_on(&still, run, &tried);
                for fault in ends.into_iter().filter(|fault| suffers(*fault)) {
                    tried.push(fault);
                    self.visit(&schedule.with(step, fault), more - 1);
                }
                continue;
            }
            let never = match news.never() {
                None => run,
                Some(never) => match silent.get(never.words()) {
                    None => continue,
                    Some(never) => never,
                },
            };
            let spans = news.in_the_middle(never, self.search.setup.under_way_for, &tried);
            for fault in spans.into_iter().filter(|fault| suffers(*fault)) {
                tried.push(fault);
                self.visit(&schedule.with(step, fault), more - 1);
            }
        }
    }

    /// Whether a request can be [under way](Setup::under_way_for) for as long as this fault has it.
    fn can_happen(&self, fault: Fault, step: &Step) -> bool {
        let (Fault::RequestLate(span) | Fault::RequestTwice(span)) = fault else {
            return true;
        };
        let longest = self.search.setup.under_way_for;
        step.kind() != StepKind::Call || longest.is_none_or(|longest| span <= longest)
    }

    /// The same delay, cut so that the reply comes in the very millisecond in which the caller gave up.
    fn at_the_deadline(&self, run: &Run, step: &Step, fault: Fault) -> Option<Fault> {
        if !matches!(fault, Fault::ReplyLate(_) | Fault::RequestLate(_)) {
            return None;
        }
        let waited = waited_at(run, step)?;
        let delay = waited - self.search.setup.usual_latency();
        (delay > Ms::ZERO).then(|| fault.with_span(delay))
    }

    fn judge(&mut self, schedule: &Schedule, run: &Run) {
        self.found.run += 1;
        self.found.ends.insert(end_of(run));
        let verdict = judge(run);
        for (step, fault) in schedule.faults() {
            let cell = self.row(step).entry(fault.words()).or_default();
            match verdict {
                None => cell.held += 1,
                Some(_) => cell.broke += 1,
            }
        }
        if let Some(verdict) = verdict {
            self.found.broke += 1;
            if self.found.first.is_none() {
                self.found.first = Some((schedule.clone(), verdict));
            }
        }
    }

    fn row(&mut self, step: &Step) -> &mut BTreeMap<&'static str, Cell> {
        self.found.grid.entry((step.actor, step.what)).or_default()
    }
}

/// How long the caller of this step waited before it gave up, if it did.
pub(crate) fn waited_at(run: &Run, step: &Step) -> Option<Ms> {
    let entries = &run.evidence.trace.entries;
    let struck = entries
        .iter()
        .position(|entry| matches!(&entry.event, Event::Struck { step: at, .. } if at == step))?;
    let call: CallId = entries[struck..]
        .iter()
        .find_map(|entry| match &entry.event {
            Event::Sent { call, .. } if entry.actor == step.actor => Some(*call),
            _ => None,
        })?;
    entries.iter().find_map(|entry| match entry.event {
        Event::GaveUp { call: id, waited } if id == call => Some(waited),
        _ => None,
    })
}

/// How a world ended, without times and names of keys.
fn end_of(run: &Run) -> u64 {
    let mut hasher = DefaultHasher::new();
    let evidence = &run.evidence;
    for submission in &evidence.submissions {
        submission.answer().hash(&mut hasher);
        submission.told.is_some().hash(&mut hasher);
    }
    for row in &evidence.orders {
        (row.id, &row.status).hash(&mut hasher);
    }
    for charge in &evidence.charges {
        (charge.order, charge.status, charge.kept()).hash(&mut hasher);
    }
    for parcel in &evidence.parcels {
        (parcel.order, parcel.is_cancelled()).hash(&mut hasher);
    }
    for reservation in &evidence.reservations {
        (reservation.order, reservation.status as u8).hash(&mut hasher);
    }
    for line in evidence.ledgers.iter().flat_map(|ledger| &ledger.lines) {
        (line.order, &line.facts).hash(&mut hasher);
    }
    hasher.finish()
}
