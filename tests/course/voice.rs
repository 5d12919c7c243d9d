//! The voice of the Japanese: no English sentence in what the software says, and texts that say what is so, with a smile.

use crate::chapters::Subject;
use crate::{Verdict, case, case_of, none_of, tree};
use guide::language::Language;
use libtest_mimic::Trial;
use markdown::Text;
use regex::Regex;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

/// The most negations, and the fewest emoji, per 1,000 characters: in all texts together, and in each.
const ALL: Voice = Voice(0.9, 3.2);
const EACH: Voice = Voice(2.0, 1.5);

/// A table of references, and prompts, which are read by a machine, have no face of their own.
const WITHOUT_A_FACE: [&str; 2] = ["docs/ja/sources.md", "docs/ja/prompts"];

/// How a world is typed, whatever the language.
const GRAMMAR: &str = "pen by ann at";

/// Negations and emoji per 1,000 characters.
pub struct Voice(pub f64, pub f64);

/// One case for each chapter's programs, and one for all texts.
pub fn cases(texts: &[Arc<Text>], subjects: &[Arc<Subject>]) -> Vec<Trial> {
    let programs = subjects.iter().map(|subject| {
        case_of(
            subject,
            "reports, demo, help and hints are Japanese",
            is_japanese,
        )
    });
    let texts = texts.iter().filter(|text| is_japanese_text(&text.path));
    let texts: Vec<Arc<Text>> = texts.map(Arc::clone).collect();
    let voice = case("the voice of the Japanese texts", move || keep(&texts));
    programs.chain([voice]).collect()
}

fn is_japanese_text(path: &Path) -> bool {
    path.starts_with("docs/ja") || path.ends_with("README.ja.md")
}

fn is_japanese(subject: &Subject) -> Verdict {
    let mut said = Vec::new();
    for (test, failure) in subject.told_by("broken", Language::Japanese)?.failures {
        said.push((test, failure.report));
    }
    for arguments in [
        &[][..],
        &["--help"],
        &["--world", "nix"],
        &["--world", "nix", "--schedule", ""],
        &["--world", "nothing is so", "--schedule", ""],
        &["--schedule", "order1 is lost"],
        &["--schedule", "order1/payment.chrge#1: reply lost"],
        &["--schedule", "order1/payment.charge#1: reply lots"],
        &["--schedule", "order9/payment.charge#1: reply lost"],
        &["--scedule", ""],
    ] {
        let mut command = subject.demo_command(arguments)?;
        said.push((format!("demo {arguments:?}"), printed(&mut command)?));
    }
    let id = subject.chapter.id.as_str();
    for arguments in [
        &["hint", id, "--all"][..],
        &["--help"],
        &["hint", "nix"],
        &["hnt"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_saga-by-accident"));
        command.args(arguments).current_dir(tree::root());
        said.push((format!("guide {arguments:?}"), printed(&mut command)?));
    }
    let mut wrong = Vec::new();
    for (what, text) in said {
        let found = english(&text)?.into_iter();
        wrong.extend(found.map(|sentence| format!("{what}: {sentence}")));
    }
    none_of(&wrong)
}

/// All that a program says in Japanese.
fn printed(command: &mut Command) -> Result<String, String> {
    let output: Output = command
        .env("SAGA_LANG", Language::Japanese.code())
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let [out, said] = [output.stdout, output.stderr].map(|it| {
        let text = String::from_utf8_lossy(&it);
        text.into_owned()
    });
    Ok(out + &said)
}

/// The English sentences of a text: four words or more, but not what stands between backticks or quotes, which is code,
/// or what code has logged.
pub fn english(text: &str) -> Result<Vec<String>, String> {
    let pattern = |pattern| Regex::new(pattern).map_err(|error| error.to_string());
    let code = pattern(r#"`[^`\n]*`|"[^"\n]*""#)?;
    let sentence = pattern(r"\b[A-Za-z][A-Za-z']*(?: [A-Za-z][A-Za-z']*){3,}\b")?;
    let prose = code.replace_all(text, "`");
    let found = sentence.find_iter(&prose).map(|found| found.as_str());
    let found = found.filter(|found| *found != GRAMMAR);
    Ok(found.map(str::to_owned).collect())
}

fn keep(texts: &[Arc<Text>]) -> Verdict {
    let mut wrong = Vec::new();
    let mut all = String::new();
    for text in texts {
        all += &text.source;
        let has_a_face = !WITHOUT_A_FACE.iter().any(|it| text.path.starts_with(it));
        if has_a_face {
            wrong.extend(strays(
                &text.path.display().to_string(),
                &text.source,
                &EACH,
            )?);
        }
    }
    wrong.extend(strays("all texts", &all, &ALL)?);
    none_of(&wrong)
}

/// In what a text strays from a voice.
pub fn strays(name: &str, source: &str, bound: &Voice) -> Result<Vec<String>, String> {
    let Voice(negations, emoji) = voice(source)?;
    let mut wrong = Vec::new();
    if negations > bound.0 {
        let most = bound.0;
        wrong.push(format!(
            "{name}: {negations:.1} negations (ません) per 1,000 characters, at most {most}: say what is so"
        ));
    }
    if emoji < bound.1 {
        let least = bound.1;
        wrong.push(format!(
            "{name}: {emoji:.1} emoji per 1,000 characters, at least {least}: the voice has a face"
        ));
    }
    Ok(wrong)
}

/// The voice of a text's prose.
fn voice(source: &str) -> Result<Voice, String> {
    let pattern = |pattern| Regex::new(pattern).map_err(|error| error.to_string());
    let prose = pattern(r"(?s)```.*?```|<!--.*?-->|`[^`\n]*`")?.replace_all(source, "");
    let characters = prose.chars().filter(|it| !it.is_whitespace()).count();
    let per_thousand = |count: usize| count as f64 * 1_000.0 / characters.max(1) as f64;
    let is_emoji = |it: &char| ('\u{1f300}'..='\u{1faff}').contains(it);
    Ok(Voice(
        per_thousand(prose.matches("ません").count()),
        per_thousand(prose.chars().filter(is_emoji).count()),
    ))
}
