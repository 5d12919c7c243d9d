//! The layout of the picture: where lanes, bars, arrows and labels stand.

use crate::captions;
use crate::labels::{Column, SIZE, Segment, measure, wrap};
use crate::svg::Caption;
use crate::time_axis::Scale;
use crate::writer::Tone;
use lab::tell::Language;
use lab::tell::catalogue::spoken;
use lab::tell::scene::{Fate, Lane, Message, MessageKind, Moment, Scene, Span};

/// The space around everything.
pub(crate) const MARGIN: f64 = 16.0;
/// The width of a bar on the shop's lifeline.
pub(crate) const BAR: f64 = 10.0;
/// The distance of bars that stand side by side.
pub(crate) const NEXT_BAR: f64 = BAR + 2.0;
/// From the top of a place that is not to scale to the middle of its words.
const INTO_ZONE: f64 = 14.0;

/// Where everything stands.
pub(crate) struct Sheet<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) language: Language,
    pub(crate) pivot: Option<Moment>,
    pub(crate) wide: f64,
    /// The x of the axis.
    pub(crate) axis: f64,
    pub(crate) title: Vec<String>,
    /// Where time begins.
    pub(crate) top: f64,
    pub(crate) scale: Scale,
    pub(crate) columns: Vec<Placed>,
    /// The spans on the shop's lifeline, each with its place beside it.
    pub(crate) bars: Vec<(&'a Span, usize)>,
    pub(crate) arrows: Vec<(&'a Message, Segment)>,
}

/// A lane's column of labels, with the height of each.
pub(crate) struct Placed {
    pub(crate) lane: Lane,
    pub(crate) column: Column,
    pub(crate) heights: Vec<f64>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(scene: &'a Scene, caption: &Caption<'_>) -> Sheet<'a> {
        // Labels that crowd are given more room, unless that makes the picture endless or does not help.
        let mut sheet = Sheet::settled(scene, caption, 1.0);
        for zoom in [1.3, 1.7, 2.2] {
            let larger = Sheet::settled(scene, caption, zoom);
            if larger.scale.bottom() > 1_100.0 || sheet.strain() - larger.strain() < 6.0 {
                break;
            }
            sheet = larger;
        }
        sheet
    }

    /// The sheet on which the places that are not to scale are tall enough for the labels that pile up
    /// there, so that every piece that is to scale begins with its labels in place.
    fn settled(scene: &'a Scene, caption: &Caption<'_>, zoom: f64) -> Sheet<'a> {
        let mut extra = Vec::new();
        loop {
            let sheet = Sheet::laid_out(scene, caption, zoom, &extra);
            extra.resize(sheet.scale.zones.len(), 0.0);
            let short = sheet
                .needs()
                .into_iter()
                .find(|(zone, need)| *need > extra[*zone] + 0.5);
            match short {
                Some((zone, need)) => extra[zone] = need,
                None => return sheet,
            }
        }
    }

    fn laid_out(scene: &'a Scene, caption: &Caption<'_>, zoom: f64, extra: &[f64]) -> Sheet<'a> {
        let language = caption.language;
        let Widths {
            base,
            shop_room,
            first_gap,
            gap,
        } = Widths::of(scene.lanes.len());
        let bars = bars(scene);
        let beside_shop = bars.iter().filter(|(span, _)| span.lane == Lane::Shop);
        let places = beside_shop.map(|(_, place)| *place).max().unwrap_or(0) as f64;
        let times = scene.lines.iter().map(|line| line.moment.at);
        let times = times.chain(scene.messages.iter().map(|message| message.arrives.at));
        let widest = times.map(|at| measure(&spoken(at, language), SIZE));
        let axis = MARGIN + widest.fold(50.0, f64::max) + 8.0;
        let edge = axis + 8.0 + shop_room;
        let shop = edge + 16.0 + places * NEXT_BAR;
        let wide = base + axis + places * NEXT_BAR;

        let title = wrap(caption.title, 18.0, wide - 2.0 * MARGIN);
        let top = MARGIN + title.len() as f64 * 24.0 + 62.0;
        let scale = Scale::of(scene, caption, top, zoom, extra);
        let columns = scene.lanes.iter().enumerate().map(|(n, lane)| {
            let lifeline = match n {
                0 => shop,
                n => shop + first_gap + (n - 1) as f64 * gap,
            };
            let (edge, room) = match lane {
                Lane::Shop => (edge, shop_room),
                _ if n + 1 == scene.lanes.len() => {
                    (lifeline + 12.0, wide - MARGIN - lifeline - 12.0)
                }
                _ => (lifeline + 12.0, gap - 24.0),
            };
            let labels = Vec::new();
            Placed {
                lane: *lane,
                column: Column {
                    edge,
                    lifeline,
                    room,
                    labels,
                },
                heights: Vec::new(),
            }
        });
        let columns = columns.collect();
        let mut sheet = Sheet {
            scene,
            language,
            pivot: caption.pivot,
            wide,
            axis,
            title,
            top,
            scale,
            columns,
            bars,
            arrows: Vec::new(),
        };
        let arrows = scene.messages.iter();
        sheet.arrows = arrows
            .map(|message| (message, sheet.arrow(message)))
            .collect();
        sheet.place_labels();
        sheet
    }

    /// The x of a lane's lifeline.
    pub(crate) fn lifeline(&self, lane: Lane) -> f64 {
        let mut columns = self.columns.iter();
        let found = columns.find(|placed| placed.lane == lane);
        found.map_or(self.wide, |placed| placed.column.lifeline)
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

    fn place_labels(&mut self) {
        let zones = &self.scale.zones;
        let mut next = 0;
        for said in captions::all(self.scene, self.pivot, self.language) {
            let height = self.scale.height(said.moment);
            let Some(placed) = self
                .columns
                .iter_mut()
                .find(|placed| placed.lane == said.lane)
            else {
                continue;
            };
            if said.lane != Lane::Shop {
                placed.column.add(height, &said.texts, None);
                continue;
            }
            // A time that is left out is told beside the shop, in its turn.
            while let Some(zone) = zones.get(next)
                && let Some(text) = &zone.left_out
                && zone.to <= height
            {
                let text = (text.clone(), Tone::Faint);
                placed
                    .column
                    .add(zone.from + INTO_ZONE, &[text], Some(next));
                next += 1;
            }
            if said.in_band {
                placed
                    .column
                    .add(height + INTO_ZONE, &said.texts, Some(next));
                next += 1;
            } else {
                placed.column.add(height, &said.texts, None);
            }
        }
        let crossing: Vec<Segment> = self.arrows.iter().map(|(_, segment)| *segment).collect();
        for placed in &mut self.columns {
            placed.heights = placed.column.place(&crossing);
        }
    }

    /// How much taller each place that is not to scale would have to be for its labels.
    fn needs(&self) -> Vec<(usize, f64)> {
        let needs = self.columns.iter().flat_map(
            |Placed {
                 column, heights, ..
             }| {
                column
                    .labels
                    .iter()
                    .zip(heights)
                    .filter_map(|(label, height)| {
                        let zone = label.zone?;
                        let own = label.tall + INTO_ZONE - self.scale.zones[zone].least;
                        Some((zone, height - label.want + own.max(0.0)))
                    })
            },
        );
        needs.collect()
    }

    /// How far the label that had to move most was moved.
    fn strain(&self) -> f64 {
        let strains = self
            .columns
            .iter()
            .map(|placed| placed.column.strain(&placed.heights));
        strains.fold(0.0, f64::max)
    }
}

/// The widths that suit a number of lanes. The fewer there are the narrower is the picture, so that it can
/// be read on a phone.
struct Widths {
    /// The whole, without what the axis and additional bars take.
    base: f64,
    shop_room: f64,
    /// Between the shop and the first service, where no words stand.
    first_gap: f64,
    gap: f64,
}

impl Widths {
    fn of(lanes: usize) -> Widths {
        let (base, shop_room, first_gap, gap) = match lanes {
            0 | 1 => (370.0, 300.0, 0.0, 0.0),
            2 => (490.0, 178.0, 110.0, 0.0),
            3 => (640.0, 170.0, 110.0, 160.0),
            _ => (690.0, 150.0, 100.0, 136.0),
        };
        Widths {
            base,
            shop_room,
            first_gap,
            gap,
        }
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
            other.lane == span.lane && !ends_before(other, span) && !ends_before(span, other)
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
