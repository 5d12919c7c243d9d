//! `cargo run` and `cargo run -- list`: where the learner stands, and the next accident.

use crate::chapter::Chapter;
use crate::cli::{Guide, Light, Trouble};
use crate::libtest::Run;
use crate::out::outln;
use crate::standing::{Progress, Standing, leading_failure};
use std::process::Command;
use unicode_width::UnicodeWidthStr;

impl Guide {
    /// Lists the chapters up to the first unfinished one, tells its accident, and says what to do next.
    pub(crate) fn overview(&self) -> Result<Light, Trouble> {
        let Progress { green, unfinished } = self.progress()?;
        let words = self.words();
        let here = unfinished.as_ref().map(|(chapter, _)| chapter.id.as_str());
        let place = self
            .chapters
            .iter()
            .position(|chapter| here == Some(&chapter.id));
        outln!("{}\n", words.heading());
        for (number, chapter) in self.chapters.iter().enumerate() {
            let state = match (&unfinished, place) {
                (Some((_, standing)), Some(place)) if number == place => words.state(standing),
                (_, Some(place)) if number > place => words.later(),
                _ => words.done(),
            };
            self.print_line(chapter, &state);
        }
        outln!();
        match unfinished {
            None => {
                outln!("{}", words.all_green());
                for (chapter, run) in &green {
                    outln!("\n{}", words.proved(chapter, run));
                }
                outln!("\n{}", words.read_on(None));
                outln!("\n{}", words.no_more());
                Ok(Light::Green)
            }
            Some((chapter, Standing::Ran(run))) => {
                // The last one has just become green, or was so already when the learner was here before.
                if let Some((done, run)) = green.last() {
                    outln!("{}", words.proved(done, run));
                    outln!("{}\n", words.read_on(Some(chapter)));
                }
                self.tell(chapter, &run)?;
                Ok(Light::Red)
            }
            Some((chapter, Standing::DoesNotCompile(refusal))) => {
                Err(self.refused(chapter, &refusal))
            }
        }
    }

    /// Lists every chapter with its state.
    pub(crate) fn list(&self) -> Result<Light, Trouble> {
        let mut light = Light::Green;
        for chapter in &self.chapters {
            let standing = self.standing(chapter)?;
            if !matches!(&standing, Standing::Ran(run) if run.is_green()) {
                light = Light::Red;
            }
            self.print_line(chapter, &self.words().state(&standing));
        }
        Ok(light)
    }

    fn print_line(&self, chapter: &Chapter, state: &str) {
        let width = |chapter: &Chapter| chapter.title.get(self.language).width();
        let widest = self.chapters.iter().map(width).max().unwrap_or(0);
        let gap = " ".repeat(widest - width(chapter));
        outln!(
            "  {}  {}{gap}   {state}",
            chapter.id,
            chapter.title.get(self.language)
        );
    }

    /// Tells the current accident of a chapter.
    fn tell(&self, chapter: &Chapter, run: &Run) -> Result<(), Trouble> {
        if let Some((test, failure)) = leading_failure(chapter, run) {
            outln!("{}\n", self.words().comes_from(chapter, test));
            // The story itself may be solved already; then the demo tells in full what a short report only names.
            match (&failure.schedule, &failure.again) {
                (Some(schedule), Some(again)) if !failure.is_story => {
                    let world = again.world.as_deref();
                    let (demo, program) = self.demo(chapter, schedule, world)?;
                    self.tell_in_full(demo, &program, &failure.report)?;
                }
                _ => outln!("{}", failure.report.trim_matches('\n')),
            }
        }
        outln!("\n{}", self.words().counts(chapter, run));
        outln!("\n{}", self.words().next(chapter));
        Ok(())
    }

    fn tell_in_full(&self, mut demo: Command, program: &str, report: &str) -> Result<(), Trouble> {
        let status = demo
            .status()
            .map_err(|error| Trouble::Cargo(self.words().cannot_start(program, &error)))?;
        // A run that ends its process, for example, cannot be replayed to its end; then the short report must do.
        if !status.success() {
            outln!("{}", report.trim_matches('\n'));
        }
        Ok(())
    }
}
