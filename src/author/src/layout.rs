//! A new chapter.

use crate::sync::exercise;
use std::path::Path;

/// What a chapter begins with: where each file lies, and what it says. `{{id}}`, `{{number}}`, `{{directory}}`,
/// `{{title}}` and `{{japanese}}` are filled in.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../template/Cargo.toml.in")),
    ("chapter.toml", include_str!("../template/chapter.toml.in")),
    ("README.md", include_str!("../template/README.md.in")),
    ("README.ja.md", include_str!("../template/README.ja.md.in")),
    ("src/lib.rs", include_str!("../template/src/lib.rs.in")),
    (
        "src/worlds.rs",
        include_str!("../template/src/worlds.rs.in"),
    ),
    ("src/main.rs", include_str!("../template/src/main.rs.in")),
    ("src/broken.rs", BROKEN),
    (
        "tests/contract.rs",
        include_str!("../template/tests/contract.rs.in"),
    ),
    ("answers/solution.rs", SOLUTION),
    ("answers/wrong_longer_timeout.rs", WRONG),
];

// The code to begin with is chapter 3's: its accident is the simplest in which two sides disagree.
const BROKEN: &str = include_str!("../../../chapters/ch03_timeout/src/broken.rs");
const SOLUTION: &str = include_str!("../../../chapters/ch03_timeout/answers/solution.rs");
const WRONG: &str = include_str!("../../../chapters/ch03_timeout/answers/wrong_longer_timeout.rs");

const HEADER: &str = include_str!("../template/src/header.rs.in");

/// Stands for what is still to be written. The course's own tests name each place.
const UNWRITTEN: &str = "…";

/// Lays out a chapter, and says what comes next.
///
/// # Errors
/// The name is no name of a chapter, or is taken; or a file cannot be written.
pub fn lay_out(
    root: &Path,
    directory: &str,
    title: &str,
    japanese: Option<&str>,
) -> Result<(), String> {
    let id = id_of(directory)?;
    let japanese = japanese.unwrap_or(UNWRITTEN);
    for title in [title, japanese] {
        if title.trim().is_empty() || title.contains(['"', '\\', '\n']) {
            return Err(format!("`{title}` is no title: it stands in a TOML string"));
        }
    }
    let chapters = root.join("chapters");
    if let Some(taken) = taken(&chapters, id)? {
        return Err(format!("there is a chapter {id} already: {taken}"));
    }
    let number = id.trim_start_matches("ch").trim_start_matches('0');
    let filled = |text: &str| {
        text.replace("{{id}}", id)
            .replace("{{number}}", number)
            .replace("{{directory}}", directory)
            .replace("{{title}}", title)
            .replace("{{japanese}}", japanese)
    };
    let place = chapters.join(directory);
    for (file, text) in FILES {
        write(&place.join(file), &filled(text))?;
    }
    let exercise = exercise(&filled(HEADER), BROKEN).ok_or("the template's header has no end")?;
    write(&place.join("src/exercise.rs"), &exercise)?;
    println!(
        "chapters/{directory} is laid out: one accident, an answer that is right, and one that is not.\n\
         \n\
         cargo test -p {id}              its contract, red as it should be\n\
         cargo course sync {id}          exercise, outputs, snapshots\n\
         cargo test --test course {id}   what is still to be written"
    );
    Ok(())
}

/// `ch09` of `ch09_compensation`.
fn id_of(directory: &str) -> Result<&str, String> {
    let is_word = |word: &str| {
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(is_part)
    };
    let is_id = |id: &str| {
        let number = id.strip_prefix("ch");
        number.is_some_and(|it| it.len() == 2 && it.chars().all(|c| c.is_ascii_digit()))
    };
    match directory.split_once('_') {
        Some((id, words)) if is_id(id) && is_word(words) => Ok(id),
        _ => Err(format!(
            "`{directory}` is no name of a chapter; one is ch09_compensation"
        )),
    }
}

/// The directory of a chapter of this id, if there is one.
fn taken(chapters: &Path, id: &str) -> Result<Option<String>, String> {
    let entries = std::fs::read_dir(chapters)
        .map_err(|error| format!("cannot read {}: {error}", chapters.display()))?;
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    let mut names = names.map(|name| name.to_string_lossy().into_owned());
    Ok(names.find(|name| name.split('_').next() == Some(id)))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use guide::chapter::Chapter;
    use tempfile::TempDir;

    fn empty_course() -> TempDir {
        let root = TempDir::new().unwrap();
        std::fs::create_dir(root.path().join("chapters")).unwrap();
        root
    }

    #[test]
    fn a_chapter_that_is_laid_out_can_be_read() {
        let root = empty_course();
        lay_out(root.path(), "ch09_way_back", "A way back", Some("戻り道")).unwrap();
        let chapters = Chapter::all(root.path()).unwrap();
        assert_eq!(chapters[0].id, "ch09");
        assert_eq!(chapters[0].title.en, "A way back");
        assert_eq!(chapters[0].title.ja, "戻り道");
        let place = root.path().join("chapters/ch09_way_back");
        let written = FILES.iter().map(|(file, _)| *file);
        for file in written.chain(["src/exercise.rs"]) {
            let text = std::fs::read_to_string(place.join(file)).unwrap();
            assert!(!text.contains("{{"), "{file}: {text}");
        }
        let readme = std::fs::read_to_string(place.join("README.md")).unwrap();
        assert!(readme.contains("Chapter 9: A way back"), "{readme}");
    }

    #[test]
    fn a_chapter_is_not_laid_out_over_another() {
        let root = empty_course();
        lay_out(root.path(), "ch09_way_back", "A way back", None).unwrap();
        let error = lay_out(root.path(), "ch09_other", "Another", None).unwrap_err();
        assert_eq!(error, "there is a chapter ch09 already: ch09_way_back");
    }

    #[test]
    fn what_is_no_name_or_no_title_is_said_so() {
        let root = empty_course();
        for name in ["ch9_x", "ch09", "ch09_", "ch09_X", "chap09_x", "ch09_a/b"] {
            let error = lay_out(root.path(), name, "A title", None).unwrap_err();
            assert!(error.contains("is no name of a chapter"), "{name}: {error}");
        }
        for title in ["", " ", "a \"b\""] {
            let error = lay_out(root.path(), "ch09_x", title, None).unwrap_err();
            assert!(error.contains("is no title"), "{title}: {error}");
        }
    }
}
