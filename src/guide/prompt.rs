//! `cargo run -- prompt`: a prompt for an AI, with the learner's own chapter filled in.

use crate::chapter::Chapter;
use crate::cli::{Guide, Light, Trouble};
use crate::language::Language;
use crate::out::out;
use crate::standing::{Standing, leading_failure};
use std::path::{Path, PathBuf};

/// The templates, by number.
const TEMPLATES: [&str; 3] = ["1-failures.md", "2-demo.md", "3-review.md"];

impl Guide {
    /// Prints the prompt with this number, filled in for a chapter.
    pub(crate) fn prompt(&self, chapter: &Chapter, number: &str) -> Result<Light, Trouble> {
        let file = template(&self.root, self.language, number)
            .ok_or_else(|| Trouble::Usage(self.words().no_prompt(number)))?;
        let template = self.read(&file)?;
        let mut values = Vec::new();
        if template.contains("{{code}}") {
            let code = self.read(&self.root.join(chapter.exercise()))?;
            values.push(("code", code.trim_end().to_owned()));
        }
        // The tests take time; only one of the three prompts needs their results.
        if template.contains("{{timeline}}") {
            values.push(("timeline", self.timeline(chapter)?));
        }
        out!(
            "{}",
            fill(&template, chapter, self.language, values)
                .map_err(|name| Trouble::Usage(self.words().nothing_to_fill_in(&file, &name)))?
        );
        Ok(Light::Green)
    }

    fn timeline(&self, chapter: &Chapter) -> Result<String, Trouble> {
        Ok(match self.standing_in(chapter, false)? {
            Standing::Ran(run) => match leading_failure(chapter, &run) {
                Some((_, failure)) => failure.report.trim().to_owned(),
                None => self.words().all_green_short(),
            },
            Standing::DoesNotCompile(refusal) => plain(&refusal.messages).trim_end().to_owned(),
        })
    }

    fn read(&self, file: &Path) -> Result<String, Trouble> {
        std::fs::read_to_string(file)
            .map_err(|error| Trouble::Usage(self.words().cannot_read(file, &error)))
    }
}

/// rustc's messages, without colour sequences.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split("\u{1b}[");
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        // A sequence ends with its first letter.
        let end = piece.find(|c: char| c.is_ascii_alphabetic());
        out.push_str(end.map_or("", |place| &piece[place + 1..]));
    }
    out
}

/// The file of the template with this number.
pub fn template(root: &Path, language: Language, number: &str) -> Option<PathBuf> {
    let number: usize = number.parse().ok()?;
    let name = TEMPLATES.get(number.checked_sub(1)?)?;
    Some(
        root.join("docs")
            .join(language.code())
            .join("prompts")
            .join(name),
    )
}

/// Fills a template in for a chapter, which itself gives the values of `chapter` and `flow`.
///
/// # Errors
/// The name of a placeholder without a value.
pub fn fill(
    template: &str,
    chapter: &Chapter,
    language: Language,
    mut values: Vec<(&str, String)>,
) -> Result<String, String> {
    values.push(("chapter", chapter.heading(language)));
    if let Some(flow) = &chapter.flow {
        values.push(("flow", flow.get(language).trim().to_owned()));
    }
    put_in(template, &values)
}

/// Puts the values in, in one pass: a value may itself contain braces.
fn put_in(template: &str, values: &[(&str, String)]) -> Result<String, String> {
    let mut pieces = template.split("{{");
    let mut out = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").ok_or_else(|| piece.to_owned())?;
        let value = values.iter().find(|(known, _)| *known == name);
        let (_, value) = value.ok_or_else(|| name.to_owned())?;
        out.push_str(value);
        out.push_str(rest);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once() {
        let values = [
            ("code", "{{chapter}} {}".to_owned()),
            ("chapter", "ch03".to_owned()),
        ];
        assert_eq!(
            put_in("In {{chapter}}:\n{{code}}\n", &values).unwrap(),
            "In ch03:\n{{chapter}} {}\n"
        );
        assert_eq!(put_in("{{other}}", &values), Err("other".to_owned()));
        assert_eq!(put_in("no braces", &values).unwrap(), "no braces");
    }

    #[test]
    fn colour_can_be_taken_off() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m and plain"), "red and plain");
        assert_eq!(plain("cut off \u{1b}[31"), "cut off ");
    }

    #[test]
    fn there_are_three_prompts_in_each_language() {
        let path = |language, number| template(Path::new(""), language, number);
        assert_eq!(
            path(Language::English, "1"),
            Some("docs/en/prompts/1-failures.md".into())
        );
        assert_eq!(
            path(Language::Japanese, "3"),
            Some("docs/ja/prompts/3-review.md".into())
        );
        assert_eq!(path(Language::English, "0"), None);
        assert_eq!(path(Language::English, "4"), None);
    }
}
