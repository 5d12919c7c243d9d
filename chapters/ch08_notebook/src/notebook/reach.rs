//! How far our database's rollback reached.

use super::words::Beside;
use saga_lab::engine::trace::{Event, Rollback};
use saga_lab::judge::evidence::Evidence;
use saga_lab::sentence;
use saga_lab::tell::Say;
use saga_lab::tell::report::Style;

/// What our database's rollback reached, and what it did not.
pub(super) fn told(evidence: &Evidence, style: Style) -> String {
    let language = style.language;
    let entries = evidence.trace.entries.iter().map(|entry| &entry.event);
    let rolled_back = |event: &Event| matches!(event, Event::RolledBack(Rollback::Dropped));
    if !entries.clone().any(rolled_back) {
        return String::new();
    }
    let (mut back, mut stays) = (Vec::new(), Vec::new());
    for event in entries {
        match event {
            Event::Sql { label, error: None } if !is_frame(label.as_str()) => {
                back.push(label.to_string());
            }
            Event::Executed {
                service,
                response: Ok(reply),
                ..
            } => {
                let reply = reply.say(language);
                stays.push(sentence!(language, en: "{service}: {reply}", ja: "{service}：{reply}"));
            }
            _ => {}
        }
    }
    let list = |heading: Beside, list: Vec<String>| {
        let heading = heading.say(language);
        let list = if list.is_empty() {
            vec![Beside::Nothing.say(language)]
        } else {
            list
        };
        let headings = std::iter::once(heading.as_str()).chain(std::iter::repeat(""));
        let lines = headings.zip(list);
        let lines = lines.map(|(heading, line)| {
            format!("{}{}\n", style.cell(heading, 25), style.hang(25, &line))
        });
        lines.collect::<String>()
    };
    format!(
        "\n{}{}",
        list(Beside::TookBack, back),
        list(Beside::DidNotReach, stays)
    )
}

/// Statements that begin and end a transaction leave nothing behind themselves.
fn is_frame(label: &str) -> bool {
    ["begin", "commit", "rollback"].contains(&label)
}
