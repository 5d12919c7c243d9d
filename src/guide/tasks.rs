//! `cargo run -- checklist`: what the reader can do by now, according to the tests.

use crate::chapter::Chapter;
use crate::cli::{Guide, Light, Trouble};
use crate::out::outln;

impl Guide {
    /// Shows the checklist of a chapter, or of all of them.
    pub(crate) fn checklist(&self, chapter: Option<&Chapter>) -> Result<Light, Trouble> {
        let chapters = match chapter {
            Some(chapter) => std::slice::from_ref(chapter),
            None => self.chapters.as_slice(),
        };
        let mut light = Light::Green;
        for chapter in chapters {
            let run = self.run(chapter)?;
            outln!("{}", self.words().title(chapter));
            for item in &chapter.checklist {
                let open: Vec<&str> = item
                    .tests
                    .iter()
                    .map(String::as_str)
                    .filter(|test| !run.passed(test))
                    .collect();
                let tick = if open.is_empty() { "x" } else { " " };
                outln!("{}", self.words().item(tick, item.text.get(self.language)));
                if !open.is_empty() {
                    light = Light::Red;
                    outln!("{}", self.words().still_red(chapter, &open));
                }
            }
            outln!();
        }
        Ok(light)
    }
}
