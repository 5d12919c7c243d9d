//! Many customers as a picture: one row for each, time runs to the right, to scale. Who holds the lock, who waits for
//! it, and how it ended for whom.

use crate::catalogue::bar_of_customer;
use crate::labels::{SIZE, measure};
use crate::svg::{Caption, class};
use crate::writer::{Paper, Tone};
use lab::engine::trace::{Event, Told};
use lab::judge::claim::Side;
use lab::judge::evidence::Evidence;
use lab::language::instance::unmarked;
use lab::language::name::Name;
use lab::language::order::Answer;
use lab::language::time::Ms;
use lab::tell::catalogue::spoken;
use lab::tell::scene::SpanKind;
use lab::tell::{Ending, Say};

const LEFT: f64 = 84.0;
const WIDE: f64 = 460.0;
const TOP: f64 = 74.0;
const ROW: f64 = 30.0;
const MARGIN: f64 = 16.0;

/// More customers than this are drawn as a queue.
pub const CROWD: usize = 3;

/// A span of a row.
pub(crate) struct Bar {
    pub(crate) from: Ms,
    pub(crate) until: Ms,
    pub(crate) kind: SpanKind,
}

/// What becomes of one customer.
pub(crate) struct Row {
    pub(crate) order: String,
    /// When the click came; `None` if it never did.
    pub(crate) came: Option<Ms>,
    /// When it ended.
    pub(crate) told: Ms,
    /// How it ended.
    pub(crate) ending: Ending,
    pub(crate) bars: Vec<Bar>,
}

/// The customers of a run, in the order in which they came.
pub(crate) fn rows(evidence: &Evidence) -> Vec<Row> {
    let end = end_of(evidence);
    let customers = evidence.submitted().into_iter();
    let row = customers.map(|order| {
        let (told, ending) = Ending::of(evidence, order.name());
        let own = evidence.submissions.iter();
        let mut own = own.filter(|s| s.order.id == order.id);
        Row {
            order: order.id.clone(),
            came: own.find_map(|s| s.at),
            told: told.unwrap_or(end),
            ending,
            bars: bars(evidence, order.name(), end),
        }
    });
    row.collect()
}

/// The customers of a run as SVG. The same evidence and caption give the same bytes.
pub fn queue(evidence: &Evidence, caption: &Caption<'_>) -> String {
    let language = caption.language;
    let rows = rows(evidence);
    let end = end_of(evidence);
    let x = |at: Ms| LEFT + WIDE * at.0.min(end.0) as f64 / end.0 as f64;
    let mut paper = Paper::new();
    paper.text(MARGIN, 30.0, "start", Tone::Title, caption.title);
    let bottom = TOP + ROW * rows.len() as f64;
    for at in ticks(end) {
        paper.path("lifeline", &[(x(at), TOP - 6.0), (x(at), bottom)]);
        let text = spoken(at, language);
        paper.text(x(at), TOP - 12.0, "middle", Tone::Faint, &text);
    }
    let mut right = measure(caption.title, 18.0);
    for (n, row) in rows.iter().enumerate() {
        let y = TOP + ROW * n as f64 + 5.0;
        let base = y + 10.0 + SIZE * 0.34;
        paper.text(LEFT - 12.0, base, "end", Tone::Plain, &row.order);
        // A line from the click to the answer: where there is no bar on it, the reason for the wait is unknown.
        if let Some(came) = row.came {
            let middle = y + 10.0;
            paper.path("cut", &[(x(came), middle), (x(row.told), middle)]);
            paper.dot(x(came), middle);
        }
        for &Bar { from, until, kind } in &row.bars {
            let (top, tall) = match kind {
                SpanKind::InDoubt => (y + 5.0, 10.0),
                SpanKind::LockHeld | SpanKind::LockWait | SpanKind::RowLocked => (y, 20.0),
            };
            let wide = (x(until) - x(from)).max(2.0);
            paper.rect(class(kind), (x(from), top), (wide, tall), 2.0);
        }
        let (at, tone, text) = (row.told, tone(&row.ending), row.ending.say(language));
        // The lines of the ruler end where the words begin.
        let words = measure(&text, SIZE);
        paper.rect("gap", (x(at) + 5.0, y), (words + 6.0, 20.0), 0.0);
        paper.text(x(at) + 8.0, base, "start", tone, &text);
        right = right.max(x(at) + 8.0 + words);
    }
    let mut left = LEFT;
    for kind in [SpanKind::LockHeld, SpanKind::LockWait, SpanKind::InDoubt] {
        let text = bar_of_customer(kind, language);
        paper.rect(class(kind), (left, bottom + 16.0), (22.0, 14.0), 2.0);
        paper.text(left + 30.0, bottom + 28.0, "start", Tone::Faint, &text);
        left += 54.0 + measure(&text, SIZE);
    }
    let mut y = bottom + 58.0;
    let [shop, others] = [Side::Shop, Side::Others].map(|side| side.say(language));
    let believes = caption.believes.iter().map(|line| (&shop, line));
    let knows = caption.knows.iter().map(|line| (&others, line));
    // The rows already show what both sides know of every customer.
    let said: Vec<_> = believes.chain(knows).collect();
    if said.len() <= CROWD {
        for (who, line) in said {
            paper.text(LEFT + 120.0, y, "end", Tone::Faint, who);
            paper.text(LEFT + 134.0, y, "start", Tone::Plain, line);
            right = right.max(LEFT + 134.0 + measure(line, SIZE));
            y += 22.0;
        }
    } else {
        y -= 14.0;
    }
    let wide = right.max(left) + MARGIN;
    paper.finish(wide, y, caption)
}

/// When the last customer was answered or let go of a lock.
fn end_of(evidence: &Evidence) -> Ms {
    let told = evidence.submissions.iter().filter_map(|s| s.told.as_ref());
    let last = told.map(|told| told.0).max().unwrap_or(evidence.ended_at);
    last.max(Ms(1))
}

/// Round times, ten at most.
fn ticks(end: Ms) -> impl Iterator<Item = Ms> {
    let steps = [100, 500, 1_000, 2_000, 5_000, 10_000, 60_000, 600_000];
    let step = steps.into_iter().find(|step| end.0 / step < 7);
    let step = step.unwrap_or(3_600_000);
    (0..=end.0 / step).map(move |n| Ms(n * step))
}

fn bars(evidence: &Evidence, name: Name, end: Ms) -> Vec<Bar> {
    let bar = |kind: SpanKind, from: Ms, until: Ms| Bar { from, until, kind };
    let waits = evidence.lock_waits.iter().filter(|wait| wait.actor == name);
    let waits = waits.map(|wait| bar(SpanKind::LockWait, wait.from, wait.until.unwrap_or(end)));
    let mut held: Vec<Bar> = Vec::new();
    let mut calls = Vec::new();
    let own = evidence
        .trace
        .entries
        .iter()
        .filter(|e| unmarked(e.actor) == name);
    for entry in own.filter(|entry| entry.at <= end) {
        match entry.event {
            Event::LockTaken => held.push(bar(SpanKind::LockHeld, entry.at, end)),
            Event::LockFreed => {
                if let Some(last) = held.last_mut() {
                    last.until = entry.at;
                }
            }
            Event::Sent { call, .. } => calls.push((call, bar(SpanKind::InDoubt, entry.at, end))),
            Event::Replied { call, .. } | Event::GaveUp { call, .. } => {
                let open = calls.iter_mut().find(|(id, _)| *id == call);
                if let Some((_, bar)) = open {
                    bar.until = bar.until.min(entry.at);
                }
            }
            _ => {}
        }
    }
    let calls = calls.into_iter().map(|(_, bar)| bar);
    let all = waits.chain(held).chain(calls);
    all.filter(|bar| bar.from < bar.until || bar.kind == SpanKind::LockHeld)
        .collect()
}

/// How an ending is drawn.
pub(crate) fn tone(ending: &Ending) -> Tone {
    match ending {
        Ending::Told(Told::Answer(Answer::Confirmed)) => Tone::Good,
        Ending::Told(Told::Answer(Answer::Pending)) | Ending::PendingThen(_) => Tone::Doubt,
        Ending::Told(Told::Answer(Answer::Cancelled)) => Tone::Bad,
        Ending::Told(Told::ErrorPage(_) | Told::ConnectionLost | Told::HungUp)
        | Ending::StillWaits => Tone::Bad,
    }
}
