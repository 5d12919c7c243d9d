//! The whole book, built aside and then swapped with the old one.

use crate::course::{Course, LANGUAGES, Origin, Page};
use crate::files::{copy, make, names, write};
use crate::render::Edition;
use crate::text::{Prepared, Texts, picture_file};
use crate::{api, gallery, player, search};
use anyhow::{Context, Result, bail};
use guide::language::Language;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that says that a directory is a book, and may be replaced by a newer one.
const STAMP: &str = ".saga-by-accident-book";

/// Builds the book of a course into `out`, for example `target/book`; `api` says where
/// the lab's API reference lies, and is asked once it is sure that there is a place for the book.
///
/// # Errors
/// A message that says what is wrong, and where. What was in `out` before is then still there.
pub fn build(
    course: &Course,
    api: impl FnOnce(&Course) -> Result<Option<PathBuf>>,
    out: &Path,
) -> Result<()> {
    let replaceable = !out.exists() || out.join(STAMP).exists();
    if !replaceable {
        bail!(
            "{} is there and is no book: name another place, or remove it",
            out.display()
        );
    }
    let aside = Aside::beside(out)?;
    write_book(course, &aside.0)?;
    if let Some(api) = api(course)? {
        api::put(&api, &aside.0.join("api"))?;
    }
    aside.swap(out)
}

/// When a text, a picture, the theme or the lab was changed last.
///
/// # Errors
/// A directory cannot be read.
pub fn newest(root: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    let mut places: Vec<PathBuf> = ["docs", "chapters", "src"]
        .map(|name| root.join(name))
        .into();
    while let Some(place) = places.pop() {
        for name in names(&place)? {
            let path = place.join(name);
            let about = path
                .metadata()
                .with_context(|| format!("cannot read {}", path.display()))?;
            newest = newest.max(about.modified().unwrap_or(newest));
            if about.is_dir() {
                places.push(path);
            }
        }
    }
    Ok(newest)
}

fn write_book(course: &Course, out: &Path) -> Result<()> {
    let mut pages = course.pages()?;
    let galleries = [
        gallery::page(course, Language::English)?,
        gallery::page(course, Language::Japanese)?,
    ];
    if galleries.iter().all(String::is_empty) {
        pages.retain(|page| page.origin != Origin::Gallery);
    }
    let made =
        |_: &Page, language: Language| Ok(language.pick(&galleries[0], &galleries[1]).clone());
    let texts = Texts::read(course, &pages, made)?;
    let template = course.text(Path::new("docs/theme/index.hbs"))?;
    let mut pictures = BTreeSet::new();
    for language in LANGUAGES {
        let prepared = prepare(course, &pages, &texts, language)?;
        pictures.extend(prepared.iter().flat_map(|page| page.pictures.clone()));
        let edition = Edition {
            language,
            pages: &pages,
            texts: &prepared,
            template: &template,
        };
        let into = out.join(language.code());
        let scratch = out.join(format!(".{}", language.code()));
        make(&into)?;
        make(&scratch)?;
        edition.render(&scratch, &into)?;
        let words = search::script(&pages, &prepared, language);
        write(&into.join("words.js"), words.as_bytes())?;
        std::fs::remove_dir_all(&scratch)
            .with_context(|| format!("cannot remove {}", scratch.display()))?;
    }
    for picture in &pictures {
        copy(&course.root.join(picture), &out.join(picture_file(picture)))?;
    }
    let assets = out.join("assets");
    for name in ["book.css", "book.js", "search.js", "favicon.svg"] {
        copy(
            &course.root.join("docs/theme").join(name),
            &assets.join(name),
        )?;
    }
    for (path, bytes) in player::assets(course)?
        .into_iter()
        .chain(gallery::assets(course)?)
    {
        write(&assets.join(path), &bytes)?;
    }
    copy(
        &course.root.join("docs/theme/choose.html"),
        &out.join("index.html"),
    )?;
    // Common forges' pages leave out what begins with an underscore, unless this is there.
    write(&out.join(".nojekyll"), b"")?;
    write(&out.join(STAMP), b"")
}

fn prepare(
    course: &Course,
    pages: &[Page],
    texts: &Texts,
    language: Language,
) -> Result<Vec<Prepared>> {
    let one = |(place, page): (usize, &Page)| {
        let fragment = match page.origin {
            Origin::Chapter(chapter) => {
                player::fragment(course, &course.chapters[chapter], language)?
            }
            _ => None,
        };
        texts.prepare(place, language, fragment.as_deref())
    };
    pages.iter().enumerate().map(one).collect()
}

/// A directory beside the book; gone when it is dropped, unless it has become the book.
struct Aside(PathBuf);

impl Aside {
    fn beside(out: &Path) -> Result<Aside> {
        let place = named(out, "new");
        if place.exists() {
            std::fs::remove_dir_all(&place)
                .with_context(|| format!("cannot remove {}", place.display()))?;
        }
        std::fs::create_dir_all(&place)
            .with_context(|| format!("cannot write the book: cannot make {}", place.display()))?;
        Ok(Aside(place))
    }

    fn swap(self, out: &Path) -> Result<()> {
        let old = named(out, "old");
        let failed = || format!("cannot put the new book in its place, {}", out.display());
        let there = out.exists();
        if there {
            std::fs::rename(out, &old).with_context(failed)?;
        }
        if let Err(error) = std::fs::rename(&self.0, out) {
            if there {
                // The old book is better than none; that the new one is not there is the error to report.
                let _ = std::fs::rename(&old, out);
            }
            return Err(error).with_context(failed);
        }
        if there {
            std::fs::remove_dir_all(&old)
                .with_context(|| format!("cannot remove {}", old.display()))?;
        }
        Ok(())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // After a swap it is no longer there; otherwise the error that led here is what matters.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A name beside the book that no other run has.
fn named(out: &Path, what: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!("{name}.{what}-{}", std::process::id()))
}
