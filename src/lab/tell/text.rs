//! The timeline on a terminal: one row for each thing that happened, one column for each lane.

pub(crate) mod block;
pub(crate) mod columns;
pub mod strip;

use crate::language::time::Ms;
use crate::sentence;
use crate::tell::catalogue::{Gutter, Say, later, spoken};
use crate::tell::scene::{
    Fate, Lane, Line, LineKind, Message, MessageKind, Moment, Scene, SpanKind,
};
use crate::tell::text::block::Block;
use crate::tell::text::columns::Columns;
use crate::tell::text::strip::{Ink, Strip, Style};

/// A time without anything that is worth a row of its own.
const GAP: Ms = Ms::seconds(10);

/// The timeline of a run as terminal text. Every line ends in a line break; an empty scene gives an empty
/// text.
pub fn text(scene: &Scene, style: Style) -> String {
    let rows = rows(scene);
    if rows.is_empty() {
        return String::new();
    }
    let table = Table {
        scene,
        style,
        columns: Columns::of(scene, style),
    };
    let mut out = vec![table.head()];
    let mut before: Option<Moment> = None;
    for row in &rows {
        let now = row.moment();
        let is_empty = |before: &Moment| now.at - before.at >= GAP && !row.says_what_was();
        if let Some(before) = before.filter(is_empty) {
            out.push(table.gap(before, now.at - before.at));
        }
        out.extend(table.row(row));
        before = Some(now);
    }
    out.extend(table.legend(&rows));
    let mut text = String::new();
    for strip in out {
        text.push_str(&strip.print(style));
        text.push('\n');
    }
    text
}

/// What takes a row.
enum Row<'a> {
    /// Something within a lane, with the message that sets it off, if that was long under way.
    Line(&'a Line, Option<&'a Message>),
    /// A message: a request where it leaves, a reply where it arrives.
    Message(&'a Message),
}

impl Row<'_> {
    fn moment(&self) -> Moment {
        match self {
            Row::Line(line, _) => line.moment,
            Row::Message(message) if message.kind == MessageKind::Request => message.sent,
            Row::Message(message) => message.arrives,
        }
    }

    /// Whether it tells of the time before it, which therefore is no gap.
    fn says_what_was(&self) -> bool {
        matches!(self, Row::Line(line, _) if line.kind == LineKind::Repeats)
    }
}

fn rows(scene: &Scene) -> Vec<Row<'_>> {
    let lines = scene.lines.iter().map(|line| {
        let cause = scene.messages.iter().find(|message| {
            let late = message.kind == MessageKind::Request && message.fate == Fate::Unheard;
            (late || message.kind == MessageKind::Again) && message.arrives == line.moment
        });
        Row::Line(line, cause)
    });
    let messages = scene
        .messages
        .iter()
        .filter(|message| message.kind != MessageKind::Again)
        .map(Row::Message);
    let mut rows: Vec<Row<'_>> = lines.chain(messages).collect();
    rows.sort_by_key(Row::moment);
    rows
}

/// What all rows have in common.
pub(crate) struct Table<'a> {
    scene: &'a Scene,
    pub(crate) style: Style,
    pub(crate) columns: Columns,
}

impl Table<'_> {
    fn head(&self) -> Strip {
        let mut strip = Strip::default();
        let language = self.style.language;
        let time = sentence!(language, en: "time", ja: "時刻");
        self.put_time(&mut strip, &time, Ink::Head);
        for lane in &self.scene.lanes {
            strip.put(self.columns.start(*lane), lane.say(language), Ink::Head);
        }
        strip
    }

    fn gap(&self, before: Moment, span: Ms) -> Strip {
        let mut strip = Strip::default();
        self.put_time(&mut strip, self.style.glyphs.shapes().gap, Ink::Faint);
        self.put_gutter(&mut strip, before);
        strip.put(
            self.columns.start(Lane::Shop),
            later(span, self.style.language),
            Ink::Faint,
        );
        strip
    }

    fn row(&self, row: &Row<'_>) -> Vec<Strip> {
        let now = row.moment();
        let mut block = Block::new(self, now);
        let time = spoken(now.at, self.style.language);
        self.put_time(block.strip(0), &time, Ink::Faint);
        let notes = match row {
            Row::Line(line, cause) => {
                block.line(line);
                if let Some(message) = cause {
                    block.arrival(message.service);
                }
                let caused = cause.iter().flat_map(|message| match message.kind {
                    MessageKind::Again => message.notes.as_slice(),
                    _ => &[],
                });
                line.notes.iter().chain(caused).collect()
            }
            Row::Message(message) => {
                match message.kind {
                    MessageKind::Request | MessageKind::Again => block.request(message),
                    MessageKind::Reply | MessageKind::Webhook => block.reply(message),
                }
                message.notes.iter().collect::<Vec<_>>()
            }
        };
        block.notes(&notes);
        block.strips()
    }

    fn put_time(&self, strip: &mut Strip, text: &str, ink: Ink) {
        let width = self.style.glyphs.width(text);
        strip.put(self.columns.time.saturating_sub(width), text, ink);
    }

    /// What holds for the shop at this moment, beside its lane.
    pub(crate) fn put_gutter(&self, strip: &mut Strip, now: Moment) {
        let shapes = self.style.glyphs.shapes();
        let holds = |kind| {
            let mut spans = self.scene.spans.iter();
            spans.any(|span| span.kind == kind && span.covers(now))
        };
        if let Some(at) = self.columns.lock.filter(|_| holds(SpanKind::LockHeld)) {
            strip.put(at, shapes.lock, Ink::Lock);
        }
        if holds(SpanKind::InDoubt) {
            strip.put(self.columns.doubt, shapes.doubt, Ink::Doubt);
        }
    }

    /// What the gutters mean, as far as they are used.
    fn legend(&self, rows: &[Row<'_>]) -> Vec<Strip> {
        let shapes = self.style.glyphs.shapes();
        let used = |kind| {
            let spans = self.scene.spans.iter().filter(|span| span.kind == kind);
            let mut spans = spans.into_iter();
            spans.any(|span| rows.iter().any(|row| span.covers(row.moment())))
        };
        let mut legend = Vec::new();
        let mut entry = |at: usize, shape: &str, ink, gutter: Gutter| {
            let text = gutter.say(self.style.language);
            let from = self.columns.start(Lane::Shop);
            let room = self.style.columns().saturating_sub(from);
            for (n, line) in self.style.glyphs.fill(&text, room).into_iter().enumerate() {
                let mut strip = Strip::default();
                if n == 0 {
                    strip.put(at, shape, ink);
                }
                strip.put(from, line, Ink::Faint);
                legend.push(strip);
            }
        };
        if used(SpanKind::InDoubt) {
            entry(self.columns.doubt, shapes.doubt, Ink::Doubt, Gutter::Doubt);
        }
        if let Some(at) = self.columns.lock {
            entry(at, shapes.lock, Ink::Lock, Gutter::Lock);
        }
        if !legend.is_empty() {
            legend.insert(0, Strip::default());
        }
        legend
    }
}
