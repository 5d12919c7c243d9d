//! How wide a text is on a terminal, and which characters the timeline may be drawn with.
//!
//! Arrows and box characters are of *ambiguous* width: one cell in most terminals, two in many Japanese ones. Columns
//! line up only if the drawing counts as the terminal does, so the reader can choose.

use crate::tell::wrap::{self, Strokes};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// Decides between the [`Glyphs`], before terminal and locale.
pub const GLYPHS: &str = "SAGA_GLYPHS";

/// The characters the timeline is drawn with, and how their width is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// Arrows and box characters, one cell each.
    #[default]
    Unicode,
    /// The same characters for terminals that give an ambiguous one two cells.
    Wide,
    /// Nothing but ASCII, except in what the order code logs.
    Ascii,
}

impl Glyphs {
    /// The policy that suits this environment. `get` looks an environment variable up, so that nothing is
    /// read here: `Glyphs::from_environment(|name| std::env::var(name).ok())`.
    ///
    /// `SAGA_GLYPHS` set to `unicode`, `wide` or `ascii` wins. Otherwise `TERM=dumb` or a locale that is not
    /// UTF-8 (the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set and not empty) means ASCII, and
    /// everything else Unicode: where no locale is set at all, as on Windows, terminals speak UTF-8.
    ///
    /// # Errors
    /// If `SAGA_GLYPHS` is anything else: a message that says so.
    pub fn from_environment(get: impl Fn(&str) -> Option<String>) -> Result<Glyphs, String> {
        if let Some(glyphs) = Glyphs::named(get(GLYPHS).as_deref())? {
            return Ok(glyphs);
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| get(name).filter(|value| !value.is_empty()));
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Ok(match get("TERM").as_deref() {
            Some("dumb") => Glyphs::Ascii,
            _ if utf8 => Glyphs::Unicode,
            _ => Glyphs::Ascii,
        })
    }

    /// The policy that [`GLYPHS`] asks for; `None` if it is unset or empty.
    pub fn named(wish: Option<&str>) -> Result<Option<Glyphs>, String> {
        match wish {
            None | Some("") => Ok(None),
            Some("unicode") => Ok(Some(Glyphs::Unicode)),
            Some("wide") => Ok(Some(Glyphs::Wide)),
            Some("ascii") => Ok(Some(Glyphs::Ascii)),
            Some(other) => Err(format!(
                "{GLYPHS} is `{other}`; it can be `unicode`, `wide` or `ascii`"
            )),
        }
    }

    /// How many cells the text takes.
    pub fn width(self, text: &str) -> usize {
        match self {
            Glyphs::Wide => text.width_cjk(),
            Glyphs::Unicode | Glyphs::Ascii => text.width(),
        }
    }

    /// A text of the lab's own, in characters this policy allows. The order code's words must not be changed, and do
    /// not pass through here.
    pub fn own(self, text: &str) -> Cow<'_, str> {
        match self {
            Glyphs::Ascii => Cow::Owned(
                text.replace('¥', "JPY ")
                    .replace(" · ", "; ")
                    .replace('←', "<-"),
            ),
            Glyphs::Unicode | Glyphs::Wide => Cow::Borrowed(text),
        }
    }

    /// The drawing characters.
    pub(crate) fn shapes(self) -> &'static Shapes {
        match self {
            Glyphs::Unicode | Glyphs::Wide => &DRAWN,
            Glyphs::Ascii => &TYPED,
        }
    }

    /// A line of exactly this many cells. Where the character takes two cells and the number is odd, a
    /// blank fills up.
    pub(crate) fn line(self, character: &str, cells: usize) -> String {
        let each = self.width(character).max(1);
        let mut line = character.repeat(cells / each);
        line.push_str(&" ".repeat(cells % each));
        line
    }

    /// The text in lines of at most this many cells, as full as they can be.
    pub(crate) fn fill(self, text: &str, cells: usize) -> Vec<String> {
        wrap::fill(&wrap::pieces(text, Strokes::Break), |line| {
            self.width(line) <= cells
        })
    }

    /// The text in lines of at most this many cells, in which paths and names stay whole if they can.
    pub(crate) fn wrap(self, text: &str, cells: usize) -> Vec<String> {
        wrap::wrap(text, |line| self.width(line) <= cells)
    }
}

/// The characters the timeline is drawn with.
pub(crate) struct Shapes {
    /// The body of an arrow that arrives as it should.
    pub solid: &'static str,
    /// The body of an arrow that nobody waits for.
    pub dashed: &'static str,
    /// Arrow heads.
    pub right: &'static str,
    /// To the left.
    pub left: &'static str,
    /// The end of a message that never arrives.
    pub lost: &'static str,
    /// The end of a connection that is refused.
    pub refused: &'static str,
    /// The gutter: the shop does not know.
    pub doubt: &'static str,
    /// The gutter: the database's write lock is held.
    pub lock: &'static str,
    /// A long time without anything.
    pub gap: &'static str,
    /// The rule across a row where the process dies or starts.
    pub rule: &'static str,
    /// The process dies.
    pub dies: &'static str,
    /// The process starts again.
    pub starts: &'static str,
    /// The process stands still.
    pub pauses: &'static str,
    /// The process goes on.
    pub goes_on: &'static str,
    /// Points from a note at its row.
    pub note: &'static str,
}

const DRAWN: Shapes = Shapes {
    solid: "─",
    dashed: "┄",
    right: "▶",
    left: "◀",
    lost: "✗",
    refused: "┤",
    doubt: "░",
    lock: "║",
    gap: "⋮",
    rule: "─",
    dies: "✖",
    starts: "↻",
    pauses: "‖",
    goes_on: "▷",
    note: "←",
};

const TYPED: Shapes = Shapes {
    solid: "-",
    dashed: ".",
    right: ">",
    left: "<",
    lost: "x",
    refused: "|",
    doubt: "#",
    lock: "|",
    gap: ":",
    rule: "=",
    dies: "x",
    starts: "o",
    pauses: "=",
    goes_on: ">",
    note: "<-",
};
