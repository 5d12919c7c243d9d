//! Texts are set as they should be: emphasis shows, and Japanese is punctuated as Japanese.

use crate::chapters::Subject;
use crate::{case, case_of, none_of};
use libtest_mimic::Trial;
use markdown::Text;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex::Regex;
use std::sync::Arc;

/// One case for each text, and one for the Japanese in each `chapter.toml`.
pub fn cases(texts: &[Arc<Text>], subjects: &[Arc<Subject>]) -> Vec<Trial> {
    let of_text = |text: &Arc<Text>| {
        let text = Arc::clone(text);
        let name = format!("{}: set as it should be", text.path.display());
        case(name, move || none_of(&slips(&text.source)))
    };
    let of_chapter = |subject: &Arc<Subject>| {
        case_of(
            subject,
            "hints and checklist are set as they should be",
            |it| {
                let items = it.chapter.checklist.iter().map(|item| &item.text);
                let said = it.chapter.hints.iter().chain(items);
                none_of(&said.flat_map(|both| slips(&both.ja)).collect::<Vec<_>>())
            },
        )
    };
    let texts = texts.iter().map(of_text);
    texts.chain(subjects.iter().map(of_chapter)).collect()
}

/// What is set wrongly in a text, with a little of what stands around it.
pub fn slips(source: &str) -> Vec<String> {
    const LETTER: &str = r"[\x{3005}\x{3040}-\x{30ff}\x{4e00}-\x{9fff}]";
    const MARK: &str = r"[\x{3001}\x{3002}\x{300c}-\x{300f}\x{ff01}-\x{ff5e}]";
    // A backtick is a piece of code, see `prose`. English in brackets may stand beside a Japanese mark.
    let half = format!(
        r"(?:{LETTER}|{MARK})`?[?!:;,]|[?!:;,]`?(?:{LETTER}|{MARK})|{LETTER}`?[()]|[()]`?{LETTER}"
    );
    let rules = [
        ("an emphasis that does not show", r"\*+"),
        ("half-width punctuation beside Japanese", &half),
    ];
    let mut slips = Vec::new();
    for piece in prose(source) {
        for (what, pattern) in rules {
            match Regex::new(pattern) {
                Ok(rule) => slips.extend(rule.find_iter(&piece).map(|found| {
                    let (before, after) = (&piece[..found.start()], &piece[found.end()..]);
                    let before = before.char_indices().rev().nth(11).map_or(0, |(at, _)| at);
                    let after: String = after.chars().take(12).collect();
                    format!("{what}: {}{after}", &piece[before..found.end()])
                })),
                Err(error) => slips.push(error.to_string()),
            }
        }
    }
    slips
}

/// The prose of a text, a piece for each paragraph, heading and cell. Code in a line is a lone backtick.
fn prose(source: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut in_block = false;
    for event in Parser::new_ext(source, markdown::options()) {
        let words = match &event {
            Event::Start(Tag::CodeBlock(_)) => {
                in_block = true;
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                in_block = false;
                continue;
            }
            Event::Text(words) if !in_block => words.as_ref(),
            Event::Code(_) => "`",
            Event::SoftBreak | Event::HardBreak => "\n",
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::Item,
            ) => {
                pieces.push(String::new());
                continue;
            }
            _ => continue,
        };
        if let Some(last) = pieces.last_mut() {
            last.push_str(words);
        }
    }
    pieces
}
