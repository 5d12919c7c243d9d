//! The course's texts, as far as those look at them who check them and who make a book of them.

mod outline;

pub use outline::{Heading, Outline, slug};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A Markdown file.
#[derive(Default)]
pub struct Text {
    /// Where it lies, seen from the root.
    pub path: PathBuf,
    /// As it stands.
    pub source: String,
    /// Its headings.
    pub outline: Outline,
    /// What links to it may name after `#`: its headings, and what has an id of its own.
    pub anchors: Vec<String>,
    /// Its code blocks.
    pub blocks: Vec<Block>,
    /// Where its links lead.
    pub links: Vec<String>,
    /// Its pictures.
    pub pictures: Vec<String>,
    /// Its prose, one piece for what stands before the first heading and one for each heading.
    pub prose: Vec<String>,
    /// What is folded away until somebody asks for it, each by its place among the headings.
    pub folds: Vec<usize>,
}

/// A code block.
pub struct Block {
    /// The word after the opening fence.
    pub language: String,
    /// What it copies, if it stands under a marker.
    pub marker: Option<Marker>,
    /// What stands in it.
    pub content: String,
    /// Where that stands in the source.
    pub range: Range<usize>,
    /// Whether a reader has to unfold something to see it.
    pub folded: bool,
}

/// A comment that says what the block under it copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marker {
    /// `<!-- code: src/broken.rs#place_order -->`
    Code(String),
    /// `<!-- run: cargo run -p ch03 -->`
    Run(String),
    /// `<!-- prompt: 1 -->`: as the guide fills it in for the chapter of the text.
    Prompt(String),
}

/// What the parser of the texts understands; the same as mdBook's.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
}

impl Text {
    /// Reads a text.
    pub fn parse(path: &Path, source: String) -> Text {
        let mut text = Text {
            path: path.to_owned(),
            prose: vec![String::new()],
            ..Text::default()
        };
        let mut heading: Option<Heading> = None;
        let mut block: Option<(String, Range<usize>)> = None;
        let mut marker = None;
        let mut folded = 0_usize;
        for (event, range) in Parser::new_ext(&source, options()).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    heading = Some(Heading {
                        level: level as usize,
                        words: String::new(),
                    });
                    text.prose.push(String::new());
                }
                Event::End(TagEnd::Heading(_)) => text.outline.0.extend(heading.take()),
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(info) => info.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    block = Some((language, fenced(&source, &range)));
                }
                Event::End(TagEnd::CodeBlock) => {
                    let Some((language, range)) = block.take() else {
                        continue;
                    };
                    text.blocks.push(Block {
                        language,
                        marker: marker.take(),
                        content: source[range.clone()].to_owned(),
                        range,
                        folded: folded > 0,
                    });
                }
                Event::Start(Tag::Link { dest_url, .. }) => text.links.push(dest_url.to_string()),
                Event::Start(Tag::Image { dest_url, .. }) => {
                    text.pictures.push(dest_url.to_string())
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    text.anchors
                        .extend(attributes(&html, &["id=\"", "name=\""]));
                    text.links.extend(attributes(&html, &["href=\""]));
                    text.pictures
                        .extend(attributes(&html, &["src=\"", "srcset=\""]));
                    marker = read_marker(&html).or(marker);
                    if html.starts_with("<details") {
                        folded += 1;
                        text.folds.push(text.outline.0.len());
                    } else if html.starts_with("</details") {
                        folded = folded.saturating_sub(1);
                    }
                }
                Event::Text(words) | Event::Code(words) => match (&mut heading, &block) {
                    (Some(heading), _) => heading.words.push_str(&words),
                    (None, None) => text.add_prose(&words),
                    (None, Some(_)) => {}
                },
                Event::SoftBreak | Event::HardBreak | Event::End(_) => text.add_prose(" "),
                _ => {}
            }
        }
        text.anchors.extend(text.outline.slugs());
        text.source = source;
        text
    }

    fn add_prose(&mut self, words: &str) {
        if let Some(last) = self.prose.last_mut() {
            last.push_str(words);
        }
    }

    /// The directory that links start from.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

/// The lines between the fences of a block.
fn fenced(source: &str, range: &Range<usize>) -> Range<usize> {
    let block = &source[range.clone()];
    let start = block.find('\n').map_or(block.len(), |place| place + 1);
    let end = block
        .trim_end()
        .rfind('\n')
        .map_or(start, |place| place + 1);
    range.start + start..range.start + end.max(start)
}

fn read_marker(html: &str) -> Option<Marker> {
    let inside = html
        .trim()
        .strip_prefix("<!--")?
        .strip_suffix("-->")?
        .trim();
    match inside.split_once(": ")? {
        ("code", what) => Some(Marker::Code(what.trim().to_owned())),
        ("run", what) => Some(Marker::Run(what.trim().to_owned())),
        ("prompt", what) => Some(Marker::Prompt(what.trim().to_owned())),
        _ => None,
    }
}

fn attributes(html: &str, openings: &[&str]) -> Vec<String> {
    let of = |opening: &&str| {
        let pieces = html.split(*opening).skip(1);
        let values = pieces.filter_map(|piece| piece.split_once('"'));
        values
            .map(|(value, _)| value.to_owned())
            .collect::<Vec<_>>()
    };
    openings.iter().flat_map(of).collect()
}
