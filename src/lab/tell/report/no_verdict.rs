//! Reports on code that cannot be judged.

use crate::engine::watchdog::{Scene, Stuck};
use crate::search::exhaustive::Score;
use crate::tell::catalogue::days::no_fault;
use crate::tell::report::{Kind, Report, Style, Tell, headline};
use crate::tell::{Both, Label, Say};

/// Code that cannot be judged.
#[derive(Default)]
pub struct NoVerdict {
    /// What it does, in a few words that are the same in every language.
    pub name: &'static str,
    /// The same in the reader's language.
    pub title: Both,
    /// The faults under which it does so; `None` if it always does.
    pub schedule: Option<String>,
    /// How far a search has come.
    pub score: Option<Score>,
    /// The code, if it is not the one the reader expects.
    pub code: Option<&'static str>,
    /// What to do about it.
    pub advice: Both,
    /// The command that plays it again, if it is known.
    pub replay: Option<String>,
}

impl NoVerdict {
    /// In this scene, of which nothing is said yet.
    pub fn at(scene: &Scene) -> NoVerdict {
        let replay = scene.replay.clone();
        NoVerdict {
            schedule: Some(scene.schedule.clone()),
            replay: Some(replay).filter(|replay| !replay.is_empty()),
            ..NoVerdict::default()
        }
    }
}

impl Report {
    /// The code makes no progress.
    pub fn stuck(why: Stuck, scene: &Scene) -> Report {
        Report::of(NoVerdict::stuck(why, scene))
    }

    /// A property that would not end.
    pub fn too_many_steps(worlds: usize, steps: usize) -> Report {
        Report::of(NoVerdict::too_many_steps(worlds, steps))
    }
}

impl Tell for NoVerdict {
    fn kind(&self) -> Kind {
        Kind::NoVerdict
    }

    fn name(&self) -> Option<String> {
        Some(self.name.to_owned())
    }

    fn schedule(&self) -> Option<String> {
        self.schedule.clone()
    }

    fn render(&self, style: Style) -> String {
        let language = style.language;
        let plain = Style {
            color: false,
            ..style
        };
        let title = (Label::NoVerdict, None, self.title.say(language));
        let mut lines = vec![headline(&title, plain)];
        let mut line = |label: Label, text: &str| lines.push(style.labelled(label, text));
        match self.schedule.as_deref() {
            None => {}
            Some("") => line(Label::Schedule, &no_fault(language)),
            Some(schedule) => line(Label::Schedule, schedule),
        }
        if let Some(score) = &self.score {
            line(Label::Score, &score.say(language));
        }
        if let Some(code) = self.code {
            line(Label::Code, code);
        }
        lines.push(self.advice.tell(style));
        if let Some(replay) = &self.replay {
            let label = style.cell(&Label::Replay.say(language), style.indent());
            lines.push(format!("{label}{replay}"));
        }
        lines.join("\n") + "\n"
    }
}
