//! What red looks like is looked at before it changes.

use crate::chapters::Subject;
use crate::{Verdict, case_of, tree};
use libtest_mimic::Trial;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The reports of the starter: the story, and the three lines of all others.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    vec![
        case_of(subject, "the story report looks as before", |it| {
            looks_as_before(it, "story")
        }),
        case_of(subject, "the short reports look as before", |it| {
            looks_as_before(it, "short")
        }),
    ]
}

fn looks_as_before(subject: &Subject, length: &str) -> Verdict {
    let run = subject.starter()?;
    let reports: Vec<String> = run
        .failures
        .iter()
        .filter(|(_, failure)| failure.is_story == (length == "story"))
        .map(|(test, failure)| format!("{test}\n\n{}\n", failure.report.trim_matches('\n')))
        .collect();
    let text = reports.join("\n");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(tree::root().join("tests/course/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = format!("{}_{length}", subject.chapter.id);
    // insta speaks by panicking, after it has printed the difference.
    catch_unwind(AssertUnwindSafe(|| {
        settings.bind(|| insta::assert_snapshot!(name.as_str(), text));
    }))
    .map_err(|_| "the report has changed; if it is better: cargo course sync".to_owned())
}
