//! One transaction as a flow chart, from its BEGIN to its end, with the lock that it holds meanwhile and the first of
//! those who wait for it. Not to scale: the times are written out.

use crate::catalogue::{behind_it, holds_the_lock, slow, waits, wants_the_lock};
use crate::crowd;
use crate::labels::{LEADING, SIZE, measure};
use crate::svg::Caption;
use crate::writer::{Paper, Tone};
use lab::engine::record::LockWait;
use lab::engine::trace::Event;
use lab::judge::evidence::Evidence;
use lab::language::time::Ms;
use lab::tell::{Ending, Language, Say};

const MARGIN: f64 = 16.0;
/// Where the steps begin.
const TOP: f64 = 56.0;
const BOX: f64 = 36.0;
/// The box of the call, which takes its time.
const SLOW: f64 = 104.0;
const GAP: f64 = 30.0;
/// The width of a box.
const WIDE: f64 = 230.0;
/// The left edge of the lock's bar, and of those who wait.
const LOCK: f64 = MARGIN + WIDE + 28.0;
const WAITS: f64 = LOCK + 84.0;
const BAR: f64 = 14.0;

/// A transaction with a call in the middle.
struct Held<'a> {
    begin: &'a str,
    /// The statements before the call.
    work: String,
    /// Who was called, and for what.
    call: (&'static str, String),
    /// How long the call took.
    took: Ms,
    /// How it ended: `commit`, or what was in its place.
    end: String,
    /// For how long the lock was held.
    lock: Ms,
}

/// The flow chart of the first transaction that others had to wait for, as SVG. `None` if nobody waited, or if it
/// called nobody. The same evidence and caption give the same bytes.
pub fn flow_chart(evidence: &Evidence, caption: &Caption<'_>) -> Option<String> {
    let first = evidence.lock_waits.first()?;
    let language = caption.language;
    let held = held(evidence, first, language)?;
    let mut paper = Paper::new();
    paper.text(MARGIN, 30.0, "start", Tone::Title, caption.title);
    let bottom = steps(&mut paper, &held, language);
    let words = holds_the_lock(first.holder, held.lock, language);
    let right =
        waiting(&mut paper, evidence, first, language).max(lock(&mut paper, &words, bottom));
    let wide = right.max(MARGIN + measure(caption.title, 18.0)) + MARGIN;
    Some(paper.finish(wide, bottom + MARGIN, caption))
}

/// What the holder of the lock did while it held it.
fn held<'a>(evidence: &'a Evidence, wait: &LockWait, language: Language) -> Option<Held<'a>> {
    let entries = &evidence.trace.entries;
    let own = || entries.iter().filter(|entry| entry.actor == wait.holder);
    let at = |is: fn(&Event) -> bool| own().find(|entry| is(&entry.event)).map(|entry| entry.at);
    let taken = at(|event| *event == Event::LockTaken)?;
    let freed = at(|event| *event == Event::LockFreed)?;
    let (turn, sent, asked, call) =
        own()
            .enumerate()
            .find_map(|(turn, entry)| match &entry.event {
                Event::Sent { call, request, .. } => {
                    let asked = (request.service().name(), request.say(language));
                    Some((turn, entry.at, *call, asked))
                }
                _ => None,
            })?;
    let answered = own().find(|entry| match entry.event {
        Event::Replied { call, .. } | Event::GaveUp { call, .. } => call == asked,
        _ => false,
    })?;
    let before = own().take(turn).filter_map(|entry| match &entry.event {
        Event::Sql { label, .. } => Some(label.as_str()),
        _ => None,
    });
    let labels: Vec<&str> = before.collect();
    let (begin, work) = labels.split_first()?;
    let end = own().skip(turn).find_map(|entry| match &entry.event {
        Event::Sql { label, .. } => Some(label.to_string()),
        Event::RolledBack(why) => Some(why.say(language)),
        _ => None,
    })?;
    Some(Held {
        begin,
        work: work.join(" · "),
        call,
        took: Ms(answered.at.0 - sent.0),
        end,
        lock: Ms(freed.0 - taken.0),
    })
}

/// The steps of the transaction, from the top down; returns where they end.
fn steps(paper: &mut Paper, held: &Held<'_>, language: Language) -> f64 {
    let middle = MARGIN + WIDE / 2.0;
    let mut y = TOP;
    let took = slow(held.took, language);
    let boxes: [(&[&str], f64); 4] = [
        (&[&held.begin.to_uppercase()], BOX),
        (&[&held.work], BOX),
        (&[held.call.0, &held.call.1, &took], SLOW),
        (&[&held.end.to_uppercase()], BOX),
    ];
    for (n, (lines, tall)) in boxes.into_iter().enumerate() {
        if n > 0 {
            let arrow = ((middle, y), (middle, y + GAP - 2.0));
            paper.path("request arrow", &[arrow.0, arrow.1]);
            paper.head("request", arrow.0, arrow.1);
            y += GAP;
        }
        paper.rect("panel", (MARGIN, y), (WIDE, tall), 6.0);
        if tall == SLOW {
            paper.rect(
                "in-doubt",
                (MARGIN + 8.0, y + 8.0),
                (10.0, tall - 16.0),
                2.0,
            );
        }
        let first = y + tall / 2.0 - (lines.len() - 1) as f64 * LEADING / 2.0;
        for (n, line) in lines.iter().enumerate() {
            let tone = if *line == took {
                Tone::Doubt
            } else {
                Tone::Plain
            };
            let base = first + n as f64 * LEADING + SIZE * 0.34;
            paper.text(middle, base, "middle", tone, line);
        }
        y += tall;
    }
    y
}

/// The bar of the lock: from below BEGIN, where it has been taken, to the end. Returns how far right its words go.
fn lock(paper: &mut Paper, words: &str, bottom: f64) -> f64 {
    let from = TOP + BOX;
    let tall = bottom - BOX / 2.0 - from;
    paper.rect("lock-held", (LOCK, from), (BAR, tall), 2.0);
    let x = LOCK + BAR + 10.0;
    paper.text(x, from + SIZE, "start", Tone::Strong, words);
    x + measure(words, SIZE) * 1.12
}

/// The first who waits, beside the call; returns how far right it goes.
fn waiting(paper: &mut Paper, evidence: &Evidence, wait: &LockWait, language: Language) -> f64 {
    let y = TOP + 2.0 * (BOX + GAP);
    let middle = WAITS + WIDE / 2.0;
    paper.rect("panel", (WAITS, y), (WIDE, BOX), 6.0);
    let words = wants_the_lock(wait.actor, language);
    let base = y + BOX / 2.0 + SIZE * 0.34;
    paper.text(middle, base, "middle", Tone::Plain, &words);
    // It comes no further than the lock.
    let door = LOCK + BAR + 6.0;
    let height = y + BOX / 2.0;
    paper.path("lost arrow", &[(WAITS, height), (door, height)]);
    paper.path("lost", &[(door, height - 9.0), (door, height + 9.0)]);
    let (top, tall) = (y + BOX, SLOW - BOX + GAP);
    paper.rect("lock-wait", (middle - BAR / 2.0, top), (BAR, tall), 2.0);
    let until = wait.until.unwrap_or(evidence.ended_at);
    let waits = waits(Ms(until.0 - wait.from.0), language);
    let others = evidence.lock_waits.iter();
    let others = others
        .filter(|other| other.holder == wait.holder && other.actor != wait.actor)
        .count();
    let x = middle + BAR / 2.0 + 10.0;
    let mut lines = vec![(Tone::Faint, waits)];
    if others > 0 {
        lines.push((Tone::Faint, behind_it(others, language)));
    }
    let mut right = WAITS + WIDE;
    for (n, (tone, line)) in lines.iter().enumerate() {
        let base = top + 24.0 + n as f64 * LEADING;
        paper.text(x, base, "start", *tone, line);
        right = right.max(x + measure(line, SIZE));
    }
    let (_, ending) = Ending::of(evidence, wait.actor);
    let (tone, ending) = (crowd::tone(&ending), ending.say(language));
    let base = top + tall + 12.0 + SIZE;
    paper.text(middle, base, "middle", tone, &ending);
    right.max(middle + measure(&ending, SIZE) / 2.0)
}
