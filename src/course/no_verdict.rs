//! No verdict: the course cannot go on, or the code under test does not let it.

use lab::engine::watchdog::{self, Scene, Stuck};
use lab::language::order::grouped;
use lab::tell::report::{Report, or_no_fault};

/// Not an accident: the course itself cannot go on.
pub(crate) fn trouble(message: String) -> Report {
    Report::rendered(format!(
        "NOT AN ACCIDENT: the course itself is in trouble\n{message}\n"
    ))
}

/// Somebody asked for something that there is not.
pub(crate) fn usage(message: String) -> Report {
    Report::rendered(format!("{message}\n"))
}

/// The code does not get anywhere.
pub(crate) fn stuck(why: Stuck, scene: &Scene) -> Report {
    let seconds = watchdog::patience().as_secs_f32();
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
    Report::rendered(format!(
        "NO VERDICT · {title}\nschedule   {}\n{advice}\n{}",
        or_no_fault(&scene.schedule),
        replay(scene),
    ))
}

/// Another test has told the same at length.
pub(crate) fn stuck_as_in(first: &str) -> Report {
    Report::rendered(format!(
        "NO VERDICT · does not get anywhere\nHere, too; see `{first}`.\n"
    ))
}

/// The code prints so much that a search would never end.
pub(crate) fn prints_too_much(lines: usize) -> Report {
    Report::rendered(format!(
        "NO VERDICT · prints too much\n\
         The code has printed {lines} lines in one test, which runs thousands of worlds. Print less, or use `shop.log()`:\n\
         its lines show in the timeline.\n"
    ))
}

/// A property that would not end.
pub(crate) fn too_many_steps(worlds: usize, steps: usize) -> Report {
    let (worlds, steps) = (grouped(worlds as u64), grouped(steps as u64));
    Report::rendered(format!(
        "NO VERDICT · too many steps\n\
         In the first {worlds} worlds of this property the code took {steps} steps: every statement and every call is\n\
         one, and something can go wrong at each. Take fewer of them: no loop of statements where one will do, and\n\
         tables that are made once.\n"
    ))
}

/// The code took its process down.
pub(crate) fn died(how: &str, scene: &Scene) -> Report {
    Report::rendered(format!(
        "NO VERDICT · the code ended its process\n\
         schedule   {}\n\
         There, {how}.\n{}",
        or_no_fault(&scene.schedule),
        replay(scene),
    ))
}

fn replay(scene: &Scene) -> String {
    match scene.replay.as_str() {
        "" => String::new(),
        line => format!("replay     {line}\n"),
    }
}
