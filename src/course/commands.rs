//! The commands at the end of a report.

use crate::chapter::Chapter;
use lab::both;
use lab::flow::Code;
use lab::language::schedule::Schedule;
use lab::tell::report::Direction;
use lab::tell::{Both, Label};

/// The command that plays this code once more in the chapter's world: under this schedule, or the chapter's own story.
pub fn replay_line(chapter: &Chapter, code: Code, schedule: Option<&Schedule>) -> String {
    match schedule {
        Some(schedule) => chapter.check(code).replay_line(schedule),
        None => run_line(chapter, code, ""),
    }
}

/// The same under this schedule, in the described world or, if there is none, in the chapter's.
pub(crate) fn replay_line_in(
    chapter: &Chapter,
    code: Code,
    world: Option<&str>,
    schedule: &Schedule,
) -> String {
    let world = match (world, (chapter.setup)().name()) {
        (Some(world), _) => format!("--world \"{world}\" "),
        (None, Some(name)) => format!("--world {name} "),
        (None, None) => String::new(),
    };
    run_line(chapter, code, &format!("{world}--schedule \"{schedule}\""))
}

/// The command that runs a chapter's demo with this code and these further arguments.
pub(crate) fn run_line(chapter: &Chapter, code: Code, arguments: &str) -> String {
    let features = match code.name() {
        "exercise" | "broken" => "",
        _ => " --features answers",
    };
    let code = match code.name() {
        "exercise" => String::new(),
        name => format!("--code {name}"),
    };
    let words = [code.as_str(), arguments].into_iter();
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let dashes = if words.is_empty() { "" } else { " -- " };
    let id = chapter.id;
    format!("cargo run -p {id}{features}{dashes}{}", words.join(" "))
}

/// What to do with a red report: what to read first, and what to edit then.
pub fn next(chapter: &Chapter) -> Vec<Direction> {
    let directory = chapter.path();
    let read = Direction {
        what: Label::Read,
        text: chapter.what_to_read(),
        aside: None,
    };
    let edit = Direction {
        what: Label::Edit,
        text: Both::same(format!("{directory}/src/exercise.rs")),
        aside: Some(both!(
            en: "what the shop can call: docs/en/api-card.md",
            ja: "お店が呼べるもの：docs/ja/api-card.md"
        )),
    };
    vec![read, edit]
}
