//! From time to height: to scale, except where nothing happens for a long time.

use crate::captions::is_band;
use crate::svg::Caption;
use lab::language::time::Ms;
use lab::tell::catalogue::later;
use lab::tell::scene::{Moment, Scene};
use std::collections::BTreeSet;

/// The height of a time that is left out.
const BREAK: f64 = 46.0;
/// The height of the band in which the process dies or starts again, or beyond which there is no way back.
const BAND: f64 = 26.0;
/// A span that is always left out.
const LONG: Ms = Ms::seconds(40);
/// A span that is left out if it would squeeze all the rest.
const LONGISH: Ms = Ms::seconds(5);

/// A place that is not to scale: time is left out, the process dies or starts again, or the way back ends.
pub(crate) struct Zone {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// How tall it is at least.
    pub(crate) least: f64,
    /// How much time is left out, in words.
    pub(crate) left_out: Option<String>,
}

/// The heights of all moments of a scene.
pub(crate) struct Scale {
    /// Every moment with its height, in order.
    knots: Vec<(Moment, f64)>,
    /// Where time begins.
    top: f64,
    /// The places that are not to scale, in order.
    pub(crate) zones: Vec<Zone>,
    /// Pixels per millisecond elsewhere.
    rate: f64,
}

impl Scale {
    /// The scale that begins at `top`; `zoom` 1 suits a scene whose labels do not crowd. `extra` is added to
    /// the height of the places that are not to scale, counted from the top.
    pub(crate) fn of(
        scene: &Scene,
        caption: &Caption<'_>,
        top: f64,
        zoom: f64,
        extra: &[f64],
    ) -> Scale {
        let bands: BTreeSet<Moment> = scene
            .lines
            .iter()
            .filter(|line| is_band(line))
            .map(|line| line.moment)
            .chain(caption.pivot)
            .collect();
        let lines = scene.lines.iter().map(|line| line.moment);
        let messages = scene
            .messages
            .iter()
            .flat_map(|message| [message.sent, message.arrives]);
        let spans = scene
            .spans
            .iter()
            .flat_map(|span| [Some(span.from), span.until])
            .flatten();
        let moments: BTreeSet<Moment> = lines.chain(messages).chain(spans).collect();
        let moments: Vec<Moment> = moments.into_iter().collect();

        let gaps: Vec<u64> = moments
            .windows(2)
            .map(|pair| pair[1].at.0 - pair[0].at.0)
            .collect();
        let bound = bound(&gaps);
        let rate = zoom * rate(gaps.iter().filter(|gap| **gap <= bound && **gap > 0));

        let mut scale = Scale {
            knots: Vec::new(),
            top,
            zones: Vec::new(),
            rate,
        };
        let mut height = top;
        let mut extra = extra.iter();
        let mut more = || extra.next().copied().unwrap_or(0.0);
        for (place, moment) in moments.iter().enumerate() {
            let gap = place.checked_sub(1).map_or(0, |before| gaps[before]);
            if gap > bound {
                let label = later(Ms(gap), caption.language);
                height = scale.zone(height, BREAK, more(), Some(label));
            } else {
                height += gap as f64 * rate;
            }
            scale.knots.push((*moment, height));
            if bands.contains(moment) {
                height = scale.zone(height, BAND, more(), None);
            }
        }
        scale
    }

    /// Adds a place that is not to scale; returns where it ends.
    fn zone(&mut self, from: f64, least: f64, more: f64, left_out: Option<String>) -> f64 {
        let to = from + least + more;
        self.zones.push(Zone {
            from,
            to,
            least,
            left_out,
        });
        to
    }

    /// The height of a moment of the scene.
    pub(crate) fn height(&self, moment: Moment) -> f64 {
        let place = self.knots.partition_point(|(knot, _)| *knot < moment);
        let knot = self.knots.get(place).or(self.knots.last());
        knot.map_or(0.0, |(_, height)| *height)
    }

    /// The height below which nothing happens.
    pub(crate) fn bottom(&self) -> f64 {
        self.knots.last().map_or(self.top, |(_, height)| *height)
    }

    /// Every millisecond at which something happens, with the height at which it begins.
    pub(crate) fn times(&self) -> Vec<(Ms, f64)> {
        let mut times: Vec<(Ms, f64)> = self
            .knots
            .iter()
            .map(|(moment, height)| (moment.at, *height))
            .collect();
        times.dedup_by_key(|(at, _)| *at);
        times
    }

    /// The heights of a ruler's marks, none of them where time is left out.
    pub(crate) fn marks(&self) -> Vec<f64> {
        let steps = [
            10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 60_000,
        ];
        let step = steps.iter().find(|step| **step as f64 * self.rate >= 7.0);
        let Some(step) = step else {
            return Vec::new();
        };
        let mut marks = Vec::new();
        for pair in self.knots.windows(2) {
            let ((from, low), (to, high)) = (pair[0], pair[1]);
            let left_out = |zone: &Zone| zone.left_out.is_some() && zone.to == high;
            if self.zones.iter().any(left_out) {
                continue;
            }
            // A band before the second moment shifts what follows, so count back from there.
            let first = from.at.0.div_ceil(*step) * step;
            let inner = (first..to.at.0).step_by(*step as usize);
            let heights = inner.map(|at| high - (to.at.0 - at) as f64 * self.rate);
            marks.extend(heights.filter(|height| *height >= low));
        }
        marks
    }
}

/// The longest gap that is drawn to scale. The longest go first, until what is left is of one order.
fn bound(gaps: &[u64]) -> u64 {
    let mut drawn: Vec<u64> = gaps.iter().copied().filter(|gap| *gap > 0).collect();
    drawn.sort_unstable();
    while let Some(longest) = drawn.pop() {
        let rest: u64 = drawn.iter().sum();
        let squeezes = rest > 0 && longest > LONGISH.0 && longest > 6 * rest;
        if longest <= LONG.0 && !squeezes {
            return longest;
        }
    }
    0
}

/// Pixels per millisecond: a page for all of it, more if short spans would vanish, but never so much that
/// a single call fills the page.
fn rate<'a>(gaps: impl Iterator<Item = &'a u64>) -> f64 {
    let (mut total, mut least) = (0, u64::MAX);
    for gap in gaps {
        total += gap;
        least = least.min(*gap);
    }
    if total == 0 {
        return 0.0;
    }
    let (total, least) = (total as f64, least as f64);
    (440.0 / total)
        .max((22.0 / least).min(720.0 / total))
        .min(0.6)
}
