//! Two runs in one picture.

use super::{Demo, rendered, said, save};
use crate::chapter::Chapter;
use lab::flow::Code;
use lab::judge::evidence::Evidence;
use lab::language::schedule::Schedule;
use lab::run::replay;
use lab::sentence;
use lab::tell::report::Style;
use std::path::Path;
use std::process::ExitCode;

impl Demo {
    /// Draws two runs in one picture.
    pub(super) fn compare(
        &self,
        chapter: Chapter,
        code: Code,
        text: &str,
        beside: &[&str],
        file: &Path,
    ) -> Result<ExitCode, String> {
        let other = match beside.get(2) {
            Some(world) => self.chapter.in_world(world),
            None => Ok(self.chapter),
        };
        let other = other.map_err(rendered)?;
        let (other_code, other_text) =
            (self.chapter.code(Some(beside[0])).map_err(said)?, beside[1]);
        let run = |chapter: Chapter, code: Code, text: &str| -> Result<Evidence, String> {
            let schedule: Schedule = text.parse().map_err(said)?;
            let run = replay(&chapter.world(), code, &schedule);
            schedule.check_steps(&run.steps()).map_err(said)?;
            Ok(run.evidence)
        };
        let runs = [
            run(chapter, code, text)?,
            run(other, other_code, other_text)?,
        ];
        let language = Style::terminal().language;
        let titles = [(&runs[0], code, text), (&runs[1], other_code, other_text)].map(
            |(evidence, code, text)| {
                let how = if evidence.participations.is_empty() {
                    sentence!(language, en: "a saga", ja: "サガ")
                } else {
                    sentence!(language, en: "two-phase commit", ja: "2相コミット")
                };
                format!("{how} ({}) · {text}", code.name())
            },
        );
        let panel = |n: usize| picture::Panel {
            title: &titles[n],
            evidence: &runs[n],
        };
        let title = sentence!(
            language,
            en: "The same failure under two designs",
            ja: "同じ障害を、2つの設計で"
        );
        let picture = picture::compare(&title, &[panel(0), panel(1)], language);
        save(file, &picture)?;
        Ok(ExitCode::SUCCESS)
    }
}
