//! Labels of the picture: how wide a text is, where it is broken, and how labels keep out of each other's way.

use super::paper::{Paper, Tone};
use unicode_width::UnicodeWidthChar;

/// The size of a label's type, and the distance of its lines.
pub(super) const SIZE: f64 = 14.0;
/// From one line of a label to the next.
pub(super) const LEADING: f64 = 18.0;
/// The space between two labels.
const SPACE: f64 = 5.0;

/// About how wide the text is, on the safe side: the reader's font is not known here.
pub(super) fn measure(text: &str, size: f64) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | 'I' => 0.34,
            ' ' | 'f' | 't' | 'r' | '"' | '·' => 0.40,
            'm' | 'w' | 'M' | 'W' | '#' => 0.90,
            'A'..='Z' => 0.70,
            other if !other.is_ascii() => 0.55 * other.width().unwrap_or(1) as f64,
            _ => 0.60,
        })
        .sum();
    ems * size
}

/// The text in lines of at most this width, broken between words, and within a word only if it must be.
pub(super) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        let longer = match line.is_empty() {
            true => word.to_owned(),
            false => format!("{line} {word}"),
        };
        if measure(&longer, size) <= room {
            *line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for character in word.chars() {
            let line = lines.last_mut().expect("there is always a line");
            line.push(character);
            if measure(line, size) > room && line.chars().count() > 1 {
                line.pop();
                lines.push(character.to_string());
            }
        }
    }
    lines
}

/// A few lines of text that belong to a point of a lifeline.
pub(super) struct Label {
    /// The height of the point.
    pub(super) want: f64,
    /// The lines with their tones.
    pub(super) lines: Vec<(String, Tone)>,
    /// It stands where it stands; the others make way.
    pub(super) fixed: bool,
}

impl Label {
    fn tall(&self) -> f64 {
        self.lines.len() as f64 * LEADING + SPACE
    }
}

/// The labels along one lifeline.
pub(super) struct Column {
    /// The edge beside the lifeline at which the texts end or begin.
    pub(super) edge: f64,
    /// The lifeline.
    pub(super) lifeline: f64,
    /// How wide a text may be.
    pub(super) room: f64,
    /// The labels, in order.
    pub(super) labels: Vec<Label>,
}

/// A straight piece of an arrow.
pub(super) type Segment = ((f64, f64), (f64, f64));

impl Column {
    /// A label of these texts, wrapped to the column.
    pub(super) fn add(&mut self, want: f64, texts: &[(String, Tone)], fixed: bool) {
        let wrapped = texts.iter().flat_map(|(text, tone)| {
            let lines = wrap(text, SIZE, self.room);
            lines.into_iter().map(|line| (line, *tone))
        });
        let lines: Vec<(String, Tone)> = wrapped.collect();
        if !lines.is_empty() {
            self.labels.push(Label { want, lines, fixed });
        }
    }

    /// The height of every label's first line: as near to where it belongs as the order, the other labels
    /// and the arrows that cross the column allow.
    pub(super) fn place(&self, top: f64, crossing: &[Segment]) -> Vec<f64> {
        // Labels that would overlap are pushed apart about their common middle, which moves each as
        // little as possible; groups that come to overlap by that are joined and pushed again.
        struct Group {
            count: usize,
            weight: f64,
            /// The weighted sum of where the group's first line would have to stand for each of its labels.
            sum: f64,
            tall: f64,
        }
        let mut groups: Vec<Group> = Vec::new();
        for label in &self.labels {
            let weight = if label.fixed { 1e6 } else { 1.0 };
            let mut group = Group {
                count: 1,
                weight,
                sum: weight * label.want,
                tall: label.tall(),
            };
            while let Some(before) = groups.last() {
                let above = (before.sum / before.weight).max(top);
                if above + before.tall <= (group.sum / group.weight).max(top) {
                    break;
                }
                group = Group {
                    count: before.count + group.count,
                    weight: before.weight + group.weight,
                    sum: before.sum + group.sum - group.weight * before.tall,
                    tall: before.tall + group.tall,
                };
                groups.pop();
            }
            groups.push(group);
        }
        let mut heights = Vec::new();
        let mut free = top;
        for group in groups {
            let mut height = (group.sum / group.weight).max(free);
            for _ in 0..group.count {
                let label = &self.labels[heights.len()];
                while crossing
                    .iter()
                    .any(|segment| self.is_hit(label, height, segment))
                {
                    height += 2.0;
                }
                heights.push(height);
                height += label.tall();
            }
            free = height;
        }
        heights
    }

    /// Whether an arrow runs through the label.
    fn is_hit(&self, label: &Label, height: f64, ((x1, y1), (x2, y2)): &Segment) -> bool {
        let (low, high) = (
            height - LEADING / 2.0 - 3.0,
            height + label.tall() - LEADING / 2.0,
        );
        let widths = label.lines.iter().map(|(line, _)| measure(line, SIZE));
        let wide = widths.fold(0.0, f64::max) + 4.0;
        let (left, right) = match self.edge < self.lifeline {
            true => (self.edge - wide, self.edge),
            false => (self.edge, self.edge + wide),
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
    pub(super) fn draw(&self, heights: &[f64], paper: &mut Paper) {
        let left = self.edge < self.lifeline;
        let anchor = if left { "end" } else { "start" };
        for (label, height) in self.labels.iter().zip(heights) {
            let aside = if left { 3.0 } else { -3.0 };
            if (height - label.want).abs() > 3.0 && !label.fixed {
                paper.path(
                    "tie",
                    &[(self.edge + aside, *height), (self.lifeline, label.want)],
                );
            }
            for (n, (line, tone)) in label.lines.iter().enumerate() {
                // Half the height of small letters below the middle.
                let y = height + n as f64 * LEADING + SIZE * 0.34;
                paper.text(self.edge, y, anchor, *tone, line);
            }
        }
    }

    /// How far the label that had to move most was moved, and where the last one ends.
    pub(super) fn strain(&self, heights: &[f64]) -> (f64, f64) {
        let moved = self
            .labels
            .iter()
            .zip(heights)
            .map(|(label, height)| (height - label.want).abs());
        let ends = self
            .labels
            .iter()
            .zip(heights)
            .map(|(label, height)| height + label.tall());
        (moved.fold(0.0, f64::max), ends.fold(0.0, f64::max))
    }
}
