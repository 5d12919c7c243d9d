//! The pages that gather what the chapters say: the checklist, the table of sources, and the pages that name tests
//! beside chapters.

use crate::chapters::Subject;
use crate::metadata::rows;
use crate::{Verdict, case, none_of, tree, updating};
use guide::language::{Both, Language};
use libtest_mimic::Trial;
use regex::Regex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LANGUAGES: [Language; 2] = [Language::English, Language::Japanese];

/// Pages on which a line that links a chapter may name tests of it.
const NAME_TESTS: [&str; 3] = ["checklist.md", "conclusion.md", "opening.md"];

/// How many items the course's plan has: S0 to S22.
const ITEMS: usize = 23;

/// What is shown by something else than a test of a chapter: a demo whose output the texts hold, the prompts, the links.
const SHOWN_OTHERWISE: [&str; 5] = ["S13", "S18", "S19", "S20", "S22"];

/// The cases.
pub fn cases(subjects: &[Arc<Subject>]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for language in LANGUAGES {
        let path = page(language, "checklist.md");
        let name = format!(
            "{}: every box of every chapter, and its tests",
            path.display()
        );
        let subjects_of = subjects.to_vec();
        trials.push(case(name, move || {
            lists_every_box(&path, language, &subjects_of)
        }));
        let path = page(language, "sources.md");
        let name = format!(
            "{}: every item is there, and is shown by something that exists",
            path.display()
        );
        let subjects_of = subjects.to_vec();
        trials.push(case(name, move || {
            none_of(&unreachable(&tree::read(&path)?, &known(&subjects_of)?)?)
        }));
        for file in NAME_TESTS {
            let path = page(language, file);
            let name = format!("{} names tests that exist", path.display());
            let subjects = subjects.to_vec();
            trials.push(case(name, move || {
                none_of(&strangers(&tree::read(&path)?, &known(&subjects)?)?)
            }));
        }
    }
    trials
}

fn page(language: Language, file: &str) -> PathBuf {
    Path::new("docs").join(language.code()).join(file)
}

fn lists_every_box(path: &Path, language: Language, subjects: &[Arc<Subject>]) -> Verdict {
    const FRAME: [&str; 2] = ["<!-- checklist -->\n", "<!-- /checklist -->"];
    let text = tree::read(path)?;
    let frame = || format!("{} has no frame for the boxes", path.display());
    let (before, rest) = text.split_once(FRAME[0]).ok_or_else(frame)?;
    let (listed, after) = rest.split_once(FRAME[1]).ok_or_else(frame)?;
    let fresh = boxes(language, subjects);
    if listed == fresh {
        return Ok(());
    }
    if updating() {
        let text = format!("{before}{}{fresh}{}{after}", FRAME[0], FRAME[1]);
        return tree::rewrite(path, &text, "the checklist of every chapter.toml");
    }
    let mut lines = listed.lines().zip(fresh.lines());
    let (found, expected) = lines.find(|(one, other)| one != other).unwrap_or_default();
    Err(format!(
        "{} does not say what the checklists say (cargo course sync rewrites it):\n  page:       {found}\n  chapters:   {expected}",
        path.display()
    ))
}

/// The boxes as the page shows them: chapter by chapter, each with the tests that tick it.
fn boxes(language: Language, subjects: &[Arc<Subject>]) -> String {
    let mut out = String::from("\n");
    for subject in subjects {
        let chapter = &subject.chapter;
        let readme = Both {
            en: "README.md".to_owned(),
            ja: "README.ja.md".to_owned(),
        };
        out += &format!(
            "### {}: [{}](../../{}/{})\n\n",
            chapter.id,
            chapter.title.get(language),
            chapter.directory.display(),
            readme.get(language),
        );
        for item in &chapter.checklist {
            out += &format!("- ☐ {}\n", item.text.get(language));
            for test in &item.tests {
                out += &format!("  - `{test}`\n");
            }
        }
        out.push('\n');
    }
    out
}

/// What is wrong with a table of sources: an item that has no row, an item that no test shows, a test that the chapter
/// in its row does not have, an item that the plan does not know.
pub fn unreachable(text: &str, known: &Known) -> Result<Vec<String>, String> {
    let ids: Vec<String> = (0..ITEMS).map(|number| format!("S{number}")).collect();
    let mut wrong = Vec::new();
    for id in &ids {
        let rows: Vec<&str> = rows(text, id).collect();
        if rows.is_empty() {
            wrong.push(format!("{id} has no row"));
            continue;
        }
        for row in &rows {
            let strangers = strangers(row, known)?;
            wrong.extend(strangers.into_iter().map(|it| format!("{id}: {it}")));
        }
        let is_shown = rows.iter().any(|row| {
            if SHOWN_OTHERWISE.contains(&id.as_str()) {
                shown_by(row).contains("cargo run") || shown_by(row).contains("](")
            } else {
                shown_by(row).contains("::")
            }
        });
        if !is_shown {
            wrong.push(format!("no row of {id} says what shows it"));
        }
    }
    let first_cells = text.lines().filter_map(|line| line.strip_prefix("| S"));
    let named = first_cells.filter_map(|rest| rest.split_once(' '));
    for (number, _) in named {
        let id = format!("S{number}");
        if !ids.contains(&id) {
            wrong.push(format!("the plan knows no {id}"));
        }
    }
    Ok(wrong)
}

/// The last cell of a row.
fn shown_by(row: &str) -> &str {
    let cells = row.trim().trim_end_matches('|');
    cells.rsplit_once('|').map_or("", |(_, last)| last)
}

/// Every chapter's directory, and its tests.
pub type Known = Vec<(String, Vec<String>)>;

fn known(subjects: &[Arc<Subject>]) -> Result<Known, String> {
    let of = |subject: &Arc<Subject>| {
        let directory = subject.chapter.directory.display().to_string();
        Ok((directory, subject.tests()?))
    };
    subjects.iter().map(of).collect()
}

/// Tests that a line names, although none of the chapters it links has them. A line that links none goes on with the
/// chapter of the line before.
pub fn strangers(text: &str, known: &Known) -> Result<Vec<String>, String> {
    let named = Regex::new(r"`([a-z_0-9]+::\w+)`").map_err(|error| error.to_string())?;
    let mut linked: Vec<&Vec<String>> = Vec::new();
    let mut wrong = Vec::new();
    for line in text.lines() {
        let here = known
            .iter()
            .filter(|(directory, _)| line.contains(directory));
        let here: Vec<&Vec<String>> = here.map(|(_, tests)| tests).collect();
        if !here.is_empty() {
            linked = here;
        }
        for found in named.captures_iter(line) {
            let test = &found[1];
            let exists = |tests: &&Vec<String>| tests.iter().any(|known| known == test);
            if !linked.iter().any(exists) {
                wrong.push(format!("no chapter linked there has a test {test}"));
            }
        }
    }
    Ok(wrong)
}
