//! Labels of the picture: how wide a text is, where it is broken, and how labels keep out of each other's way.

use crate::writer::{Paper, Tone};
use lab::tell::wrap::{self, Strokes};
use unicode_width::UnicodeWidthChar;

/// The size of a label's type, and the distance of its lines.
pub(crate) const SIZE: f64 = 15.0;
/// From one line of a label to the next.
pub(crate) const LEADING: f64 = 19.0;
/// The space between two labels.
const SPACE: f64 = 5.0;

/// How far a label may move up out of an arrow's way; down it may go as far as it must.
const UPWARD: f64 = 30.0;

/// About how wide the text is, on the safe side: the reader's font is not known here.
pub(crate) fn measure(text: &str, size: f64) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | 'I' => 0.34,
            ' ' | 'f' | 't' | 'r' | '"' | '·' => 0.40,
            'm' | 'w' | 'M' | 'W' | '#' => 0.90,
            'A'..='Z' => 0.70,
            '①'..='⑳' => 1.0,
            wide if is_japanese(wide) => 1.0,
            other if !other.is_ascii() => 0.55 * other.width().unwrap_or(1) as f64,
            _ => 0.60,
        })
        .sum();
    ems * size
}

/// The text in lines of at most this width. Lines of Japanese are about equally long, so that no single phrase is left for
/// the last.
pub(crate) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let pieces = wrap::pieces(text, Strokes::Break);
    let within = |room: f64| wrap::fill(&pieces, |line| measure(line, size) <= room);
    let mut lines = within(room);
    if !text.chars().any(is_japanese) {
        return lines;
    }
    let widest = pieces.iter().map(|piece| measure(piece.trim_end(), size));
    let widest = widest.fold(0.0, f64::max);
    let mut narrower = room - size;
    while narrower >= widest {
        let balanced = within(narrower);
        if balanced.len() > lines.len() {
            break;
        }
        lines = balanced;
        narrower -= size;
    }
    lines
}

/// Kanji, kana and their punctuation, which are as wide as they are tall in any font.
fn is_japanese(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}')
}

/// A few lines of text that belong to a point of a lifeline.
pub(crate) struct Label {
    /// The height of the point.
    pub(crate) want: f64,
    /// The lines with their tones, and how far each stands below the first.
    lines: Vec<(f64, String, Tone)>,
    /// How tall it is, with the space to the next.
    pub(crate) tall: f64,
    /// The place that is not to scale in which it stands.
    pub(crate) zone: Option<usize>,
}

impl Label {
    /// Adds a text that hangs below what is there already.
    fn hang(&mut self, text: &str, tone: Tone, room: f64) {
        for line in wrap(text, SIZE, room) {
            self.lines.push((self.tall, line, tone));
            self.tall += LEADING;
        }
    }
}

/// The labels along one lifeline.
pub(crate) struct Column {
    /// The edge beside the lifeline at which the texts end or begin.
    pub(crate) edge: f64,
    /// The lifeline.
    pub(crate) lifeline: f64,
    /// How wide a text may be.
    pub(crate) room: f64,
    /// The labels, in order.
    pub(crate) labels: Vec<Label>,
}

/// A straight piece of an arrow.
pub(crate) type Segment = ((f64, f64), (f64, f64));

impl Column {
    /// A label of these texts, wrapped to the column. What belongs to one point hangs from it in one label.
    pub(crate) fn add(&mut self, want: f64, texts: &[(String, Tone)], zone: Option<usize>) {
        if texts.is_empty() {
            return;
        }
        let last = self.labels.last();
        if last.is_none_or(|label| label.want != want || label.zone != zone) {
            self.labels.push(Label {
                want,
                lines: Vec::new(),
                tall: 0.0,
                zone,
            });
        }
        let label = self.labels.last_mut().expect("there is one now");
        for (text, tone) in texts {
            label.hang(text, *tone, self.room);
        }
        label.tall += SPACE;
    }

    /// The height of every label's first line: where it belongs, or as near to that as the label before it
    /// and the arrows that cross the column allow.
    pub(crate) fn place(&self, crossing: &[Segment]) -> Vec<f64> {
        let mut free = f64::MIN;
        let heights = self.labels.iter().map(|label| {
            let start = label.want.max(free);
            let away = (0..).map(|step| f64::from(step) * 2.0);
            let up = |away: f64| (start - away.min(UPWARD)).max(free);
            let mut tried = away.flat_map(|away| [start + away, up(away)]);
            let is_clear = |height: &f64| {
                let hit = |segment| self.is_hit(label, *height, segment);
                !crossing.iter().any(hit)
            };
            // Below the last arrow there is always room.
            let height = tried.find(is_clear).unwrap_or(start);
            free = height + label.tall;
            height
        });
        heights.collect()
    }

    /// Whether an arrow runs through the label.
    fn is_hit(&self, label: &Label, height: f64, ((x1, y1), (x2, y2)): &Segment) -> bool {
        let (low, high) = (
            height - LEADING / 2.0 - 3.0,
            height + label.tall - LEADING / 2.0,
        );
        let widths = label.lines.iter().map(|(_, line, _)| measure(line, SIZE));
        let wide = widths.fold(0.0, f64::max) + 4.0;
        let (left, right) = if self.edge < self.lifeline {
            (self.edge - wide, self.edge)
        } else {
            (self.edge, self.edge + wide)
        };
        let (from, to) = (left.max(x1.min(*x2)), right.min(x1.max(*x2)));
        if from >= to {
            return false;
        }
        let at = |x: f64| y1 + (y2 - y1) * (x - x1) / (x2 - x1);
        let (a, b) = (at(from).min(at(to)), at(from).max(at(to)));
        a < high && low < b
    }

    /// Draws the labels at these heights, each tied to its point if it had to move.
    pub(crate) fn draw(&self, heights: &[f64], paper: &mut Paper) {
        let left = self.edge < self.lifeline;
        let anchor = if left { "end" } else { "start" };
        for (label, height) in self.labels.iter().zip(heights) {
            let aside = if left { 3.0 } else { -3.0 };
            if (height - label.want).abs() > 3.0 && label.zone.is_none() {
                paper.path(
                    "tie",
                    &[(self.edge + aside, *height), (self.lifeline, label.want)],
                );
            }
            for (below, line, tone) in &label.lines {
                // Half the height of small letters below the middle.
                let y = height + below + SIZE * 0.34;
                paper.text(self.edge, y, anchor, *tone, line);
            }
        }
    }

    /// How far the label that had to move most was moved.
    pub(crate) fn strain(&self, heights: &[f64]) -> f64 {
        let labels = self.labels.iter().zip(heights);
        let moved = labels.map(|(label, height)| (height - label.want).abs());
        moved.fold(0.0, f64::max)
    }

    /// Where the last label ends.
    pub(crate) fn end(&self, heights: &[f64]) -> f64 {
        let labels = self.labels.iter().zip(heights);
        let ends = labels.map(|(label, height)| height + label.tall);
        ends.fold(0.0, f64::max)
    }
}
