//! A piece of a schedule's text that knows its position, so that every error can point at it.

use crate::language::schedule_error::{Problem, ScheduleError};

/// A part of a text, and its position there.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'t> {
    text: &'t str,
    from: usize,
    to: usize,
}

impl<'t> Piece<'t> {
    /// The whole text.
    pub(crate) fn whole(text: &'t str) -> Piece<'t> {
        Piece {
            text,
            from: 0,
            to: text.len(),
        }
    }

    pub(crate) fn as_str(self) -> &'t str {
        &self.text[self.from..self.to]
    }

    pub(crate) fn is_empty(self) -> bool {
        self.from == self.to
    }

    /// The part between two offsets of this piece.
    pub(crate) fn part(self, from: usize, to: usize) -> Piece<'t> {
        Piece {
            text: self.text,
            from: self.from + from,
            to: self.from + to,
        }
    }

    /// The position just behind this piece.
    pub(crate) fn end(self) -> Piece<'t> {
        Piece {
            from: self.to,
            ..self
        }
    }

    /// From the beginning of this piece to the end of the other.
    pub(crate) fn up_to(self, last: Piece<'t>) -> Piece<'t> {
        Piece {
            to: last.to,
            ..self
        }
    }

    /// Without surrounding blanks. Only blanks become an empty piece at their beginning.
    pub(crate) fn trim(self) -> Piece<'t> {
        let ended = self.as_str().trim_end();
        let from = ended.len() - ended.trim_start().len();
        self.part(from, ended.len())
    }

    /// The text before and behind a one-byte delimiter at this offset, without surrounding blanks.
    pub(crate) fn split_at_delimiter(self, at: usize) -> (Piece<'t>, Piece<'t>) {
        let len = self.to - self.from;
        (self.part(0, at).trim(), self.part(at + 1, len).trim())
    }

    /// The text before and behind the first such delimiter, which is one byte long.
    pub(crate) fn split_once(self, delimiter: char) -> Option<(Piece<'t>, Piece<'t>)> {
        let at = self.as_str().find(delimiter)?;
        Some(self.split_at_delimiter(at))
    }

    /// The parts between one-byte delimiters, without surrounding blanks.
    pub(crate) fn split(self, delimiter: char) -> impl Iterator<Item = Piece<'t>> {
        let mut from = 0;
        self.as_str().split(delimiter).map(move |part| {
            let start = from;
            from += part.len() + 1;
            self.part(start, start + part.len()).trim()
        })
    }

    /// The words, separated by blanks.
    pub(crate) fn words(self) -> Vec<Piece<'t>> {
        let mut words = Vec::new();
        let mut rest = self.trim();
        while !rest.is_empty() {
            let text = rest.as_str();
            let len = text.find(char::is_whitespace).unwrap_or(text.len());
            words.push(rest.part(0, len));
            rest = rest.part(len, text.len()).trim();
        }
        words
    }

    /// The text with every run of blanks made one.
    pub(crate) fn tidy(self) -> String {
        let words: Vec<&str> = self.as_str().split_whitespace().collect();
        words.join(" ")
    }

    /// The text in backticks, short enough for a message.
    pub(crate) fn quoted(self) -> String {
        let text = self.tidy();
        match text.char_indices().nth(40) {
            Some((end, _)) => format!("`{}…`", &text[..end]),
            None => format!("`{text}`"),
        }
    }

    /// This problem, beginning here.
    pub(crate) fn error(self, problem: Problem) -> ScheduleError {
        ScheduleError::new(self.text, self.from, problem)
    }
}
