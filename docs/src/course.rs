//! Which pages the book has, and where their texts lie.

use crate::files::names;
use anyhow::{Context, Result, anyhow, bail};
use guide::chapter::Chapter;
use guide::language::Language;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Both languages, in the order in which they are rendered.
pub const LANGUAGES: [Language; 2] = [Language::English, Language::Japanese];

/// The course, as the book sees it.
pub struct Course {
    /// The root of the repository.
    pub root: PathBuf,
    /// Where cargo builds, and where what can be made again is kept.
    pub target: PathBuf,
    /// Its chapters, in order.
    pub chapters: Vec<Chapter>,
}

/// A part of the contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The opening, and how to use the course.
    Start,
    /// The chapters, and the conclusion.
    Story,
    /// What one looks things up in.
    Reference,
    /// How the course is made, and what it rests on.
    Behind,
}

/// Where the text of a page comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A chapter's READMEs: its place among the chapters.
    Chapter(usize),
    /// `docs/en/<name>.md` and `docs/ja/<name>.md`.
    Docs(String),
    /// Made from runs.
    Gallery,
}

/// A page of the book, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its file, without `.html`.
    pub slug: String,
    /// Where it stands in the contents.
    pub part: Part,
    /// Where its text comes from.
    pub origin: Origin,
}

/// The pages that have a place of their own, in order. Others in `docs/en` follow in the last part.
const PLACES: &[(&str, Part)] = &[
    ("opening", Part::Start),
    ("how-to-use", Part::Start),
    ("conclusion", Part::Story),
    ("encyclopedia", Part::Reference),
    (GALLERY, Part::Reference),
    ("api-card", Part::Reference),
    ("glossary", Part::Reference),
    ("checklist", Part::Reference),
    ("prompts", Part::Reference),
    ("proof-covers", Part::Behind),
    ("lab-works", Part::Behind),
    ("sources", Part::Behind),
    ("further-reading", Part::Behind),
];

const GALLERY: &str = "gallery";

impl Course {
    /// Reads what there is under `root`.
    ///
    /// # Errors
    /// A `chapter.toml` is broken, or there is a text in a language that the course does not have.
    pub fn read(root: &Path, target: &Path) -> Result<Course> {
        let chapters = Chapter::all(root).map_err(|error| anyhow!(error))?;
        let docs = root.join("docs");
        for name in names(&docs)? {
            let known = LANGUAGES.iter().any(|language| language.code() == name);
            let others = ["src", "theme", "tests", "patience"].contains(&name.as_str());
            if !known && !others && docs.join(&name).is_dir() {
                bail!("docs/{name}: unknown language; the book is in en and ja");
            }
        }
        Ok(Course {
            root: root.to_owned(),
            target: target.to_owned(),
            chapters,
        })
    }

    /// The pages, in order. The first is the one the book opens with.
    ///
    /// # Errors
    /// A directory cannot be read.
    pub fn pages(&self) -> Result<Vec<Page>> {
        let mut names = BTreeSet::new();
        for language in LANGUAGES {
            names.extend(texts(&self.root.join("docs").join(language.code()))?);
        }
        let docs = |slug: &str, name: &str, part| Page {
            slug: slug.to_owned(),
            part,
            origin: Origin::Docs(name.to_owned()),
        };
        let mut pages = Vec::new();
        for (name, part) in PLACES {
            if *name == "conclusion" {
                let chapters = self.chapters.iter().enumerate();
                pages.extend(chapters.map(|(place, chapter)| Page {
                    slug: slug(chapter),
                    part: Part::Story,
                    origin: Origin::Chapter(place),
                }));
            }
            if *name == GALLERY {
                pages.push(Page {
                    slug: GALLERY.to_owned(),
                    part: *part,
                    origin: Origin::Gallery,
                });
            } else if names.remove(*name) {
                pages.push(docs(name, name, *part));
            }
        }
        pages.extend(names.iter().map(|name| docs(name, name, Part::Behind)));
        if let Some(first) = pages.first_mut() {
            first.slug = "index".to_owned();
        }
        Ok(pages)
    }

    /// Where the text of a page lies, seen from the root. Of the gallery: where it would lie.
    pub fn source(&self, page: &Page, language: Language) -> PathBuf {
        match &page.origin {
            Origin::Chapter(place) => {
                let readme = language.pick("README.md", "README.ja.md");
                self.chapters[*place].directory.join(readme)
            }
            Origin::Docs(name) => docs_text(language, name),
            Origin::Gallery => docs_text(language, GALLERY),
        }
    }

    /// Reads a file, seen from the root.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn text(&self, path: &Path) -> Result<String> {
        std::fs::read_to_string(self.root.join(path))
            .with_context(|| format!("cannot read {}", path.display()))
    }
}

/// `ch03_timeout` is `ch03-timeout.html`.
pub fn slug(chapter: &Chapter) -> String {
    let name = chapter.directory.file_name().unwrap_or_default();
    name.to_string_lossy().replace('_', "-")
}

fn docs_text(language: Language, name: &str) -> PathBuf {
    Path::new("docs")
        .join(language.code())
        .join(format!("{name}.md"))
}

/// The Markdown files of a directory, without their ending.
fn texts(place: &Path) -> Result<Vec<String>> {
    let names = names(place)?;
    let texts = names.iter().filter_map(|name| name.strip_suffix(".md"));
    Ok(texts.map(str::to_owned).collect())
}
