//! A text of the repository as Markdown for mdBook: links lead to pages, pictures and code blocks are figures,
//! headings have the same ids in both languages.

use crate::course::{Course, Origin, Page, slug};
use crate::figure::{self, escaped};
use crate::outline::{Heading, Outline};
use anyhow::{Result, bail};
use guide::chapter::Chapter;
use guide::language::Language;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

/// All texts of the book.
pub struct Texts<'a> {
    course: &'a Course,
    pages: &'a [Page],
    sources: Vec<[Source; 2]>,
    /// Which page a text of the repository is: its path, the place of its page, its language.
    places: BTreeMap<PathBuf, (usize, Language)>,
}

struct Source {
    path: PathBuf,
    text: String,
    outline: Outline,
}

/// A page in one language, ready for mdBook.
pub struct Prepared {
    /// Its title, without the emoji.
    pub title: String,
    /// Its text.
    pub markdown: String,
    /// Its headings below the title: level, id, words.
    pub headings: Vec<(usize, String, String)>,
    /// What the search looks through.
    pub sections: Vec<Section>,
    /// The pictures it shows, seen from the root.
    pub pictures: BTreeSet<PathBuf>,
    /// HTML that mdBook must not touch (it knows nothing of SVG): what [`raw_place`] stands for.
    pub raw: Vec<String>,
}

/// What stands in the Markdown, and in the HTML that mdBook makes of it, for a piece of raw HTML.
pub fn raw_place(place: usize) -> String {
    format!("<!-- raw {place} -->")
}

/// What stands under one heading.
#[derive(Default)]
pub struct Section {
    /// The heading's id; none for what stands under the title.
    pub id: String,
    /// The heading's words.
    pub title: String,
    /// Prose and code.
    pub words: String,
}

/// What the parser of these texts understands; the same as mdBook's.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
}

impl<'a> Texts<'a> {
    /// Reads the texts of all pages; `made` is the text of those that have no file.
    ///
    /// # Errors
    /// A text cannot be read, in one of the languages.
    pub fn read(
        course: &'a Course,
        pages: &'a [Page],
        made: impl Fn(&Page, Language) -> Result<String>,
    ) -> Result<Texts<'a>> {
        let mut sources = Vec::new();
        let mut places = BTreeMap::new();
        for (place, page) in pages.iter().enumerate() {
            let read = |language| -> Result<Source> {
                let path = course.source(page, language);
                let text = match page.origin {
                    Origin::Gallery => made(page, language)?,
                    _ => course.text(&path)?,
                };
                let outline = Outline::of(&text);
                Ok(Source {
                    path,
                    text,
                    outline,
                })
            };
            let both = [read(Language::En)?, read(Language::Ja)?];
            places.insert(both[0].path.clone(), (place, Language::En));
            places.insert(both[1].path.clone(), (place, Language::Ja));
            sources.push(both);
        }
        Ok(Texts {
            course,
            pages,
            sources,
            places,
        })
    }

    /// The ids of the headings of a page: from the English words, in both languages.
    fn ids(&self, place: usize, language: Language) -> Vec<String> {
        let [english, japanese] = &self.sources[place];
        let own = language.pick(english, japanese);
        let names = match english.outline.0.len() == own.outline.0.len() {
            true => &english.outline,
            false => &own.outline,
        };
        names.ids()
    }

    /// Where a link or a picture leads, seen from the root of the repository, and its anchor.
    fn target<'l>(&self, from: &Path, link: &'l str) -> Result<(PathBuf, Option<&'l str>)> {
        let (path, anchor) = match link.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor)),
            None => (link, None),
        };
        if path.is_empty() {
            return Ok((from.to_owned(), anchor));
        }
        let directory = from.parent().unwrap_or(Path::new(""));
        match normal(&directory.join(path)) {
            Some(path) => Ok((path, anchor)),
            None => bail!("{}: {link} leads out of the repository", from.display()),
        }
    }

    /// Where a link of a text leads in the book. `None`: its target is a file that the book does not show.
    fn link(
        &self,
        from: &Source,
        language: Language,
        link: &str,
        pictures: &mut BTreeSet<PathBuf>,
    ) -> Result<Option<String>> {
        let (path, anchor) = self.target(&from.path, link)?;
        let front = |name: &str| path == Path::new(name);
        let mut known = self.places.get(&path).copied();
        if front("README.md") || front("README.ja.md") {
            let start = self.pages.iter().position(|page| page.slug == "how-to-use");
            let its = if front("README.md") {
                Language::En
            } else {
                Language::Ja
            };
            known = start.map(|place| (place, its));
        } else if path
            .parent()
            .is_some_and(|parent| parent.ends_with("prompts"))
        {
            let prompts = self.pages.iter().position(|page| page.slug == "prompts");
            if let Some(place) = prompts {
                return Ok(Some(self.prompt(place, language, &path)));
            }
        }
        if let Some((place, its)) = known {
            let mut to = match its == language {
                true => String::new(),
                false => format!("../{}/", its.code()),
            };
            if self.sources[place][its.pick(0, 1)].path != from.path {
                to += &format!("{}.html", self.pages[place].slug);
            }
            if let Some(anchor) = anchor {
                let anchor = decoded(anchor);
                let slugs = self.sources[place][its.pick(0, 1)].outline.slugs();
                match slugs.iter().position(|slug| *slug == anchor) {
                    Some(heading) => {
                        to += &format!("#{}", self.ids(place, its)[heading]);
                    }
                    None => bail!("{}: {link} names no heading there", from.path.display()),
                }
            }
            return Ok(Some(to));
        }
        let file = self.course.root.join(&path);
        if !file.exists() {
            bail!("{}: {link} leads nowhere", from.path.display());
        }
        if let Some(page) = api_page(&path) {
            return Ok(Some(page));
        }
        if path.extension().is_some_and(|ending| ending == "svg") {
            let to = picture(&path);
            pictures.insert(path);
            return Ok(Some(to));
        }
        Ok(None)
    }

    /// The section of the page of prompts that shows this template.
    fn prompt(&self, place: usize, language: Language, template: &Path) -> String {
        let name = template.file_name().unwrap_or_default().to_string_lossy();
        let text = &self.sources[place][language.pick(0, 1)].text;
        let before = text.find(&format!("{name} -->")).map(|at| &text[..at]);
        let headings = before.map(|before| Outline::of(before).0.len());
        let ids = self.ids(place, language);
        match headings.and_then(|count| ids.get(count.checked_sub(1)?)) {
            Some(id) => format!("{}.html#{id}", self.pages[place].slug),
            None => format!("{}.html", self.pages[place].slug),
        }
    }

    /// A page as mdBook gets it. `inserted` is HTML that goes where `<!-- player -->` stands, or after the first
    /// picture.
    ///
    /// # Errors
    /// A link or a picture of it leads nowhere.
    pub fn prepare(
        &self,
        place: usize,
        language: Language,
        inserted: Option<&str>,
    ) -> Result<Prepared> {
        let source = &self.sources[place][language.pick(0, 1)];
        let mut page = Walk {
            texts: self,
            source,
            language,
            ids: self.ids(place, language),
            heading: 0,
            marker: None,
            inserted,
            has_place: source.text.contains(PLAYER),
            edits: Vec::new(),
            prepared: Prepared {
                title: String::new(),
                markdown: String::new(),
                headings: Vec::new(),
                sections: vec![Section::default()],
                pictures: BTreeSet::new(),
                raw: Vec::new(),
            },
        };
        page.walk()?;
        let mut markdown = source.text.clone();
        page.edits.sort_by_key(|(range, _)| range.start);
        for (range, text) in page.edits.iter().rev() {
            markdown.replace_range(range.clone(), text);
        }
        page.prepared.markdown = markdown;
        Ok(page.prepared)
    }
}

/// Where the player of a chapter goes.
const PLAYER: &str = "<!-- player -->";

/// Where the table of the chapters' bounds goes.
const BOUNDS: &str = "<!-- bounds -->";

struct Walk<'w> {
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

impl Walk<'_> {
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
                    let rest = events[place..].iter();
                    let is_end = |event: &Event| matches!(event, Event::End(TagEnd::Heading(_)));
                    place += rest.take_while(|(event, _)| !is_end(event)).count();
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
                    self.code(kind, &code, range);
                }
                Event::Start(Tag::Link { dest_url, .. }) => self.link(dest_url, range)?,
                Event::Start(Tag::Image { dest_url, .. }) => {
                    let (to, _) = self.picture(dest_url)?;
                    self.replace_target(dest_url, &to, range);
                }
                Event::Html(html) | Event::InlineHtml(html) => self.html(html, range),
                Event::SoftBreak => {
                    let next = events.get(place).map(|(_, next)| next.start);
                    self.line_break(range.start..next.unwrap_or(range.end));
                }
                Event::Text(words) | Event::Code(words) => self.words(words),
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
            level => {
                let words = heading.words.clone();
                self.prepared.headings.push((level, id.clone(), words));
                self.prepared.sections.push(Section {
                    id,
                    title: heading.words.clone(),
                    words: String::new(),
                });
            }
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

    fn code(&mut self, kind: &CodeBlockKind, code: &str, range: &Range<usize>) {
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',']).next().unwrap_or(""),
            CodeBlockKind::Indented => "",
        };
        let marker = self.marker.take();
        if language == "{=html}" {
            let raw = self.raw(code);
            self.edits.push((range.clone(), raw));
            return;
        }
        // A block inside of a list stays Markdown: the lines of a figure are not indented.
        let is_flush = range.start == 0 || self.source.text[..range.start].ends_with('\n');
        if is_flush {
            let end = range.start + self.source.text[range.clone()].trim_end().len();
            let figure = figure::code(language, code, marker.as_deref(), self.language);
            self.edits.push((range.start..end, figure));
        }
        self.words(code);
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
                let added = match text[..end].contains(&path) {
                    true => String::new(),
                    false => format!(" (`{path}`)"),
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

/// What each chapter demands, from its `chapter.toml`.
fn bounds(course: &Course, language: Language) -> String {
    let head = language.pick(
        "| chapter | every schedule of up to |\n|---|---|\n",
        "| 章 | ここまでの全スケジュール |\n|---|---|\n",
    );
    let row = |chapter: &Chapter| {
        let number = chapter.id.trim_start_matches("ch").trim_start_matches('0');
        let (title, bound) = (chapter.title.get(language), chapter.bound);
        let faults = match (language, bound) {
            (Language::En, 1) => "1 fault".to_owned(),
            (Language::En, bound) => format!("{bound} faults"),
            (Language::Ja, bound) => format!("障害{bound}個"),
        };
        format!(
            "| [{number} {title}]({}.html) | {faults} |\n",
            slug(chapter)
        )
    };
    let rows: String = course.chapters.iter().map(row).collect();
    format!("{head}{rows}\n")
}

/// Whether no gap is written beside it.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// The words of a title without its emoji.
pub fn plain(title: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '"' || c == '「' || c == '`';
    title.trim_start_matches(|c| !is_word(c)).to_owned()
}

/// Where a picture of the repository lies in the book, seen from a page.
fn picture(path: &Path) -> String {
    format!("../{}", picture_file(path))
}

/// Where a picture of the repository lies in the book.
pub fn picture_file(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    let parts = parts.filter(|part| !["chapters", "pictures", "docs"].contains(&&**part));
    format!("pictures/{}", parts.collect::<Vec<_>>().join("/"))
}

/// Where a module of the lab is described, seen from a page: `src/lab/fault.rs` in `../api/lab/fault/index.html`.
fn api_page(path: &Path) -> Option<String> {
    let module = path.strip_prefix("src/lab").ok()?.with_extension("");
    if path.extension()? != "rs" || module.starts_with("tests") {
        return None;
    }
    let module = module.to_string_lossy();
    let module = module.trim_end_matches("/mod");
    Some(match module {
        "lib" => "../api/lab/index.html".to_owned(),
        module => format!("../api/lab/{module}/index.html"),
    })
}

/// A path without `.` and `..`; `None` if it leaves the repository.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// `%E3%81%82` is `あ`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let hex = after.get(..2);
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}
