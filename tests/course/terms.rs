//! One term, one word: the Japanese of texts, reports, pictures and pages keeps to the sheet in `terms.toml`.

use crate::{Verdict, case, none_of, tree};
use libtest_mimic::Trial;
use regex::Regex;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The sheet.
#[derive(Deserialize)]
struct Sheet {
    terms: Vec<Entry>,
}

/// What is not written, and what is written instead.
#[derive(Deserialize)]
struct Entry {
    not: Vec<String>,
    say: String,
}

/// An entry that can be looked for.
pub struct Rule {
    patterns: Vec<Regex>,
    say: String,
}

/// One case for each file in which there is Japanese.
pub fn cases() -> Result<Vec<Trial>, String> {
    let mut trials = Vec::new();
    for path in files()? {
        let name = format!("{} keeps to the term sheet", path.display());
        trials.push(case(name, move || check(&path)));
    }
    Ok(trials)
}

/// Texts in Japanese, and whatever else may have Japanese in it. Exercises are the learner's.
fn files() -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for ending in [".md", ".toml", ".rs", ".js"] {
        for path in tree::files(ending)? {
            let is_test = path.iter().any(|part| part == "tests");
            let is_english = path.starts_with("docs/en");
            // What readers search for is spelled as they spell it.
            let is_search = path.ends_with("docs/theme/search.js");
            if is_test || is_english || is_search || path.ends_with("src/exercise.rs") {
                continue;
            }
            if tree::read(&path)?.chars().any(is_kana) {
                files.push(path);
            }
        }
    }
    Ok(files)
}

fn is_kana(c: char) -> bool {
    ('ぁ'..='ヿ').contains(&c)
}

fn check(path: &Path) -> Verdict {
    let text = tree::read(path)?;
    let slips = slips(&text, &sheet()?);
    let slips = slips
        .iter()
        .map(|slip| format!("{}:{slip}", path.display()));
    none_of(&slips.collect::<Vec<_>>())
}

/// The rules of the sheet.
pub fn sheet() -> Result<Vec<Rule>, String> {
    let sheet: Sheet = toml::from_str(include_str!("terms.toml"))
        .map_err(|error| format!("tests/course/terms.toml cannot be read: {error}"))?;
    let rule = |entry: Entry| {
        let patterns = entry.not.iter().map(|pattern| Regex::new(pattern));
        let patterns = patterns.collect::<Result<Vec<_>, _>>();
        let patterns = patterns.map_err(|error| format!("tests/course/terms.toml: {error}"))?;
        let say = entry.say;
        Ok(Rule { patterns, say })
    };
    sheet.terms.into_iter().map(rule).collect()
}

/// Where a text does not keep to the rules: line, what stands there, the better word.
pub fn slips(text: &str, rules: &[Rule]) -> Vec<String> {
    let mut slips = Vec::new();
    let mut in_block = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            in_block = !in_block;
        }
        let prose = without_code(line);
        if in_block || !prose.chars().any(is_kana) {
            continue;
        }
        for rule in rules {
            let found = rule.patterns.iter().find_map(|it| it.find(&prose));
            if let Some(found) = found {
                let (number, found) = (number + 1, found.as_str().trim());
                slips.push(format!("{number}: 「{found}」: {}", rule.say));
            }
        }
    }
    slips
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    let pieces = line.split('`').enumerate();
    let prose = pieces.filter(|(place, _)| place % 2 == 0);
    prose.map(|(_, piece)| piece).collect::<Vec<_>>().join("`")
}
