//! What must hold of a finished book, whoever wrote its texts.

use crate::course::LANGUAGES;
use crate::files::names;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// A page may weigh this much with all that it loads, in bytes.
const MOST: u64 = 1_000_000;

/// A page, as far as the checks look at it.
struct Page {
    html: String,
    ids: Vec<String>,
    links: Vec<String>,
    loads: Vec<String>,
    /// What it loads when somebody unfolds it.
    unfolds: Vec<String>,
    /// The ids of the headings of its text, in order, with their levels.
    headings: Vec<String>,
}

/// All that is wrong with the book that lies at `book`, one message each.
///
/// # Errors
/// A page cannot be read.
pub fn problems(book: &Path) -> Result<Vec<String>> {
    let mut pages: BTreeMap<PathBuf, Page> = BTreeMap::new();
    for language in LANGUAGES {
        let directory = Path::new(language.code());
        for name in names(&book.join(directory))? {
            if name.ends_with(".html") {
                let path = directory.join(name);
                let page = Page::read(&book.join(&path))?;
                pages.insert(path, page);
            }
        }
    }
    let start = Page::read(&book.join("index.html"))?;
    pages.insert("index.html".into(), start);
    let mut wrong = Vec::new();
    for (path, page) in &pages {
        let mut say = |what: String| wrong.push(format!("{}: {what}", path.display()));
        page.shape().into_iter().for_each(&mut say);
        for link in page.links.iter().chain(&page.loads).chain(&page.unfolds) {
            if let Some(what) = broken(book, path, link, &pages) {
                say(what);
            }
        }
        for load in page.loads.iter().chain(&page.unfolds) {
            if is_outside(load) {
                say(format!("asks the network for {load}"));
            }
        }
        let weight = page.weight(book, path);
        if weight > MOST {
            say(format!("weighs {weight} bytes; at most {MOST} are allowed"));
        }
    }
    let [one, other] = LANGUAGES.map(|language| {
        let directory = Path::new(language.code());
        let pages = pages.iter();
        let own = pages.filter_map(|(path, page)| Some((path.strip_prefix(directory).ok()?, page)));
        own.collect::<BTreeMap<_, _>>()
    });
    let all: BTreeSet<_> = one.keys().chain(other.keys()).collect();
    for name in all {
        match (one.get(name), other.get(name)) {
            (Some(one), Some(other)) => {
                let differ = one.differences(other);
                wrong.extend(differ.map(|what| format!("{}: {what}", name.display())));
            }
            _ => wrong.push(format!("{} is there in one language only", name.display())),
        }
    }
    Ok(wrong)
}

impl Page {
    fn read(path: &Path) -> Result<Page> {
        let html = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Page::parse(html))
    }

    fn parse(html: String) -> Page {
        let mut page = Page {
            ids: Vec::new(),
            links: Vec::new(),
            loads: Vec::new(),
            unfolds: Vec::new(),
            headings: Vec::new(),
            html: String::new(),
        };
        let mut folded = 0_usize;
        for tag in tags(&html) {
            let name = tag.split([' ', '\n', '/', '>']).next().unwrap_or("");
            let has = |what: &str| attribute(tag, what);
            page.ids.extend(has("id"));
            match name {
                "a" => page.links.extend(has("href")),
                // Where else the page can be found is a link; all others are loaded.
                "link" if has("rel").is_some_and(|rel| rel == "alternate") => {
                    page.links.extend(has("href"));
                }
                "link" => page.loads.extend(has("href")),
                // What is folded away is loaded by whoever unfolds it.
                "details" => folded += 1,
                "" if tag.starts_with("/details") => folded = folded.saturating_sub(1),
                "img" if folded > 0 && has("loading").is_some_and(|it| it == "lazy") => {
                    page.unfolds.extend(has("src"));
                }
                // The runs of a player, which its script loads.
                "section" => page.loads.extend(has("data-script")),
                "img" | "script" | "iframe" | "source" | "video" | "audio" => {
                    page.loads.extend(has("src"));
                }
                "h1" | "h2" | "h3" | "h4" => {
                    let id = has("id").unwrap_or_default();
                    page.headings.push(format!("{name} {id}"));
                }
                _ => {}
            }
        }
        page.html = html;
        page
    }

    /// What is wrong with the page by itself.
    fn shape(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut ids = BTreeSet::new();
        for id in &self.ids {
            if !ids.insert(id) {
                wrong.push(format!("the id {id} is there twice"));
            }
        }
        for (what, count) in [("<main", 1), ("<h1", 1), ("<title>", 1), ("<html lang=", 1)] {
            let found = self.html.matches(what).count();
            if found != count {
                wrong.push(format!("{what} is there {found} times instead of {count}"));
            }
        }
        for tag in tags(&self.html).filter(|tag| tag.starts_with("img ")) {
            if attribute(tag, "alt").is_none_or(|alt| alt.trim().is_empty()) {
                wrong.push(format!("a picture without words: <{tag}>"));
            }
        }
        wrong
    }

    /// What the same page has in one language and not in the other.
    fn differences(&self, other: &Page) -> impl Iterator<Item = String> {
        let mut wrong = Vec::new();
        if self.headings != other.headings {
            let pairs = self.headings.iter().zip(&other.headings);
            let first = pairs
                .filter(|(one, other)| one != other)
                .map(|(one, _)| one);
            let first = first.chain(self.headings.last()).next();
            wrong.push(format!(
                "the sections differ between the languages, near {}",
                first.map_or("the start", String::as_str)
            ));
        }
        for what in ["<pre", "<img ", "<table", "<tr"] {
            let (one, other) = (self.html.matches(what), other.html.matches(what));
            let (one, other) = (one.count(), other.count());
            if one != other {
                wrong.push(format!(
                    "{what} is there {one} times in one language, {other} times in the other"
                ));
            }
        }
        wrong.into_iter()
    }

    /// The page and all that it loads, in bytes.
    fn weight(&self, book: &Path, path: &Path) -> u64 {
        let files: BTreeSet<PathBuf> = self
            .loads
            .iter()
            .filter_map(|load| target(path, load))
            .collect();
        let sizes = files.iter().filter_map(|file| {
            let about = std::fs::metadata(book.join(file)).ok()?;
            Some(about.len())
        });
        self.html.len() as u64 + sizes.sum::<u64>()
    }
}

/// What is wrong with a link of a page, if anything is.
fn broken(book: &Path, from: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> Option<String> {
    if is_outside(link) || link.starts_with("mailto:") || link.starts_with("data:") {
        return None;
    }
    let file = target(from, link)?;
    if !book.join(&file).is_file() {
        return Some(format!("{link} leads nowhere"));
    }
    let (_, anchor) = link.split_once('#')?;
    let page = pages.get(&file)?;
    let known = page.ids.iter().any(|id| id == anchor);
    (!known).then(|| format!("{link} names no place on that page"))
}

/// The file a link leads to, seen from the book.
fn target(from: &Path, link: &str) -> Option<PathBuf> {
    if is_outside(link) {
        return None;
    }
    let path = link.split(['#', '?']).next().unwrap_or(link);
    if path.is_empty() {
        return Some(from.to_owned());
    }
    let mut out = from.parent().unwrap_or(Path::new("")).to_owned();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    Some(out)
}

fn is_outside(link: &str) -> bool {
    link.contains("://") || link.starts_with("//")
}

/// The tags of a page, without their brackets; comments left out.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|piece| {
        let (tag, _) = piece.split_once('>')?;
        tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
            .then_some(tag)
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let opening = format!("{name}=\"");
    let (_, value) = tag
        .match_indices(&opening)
        .find(|(place, _)| tag[..*place].ends_with([' ', '\n']))
        .map(|(place, _)| tag.split_at(place + opening.len()))?;
    let value = &value[..value.find('"')?];
    Some(value.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html lang=\"en\"><title>t</title><main><h1 id=\"a\">A</h1>\
        <a href=\"#a\">x</a><img src=\"p.svg\" alt=\"words\"></main>";

    fn shape(from: &str, to: &str) -> usize {
        Page::parse(PAGE.replace(from, to)).shape().len()
    }

    #[test]
    fn what_a_page_lacks_is_said() {
        assert_eq!(shape("", ""), 0);
        assert_eq!(shape("alt=\"words\"", "alt=\"\""), 1);
        assert_eq!(shape("alt=\"words\"", ""), 1);
        assert_eq!(shape("<main>", "<div>"), 1);
        assert_eq!(shape("<img", "<h2 id=\"a\">B</h2><img"), 1);
    }

    #[test]
    fn what_is_folded_away_is_loaded_when_it_is_unfolded() {
        let image = |file: &str| format!("<img src=\"{file}\" alt=\"w\" loading=\"lazy\">");
        let html = format!(
            "{}<details>{}</details>{}",
            image("a"),
            image("b"),
            image("c")
        );
        let page = Page::parse(html);
        assert_eq!(page.loads, ["a", "c"]);
        assert_eq!(page.unfolds, ["b"]);
    }

    #[test]
    fn languages_are_compared_section_by_section() {
        let differ = |from: &str, to: &str| {
            let other = Page::parse(PAGE.replace(from, to));
            Page::parse(PAGE.to_owned()).differences(&other).count()
        };
        assert_eq!(differ(">A<", ">B<"), 0);
        assert_eq!(differ("id=\"a\"", "id=\"b\""), 1);
        assert_eq!(differ("<img", "<pre></pre><img"), 1);
    }
}
