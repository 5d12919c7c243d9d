//! What a chapter has tests for beside its contract: code of its own that is nobody's exercise, such as a notebook.

use crate::chapters::Subject;
use crate::{Verdict, case_of, tree};
use libtest_mimic::Trial;
use std::sync::Arc;

/// One case for each file of tests.
pub fn cases(subject: &Arc<Subject>) -> Result<Vec<Trial>, String> {
    let directory = subject.chapter.directory.join("tests");
    let mut trials = Vec::new();
    for path in tree::files(".rs")? {
        let stem = path.file_stem();
        let name = stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        if path.parent() != Some(&directory) || name == "contract" {
            continue;
        }
        let case = format!("tests/{name}.rs passes");
        trials.push(case_of(subject, &case, move |it| passes(it, &name)));
    }
    Ok(trials)
}

fn passes(subject: &Subject, name: &str) -> Verdict {
    let output = subject.test(name)?;
    if output.status.success() {
        return Ok(());
    }
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    Err(format!("{stdout}{stderr}"))
}
