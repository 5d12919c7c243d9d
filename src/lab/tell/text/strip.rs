//! One line of terminal text, made of parts at given cells.

use crate::tell::catalogue::{Label, Language, Say};
use crate::tell::glyphs::Glyphs;
use unicode_width::UnicodeWidthStr;
use yansi::{Condition, Paint};

/// How a run is told on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Style {
    /// In which language.
    pub language: Language,
    /// With which characters.
    pub glyphs: Glyphs,
    /// Whether in colour. Without, there is not one escape byte in the text.
    pub color: bool,
    /// How many columns the terminal has. `None` breaks only the timeline into lines.
    pub width: Option<usize>,
}

/// The width rows keep to where the texts allow it, however wide the terminal is.
const WIDTH: usize = 110;
/// On a narrower terminal than this, the terminal breaks the lines itself.
const NARROW: usize = 60;

impl Style {
    /// How wide a row may be.
    pub fn columns(self) -> usize {
        self.width.unwrap_or(WIDTH).clamp(NARROW, WIDTH)
    }

    /// A text, filled up with blanks to so many columns.
    pub fn cell(self, text: &str, columns: usize) -> String {
        let gap = columns.saturating_sub(self.glyphs.width(text));
        format!("{text}{}", " ".repeat(gap))
    }

    /// How many columns the labels of a report take.
    pub fn indent(self) -> usize {
        self.language.pick("schedule   ", "スケジュール  ").width()
    }

    /// A label, and a line of a report behind it.
    pub fn labelled(self, label: Label, line: &str) -> String {
        let label = self.cell(&label.say(self.language), self.indent());
        format!("{label}{}", self.hang(self.indent(), line))
    }

    /// A line of a report without a label.
    pub fn indented(self, line: &str) -> String {
        let blanks = " ".repeat(self.indent());
        format!("{blanks}{}", self.hang(self.indent(), line))
    }

    /// A text that stands behind a heading of so many columns, broken to fit the terminal, with what goes on below hanging
    /// from where it began.
    pub fn hang(self, indent: usize, text: &str) -> String {
        if self.width.is_none() {
            return text.to_owned();
        }
        let lines = self
            .glyphs
            .wrap(text, self.columns().saturating_sub(indent));
        lines.join(&format!("\n{}", " ".repeat(indent)))
    }

    /// A text of lines, each broken to fit the terminal, as far to the right as it begins.
    pub fn fit(self, text: &str) -> String {
        let lines = text.split('\n').map(|line| {
            let begins = line.trim_start();
            let indent = line.len() - begins.len();
            format!("{}{}", &line[..indent], self.hang(indent, begins))
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// What a part is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Faint,
    Head,
    Good,
    Doubt,
    Lock,
    Bad,
    Note,
}

impl Ink {
    fn style(self) -> yansi::Style {
        let style = yansi::Style::new();
        match self {
            Ink::Plain => style,
            Ink::Faint => style.dim(),
            Ink::Head => style.bold(),
            Ink::Good => style.green(),
            Ink::Doubt => style.yellow(),
            Ink::Lock => style.magenta(),
            Ink::Bad => style.red(),
            Ink::Note => style.red().bold(),
        }
    }
}

/// The parts of one line.
#[derive(Default)]
pub(crate) struct Strip {
    parts: Vec<(usize, String, Ink)>,
}

impl Strip {
    pub(crate) fn put(&mut self, at: usize, text: impl Into<String>, ink: Ink) {
        self.parts.push((at, text.into(), ink));
    }

    /// The first cell after the last part.
    pub(crate) fn end(&self, glyphs: Glyphs) -> usize {
        let ends = self
            .parts
            .iter()
            .map(|(at, text, _)| at + glyphs.width(text));
        ends.max().unwrap_or(0)
    }

    /// The line, without a line break.
    pub(crate) fn print(mut self, style: Style) -> String {
        self.parts.sort_by_key(|(at, ..)| *at);
        let mut line = String::new();
        let mut reached = 0;
        for (at, text, ink) in &self.parts {
            line.push_str(&" ".repeat(at.saturating_sub(reached)));
            reached = at + style.glyphs.width(text);
            // Whether there is colour is the caller's decision alone, not that of yansi's global switch.
            if style.color && *ink != Ink::Plain {
                let ink = ink.style().whenever(Condition::ALWAYS);
                line.push_str(&text.paint(ink).to_string());
            } else {
                line.push_str(text)
            }
        }
        line
    }
}
