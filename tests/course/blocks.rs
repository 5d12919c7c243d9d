//! Code blocks equal their sources, and printed runs equal fresh ones.

use crate::chapters::Subject;
use crate::regions::region;
use crate::{Verdict, case, none_of, tree, updating};
use guide::language::Language;
use guide::prompt;
use libtest_mimic::Trial;
use markdown::{Marker, Text};
use std::path::Path;
use std::sync::Arc;

/// One case for each text that copies something.
pub fn cases(texts: &[Arc<Text>], subjects: &[Arc<Subject>]) -> Vec<Trial> {
    let copies = |text: &&Arc<Text>| text.blocks.iter().any(|block| block.marker.is_some());
    let one = |text: &Arc<Text>| {
        let (text, subjects) = (Arc::clone(text), subjects.to_vec());
        let name = format!("{}: blocks equal code and runs", text.path.display());
        case(name, move || equal_their_sources(&text, &subjects))
    };
    let folds = |text: &&Arc<Text>| !text.folds.is_empty();
    let spoils = |text: &Arc<Text>| {
        let text = Arc::clone(text);
        let name = format!("{}: no answer stands open", text.path.display());
        case(name, move || none_of(&spoilers(&text)))
    };
    let copies = texts.iter().filter(copies).map(one);
    copies
        .chain(texts.iter().filter(folds).map(spoils))
        .collect()
}

/// The answers that a reader sees without having asked for them.
pub fn spoilers(text: &Text) -> Vec<String> {
    let open = text.blocks.iter().filter(|block| !block.folded);
    let shown = open.filter_map(|block| match &block.marker {
        Some(Marker::Code(what)) if what.starts_with("answers/") => Some(what),
        _ => None,
    });
    shown
        .map(|what| format!("{what} belongs between <details> and </details>"))
        .collect()
}

fn equal_their_sources(text: &Text, subjects: &[Arc<Subject>]) -> Verdict {
    let mut wrong = Vec::new();
    let mut rewritten = text.source.clone();
    let mut changed = Vec::new();
    // From the end, so that the places further up stay where they are.
    for block in text.blocks.iter().rev() {
        let Some(marker) = &block.marker else {
            continue;
        };
        let (what, fresh) = match marker {
            Marker::Code(what) => (what.clone(), code(text.directory(), what)),
            Marker::Run(what) => (what.clone(), run(what, text, subjects)),
            Marker::Prompt(number) => (
                format!("prompt {number}"),
                prompt_of(text, number, subjects),
            ),
        };
        match fresh {
            Err(error) => wrong.push(format!("{what}: {error}")),
            Ok(fresh) if fresh == block.content => {}
            Ok(fresh) if updating() => {
                rewritten.replace_range(block.range.clone(), &fresh);
                changed.push(what);
            }
            Ok(fresh) => wrong.push(format!(
                "{what} differs (cargo course sync rewrites it): {}",
                first_difference(&block.content, &fresh)
            )),
        }
    }
    if !changed.is_empty() {
        tree::rewrite(&text.path, &rewritten, &changed.join(", "))?;
    }
    none_of(&wrong)
}

fn first_difference(text: &str, fresh: &str) -> String {
    let mut lines = text.lines().zip(fresh.lines());
    match lines.find(|(one, other)| one != other) {
        Some((one, other)) => format!("\n  text:   {one}\n  source: {other}"),
        None => format!(
            "{} lines in the text, {} in the source",
            text.lines().count(),
            fresh.lines().count()
        ),
    }
}

/// A path is seen from the text, or else from the root.
fn code(directory: &Path, what: &str) -> Result<String, String> {
    let (path, name) = match what.split_once('#') {
        Some((path, name)) => (path, Some(name)),
        None => (what, None),
    };
    let beside = directory.join(path);
    let path = if tree::root().join(&beside).is_file() {
        beside
    } else {
        Path::new(path).to_owned()
    };
    region(&tree::read(&path)?, name)
}

/// What a command prints in the language of the text.
fn run(command: &str, text: &Text, subjects: &[Arc<Subject>]) -> Result<String, String> {
    let words = words(command)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ([
        "cargo",
        "run",
        "-p",
        id,
        "--features",
        "answers",
        "--",
        arguments @ ..,
    ]
    | ["cargo", "run", "-p", id, "--", arguments @ ..]
    | ["cargo", "run", "-p", id, arguments @ ..]) = words.as_slice()
    else {
        return Err("only `cargo run -p chNN [--features answers] [-- …]` can be run".to_owned());
    };
    let subject = subjects.iter().find(|subject| subject.chapter.id == *id);
    let subject = subject.ok_or_else(|| format!("there is no chapter {id}"))?;
    let language = language_of(text).pick("en", "ja");
    let mut demo = subject.demo_command(arguments)?;
    let output = demo.env("SAGA_LANG", language).output();
    let output = output.map_err(|error| format!("cannot run the demo: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout)
            .trim_matches('\n')
            .to_owned()
            + "\n")
    } else {
        Err(format!(
            "failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

fn language_of(text: &Text) -> Language {
    if text.path.ends_with("README.ja.md") || text.path.starts_with("docs/ja") {
        Language::Japanese
    } else {
        Language::English
    }
}

/// What `cargo run -- prompt` prints, with a word in brackets for what only the learner's tree has.
fn prompt_of(text: &Text, number: &str, subjects: &[Arc<Subject>]) -> Result<String, String> {
    let is_here = |subject: &&Arc<Subject>| subject.chapter.directory == text.directory();
    let subject = subjects.iter().find(is_here);
    let subject = subject.ok_or("only the text of a chapter can show its prompts")?;
    let language = language_of(text);
    let [code, timeline] = language.pick(
        [
            "[your src/exercise.rs]",
            "[the report of your failing run, with its timeline]",
        ],
        [
            "[あなたのsrc/exercise.rs]",
            "[失敗した実行のレポート（タイムラインつき）]",
        ],
    );
    let file = prompt::template(Path::new(""), language, number);
    let file = file.ok_or("there is no prompt of this number")?;
    let values = vec![("code", code.to_owned()), ("timeline", timeline.to_owned())];
    prompt::fill(&tree::read(&file)?, &subject.chapter, language, values)
        .map_err(|name| format!("{}: nothing to fill in for {name}", file.display()))
}

/// Splits a command at spaces, except between double quotes.
pub fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    for (place, piece) in command.split('"').enumerate() {
        match place % 2 {
            0 => words.extend(piece.split_whitespace().map(str::to_owned)),
            _ => words.push(piece.to_owned()),
        }
    }
    match command.matches('"').count() % 2 {
        0 => Ok(words),
        _ => Err("a quotation mark is missing".to_owned()),
    }
}
