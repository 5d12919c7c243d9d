//! The header of an exercise says the same in both languages.
//!
//! A learner may rewrite the file, header included, and `cargo test` stays green. So these cases run only when they are
//! asked for: `cargo test --test course -- --ignored`.

use crate::chapters::Subject;
use crate::languages::figures;
use crate::{Verdict, case_of, none_of, tree};
use libtest_mimic::Trial;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The line with which the Japanese half begins.
const JAPANESE: &str = "// ======== 日本語 ========\n";

/// The line with which the header ends begins with this.
const END: &str = "\n// ----";

/// One screen.
const LINES: usize = 52;

/// One case: the header says the same twice.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    let name = "the exercise's header says the same in both languages";
    vec![case_of(subject, name, says_the_same).with_ignored_flag(true)]
}

fn says_the_same(subject: &Subject) -> Verdict {
    let exercise = tree::read(&subject.chapter.exercise())?;
    let (header, _) = exercise
        .split_once(END)
        .ok_or("there is no header: no line begins with `// ----`")?;
    none_of(&differences(header)?)
}

/// What the halves of a header do not have in common, apart from the language.
pub fn differences(header: &str) -> Result<Vec<String>, String> {
    let Some((english, japanese)) = header.split_once(JAPANESE) else {
        return Ok(vec![format!("there is no line `{}`", JAPANESE.trim())]);
    };
    let mut wrong = Vec::new();
    for (language, half) in [("English", english), ("Japanese", japanese)] {
        let lines = half.lines().count();
        if lines > LINES {
            wrong.push(format!(
                "the {language} half has {lines} lines, which is more than a screen's {LINES}"
            ));
        }
    }
    let mut compare = |what: &str, english: BTreeSet<String>, japanese: BTreeSet<String>| {
        for missing in english.difference(&japanese) {
            wrong.push(format!("the Japanese half lacks {what} {missing}"));
        }
        for added in japanese.difference(&english) {
            wrong.push(format!("only the Japanese half has {what} {added}"));
        }
    };
    compare("the name", names(english)?, names(japanese)?);
    compare("the figure", numbers(english), numbers(japanese));
    Ok(wrong)
}

/// What is written as code is written in both: calls, answers, errors, columns.
fn names(half: &str) -> Result<BTreeSet<String>, String> {
    let name = Regex::new(r"\b(?:\w+(?:\.|::)\w+|\w+_\w+|[A-Z][a-z]+[A-Z]\w+|\w+\()");
    let name = name.map_err(|error| error.to_string())?;
    let half = half.replace("docs/en/", "docs/ja/");
    // Japanese letters count as part of a word.
    let half: String = half
        .chars()
        .map(|c| if c.is_ascii() { c } else { ' ' })
        .collect();
    let names = name.find_iter(&half).map(|found| found.as_str().to_owned());
    Ok(names.collect())
}

fn numbers(half: &str) -> BTreeSet<String> {
    let figures = figures(half).into_iter();
    figures.map(|(number, _)| number).collect()
}
