//! `cargo run -- replay`: runs the chapter's demo.

use crate::cargo::Program;
use crate::chapter::Chapter;
use crate::cli::{Guide, Light, Trouble};
use crate::language::{LANG, Language};
use std::path::Path;
use std::process::Command;

impl Guide {
    /// Replays a schedule with the learner's code, in one of the chapter's worlds.
    pub(crate) fn replay(
        &self,
        chapter: &Chapter,
        schedule: &str,
        world: Option<&str>,
    ) -> Result<Light, Trouble> {
        let (mut demo, program) = self.demo(chapter, schedule, world)?;
        let status = demo
            .status()
            .map_err(|error| Trouble::Cargo(self.words().cannot_start(&program, &error)))?;
        match status.code() {
            Some(0) => Ok(Light::Green),
            // The demo has explained what is wrong with the schedule, or with the world.
            Some(USAGE) => Err(Trouble::Usage(String::new())),
            _ => Ok(Light::Red),
        }
    }

    /// The call that replays a schedule with the learner's code, and the program that it calls.
    pub(crate) fn demo(
        &self,
        chapter: &Chapter,
        schedule: &str,
        world: Option<&str>,
    ) -> Result<(Command, String), Trouble> {
        let executable = self.program(chapter, Program::Demo)?;
        let command = command(&executable, &self.root, schedule, world, self.language);
        Ok((command, executable.display().to_string()))
    }
}

/// Exit code of a demo that was asked for something it cannot do.
pub const USAGE: i32 = 2;

/// The call of a chapter's demo that replays a schedule: in the chapter's usual world, or in one that is named or
/// described.
pub fn command(
    demo: &Path,
    root: &Path,
    schedule: &str,
    world: Option<&str>,
    language: Language,
) -> Command {
    let mut command = Command::new(demo);
    command
        .current_dir(root)
        .args(["--schedule", schedule])
        .args(world.iter().flat_map(|world| ["--world", world]))
        .env(LANG, language.code())
        .env_remove("SAGA_CODE");
    command
}
