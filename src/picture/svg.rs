//! The timeline as a picture: a sequence diagram in which time runs downward, to scale.

use crate::captions::is_band;
use crate::labels::{LEADING, SIZE, Segment, measure};
use crate::layout::{BAR, MARGIN, NEXT_BAR, Sheet};
use crate::legend;
use crate::writer::{Paper, Tone};
use lab::tell::catalogue::spoken;
use lab::tell::scene::{Fate, LineKind, Message, MessageKind, Moment, Note, Scene, SpanKind};
use lab::tell::{Language, Say};

/// What is said about a picture.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caption<'a> {
    /// The language of the picture, and of its captions.
    pub language: Language,
    /// The heading.
    pub title: &'a str,
    /// The story in words, for those who cannot see the picture.
    pub description: &'a str,
    /// What the two boxes at the foot are headed with.
    pub headings: [&'a str; 2],
    /// What the shop believes in the end.
    pub believes: &'a [String],
    /// What is true in the end.
    pub knows: &'a [String],
    /// The lesson to remember.
    pub note: Option<&'a str>,
    /// From where on there is no way back.
    pub pivot: Option<Moment>,
}

/// The timeline of a run as SVG. The same scene and caption give the same bytes.
pub fn svg(scene: &Scene, caption: &Caption<'_>) -> String {
    let (paper, [wide, tall]) = Sheet::new(scene, caption).draw(caption);
    paper.finish(wide, tall, caption)
}

impl Sheet<'_> {
    /// Everything, and how wide and tall that is.
    pub(crate) fn draw(&self, caption: &Caption<'_>) -> (Paper, [f64; 2]) {
        let mut paper = Paper::new();
        let columns = self.columns.iter();
        let ends = columns.map(|placed| placed.column.end(&placed.heights));
        let end = ends.fold(self.scale.bottom() + 16.0, f64::max);
        self.draw_ground(&mut paper, end);
        self.draw_axis(&mut paper);
        self.draw_bars(&mut paper, end);
        self.draw_breaks(&mut paper);
        for (message, segment) in &self.arrows {
            draw_arrow(&mut paper, message, *segment);
            self.draw_sign(&mut paper, message, *segment);
        }
        for placed in &self.columns {
            placed.column.draw(&placed.heights, &mut paper);
        }
        let tall = legend::draw(&mut paper, self.scene, caption, self.wide, end + 14.0);
        (paper, [self.wide, tall])
    }

    /// Title, tints, lifelines and their heads: everything in the background.
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
            // The words that say so stand inside.
            let from = self.scale.height(moment) - LEADING / 2.0 - 2.0;
            paper.rect("apart", (0.0, from), (self.wide, end - from), 0.0);
        }
        self.draw_bands(paper);
        for placed in &self.columns {
            let (x, head) = (placed.column.lifeline, self.top - 50.0);
            let name = placed.lane.say(self.language);
            paper.path("lifeline", &[(x, head + 28.0), (x, end)]);
            let half = measure(&name, SIZE) / 2.0 + 12.0;
            paper.rect("panel", (x - half, head), (2.0 * half, 28.0), 6.0);
            paper.text(x, head + 19.0, "middle", Tone::Strong, &name);
        }
    }

    /// The height of the words in a place that is not to scale.
    fn words_in(&self, zone: usize) -> Option<f64> {
        self.columns.iter().find_map(|placed| {
            let mut labels = placed.column.labels.iter().zip(&placed.heights);
            let found = labels.find(|(label, _)| label.zone == Some(zone));
            found.map(|(_, height)| *height)
        })
    }

    /// The bands in which the process dies or stops, and starts again or goes on, each from the top of its words; and the
    /// line below which there is no way back.
    fn draw_bands(&self, paper: &mut Paper) {
        let bands = self.scene.lines.iter().filter(|line| is_band(line));
        let mut bands: Vec<(Moment, &str)> = bands
            .map(|line| match line.kind {
                LineKind::Died | LineKind::Paused => (line.moment, "death"),
                _ => (line.moment, "rise"),
            })
            .collect();
        bands.extend(self.pivot.map(|moment| (moment, "cut pivot")));
        bands.sort_unstable();
        let zones = self.scale.zones.iter().enumerate();
        let zones = zones.filter(|(_, zone)| zone.left_out.is_none());
        for ((moment, class), (n, zone)) in bands.into_iter().zip(zones) {
            let from = self.words_in(n).unwrap_or(zone.from) - LEADING / 2.0 - 3.0;
            // What follows at once has its first line about the end of the zone.
            let to = zone.to - LEADING / 2.0 - 1.0;
            if Some(moment) == self.pivot {
                paper.dashed(class, (0.0, to), (self.wide, to));
            } else {
                paper.rect(class, (0.0, from), (self.wide, to - from), 0.0);
            }
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
            // Where times crowd, the ruler shows them.
            if height >= free {
                paper.path("cut", &[(axis - 4.0, height), (axis + 4.0, height)]);
                let y = height + SIZE * 0.34;
                let text = spoken(at, self.language);
                paper.text(axis - 8.0, y, "end", Tone::Faint, &text);
                free = height + LEADING - 2.0;
            }
        }
    }

    /// The marks that say that time is left out, across everything that runs on.
    fn draw_breaks(&self, paper: &mut Paper) {
        let zones = self.scale.zones.iter().enumerate();
        for (n, zone) in zones.filter(|(_, zone)| zone.left_out.is_some()) {
            let middle = self.words_in(n).unwrap_or((zone.from + zone.to) / 2.0);
            let lifelines = self.columns.iter().map(|placed| placed.column.lifeline);
            for x in lifelines.chain([self.axis]) {
                paper.rect("gap", (x - 6.0, middle - 4.0), (12.0, 8.0), 0.0);
                for y in [middle - 4.0, middle + 4.0] {
                    paper.path("cut", &[(x - 8.0, y + 3.0), (x + 8.0, y - 3.0)]);
                }
            }
        }
    }

    /// The number of a reply, near where it left: what comes late is a step of the story before it arrives.
    fn draw_sign(&self, paper: &mut Paper, message: &Message, (from, to): Segment) {
        let sign = self.scene.sign(message.arrives);
        let Some(sign) = sign.filter(|_| message.kind == MessageKind::Reply) else {
            return;
        };
        let along = |a: f64, b: f64| a + (b - a) * 0.16;
        let (x, y) = (along(from.0, to.0), along(from.1, to.1));
        paper.rect("gap", (x - 11.0, y - 11.0), (22.0, 22.0), 11.0);
        paper.text(x, y + SIZE * 0.34, "middle", Tone::Doubt, sign);
    }

    fn draw_bars(&self, paper: &mut Paper, end: f64) {
        for (span, place) in &self.bars {
            let from = self.scale.height(span.from);
            let until = span.until.map_or(end, |until| self.scale.height(until));
            let x = self.lifeline(span.lane) - BAR / 2.0 - *place as f64 * NEXT_BAR;
            let class = class(span.kind);
            paper.rect(class, (x, from), (BAR, (until - from - 1.0).max(2.0)), 2.0);
        }
        for line in &self.scene.lines {
            let height = self.scale.height(line.moment);
            let x = self.lifeline(line.lane);
            // Where an arrow begins or ends, it marks the point.
            let marked = self.arrows.iter().any(|(_, (from, to))| {
                [from, to]
                    .iter()
                    .any(|end| end.1 == height && (end.0 - x).abs() < BAR)
            });
            if !marked && !is_band(line) {
                paper.dot(x, height);
            }
        }
    }
}

/// The class of a span's bar.
pub(crate) fn class(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::InDoubt => "in-doubt",
        SpanKind::LockHeld | SpanKind::RowLocked => "lock-held",
        SpanKind::LockWait => "lock-wait",
    }
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
