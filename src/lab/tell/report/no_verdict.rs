//! What is said of code that does not let itself be judged.

use crate::engine::watchdog::{Scene, Stuck, patience};
use crate::language::order::grouped;
use crate::search::exhaustive::Score;
use crate::tell::Say;
use crate::tell::report::{Kind, Report, Style, Tell, or_no_fault};

/// Code that does not let itself be judged.
pub struct NoVerdict {
    /// What it does, in a few words.
    pub name: &'static str,
    /// The faults under which it does so, if it does not do it always.
    pub schedule: Option<String>,
    /// How far a search has come.
    pub score: Option<Score>,
    /// What to do about it.
    pub advice: String,
    /// The command that plays it again, if anybody knows it.
    pub replay: Option<String>,
}

impl NoVerdict {
    /// About no run in particular.
    pub fn of(name: &'static str, advice: String) -> NoVerdict {
        NoVerdict {
            name,
            schedule: None,
            score: None,
            advice,
            replay: None,
        }
    }

    /// It happened in this scene.
    pub fn in_scene(self, scene: &Scene) -> NoVerdict {
        let replay = scene.replay.clone();
        NoVerdict {
            schedule: Some(scene.schedule.clone()),
            replay: Some(replay).filter(|replay| !replay.is_empty()),
            ..self
        }
    }
}

impl Report {
    /// The code does not get anywhere.
    pub fn stuck(why: Stuck, scene: &Scene) -> Report {
        let seconds = patience().as_secs_f32();
        let (name, advice) = match why {
            Stuck::NeverYields => (
                "never yields",
                format!(
                    "The code has kept the processor for {seconds} s of real time without reaching a step. Look for a\n\
                     loop without an `.await`, for a call that blocks the thread (`std::thread::sleep`, a lock held\n\
                     across an `.await`), or for a loop whose `.await` is always ready."
                ),
            ),
            Stuck::HogsTheProcessor => (
                "keeps the processor",
                "A test runs thousands of worlds, and in this one the code keeps the thread for a long time at every turn.\n\
                 Look for a call that blocks it (`std::thread::sleep`; use `tokio::time::sleep`), for thousands of tasks or\n\
                 tables, for thousands of printed lines (use `shop.log()`), or for heavy computing."
                    .to_owned(),
            ),
        };
        Report::of(NoVerdict::of(name, advice).in_scene(scene))
    }

    /// A property that would not end.
    pub fn too_many_steps(worlds: usize, steps: usize) -> Report {
        let (worlds, steps) = (grouped(worlds as u64), grouped(steps as u64));
        let advice = format!(
            "In the first {worlds} worlds of this property the code took {steps} steps: every statement and every call is\n\
             one, and something can go wrong at each. Take fewer of them: no loop of statements where one will do, and\n\
             tables that are made once."
        );
        Report::of(NoVerdict::of("too many steps", advice))
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

    fn render(&self, _: Style) -> String {
        let mut text = format!("NO VERDICT · {}\n", self.name);
        if let Some(schedule) = &self.schedule {
            text += &format!("schedule   {}\n", or_no_fault(schedule));
        }
        if let Some(score) = &self.score {
            text += &format!("score      {}\n", score.english());
        }
        text += &format!("{}\n", self.advice);
        if let Some(replay) = &self.replay {
            text += &format!("replay     {replay}\n");
        }
        text
    }
}
