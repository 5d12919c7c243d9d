//! `cargo run -- replay`: hands over to the chapter's demo.

use crate::cargo::{self, Built};
use crate::chapter::Chapter;
use crate::cli::{Guide, Light, Trouble};

impl Guide {
    /// Replays a schedule with the learner's code.
    pub(crate) fn replay(&self, chapter: &Chapter, schedule: &str) -> Result<Light, Trouble> {
        let status = cargo::command(&self.root)
            .args([
                "run",
                "--quiet",
                "-p",
                &chapter.id,
                "--",
                "--schedule",
                schedule,
            ])
            .status()
            .map_err(|error| Trouble::Cargo(self.words().no_cargo(&error.to_string())))?;
        match status.code() {
            Some(0) => Ok(Light::Green),
            Some(1) => Ok(Light::Red),
            // The demo has said what is wrong with the schedule.
            Some(2) => Err(Trouble::Usage(String::new())),
            // Cargo's own failures: rustc refused the code, or worse.
            _ => match cargo::build(&self.root, &chapter.id) {
                Built::DoesNotCompile { exercise, .. } => Err(Trouble::DoesNotCompile(
                    self.words().does_not_compile(chapter, "", exercise),
                )),
                _ => Err(Trouble::Cargo(self.words().cargo_failed())),
            },
        }
    }
}
