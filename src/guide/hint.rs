//! `cargo run -- hint`: one hint at a time.

use crate::chapter::Chapter;
use crate::cli::{Guide, Light, Trouble};
use crate::out::outln;

impl Guide {
    /// Shows the next hint of a chapter, or all of them.
    pub(crate) fn hint(&self, chapter: Option<&Chapter>, all: bool) -> Result<Light, Trouble> {
        let Some(chapter) = self.this_or_first_unfinished(chapter)? else {
            outln!("{}", self.words().nothing_left());
            return Ok(Light::Green);
        };
        let count = chapter.hints.len();
        if count == 0 {
            outln!("{}", self.words().no_hints(&chapter.id));
            return Ok(Light::Green);
        }
        let shown = self.memory.hints_shown(&chapter.id).min(count);
        let next = (shown + 1).min(count);
        let first = if all { 1 } else { next };
        let last = if all { count } else { next };
        for number in first..=last {
            let text = chapter.hint(number - 1, self.language);
            outln!(
                "{}\n{}\n",
                self.words().hint(&chapter.id, number, count),
                self.words().fitted(&text)
            );
        }
        if all || shown == count {
            outln!("{}", self.words().last_hint(chapter))
        } else {
            outln!("{}", self.words().more_hints(&chapter.id, count - next));
            if let Err(error) = self.memory.set_hints_shown(&chapter.id, next) {
                eprintln!("{}", self.words().cannot_remember(&error));
            }
        }
        Ok(Light::Green)
    }

    /// The chapter that was named, or else the first unfinished one.
    pub(crate) fn this_or_first_unfinished<'a>(
        &'a self,
        chapter: Option<&'a Chapter>,
    ) -> Result<Option<&'a Chapter>, Trouble> {
        match chapter {
            Some(chapter) => Ok(Some(chapter)),
            // With a single chapter there is no choice.
            None if self.chapters.len() == 1 => Ok(self.chapters.first()),
            None => Ok(self.first_unfinished()?.map(|(chapter, _)| chapter)),
        }
    }
}
