//! How far our database's rollback reached.

use saga_lab::engine::trace::{Event, Rollback};
use saga_lab::judge::evidence::Evidence;

/// What our database's rollback reached, and what it did not.
pub(super) fn told(evidence: &Evidence) -> String {
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
            } => stays.push(format!("{service}: {reply}")),
            _ => {}
        }
    }
    let list = |heading: &str, list: Vec<String>| {
        let list = if list.is_empty() {
            vec!["nothing".to_owned()]
        } else {
            list
        };
        let headings = std::iter::once(heading).chain(std::iter::repeat(""));
        let lines = headings.zip(list);
        let lines = lines.map(|(heading, line)| format!("{heading:<25}{line}\n"));
        lines.collect::<String>()
    };
    format!(
        "\n{}{}",
        list("the rollback took back", back),
        list("it did not reach", stays)
    )
}

/// Statements that begin and end a transaction leave nothing behind themselves.
fn is_frame(label: &str) -> bool {
    ["begin", "commit", "rollback"].contains(&label)
}
