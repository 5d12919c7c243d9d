//! Where the columns of the terminal timeline stand.

use crate::tell::catalogue::{Say, spoken};
use crate::tell::scene::{Fate, Lane, LineKind, MessageKind, Scene, SpanKind};
use crate::tell::text::strip::Style;
use std::collections::BTreeMap;

/// The least room for the shop's words, and for a service's.
const LEAST: (usize, usize) = (24, 12);
/// The least length of an arrow between the shop's words and the next lane.
const ARROW: usize = 8;

/// The cells at which things begin.
pub(crate) struct Columns {
    /// The end of the column of times.
    pub(crate) time: usize,
    /// The gutter of the write lock, if anybody waits for it.
    pub(crate) lock: Option<usize>,
    /// The gutter of doubt.
    pub(crate) doubt: usize,
    /// Where the last lane ends.
    pub(crate) end: usize,
    starts: BTreeMap<Lane, usize>,
    rooms: BTreeMap<Lane, usize>,
}

impl Columns {
    /// As wide as the texts ask, within bounds that keep the whole on a screen.
    pub(crate) fn of(scene: &Scene, style: Style) -> Columns {
        let glyphs = style.glyphs;
        let times = scene.lines.iter().map(|line| line.moment);
        let sent = scene.messages.iter().map(|message| message.sent);
        let arrived = scene.messages.iter().map(|message| message.arrives);
        let widest = times
            .chain(sent)
            .chain(arrived)
            .map(|moment| glyphs.width(&spoken(moment.at, style.language)))
            .max();
        let time = widest.unwrap_or(0).max("1700 ms".len()) + 2;

        let shapes = glyphs.shapes();
        let waits = scene
            .spans
            .iter()
            .any(|span| span.kind == SpanKind::LockWait);
        let lock = waits.then_some(time + 1);
        let doubt = lock.map_or(time + 1, |at| at + glyphs.width(shapes.lock));
        let mut next = doubt + glyphs.width(shapes.doubt) + 1;

        let width = style.columns();
        let (shop_most, service_most) = most(scene.lanes.len(), width, next);
        let mut columns = Columns {
            time,
            lock,
            doubt,
            end: next,
            starts: BTreeMap::new(),
            rooms: BTreeMap::new(),
        };
        for lane in &scene.lanes {
            let wish = wish(scene, *lane, style).max(glyphs.width(&lane.say(style.language)));
            let room = match lane {
                Lane::Shop => wish.clamp(LEAST.0, shop_most),
                // The last lane has no neighbour to leave room for.
                _ if scene.lanes.last() == Some(lane) => {
                    wish.min(width.saturating_sub(next).max(LEAST.1))
                }
                Lane::Service(_) => wish.min(service_most),
            };
            columns.starts.insert(*lane, next);
            columns.rooms.insert(*lane, room);
            columns.end = next + room;
            next = columns.end + 2;
        }
        columns
    }

    /// Where the lane begins.
    pub(crate) fn start(&self, lane: Lane) -> usize {
        self.starts.get(&lane).copied().unwrap_or(self.end)
    }

    /// How wide a text in the lane may be.
    pub(crate) fn room(&self, lane: Lane) -> usize {
        self.rooms.get(&lane).copied().unwrap_or(ARROW)
    }

    /// How wide the words of a request may be, so that its arrow has room beside them.
    pub(crate) fn request_room(&self) -> usize {
        self.room(Lane::Shop).saturating_sub(ARROW + 1)
    }

    /// Where an arrow begins that does not reach the shop's words.
    pub(crate) fn middle(&self) -> usize {
        self.start(Lane::Shop) + self.room(Lane::Shop) / 2
    }
}

/// The most room for the shop's words, and for those of a service that has a neighbour. A narrow terminal has the same
/// shares of less.
fn most(lanes: usize, width: usize, from: usize) -> (usize, usize) {
    let (shop, service) = match lanes {
        0..=2 => (40, 44),
        3 => (38, 30),
        _ => (34, 20),
    };
    let wide = Style::default().columns() - from;
    let share = |most: usize| most * width.saturating_sub(from) / wide;
    (share(shop).max(LEAST.0), share(service).max(LEAST.1))
}

/// The width at which no text of the lane would be broken.
fn wish(scene: &Scene, lane: Lane, style: Style) -> usize {
    let Style {
        glyphs, language, ..
    } = style;
    let lines = scene
        .lines
        .iter()
        .filter(|line| line.lane == lane)
        .filter(|line| {
            !matches!(
                line.kind,
                LineKind::Died | LineKind::Restarted | LineKind::Paused | LineKind::WentOn
            )
        })
        .map(|line| glyphs.width(&glyphs.own(&line.text(language))));
    let messages = scene.messages.iter().filter_map(|message| {
        let width = glyphs.width(&glyphs.own(&message.text(language)));
        let here = lane == Lane::Service(message.service);
        match message.kind {
            MessageKind::Request | MessageKind::Again if lane == Lane::Shop => {
                Some(width + 1 + ARROW)
            }
            MessageKind::Reply | MessageKind::Webhook if here => {
                Some(width + glyphs.width(&message.fate.remark(language)))
            }
            MessageKind::Request if here && message.fate == Fate::Refused => {
                Some(glyphs.width(&message.fate.remark(language)))
            }
            _ => None,
        }
    });
    lines.chain(messages).max().unwrap_or(0)
}
