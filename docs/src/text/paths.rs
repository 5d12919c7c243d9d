//! Paths in the repository, and where they lead in the book.

use std::path::{Component, Path, PathBuf};

/// Where a picture of the repository lies in the book, seen from a page.
pub(super) fn picture(path: &Path) -> String {
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

/// Where a module of the lab is described, seen from a page: `src/lab/language/fault.rs` in `../api/lab/language/fault/index.html`.
pub(super) fn api_page(path: &Path) -> Option<String> {
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
pub(super) fn normal(path: &Path) -> Option<PathBuf> {
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
pub(super) fn decoded(text: &str) -> String {
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
