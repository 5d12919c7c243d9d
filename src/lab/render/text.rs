//! The timeline on a terminal: one row for each thing that happened, one column for each lane.

use super::columns::{Columns, WIDTH};
use super::scene::{
    Fate, Lane, Line, LineKind, Message, MessageKind, Moment, Note, Scene, SpanKind,
};
use super::strip::{Ink, Strip, Style};
use super::words;
use crate::time::Ms;

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
        columns: Columns::of(scene, style.glyphs),
    };
    let mut out = vec![table.head()];
    let mut before: Option<Moment> = None;
    for row in &rows {
        let now = row.moment();
        if let Some(before) = before.filter(|before| now.at - before.at >= GAP) {
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

struct Table<'a> {
    scene: &'a Scene,
    style: Style,
    columns: Columns,
}

impl Table<'_> {
    fn head(&self) -> Strip {
        let mut strip = Strip::default();
        self.put_time(&mut strip, "time", Ink::Head);
        for lane in &self.scene.lanes {
            strip.put(self.columns.start(*lane), lane.name(), Ink::Head);
        }
        strip
    }

    fn gap(&self, before: Moment, span: Ms) -> Strip {
        let mut strip = Strip::default();
        self.put_time(&mut strip, self.style.glyphs.shapes().gap, Ink::Faint);
        self.put_gutter(&mut strip, before);
        strip.put(
            self.columns.start(Lane::Shop),
            words::later(span),
            Ink::Faint,
        );
        strip
    }

    fn row(&self, row: &Row<'_>) -> Vec<Strip> {
        let now = row.moment();
        let mut block = Block {
            table: self,
            now,
            strips: Vec::new(),
        };
        let time = words::clock(now.at);
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
        block.strips
    }

    fn put_time(&self, strip: &mut Strip, text: &str, ink: Ink) {
        let width = self.style.glyphs.width(text);
        strip.put(self.columns.time.saturating_sub(width), text, ink);
    }

    /// What holds for the shop at this moment, beside its lane.
    fn put_gutter(&self, strip: &mut Strip, now: Moment) {
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
        let mut entry = |at: usize, shape: &str, ink, text: &str| {
            let mut strip = Strip::default();
            strip.put(at, shape, ink);
            strip.put(self.columns.start(Lane::Shop), text, Ink::Faint);
            legend.push(strip);
        };
        if used(SpanKind::InDoubt) {
            let text = "in doubt: the shop does not know whether its request took effect";
            entry(self.columns.doubt, shapes.doubt, Ink::Doubt, text);
        }
        if let Some(at) = self.columns.lock {
            let text = "a transaction holds the database's write lock";
            entry(at, shapes.lock, Ink::Lock, text);
        }
        if !legend.is_empty() {
            legend.insert(0, Strip::default());
        }
        legend
    }
}

/// The line or lines of one row.
struct Block<'a> {
    table: &'a Table<'a>,
    now: Moment,
    strips: Vec<Strip>,
}

impl Block<'_> {
    /// The n-th line of the row, which has its gutter from the start.
    fn strip(&mut self, n: usize) -> &mut Strip {
        while self.strips.len() <= n {
            let mut strip = Strip::default();
            self.table.put_gutter(&mut strip, self.now);
            self.strips.push(strip);
        }
        &mut self.strips[n]
    }

    /// A text in a lane, in as many lines as it takes; gives back where its first line ends.
    fn put_wrapped(&mut self, at: usize, room: usize, text: &str, ink: Ink) -> usize {
        let glyphs = self.table.style.glyphs;
        let lines = glyphs.wrap(text, room);
        for (n, line) in lines.iter().enumerate() {
            self.strip(n).put(at, line.as_str(), ink);
        }
        at + glyphs.width(&lines[0])
    }

    fn line(&mut self, line: &Line) {
        let glyphs = self.table.style.glyphs;
        let columns = &self.table.columns;
        let ink = match line.kind {
            LineKind::Work | LineKind::Told => Ink::Plain,
            LineKind::Service => Ink::Good,
            LineKind::Log => Ink::Faint,
            LineKind::GaveUp => Ink::Doubt,
            LineKind::Trouble => Ink::Bad,
            LineKind::Died | LineKind::Restarted => return self.rule(line),
        };
        let text = match line.kind {
            LineKind::Log => line.text.as_str().into(),
            _ => glyphs.own(&line.text),
        };
        let (at, room) = (columns.start(line.lane), columns.room(line.lane));
        self.put_wrapped(at, room, &text, ink);
    }

    /// A rule across all lanes: no call and no statement of the shop crosses it.
    fn rule(&mut self, line: &Line) {
        let glyphs = self.table.style.glyphs;
        let shapes = glyphs.shapes();
        let (sign, ink) = match line.kind {
            LineKind::Died => (shapes.dies, Ink::Bad),
            _ => (shapes.starts, Ink::Good),
        };
        let from = self.table.columns.start(Lane::Shop);
        // The rule leaves room for the note that says why.
        let notes = line.notes.iter().map(|note| glyphs.width(&note.text()) + 6);
        let room = WIDTH - notes.max().unwrap_or(0);
        let to = self.table.columns.end.min(room);
        let head = glyphs.line(shapes.rule, 4);
        let text = format!("{head} {sign} {} ", line.text);
        let taken = from + glyphs.width(&text);
        let tail = glyphs.line(shapes.rule, to.saturating_sub(taken));
        self.strip(0).put(from, format!("{text}{tail}"), ink);
    }

    fn request(&mut self, message: &Message) {
        let glyphs = self.table.style.glyphs;
        let shapes = glyphs.shapes();
        let columns = &self.table.columns;
        let shop = columns.start(Lane::Shop);
        let target = columns.start(Lane::Service(message.service));
        let (text, room) = (glyphs.own(&message.text), columns.request_room());
        let from = self.put_wrapped(shop, room, &text, Ink::Plain) + 1;
        let cells = target.saturating_sub(from + 1);
        match message.fate {
            Fate::Arrives => {
                let body = glyphs.line(shapes.solid, cells - glyphs.width(shapes.right));
                self.arrow_to(target, &body, shapes.right, Ink::Good);
            }
            Fate::Refused => {
                let body = glyphs.line(shapes.solid, cells - glyphs.width(shapes.refused));
                self.arrow_to(target, &body, shapes.refused, Ink::Bad);
                let room = columns.room(Lane::Service(message.service));
                self.put_wrapped(target, room, message.fate.remark(), Ink::Bad);
            }
            Fate::Lost => {
                let body = glyphs.line(shapes.solid, cells.div_ceil(2));
                let arrow = format!("{}{}", body.trim_end(), shapes.lost);
                self.strip(0).put(from, arrow, Ink::Bad);
            }
            // Still under way in the rows that follow: it has no head until it arrives.
            Fate::Unheard => {
                let solid = glyphs.line(shapes.solid, cells / 2);
                let dashed = glyphs.line(shapes.dashed, cells - cells / 2);
                let arrow = format!("{}{dashed}", solid.trim_end());
                self.strip(0).put(from, arrow, Ink::Doubt);
            }
        }
    }

    /// The end of a request that was long under way.
    fn arrival(&mut self, service: crate::message::Service) {
        let glyphs = self.table.style.glyphs;
        let shapes = glyphs.shapes();
        let columns = &self.table.columns;
        let (from, target) = (columns.middle(), columns.start(Lane::Service(service)));
        let cells = target.saturating_sub(from + 1);
        let body = glyphs.line(shapes.dashed, cells - glyphs.width(shapes.right));
        self.arrow_to(target, &body, shapes.right, Ink::Doubt);
    }

    /// An arrow whose head stands before the lane. A blank that filled its body up goes to the other end.
    fn arrow_to(&mut self, lane: usize, body: &str, head: &str, ink: Ink) {
        let arrow = format!("{}{head}", body.trim_end());
        let at = (lane - 1).saturating_sub(self.table.style.glyphs.width(&arrow));
        self.strip(0).put(at, arrow, ink);
    }

    fn reply(&mut self, message: &Message) {
        let glyphs = self.table.style.glyphs;
        let shapes = glyphs.shapes();
        let columns = &self.table.columns;
        let lane = Lane::Service(message.service);
        let (head, body, from, ink) = match message.fate {
            Fate::Arrives => {
                let shop = columns.start(Lane::Shop);
                (shapes.left, shapes.solid, shop, Ink::Good)
            }
            Fate::Unheard | Fate::Refused => {
                (shapes.left, shapes.dashed, columns.middle(), Ink::Doubt)
            }
            Fate::Lost => (shapes.lost, shapes.dashed, columns.middle(), Ink::Bad),
        };
        let start = columns.start(lane);
        let cells = start.saturating_sub(from + 1);
        let body = glyphs.line(body, cells - glyphs.width(head));
        self.strip(0).put(from, format!("{head}{body}"), ink);
        let text = format!("{}{}", glyphs.own(&message.text), message.fate.remark());
        self.put_wrapped(start, columns.room(lane), &text, ink);
    }

    /// The notes, each as far right as it fits, on a line of its own.
    fn notes(&mut self, notes: &[&Note]) {
        let glyphs = self.table.style.glyphs;
        let column = self.table.columns.end + 2;
        let mut n = 0;
        for note in notes {
            let text = format!("{} {}", glyphs.shapes().note, note.text());
            let width = glyphs.width(&text);
            let aligned = column.min(WIDTH.saturating_sub(width));
            // A line that is full lets the note go to the next.
            while self.strip(n).end(glyphs) + 2 + width > WIDTH.max(aligned + width) {
                n += 1;
            }
            let at = aligned.max(self.strip(n).end(glyphs) + 2);
            self.strip(n).put(at, text, Ink::Note);
            n += 1;
        }
    }
}
