//! One text, walked through once: what is to be replaced in it, and what stands in it.

use super::paths::picture;
use super::words::{amounts, bounds, is_wide, plain};
use super::{Prepared, Section, Source, Texts, raw_place};
use crate::figure::{self, escaped};
use anyhow::{Result, bail};
use guide::language::Language;
use markdown::{Heading, options};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// Where the player of a chapter goes.
const PLAYER: &str = "<!-- player -->";

/// Where the table of the chapters' bounds goes.
const BOUNDS: &str = "<!-- bounds -->";

/// A walk through a text.
pub(super) struct Walk<'w> {
    texts: &'w Texts<'w>,
    source: &'w Source,
    language: Language,
    ids: Vec<String>,
    heading: usize,
    marker: Option<String>,
    inserted: Option<&'w str>,
    has_place: bool,
    edits: Vec<(Range<usize>, String)>,
    prepared: Prepared,
}

impl<'w> Walk<'w> {
    /// Walks through a page; `inserted` goes where there is a place for it.
    pub(super) fn through(
        texts: &'w Texts<'w>,
        place: usize,
        language: Language,
        inserted: Option<&'w str>,
    ) -> Result<Prepared> {
        let source = &texts.sources[place][language.pick(0, 1)];
        let mut walk = Walk {
            texts,
            source,
            language,
            ids: texts.ids(place, language),
            heading: 0,
            marker: None,
            inserted,
            has_place: source.text.contains(PLAYER),
            edits: Vec::new(),
            prepared: Prepared {
                sections: vec![Section::default()],
                ..Prepared::default()
            },
        };
        walk.walk()?;
        let mut markdown = source.text.clone();
        // From the end, so that the places further up stay where they are.
        walk.edits.sort_by_key(|(range, _)| range.start);
        for (range, text) in walk.edits.iter().rev() {
            markdown.replace_range(range.clone(), text);
        }
        walk.prepared.markdown = markdown;
        Ok(walk.prepared)
    }

    fn walk(&mut self) -> Result<()> {
        let events: Vec<(Event, Range<usize>)> = Parser::new_ext(&self.source.text, options())
            .into_offset_iter()
            .collect();
        let mut place = 0;
        while let Some((event, range)) = events.get(place) {
            place += 1;
            match event {
                Event::Start(Tag::Heading { .. }) => {
                    self.enter_heading(range);
                    // Its words are in the outline already; its links lead somewhere, too.
                    while let Some((event, range)) = events.get(place) {
                        match event {
                            Event::End(TagEnd::Heading(_)) => break,
                            Event::Start(Tag::Link { dest_url, .. }) => {
                                self.link(dest_url, range)?
                            }
                            _ => {}
                        }
                        place += 1;
                    }
                }
                Event::Start(Tag::Paragraph) => {
                    if let Some(skip) = self.alone(&events[place..], range)? {
                        place += skip;
                    }
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let mut code = String::new();
                    while let Some((Event::Text(words), _)) = events.get(place) {
                        code.push_str(words);
                        place += 1;
                    }
                    self.code(kind, &code, range)?;
                }
                Event::Start(Tag::Link { dest_url, .. }) => self.link(dest_url, range)?,
                Event::Start(Tag::Image { dest_url, .. }) => {
                    let (to, _) = self.picture(dest_url)?;
                    self.replace_target(dest_url, &to, range);
                    // Its words are no HTML.
                    while let Some((Event::Text(words) | Event::Code(words), _)) = events.get(place)
                    {
                        self.words(words);
                        place += 1;
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => self.html(html, range),
                Event::SoftBreak => {
                    let next = events.get(place).map(|(_, next)| next.start);
                    self.line_break(range.start..next.unwrap_or(range.end));
                }
                Event::Text(words) => {
                    self.words(words);
                    self.keep_together(range);
                }
                Event::Code(words) => self.words(words),
                Event::End(
                    TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link,
                ) => {}
                Event::HardBreak | Event::End(_) => self.words(" "),
                _ => {}
            }
        }
        Ok(())
    }

    fn words(&mut self, words: &str) {
        if let Some(section) = self.prepared.sections.last_mut() {
            section.words.push_str(words);
        }
    }

    /// A figure stays with its unit.
    fn keep_together(&mut self, range: &Range<usize>) {
        let text = &self.source.text[range.clone()];
        for amount in amounts(text) {
            let words = &text[amount.clone()];
            let whole = format!("<span class=\"amount\">{words}</span>");
            let start = range.start;
            self.edits
                .push((start + amount.start..start + amount.end, whole));
        }
    }

    fn enter_heading(&mut self, range: &Range<usize>) {
        let Some(heading) = self.source.outline.0.get(self.heading) else {
            return;
        };
        let id = self.ids[self.heading].clone();
        self.heading += 1;
        let line = self.source.text[range.clone()].trim_end();
        let end = range.start + line.len();
        self.edits.push((end..end, format!(" {{#{id}}}")));
        match heading.level {
            1 if self.prepared.title.is_empty() => {
                self.prepared.title = plain(&heading.words);
                let contents = self.contents();
                let raw = self.raw(&contents);
                self.edits.push((range.end..range.end, raw));
            }
            _ => self.prepared.sections.push(Section {
                id,
                title: heading.words.clone(),
                words: String::new(),
            }),
        }
    }

    /// What stands on this page, if it is much.
    fn contents(&self) -> String {
        let headings = self.source.outline.0.iter().zip(&self.ids);
        let sections: Vec<_> = headings.filter(|(heading, _)| heading.level == 2).collect();
        if sections.len() < 3 {
            return String::new();
        }
        let title = self.language.pick("On this page", "このページの内容");
        let item = |(heading, id): &(&Heading, &String)| {
            let words = escaped(&heading.words);
            format!("<li><a href=\"#{id}\">{words}</a></li>\n")
        };
        let items: String = sections.iter().map(item).collect();
        format!(
            "<details class=\"sections\"><summary>{title}</summary>\n<nav aria-label=\"{title}\"><ul>\n{items}</ul></nav></details>"
        )
    }

    /// A paragraph that is one picture, or one link to the other language. How many events it takes.
    fn alone(
        &mut self,
        rest: &[(Event, Range<usize>)],
        range: &Range<usize>,
    ) -> Result<Option<usize>> {
        let end = rest
            .iter()
            .position(|(event, _)| matches!(event, Event::End(TagEnd::Paragraph)));
        let (Some(end), Some((first, first_range))) = (end, rest.first()) else {
            return Ok(None);
        };
        let whole = self.source.text[range.clone()].trim_end().len();
        if range.start != first_range.start || first_range.len() != whole {
            return Ok(None);
        }
        match first {
            Event::Start(Tag::Image { dest_url, .. }) => {
                let mut alt = String::new();
                for (event, _) in &rest[..end] {
                    match event {
                        Event::Text(words) | Event::Code(words) => alt.push_str(words),
                        Event::SoftBreak => alt.push(' '),
                        _ => {}
                    }
                }
                let (to, size) = self.picture(dest_url)?;
                let mut figure = figure::picture(&to, size, &alt);
                if !self.has_place
                    && let Some(inserted) = self.inserted.take()
                {
                    figure.push_str(&self.raw(inserted));
                }
                self.words(&alt);
                self.edits.push((range.clone(), figure));
                Ok(Some(end + 1))
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let (path, _) = self.texts.target(&self.source.path, dest_url)?;
                let own = self.texts.places.get(&self.source.path);
                let other = self.texts.places.get(&path);
                let is_switch = match (own, other) {
                    (Some((own, one)), Some((other, two))) => own == other && one != two,
                    _ => false,
                };
                if is_switch {
                    self.edits.push((range.clone(), String::new()));
                }
                Ok(is_switch.then_some(end + 1))
            }
            _ => Ok(None),
        }
    }

    fn code(&mut self, kind: &CodeBlockKind, code: &str, range: &Range<usize>) -> Result<()> {
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',']).next().unwrap_or(""),
            CodeBlockKind::Indented => "",
        };
        let marker = self.marker.take();
        if language == "{=html}" {
            let raw = self.raw(code);
            self.edits.push((range.clone(), raw));
            return Ok(());
        }
        if let Some(what) = marker
            .as_deref()
            .and_then(|marker| marker.strip_prefix("code: "))
        {
            self.included(what)?;
        }
        // A block inside of a list stays Markdown: the lines of a figure are not indented.
        let is_flush = range.start == 0 || self.source.text[..range.start].ends_with('\n');
        if is_flush {
            let end = range.start + self.source.text[range.clone()].trim_end().len();
            let figure = figure::code(language, code, marker.as_deref(), self.language);
            self.edits.push((range.start..end, figure));
        }
        self.words(code);
        Ok(())
    }

    /// What a block says it copies has to be there; that it is equal is for the course's own tests to say.
    fn included(&self, what: &str) -> Result<()> {
        let own = self.source.path.display();
        let (path, region) = what.split_once('#').unwrap_or((what, ""));
        let (beside, _) = self.texts.target(&self.source.path, path)?;
        let root = &self.texts.course.root;
        let places = [root.join(beside), root.join(path)];
        let Some(text) = places
            .iter()
            .find_map(|place| std::fs::read_to_string(place).ok())
        else {
            bail!("{own}: `code: {what}`: there is no such file");
        };
        let is_start = |line: &str| line.trim() == format!("// [{region}]");
        if !region.is_empty() && !text.lines().any(is_start) {
            bail!("{own}: `code: {what}`: there is no region `// [{region}]` in it");
        }
        Ok(())
    }

    fn link(&mut self, to: &str, range: &Range<usize>) -> Result<()> {
        if to.contains("://") || to.starts_with("mailto:") {
            return Ok(());
        }
        let pictures = &mut self.prepared.pictures;
        let found = self.texts.link(self.source, self.language, to, pictures)?;
        match found {
            Some(found) => self.replace_target(to, &found, range),
            None => {
                // The book does not show the file: its words stay, and its path.
                let text = &self.source.text[range.clone()];
                let Some(end) = text.rfind("](") else {
                    return Ok(());
                };
                let (path, _) = self.texts.target(&self.source.path, to)?;
                let path = path.display().to_string();
                let added = if text[..end].contains(&path) {
                    String::new()
                } else {
                    format!(" (`{path}`)")
                };
                let start = range.start;
                self.edits.push((start..start + 1, String::new()));
                self.edits.push((start + end..range.end, added));
            }
        }
        Ok(())
    }

    /// Where a picture lies in the book, and its size.
    fn picture(&mut self, to: &str) -> Result<(String, Option<(String, String)>)> {
        let (path, _) = self.texts.target(&self.source.path, to)?;
        let Ok(svg) = std::fs::read_to_string(self.texts.course.root.join(&path)) else {
            bail!(
                "{}: the picture {to} is missing",
                self.source.path.display()
            );
        };
        let found = picture(&path);
        self.prepared.pictures.insert(path);
        Ok((found, figure::size(&svg)))
    }

    fn replace_target(&mut self, from: &str, to: &str, range: &Range<usize>) {
        let text = &self.source.text[range.clone()];
        if let Some(place) = text.rfind(&format!("]({from}")) {
            let start = range.start + place + 2;
            self.edits.push((start..start + from.len(), to.to_owned()));
        }
    }

    fn html(&mut self, html: &str, range: &Range<usize>) {
        let comment = html.trim();
        if comment == PLAYER {
            let inserted = self.inserted.take();
            let inserted = inserted.map_or(String::new(), |html| self.raw(html));
            self.edits.push((range.clone(), inserted));
        } else if comment == BOUNDS {
            let table = bounds(self.texts.course, self.language);
            self.edits.push((range.clone(), table));
        } else if let Some(inside) = comment.strip_prefix("<!--")
            && let Some(inside) = inside.strip_suffix("-->")
        {
            self.marker = Some(inside.trim().to_owned());
            self.edits.push((range.clone(), String::new()));
        }
    }

    /// Keeps a piece of HTML from mdBook.
    fn raw(&mut self, html: &str) -> String {
        self.prepared.raw.push(html.to_owned());
        format!("\n\n{}\n\n", raw_place(self.prepared.raw.len() - 1))
    }

    /// A line break is no gap between two Japanese letters.
    fn line_break(&mut self, range: Range<usize>) {
        let text = &self.source.text;
        let before = text[..range.start].chars().next_back();
        let after = text[range.end..].chars().next();
        if before.is_some_and(is_wide) || after.is_some_and(is_wide) {
            self.edits.push((range, String::new()));
        } else {
            self.words(" ");
        }
    }
}
