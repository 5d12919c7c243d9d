//! The files in `answers/`, what they open with, and whether they are wired in.

use crate::chapters::Subject;
use crate::{Verdict, case_of, none_of, tree};
use guide::claim::{self, Claim};
use libtest_mimic::Trial;
use std::sync::Arc;

/// An answer.
#[derive(Clone)]
pub struct Answer {
    /// Its file without the ending.
    pub name: String,
    /// Whether it is right.
    pub kind: Kind,
    /// The file.
    pub text: String,
}

/// Whether an answer is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `solution`, `right_*`.
    Right,
    /// `wrong_*`.
    Wrong,
}

impl Answer {
    /// What it says of itself in its header.
    pub fn claim(&self) -> Result<Claim, String> {
        Claim::of(&self.name, &self.text)
    }
}

/// All answers of a chapter.
pub fn all(subject: &Subject) -> Result<Vec<Answer>, String> {
    let directory = subject.chapter.directory.join("answers");
    let mut answers = Vec::new();
    for path in tree::files(".rs")? {
        if path.parent() != Some(&directory) {
            continue;
        }
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let kind = match name.as_str() {
            "solution" => Kind::Right,
            name if name.starts_with("right_") => Kind::Right,
            name if name.starts_with("wrong_") => Kind::Wrong,
            _ => return Err(format!("{}: neither right nor wrong", path.display())),
        };
        let text = tree::read(&path)?;
        answers.push(Answer { name, kind, text });
    }
    Ok(answers)
}

/// The cases about the files as such.
pub fn cases(subject: &Arc<Subject>) -> Result<Vec<Trial>, String> {
    Ok(vec![
        case_of(
            subject,
            "every answer is wired in, and nothing else is",
            are_wired,
        ),
        case_of(
            subject,
            "every answer opens with what it is",
            open_with_a_header,
        ),
    ])
}

fn are_wired(subject: &Subject) -> Verdict {
    let output = subject.demo(&["--codes"])?;
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut wired: Vec<&str> = listed.lines().collect();
    wired.sort_unstable();
    let answers = all(subject)?;
    let mut expected: Vec<&str> = vec!["exercise", "broken"];
    expected.extend(answers.iter().map(|answer| answer.name.as_str()));
    expected.sort_unstable();
    let missing = expected.iter().filter(|name| !wired.contains(name));
    // A chapter may bring a code to compare with, which is nobody's answer.
    let beside = |name: &str| {
        let path = subject.chapter.directory.join(format!("src/{name}.rs"));
        tree::root().join(path).is_file()
    };
    let extra = wired.iter();
    let extra = extra.filter(|name| !expected.contains(name) && !beside(name));
    let wrong: Vec<String> = missing
        .map(|name| format!("answers/{name}.rs is not listed in `course::answers!`"))
        .chain(extra.map(|name| {
            format!("`course::answers!` lists `{name}`, which has no file in answers/")
        }))
        .collect();
    none_of(&wrong)
}

fn open_with_a_header(subject: &Subject) -> Verdict {
    let wrong: Vec<String> = all(subject)?
        .iter()
        .filter_map(|answer| {
            // The text is what opens the solution.
            if answer.name == "solution" {
                return None;
            }
            let claim = (answer.kind == Kind::Wrong).then(|| answer.claim());
            if claim::head(&answer.text).is_empty() {
                Some(format!(
                    "answers/{}.rs does not open with `//!`",
                    answer.name
                ))
            } else {
                claim?.err()
            }
        })
        .collect();
    none_of(&wrong)
}
