//! A text of the repository as Markdown for mdBook: links lead to pages, pictures and code blocks are figures,
//! headings have the same ids in both languages.

mod paths;
mod walk;
mod words;

use crate::course::{Course, Origin, Page};
use anyhow::{Result, bail};
use guide::language::Language;
use markdown::Outline;
pub use paths::picture_file;
use paths::{api_page, decoded, normal, picture};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use walk::Walk;

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
#[derive(Default)]
pub struct Prepared {
    /// Its title, without the emoji.
    pub title: String,
    /// Its text.
    pub markdown: String,
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
            let both = [read(Language::English)?, read(Language::Japanese)?];
            places.insert(both[0].path.clone(), (place, Language::English));
            places.insert(both[1].path.clone(), (place, Language::Japanese));
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
        let names = if english.outline.0.len() == own.outline.0.len() {
            &english.outline
        } else {
            &own.outline
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
            let start = Origin::Docs("how-to-use".to_owned());
            let start = self.pages.iter().position(|page| page.origin == start);
            let its = if front("README.md") {
                Language::English
            } else {
                Language::Japanese
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
            let mut to = if its == language {
                String::new()
            } else {
                format!("../{}/", its.code())
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
        Walk::through(self, place, language, inserted)
    }
}
