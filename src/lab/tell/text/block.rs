//! The line or lines that one row of the terminal timeline takes.

use crate::language::message::Service;
use crate::tell::catalogue::Say;
use crate::tell::scene::{Fate, Lane, Line, LineKind, Message, Moment, Note};
use crate::tell::text::Table;
use crate::tell::text::strip::{Ink, Strip};

/// The line or lines of one row.
pub(crate) struct Block<'a> {
    table: &'a Table<'a>,
    now: Moment,
    strips: Vec<Strip>,
}

impl<'a> Block<'a> {
    pub(crate) fn new(table: &'a Table<'a>, now: Moment) -> Block<'a> {
        Block {
            table,
            now,
            strips: Vec::new(),
        }
    }

    pub(crate) fn strips(self) -> Vec<Strip> {
        self.strips
    }

    /// The n-th line of the row, which has its gutter from the start.
    pub(crate) fn strip(&mut self, n: usize) -> &mut Strip {
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
        let lines = glyphs.fill(text, room);
        for (n, line) in lines.iter().enumerate() {
            self.strip(n).put(at, line.as_str(), ink);
        }
        at + glyphs.width(&lines[0])
    }

    pub(crate) fn line(&mut self, line: &Line) {
        let glyphs = self.table.style.glyphs;
        let columns = &self.table.columns;
        let ink = match line.kind {
            LineKind::Work | LineKind::Repeats | LineKind::Told => Ink::Plain,
            LineKind::Service => Ink::Good,
            LineKind::Log => Ink::Faint,
            LineKind::GaveUp => Ink::Doubt,
            LineKind::Trouble => Ink::Bad,
            LineKind::Died | LineKind::Restarted | LineKind::Paused | LineKind::WentOn => {
                return self.rule(line);
            }
        };
        let said = line.text(self.table.style.language);
        let text = match line.kind {
            LineKind::Log => said.as_str().into(),
            _ => glyphs.own(&said),
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
            LineKind::Paused => (shapes.pauses, Ink::Doubt),
            LineKind::WentOn => (shapes.goes_on, Ink::Good),
            _ => (shapes.starts, Ink::Good),
        };
        let from = self.table.columns.start(Lane::Shop);
        // The rule leaves room for the note that says why.
        let notes = line
            .notes
            .iter()
            .map(|note| glyphs.width(&note.say(self.table.style.language)) + 6);
        let room = self
            .table
            .style
            .columns()
            .saturating_sub(notes.max().unwrap_or(0));
        let to = self.table.columns.end.min(room);
        let head = glyphs.line(shapes.rule, 4);
        let text = format!("{head} {sign} {} ", line.text(self.table.style.language));
        let taken = from + glyphs.width(&text);
        let tail = glyphs.line(shapes.rule, to.saturating_sub(taken));
        self.strip(0).put(from, format!("{text}{tail}"), ink);
    }

    pub(crate) fn request(&mut self, message: &Message) {
        let glyphs = self.table.style.glyphs;
        let shapes = glyphs.shapes();
        let columns = &self.table.columns;
        let shop = columns.start(Lane::Shop);
        let target = columns.start(Lane::Service(message.service));
        let said = message.text(self.table.style.language);
        let (text, room) = (glyphs.own(&said), columns.request_room());
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
                self.put_wrapped(
                    target,
                    room,
                    &message.fate.remark(self.table.style.language),
                    Ink::Bad,
                );
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
    pub(crate) fn arrival(&mut self, service: Service) {
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

    pub(crate) fn reply(&mut self, message: &Message) {
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
        let said = message.text(self.table.style.language);
        let remark = message.fate.remark(self.table.style.language);
        let text = format!("{}{remark}", glyphs.own(&said));
        self.put_wrapped(start, columns.room(lane), &text, ink);
    }

    /// The notes, each as far right as it fits, on a line of its own.
    pub(crate) fn notes(&mut self, notes: &[&Note]) {
        let glyphs = self.table.style.glyphs;
        let column = self.table.columns.end + 2;
        let most = self.table.style.columns();
        let mut n = 0;
        for note in notes {
            let text = format!(
                "{} {}",
                glyphs.shapes().note,
                note.say(self.table.style.language)
            );
            let width = glyphs.width(&text);
            let aligned = column.min(most.saturating_sub(width));
            // A line that is full lets the note go to the next.
            while self.strip(n).end(glyphs) + 2 + width > most.max(aligned + width) {
                n += 1;
            }
            let at = aligned.max(self.strip(n).end(glyphs) + 2);
            self.strip(n).put(at, text, Ink::Note);
            n += 1;
        }
    }
}
