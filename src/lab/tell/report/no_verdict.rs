//! No verdict, because the code does not let the lab come to one.

use super::{Report, or_no_fault};
use crate::engine::watchdog::{Scene, Stuck, patience};
use crate::language::order::grouped;

impl Report {
    /// The code does not get anywhere.
    pub fn stuck(why: Stuck, scene: &Scene) -> Report {
        let seconds = patience().as_secs_f32();
        let (title, advice) = match why {
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
        let replay = scene.replay_line();
        Report::rendered(format!(
            "NO VERDICT · {title}\nschedule   {}\n{advice}\n{replay}",
            or_no_fault(&scene.schedule),
        ))
    }

    /// A property that would not end.
    pub fn too_many_steps(worlds: usize, steps: usize) -> Report {
        let (worlds, steps) = (grouped(worlds as u64), grouped(steps as u64));
        Report::rendered(format!(
            "NO VERDICT · too many steps\n\
             In the first {worlds} worlds of this property the code took {steps} steps: every statement and every call is\n\
             one, and something can go wrong at each. Take fewer of them: no loop of statements where one will do, and\n\
             tables that are made once.\n"
        ))
    }
}

impl Scene {
    /// How it is played again, as a report's last line; nothing if nobody knows.
    pub fn replay_line(&self) -> String {
        match self.replay.as_str() {
            "" => String::new(),
            line => format!("replay     {line}\n"),
        }
    }
}
