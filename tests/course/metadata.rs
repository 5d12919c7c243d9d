//! What `chapter.toml` says of hints, checklist and sources holds.

use crate::chapters::Subject;
use crate::{Verdict, case_of, none_of, tree};
use guide::language::Both;
use libtest_mimic::Trial;
use regex::Regex;
use std::path::Path;
use std::sync::Arc;

/// The cases about a `chapter.toml`.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    let mut trials = vec![
        case_of(
            subject,
            "hints and checklist are there in both languages",
            texts_are_there,
        ),
        case_of(
            subject,
            "nothing is still to be written",
            nothing_is_unwritten,
        ),
        case_of(
            subject,
            "checklist and sources name tests that exist",
            tests_exist,
        ),
        case_of(
            subject,
            "every test says in Japanese what it is about",
            are_told,
        ),
        case_of(
            subject,
            "red reports send their readers to a section that exists",
            sends_to_a_section,
        ),
    ];
    for language in ["en", "ja"] {
        let name = format!("docs/{language}/sources.md says which test shows what");
        trials.push(case_of(subject, &name, move |it| {
            sources_are_listed(it, language)
        }));
    }
    trials
}

fn texts_are_there(subject: &Subject) -> Verdict {
    let chapter = &subject.chapter;
    let mut wrong = Vec::new();
    if chapter.hints.len() < 2 {
        wrong.push("hints come in steps: there have to be two at least".to_owned());
    }
    if chapter.checklist.is_empty() {
        wrong.push("there is no checklist".to_owned());
    }
    let hints = chapter
        .hints
        .iter()
        .enumerate()
        .map(|(n, hint)| (format!("hint {}", n + 1), hint));
    let items = chapter.checklist.iter().enumerate();
    let items = items.map(|(n, item)| (format!("checklist item {}", n + 1), &item.text));
    let title = std::iter::once(("the title".to_owned(), &chapter.title));
    for (what, text) in title.chain(hints).chain(items) {
        if let Some(error) = incomplete(text) {
            wrong.push(format!("{what}: {error}"));
        }
    }
    none_of(&wrong)
}

/// `cargo course new` leaves these behind.
fn nothing_is_unwritten(subject: &Subject) -> Verdict {
    let mut wrong = Vec::new();
    for file in ["README.md", "README.ja.md", "chapter.toml"] {
        let text = tree::read(&subject.chapter.directory.join(file))?;
        for (place, line) in text.lines().enumerate() {
            if is_unwritten(line) {
                wrong.push(format!("{file}:{}: {line}", place + 1));
            }
        }
    }
    none_of(&wrong)
}

/// Whether there is only the sign for what is to come: `- …`, `en = "…"`.
pub fn is_unwritten(line: &str) -> bool {
    line == "- …" || line.ends_with(" = \"…\"")
}

/// What is wrong with a text that ought to stand there in both languages.
pub fn incomplete(text: &Both) -> Option<&'static str> {
    let is_word = |text: &str| text.chars().any(char::is_alphanumeric);
    match (is_word(&text.en), text.ja.chars().any(is_kana)) {
        (false, _) => Some("nothing is said in English"),
        (_, false) => Some("nothing is said in Japanese"),
        (true, true) => text
            .en
            .chars()
            .any(is_kana)
            .then_some("the English text is Japanese"),
    }
}

/// The chapter reads its `chapter.toml` in a way of its own; it and the guide read the same.
fn sends_to_a_section(subject: &Subject) -> Verdict {
    let chapter = &subject.chapter;
    let (directory, section) = (chapter.directory.display(), &chapter.section);
    let text = tree::read(&chapter.directory.join("README.md"))?;
    let is_heading = |line: &str| line.starts_with('#') && line.contains(section);
    if !text.lines().any(is_heading) {
        return Err(format!(
            "{directory}/README.md has no section \"{section}\""
        ));
    }
    let output = subject.demo(&["--code", "broken"])?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let next = format!("next: read {directory}/README.md, \"{section}\",");
    let then = format!("then cargo test -p {},", chapter.id);
    if told.contains(&next) && told.contains(&then) {
        Ok(())
    } else {
        Err(format!("the demo does not say `{next}`, `{then}`:\n{told}"))
    }
}

fn are_told(subject: &Subject) -> Verdict {
    let tests = subject.tests()?;
    let told = &subject.chapter.tests;
    let mut wrong = Vec::new();
    for test in &tests {
        match told.iter().find(|(name, _)| name == test) {
            None => wrong.push(format!("[tests] lacks {test}")),
            Some((_, japanese)) if !japanese.chars().any(is_kana) => {
                wrong.push(format!("{test}: `{japanese}` is not Japanese"));
            }
            Some(_) => {}
        }
    }
    for (name, _) in told.iter().filter(|(name, _)| !tests.contains(name)) {
        wrong.push(format!("[tests] names {name}, and there is no such test"));
    }
    none_of(&wrong)
}

fn is_kana(c: char) -> bool {
    ('\u{3040}'..='\u{30ff}').contains(&c)
}

fn tests_exist(subject: &Subject) -> Verdict {
    let tests = subject.tests()?;
    let chapter = &subject.chapter;
    let mut wrong = Vec::new();
    for test in &tests {
        let is_part = |(module, _): &(String, _)| test.split("::").next() == Some(module);
        if !chapter.parts.iter().any(is_part) {
            wrong.push(format!("{test} is in a module that [parts] does not name"));
        }
    }
    let items = chapter.checklist.iter().enumerate();
    let items = items.map(|(n, item)| (format!("checklist item {}", n + 1), &item.tests));
    let sources = chapter
        .sources
        .iter()
        .map(|(id, tests)| (id.clone(), tests));
    for (what, named) in items.chain(sources) {
        if named.is_empty() {
            wrong.push(format!("{what} names no test"));
        }
        for test in named.iter().filter(|test| !tests.contains(test)) {
            wrong.push(format!("{what} names {test}, and there is no such test"));
        }
    }
    let red = |test: &String| chapter.fails.iter().any(|(name, _)| name == test);
    for (n, item) in chapter.checklist.iter().enumerate() {
        if !item.tests.iter().any(red) {
            wrong.push(format!(
                "checklist item {} is ticked before anyone has done anything",
                n + 1
            ));
        }
    }
    none_of(&wrong)
}

fn sources_are_listed(subject: &Subject, language: &str) -> Verdict {
    let path = Path::new("docs").join(language).join("sources.md");
    let text = tree::read(&path)?;
    let mut wrong = Vec::new();
    for (id, tests) in &subject.chapter.sources {
        if row(&text, id).is_none() {
            wrong.push(format!("{} has no row for {id}", path.display()));
            continue;
        }
        // An item that several chapters teach has a row for each.
        let named = |test: &str| rows(&text, id).any(|row| names(row, test));
        let missing = tests.iter().filter(|test| !named(test));
        wrong.extend(missing.map(|test| format!("no row of {id} names {test}")));
    }
    let known = subject.tests()?;
    let chapter = &subject.chapter.id;
    let parts: Vec<&str> = subject
        .chapter
        .parts
        .iter()
        .map(|(module, _)| module.as_str())
        .collect();
    let of_chapter = format!(r"`((?:{})::\w+)`", parts.join("|"));
    let of_chapter = Regex::new(&of_chapter).map_err(|e| e.to_string())?;
    for line in text.lines().filter(|line| line.contains(chapter.as_str())) {
        for found in of_chapter.captures_iter(line) {
            if !known.iter().any(|test| *test == found[1]) {
                wrong.push(format!(
                    "{} names {}, which {chapter} does not have",
                    path.display(),
                    &found[1]
                ));
            }
        }
    }
    none_of(&wrong)
}

/// The row of the table that begins with this item; the first, if there are several.
pub fn row<'a>(text: &'a str, id: &str) -> Option<&'a str> {
    rows(text, id).next()
}

/// The rows of the table that begin with this item.
pub fn rows<'a>(text: &'a str, id: &str) -> impl Iterator<Item = &'a str> {
    text.lines().filter(move |line| {
        let first = line
            .trim()
            .strip_prefix('|')
            .and_then(|rest| rest.split('|').next());
        first.is_some_and(|cell| cell.trim().trim_matches(['*', '`']) == id)
    })
}

/// Whether a row names a test, with or without its module.
fn names(row: &str, test: &str) -> bool {
    let short = test.rsplit("::").next().unwrap_or(test);
    row.contains(&format!("`{test}`")) || row.contains(&format!("`{short}`"))
}
