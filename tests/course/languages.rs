//! Both languages say the same.

use crate::{case, none_of, tree};
use libtest_mimic::Trial;
use markdown::{Block, Marker, Text};
use regex::Regex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One case for each text that has, or ought to have, a counterpart.
pub fn cases(texts: &[Arc<Text>]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for text in texts {
        let Some(path) = japanese(&text.path) else {
            continue;
        };
        let name = format!(
            "{} says the same as {}",
            path.display(),
            text.path.display()
        );
        let english = Arc::clone(text);
        let other = texts.iter().find(|text| text.path == path).map(Arc::clone);
        trials.push(case(name, move || match other {
            Some(japanese) => none_of(&differences(&english, &japanese)),
            None => Err(format!("{} is missing", path.display())),
        }));
    }
    for text in texts {
        let english = english(&text.path);
        if english != text.path && !texts.iter().any(|text| text.path == english) {
            let message = format!("{} is missing", english.display());
            let name = format!("{} has an English counterpart", text.path.display());
            trials.push(case(name, move || Err(message)));
        }
    }
    trials
}

/// Where the Japanese counterpart of an English text lies. READMEs and the pages of the book have one.
fn japanese(path: &Path) -> Option<PathBuf> {
    let text = path.to_string_lossy();
    if let Some(rest) = text.strip_prefix("docs/en/") {
        return Some(Path::new("docs/ja").join(rest));
    }
    let is_course = text == "README.md" || text.starts_with("chapters/");
    let stem = text.strip_suffix("README.md").filter(|_| is_course)?;
    Some(PathBuf::from(format!("{stem}README.ja.md")))
}

/// The English counterpart of a path; the path itself if it is of no language.
fn english(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    match text.strip_prefix("docs/ja") {
        Some(rest) => PathBuf::from(format!("docs/en{rest}")),
        None => PathBuf::from(
            text.replace(".ja.md", ".md")
                .replace("/pictures/ja/", "/pictures/"),
        ),
    }
}

/// What two texts do not have in common, apart from the language.
pub fn differences(one: &Text, other: &Text) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, one: Vec<String>, other: Vec<String>| {
        if one != other {
            wrong.push(format!("{what} differ: {}", difference(&one, &other)));
        }
    };
    let levels = |text: &Text| -> Vec<String> {
        let levels = text.outline.0.iter().map(|it| "#".repeat(it.level));
        levels.collect()
    };
    compare("the headings' levels", levels(one), levels(other));
    compare("the code blocks", blocks(one), blocks(other));
    let folds = |text: &Text| text.folds.iter().map(usize::to_string).collect();
    compare("what is folded away", folds(one), folds(other));
    compare(
        "the links",
        links(one, &one.links),
        links(other, &other.links),
    );
    compare(
        "the pictures",
        links(one, &one.pictures),
        links(other, &other.pictures),
    );
    if one.prose.len() == other.prose.len() {
        for (section, (one_prose, other_prose)) in one.prose.iter().zip(&other.prose).enumerate() {
            let title = section
                .checked_sub(1)
                .and_then(|place| one.outline.0.get(place));
            let title = title.map_or("(before the first heading)", |it| it.words.as_str());
            let what = format!("the figures under \"{title}\"");
            let (one, other) = (figures(one_prose), figures(other_prose));
            if !agree(&one, &other) {
                compare(&what, written(&one), written(&other));
            }
        }
    }
    wrong
}

fn difference(one: &[String], other: &[String]) -> String {
    let place = one.iter().zip(other).position(|(one, other)| one != other);
    let place = place.unwrap_or_else(|| one.len().min(other.len()));
    let show = |list: &[String]| {
        list.get(place)
            .map_or("nothing".to_owned(), |it| format!("`{it}`"))
    };
    format!(
        "{} and {}; first difference, at {}: {} and {}",
        one.len(),
        other.len(),
        place + 1,
        show(one),
        show(other)
    )
}

/// What has to be equal in a block: all of what is copied; of commands and code, all but the comments; of other
/// blocks, prose and plans, only that they are there.
fn blocks(text: &Text) -> Vec<String> {
    let describe = |block: &Block| match &block.marker {
        Some(Marker::Code(what)) => format!("code: {what}"),
        Some(Marker::Run(what)) => format!("run: {what}"),
        Some(Marker::Prompt(what)) => format!("prompt: {what}"),
        None if ["", "text", "markdown"].contains(&block.language.as_str()) => {
            block.language.clone()
        }
        None => {
            let lines = block
                .content
                .lines()
                .map(|line| without_comment(line, &block.language));
            let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            format!("{}: {}", block.language, lines.join(" / "))
        }
    };
    text.blocks.iter().map(describe).collect()
}

fn without_comment<'a>(line: &'a str, language: &str) -> &'a str {
    let comment = match language {
        "rust" => "//",
        _ => "# ",
    };
    line.split_once(comment)
        .map_or(line, |(code, _)| code)
        .trim_end()
}

/// Links by where they lead, in no order: word order differs. An anchor is a heading, which is translated.
fn links(text: &Text, links: &[String]) -> Vec<String> {
    let mut places: Vec<String> = links
        .iter()
        .map(|link| {
            if link.contains("://") {
                return link.clone();
            }
            let (path, _) = link.split_once('#').unwrap_or((link, ""));
            let path = match path {
                "" => text.path.clone(),
                path => text.directory().join(path),
            };
            english(&tree::normal(&path).unwrap_or(path))
                .display()
                .to_string()
        })
        .collect();
    places.sort();
    places
}

/// The figures of a piece of prose that have to be the same in both languages, in no order: those of two digits or
/// more, each with its unit. Smaller ones are often words.
pub fn figures(prose: &str) -> Vec<(String, &'static str)> {
    // Japanese letters follow a unit without a gap, so that the end of a unit is an end among ASCII letters only.
    const FIGURE: &str = concat!(
        r"(?:^|[^A-Za-z0-9_.,])(¥\s?)?([0-9][0-9,]*(?:\.[0-9]+)?)",
        r"(?:\s?(?:(ms|s|seconds?|min|minutes?|h|hours?|yen)(?-u:\b)|(ミリ秒|秒|分|時間|円|%)))?"
    );
    let Ok(figure) = Regex::new(FIGURE) else {
        return vec![("no figure can be read".to_owned(), "")];
    };
    let mut figures: Vec<(String, &str)> = figure
        .captures_iter(prose)
        .filter_map(|found| {
            let number = found
                .get(2)?
                .as_str()
                .trim_end_matches(',')
                .replace(',', "");
            let word = found
                .get(3)
                .or(found.get(4))
                .map_or("", |unit| unit.as_str());
            let unit = match word {
                _ if found.get(1).is_some() => "¥",
                "円" | "yen" => "¥",
                "ms" | "ミリ秒" => "ms",
                "s" | "second" | "seconds" | "秒" => "s",
                "min" | "minute" | "minutes" | "分" => "min",
                "h" | "hour" | "hours" | "時間" => "h",
                "%" => "%",
                _ => "",
            };
            (number.len() > 1).then_some((number, unit))
        })
        .collect();
    figures.sort();
    figures
}

/// Whether figures are the same. Where one language puts a word between the number and its unit ("12 virtual
/// hours"), the number alone has to do.
pub fn agree(one: &[(String, &str)], other: &[(String, &str)]) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len()
        && pairs.all(|((number, unit), (other_number, other_unit))| {
            let units = unit == other_unit || unit.is_empty() || other_unit.is_empty();
            number == other_number && units
        })
}

fn written(figures: &[(String, &str)]) -> Vec<String> {
    figures
        .iter()
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect()
}
