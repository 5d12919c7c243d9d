//! The timeline as a picture: a sequence diagram in which time runs downward, to scale.

use super::labels::{Column, LEADING, SIZE, Segment, measure, wrap};
use super::paper::{Paper, Tone};
use super::scale::{BAND, Scale};
use super::scene::{Fate, Lane, LineKind, Message, MessageKind, Note, Scene, Span, SpanKind};
use super::words;

/// What is said about a picture.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caption<'a> {
    /// The heading.
    pub title: &'a str,
    /// The story in words, for those who cannot see the picture.
    pub description: &'a str,
    /// What the shop believes in the end.
    pub believes: &'a [String],
    /// What the providers know in the end.
    pub knows: &'a [String],
}

/// The space around everything.
const MARGIN: f64 = 16.0;
/// The width of a bar on the shop's lifeline.
const BAR: f64 = 10.0;

/// The timeline of a run as SVG. The same scene and caption give the same bytes.
pub fn svg(scene: &Scene, caption: &Caption<'_>) -> String {
    // Labels that crowd are given more room, unless that makes the picture endless.
    let mut sheet = Sheet::new(scene, caption, 1.0);
    for zoom in [1.3, 1.7, 2.2] {
        if sheet.strain() <= 26.0 || sheet.scale.bottom() > 1_100.0 {
            break;
        }
        sheet = Sheet::new(scene, caption, zoom);
    }
    sheet.draw(caption)
}

struct Sheet<'a> {
    scene: &'a Scene,
    wide: f64,
    /// The x of the axis.
    axis: f64,
    title: Vec<String>,
    scale: Scale,
    /// A column of labels for every lane of the scene, with their heights.
    columns: Vec<(Lane, Column, Vec<f64>)>,
    /// The spans on the shop's lifeline, each with its place beside it.
    bars: Vec<(&'a Span, usize)>,
    arrows: Vec<(&'a Message, Segment)>,
    top: f64,
}

impl<'a> Sheet<'a> {
    fn new(scene: &'a Scene, caption: &Caption<'_>, zoom: f64) -> Sheet<'a> {
        let (wide, shop_room, gap) = match scene.lanes.len() {
            0 | 1 => (480.0, 320.0, 0.0),
            2 => (640.0, 176.0, 170.0),
            3 => (760.0, 160.0, 190.0),
            _ => (760.0, 150.0, 150.0),
        };
        let title = wrap(caption.title, 18.0, wide - 2.0 * MARGIN);
        let top = MARGIN + title.len() as f64 * 24.0 + 62.0;
        let scale = Scale::of(scene, top, zoom);
        let times = scale.times();
        let widest = times
            .iter()
            .map(|(at, _)| measure(&words::clock(*at), SIZE));
        let axis = MARGIN + widest.fold(40.0, f64::max) + 8.0;
        let bars = bars(scene);
        let places = bars.iter().map(|(_, place)| place + 1).max().unwrap_or(0);
        let edge = axis + 8.0 + shop_room;
        let shop = edge + 10.0 + (places.max(1) as f64 - 0.5) * (BAR + 2.0);
        // What the shop's side takes, the lanes give.
        let gap = gap.min((wide - shop - MARGIN) / scene.lanes.len().max(1) as f64 + 14.0);
        let columns = scene.lanes.iter().enumerate().map(|(n, lane)| {
            let lifeline = shop + n as f64 * gap;
            let last = n + 1 == scene.lanes.len();
            let column = match lane {
                Lane::Shop => Column {
                    edge,
                    lifeline,
                    room: shop_room,
                    labels: Vec::new(),
                },
                Lane::Service(_) => Column {
                    edge: lifeline + 12.0,
                    lifeline,
                    room: match last {
                        true => wide - MARGIN - lifeline - 12.0,
                        false => gap - 24.0,
                    },
                    labels: Vec::new(),
                },
            };
            (*lane, column, Vec::new())
        });
        let mut sheet = Sheet {
            scene,
            wide,
            axis,
            title,
            columns: columns.collect(),
            scale,
            bars,
            arrows: Vec::new(),
            top,
        };
        sheet.arrows = scene
            .messages
            .iter()
            .map(|message| (message, sheet.arrow(message)))
            .collect();
        sheet.label();
        sheet
    }

    fn lifeline(&self, lane: Lane) -> f64 {
        let mut columns = self.columns.iter();
        let found = columns.find(|(other, ..)| *other == lane);
        found.map_or(self.wide, |(_, column, _)| column.lifeline)
    }

    /// From where to where a message is drawn; a lost one ends midway.
    fn arrow(&self, message: &Message) -> Segment {
        let (shop, there) = (
            self.lifeline(Lane::Shop) + BAR / 2.0 + 1.0,
            self.lifeline(Lane::Service(message.service)) - 2.0,
        );
        let (from, to) = match message.kind {
            MessageKind::Request | MessageKind::Again => (shop, there),
            MessageKind::Reply | MessageKind::Webhook => (there, shop),
        };
        let (sent, arrives) = (
            self.scale.height(message.sent),
            self.scale.height(message.arrives),
        );
        match message.fate {
            Fate::Lost => (
                (from, sent.max(arrives)),
                ((from + to) / 2.0, sent.max(arrives) + 12.0),
            ),
            _ => ((from, sent), (to, arrives)),
        }
    }

    fn label(&mut self) {
        let mut wanted: Vec<(super::scene::Moment, Lane, Vec<(String, Tone)>, bool)> = Vec::new();
        for line in &self.scene.lines {
            let tone = match line.kind {
                LineKind::Work | LineKind::Told => Tone::Plain,
                LineKind::Service => Tone::Good,
                LineKind::Log => Tone::Faint,
                LineKind::GaveUp => Tone::Doubt,
                LineKind::Trouble => Tone::Bad,
                LineKind::Died | LineKind::Restarted => Tone::Strong,
            };
            let band = matches!(line.kind, LineKind::Died | LineKind::Restarted);
            let text = match line.kind {
                LineKind::Died => format!("✖ {}", line.text),
                LineKind::Restarted => format!("↻ {}", line.text),
                _ => line.text.clone(),
            };
            let texts = texts(Some((text, tone)), &line.notes);
            wanted.push((line.moment, line.lane, texts, band));
        }
        for message in &self.scene.messages {
            let service = Lane::Service(message.service);
            let (moment, lane, text) = match (message.kind, message.fate) {
                (MessageKind::Request, Fate::Refused) => {
                    let refused = (message.fate.remark().to_owned(), Tone::Bad);
                    wanted.push((message.arrives, service, vec![refused], false));
                    (
                        message.sent,
                        Lane::Shop,
                        Some((message.text.clone(), Tone::Plain)),
                    )
                }
                (MessageKind::Request, _) => (
                    message.sent,
                    Lane::Shop,
                    Some((message.text.clone(), Tone::Plain)),
                ),
                // What is done once more is said where it is done.
                (MessageKind::Again, _) => (message.arrives, service, None),
                (_, Fate::Lost) => {
                    let what = match message.kind {
                        MessageKind::Webhook => message.text.as_str(),
                        _ => "the reply",
                    };
                    let text = format!("{what}{}", message.fate.remark());
                    (message.arrives, service, Some((text, Tone::Bad)))
                }
                (_, Fate::Unheard) => {
                    let text = format!("{}{}", message.text, message.fate.remark());
                    (message.arrives, Lane::Shop, Some((text, Tone::Doubt)))
                }
                // A reply that says what is written where it comes from needs no words of its own.
                (MessageKind::Reply, _) if !self.is_news(message) => {
                    (message.arrives, Lane::Shop, None)
                }
                _ => (
                    message.arrives,
                    Lane::Shop,
                    Some((message.text.clone(), Tone::Good)),
                ),
            };
            let texts = texts(text, &message.notes);
            wanted.push((moment, lane, texts, false));
        }
        wanted.sort_by_key(|(moment, ..)| *moment);
        let mut left = self.scale.breaks.clone();
        for (moment, lane, texts, band) in wanted {
            let height = self.scale.height(moment);
            let shift = if band { BAND / 2.0 } else { 0.0 };
            for (_, column, _) in self.columns.iter_mut().filter(|(other, ..)| *other == lane) {
                // A time left out is told beside the shop, in its turn.
                while lane == Lane::Shop && left.first().is_some_and(|(_, to, _)| *to <= height) {
                    let (from, to, text) = left.remove(0);
                    column.add((from + to) / 2.0, &[(text, Tone::Faint)], true);
                }
                column.add(height + shift, &texts, band);
            }
        }
        for (_, column, _) in self
            .columns
            .iter_mut()
            .filter(|(lane, ..)| *lane == Lane::Shop)
        {
            for (from, to, text) in left.drain(..) {
                column.add((from + to) / 2.0, &[(text, Tone::Faint)], true);
            }
        }
        let crossing: Vec<Segment> = self.arrows.iter().map(|(_, segment)| *segment).collect();
        for (_, column, heights) in &mut self.columns {
            *heights = column.place(self.top - 8.0, &crossing);
        }
    }

    /// Whether a reply says something else than its service wrote down when it sent it.
    fn is_news(&self, message: &Message) -> bool {
        let written = self.scene.lines.iter().find(|line| {
            line.lane == Lane::Service(message.service) && line.moment == message.sent
        });
        let said = message.text.rsplit(": ").next().unwrap_or_default();
        !message.notes.is_empty() || !written.is_some_and(|line| line.text.ends_with(said))
    }

    fn strain(&self) -> f64 {
        let strains = self
            .columns
            .iter()
            .map(|(_, column, heights)| column.strain(heights).0);
        strains.fold(0.0, f64::max)
    }

    fn draw(&self, caption: &Caption<'_>) -> String {
        let mut paper = Paper::new();
        let ends = self
            .columns
            .iter()
            .map(|(_, column, heights)| column.strain(heights).1);
        let end = ends.fold(self.scale.bottom() + 16.0, f64::max);
        self.draw_ground(&mut paper, end);
        self.draw_axis(&mut paper);
        self.draw_bars(&mut paper, end);
        for (message, segment) in &self.arrows {
            draw_arrow(&mut paper, message, *segment);
        }
        for (_, column, heights) in &self.columns {
            column.draw(heights, &mut paper);
        }
        let tall = super::foot::draw(&mut paper, self.scene, caption, self.wide, end + 14.0);
        paper.finish(self.wide, tall, caption.title, caption.description)
    }

    /// Title, tints, lifelines and their heads: what lies under everything else.
    fn draw_ground(&self, paper: &mut Paper, end: f64) {
        for (n, line) in self.title.iter().enumerate() {
            let y = MARGIN + 18.0 + n as f64 * 24.0;
            paper.text(MARGIN, y, "start", Tone::Title, line);
        }
        let lines = self.scene.lines.iter();
        let noted = lines.map(|line| (line.moment, &line.notes)).chain(
            self.scene
                .messages
                .iter()
                .map(|message| (message.arrives, &message.notes)),
        );
        let mut parted = noted.filter(|(_, notes)| notes.contains(&Note::Parting));
        if let Some((moment, _)) = parted.next() {
            let from = self.scale.height(moment);
            paper.rect("apart", (0.0, from), (self.wide, end - from), 0.0);
        }
        for line in &self.scene.lines {
            let from = self.scale.height(line.moment);
            match line.kind {
                LineKind::Died => paper.rect("death", (0.0, from), (self.wide, BAND), 0.0),
                LineKind::Restarted => {
                    paper.path("cut", &[(0.0, from + BAND), (self.wide, from + BAND)]);
                }
                _ => {}
            }
        }
        for (lane, column, _) in &self.columns {
            let (x, head) = (column.lifeline, self.top - 50.0);
            paper.path("lifeline", &[(x, head + 28.0), (x, end)]);
            let half = measure(lane.name(), SIZE) / 2.0 + 12.0;
            paper.rect("panel", (x - half, head), (2.0 * half, 28.0), 6.0);
            paper.text(x, head + 19.0, "middle", Tone::Strong, lane.name());
        }
    }

    fn draw_axis(&self, paper: &mut Paper) {
        let axis = self.axis;
        paper.path(
            "axis",
            &[(axis, self.top - 6.0), (axis, self.scale.bottom() + 6.0)],
        );
        for mark in self.scale.marks() {
            paper.path("axis", &[(axis, mark), (axis + 4.0, mark)]);
        }
        let mut free = 0.0;
        for (at, height) in self.scale.times() {
            // Where times crowd, the ruler has to do.
            if height >= free {
                paper.path("cut", &[(axis - 4.0, height), (axis + 4.0, height)]);
                let y = height + SIZE * 0.34;
                paper.text(axis - 8.0, y, "end", Tone::Faint, &words::clock(at));
                free = height + LEADING - 2.0;
            }
        }
        for (from, to, _) in &self.scale.breaks {
            let middle = (from + to) / 2.0;
            let lifelines = self.columns.iter().map(|(_, column, _)| column.lifeline);
            for x in lifelines.chain([axis]) {
                paper.rect("gap", (x - 4.0, middle - 5.0), (8.0, 10.0), 0.0);
                for y in [middle - 4.0, middle + 4.0] {
                    paper.path("cut", &[(x - 7.0, y + 3.0), (x + 7.0, y - 3.0)]);
                }
            }
        }
    }

    fn draw_bars(&self, paper: &mut Paper, end: f64) {
        let shop = self.lifeline(Lane::Shop);
        for (span, place) in &self.bars {
            let from = self.scale.height(span.from);
            let until = span.until.map_or(end, |until| self.scale.height(until));
            let x = shop - BAR / 2.0 - *place as f64 * (BAR + 2.0);
            let class = class(span.kind);
            paper.rect(class, (x, from), (BAR, (until - from).max(2.0)), 2.0);
        }
        for line in &self.scene.lines {
            if !matches!(line.kind, LineKind::Died | LineKind::Restarted) {
                paper.dot(self.lifeline(line.lane), self.scale.height(line.moment));
            }
        }
    }
}

/// The class of a span's bar.
pub(super) fn class(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::InDoubt => "in-doubt",
        SpanKind::LockHeld => "lock-held",
        SpanKind::LockWait => "lock-wait",
    }
}

/// The spans side by side where they overlap, doubt nearest to the lifeline.
fn bars(scene: &Scene) -> Vec<(&Span, usize)> {
    let mut bars: Vec<(&Span, usize)> = Vec::new();
    let mut spans: Vec<&Span> = scene.spans.iter().collect();
    spans.sort_by_key(|span| (span.kind, span.from));
    for span in spans {
        let overlaps = |other: &Span| {
            let ends_before = |a: &Span, b: &Span| a.until.is_some_and(|until| until <= b.from);
            !ends_before(other, span) && !ends_before(span, other)
        };
        let taken: Vec<usize> = bars
            .iter()
            .filter(|(other, _)| overlaps(other))
            .map(|(_, place)| *place)
            .collect();
        let free = (0..).find(|place| !taken.contains(place));
        bars.push((span, free.unwrap_or(0)));
    }
    bars
}

/// A label's own words, and the notes under them.
fn texts(own: Option<(String, Tone)>, notes: &[Note]) -> Vec<(String, Tone)> {
    let notes = notes.iter().map(|note| match note {
        Note::Fault(_) => (note.text(), Tone::Bad),
        Note::Parting => (note.text(), Tone::Alarm),
    });
    let own = own.filter(|(text, _)| !text.is_empty());
    own.into_iter().chain(notes).collect()
}

fn draw_arrow(paper: &mut Paper, message: &Message, (from, to): Segment) {
    let class = match (message.fate, message.kind) {
        (Fate::Arrives, MessageKind::Request | MessageKind::Again) => "request",
        (Fate::Arrives, MessageKind::Reply | MessageKind::Webhook) => "reply",
        (Fate::Unheard, _) => "unheard",
        (Fate::Lost | Fate::Refused, _) => "lost",
    };
    paper.path(&format!("{class} arrow"), &[from, to]);
    match message.fate {
        Fate::Arrives | Fate::Unheard => paper.head(class, from, to),
        Fate::Lost => {
            for side in [-5.0, 5.0] {
                let stroke = [(to.0 - 5.0, to.1 - side), (to.0 + 5.0, to.1 + side)];
                paper.path("lost", &stroke);
            }
        }
        Fate::Refused => paper.path("lost", &[(to.0, to.1 - 7.0), (to.0, to.1 + 7.0)]),
    }
}
