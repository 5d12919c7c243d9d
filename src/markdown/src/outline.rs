//! The headings of a text.

use crate::Text;
use std::collections::BTreeMap;
use std::path::Path;

/// The headings of a text, in order.
#[derive(Clone, Debug, Default)]
pub struct Outline(pub Vec<Heading>);

/// A heading.
#[derive(Clone, Debug)]
pub struct Heading {
    /// 1 for the title.
    pub level: usize,
    /// Its words, as plain text.
    pub words: String,
}

impl Outline {
    /// The headings of this text.
    pub fn of(text: &str) -> Outline {
        Text::parse(Path::new(""), text.to_owned()).outline
    }

    /// What links to the headings name on GitHub.
    pub fn slugs(&self) -> Vec<String> {
        unique(self.0.iter().map(|heading| slug(&heading.words)))
    }

    /// The headings' ids in the book: those of GitHub, without what is left of an emoji.
    pub fn ids(&self) -> Vec<String> {
        unique(self.0.iter().map(|heading| {
            let slug = slug(&heading.words);
            match slug.trim_matches('-') {
                "" => "section".to_owned(),
                id => id.to_owned(),
            }
        }))
    }
}

/// How GitHub names a heading in links.
pub fn slug(words: &str) -> String {
    let kept = words.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

/// The second of the same name gets `-1`, and so on.
fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let number = |name: String| {
        let count = seen.entry(name.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => name,
            count => format!("{name}-{}", count - 1),
        }
    };
    names.map(number).collect()
}
