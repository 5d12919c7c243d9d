//! Links inside the repository lead somewhere.

use crate::{case, none_of, tree};
use libtest_mimic::Trial;
use markdown::Text;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One case for each text that has links.
pub fn cases(texts: &[Arc<Text>]) -> Vec<Trial> {
    let all = texts.to_vec();
    let one = |text: &Arc<Text>| {
        let (text, all) = (Arc::clone(text), all.clone());
        let name = format!("{}: every link leads somewhere", text.path.display());
        case(name, move || {
            let exists = |path: &Path| tree::root().join(path).exists();
            none_of(&broken(&text, &all, exists))
        })
    };
    let has_links = |text: &&Arc<Text>| !(text.links.is_empty() && text.pictures.is_empty());
    texts.iter().filter(has_links).map(one).collect()
}

/// The links of a text that lead nowhere.
pub fn broken(text: &Text, all: &[Arc<Text>], exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let links = text.links.iter().chain(&text.pictures);
    links
        .filter(|link| !link.contains("://") && !link.starts_with("mailto:"))
        .filter_map(|link| {
            let (path, anchor) = match link.split_once('#') {
                Some((path, anchor)) => (path, Some(anchor)),
                None => (link.as_str(), None),
            };
            let path = target(text, path)?;
            if !exists(&path) {
                return Some(format!("{link}: there is no {}", path.display()));
            }
            let anchor = anchor?;
            let anchors = if path == text.path {
                &text.anchors
            } else {
                // Anchors in other files, lines of code for example, are the browser's.
                &all.iter().find(|text| text.path == path)?.anchors
            };
            let known = anchors.iter().any(|known| *known == decoded(anchor));
            (!known).then(|| format!("{link}: {} has no such heading", path.display()))
        })
        .collect()
}

/// Where a link leads, seen from the root. Out of the repository, for a path that does not exist.
fn target(text: &Text, path: &str) -> Option<PathBuf> {
    match path {
        "" => Some(text.path.clone()),
        path => {
            let path = text.directory().join(decoded(path));
            Some(tree::normal(&path).unwrap_or(path))
        }
    }
}

/// `%E3%81%82` is `あ`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        {
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
