//! The files of the repository.

use markdown::Text;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The root of the repository. Cargo says where it is when it runs the tests: what it has built for one copy of the
/// course, it takes for another that shares its target directory.
pub fn root() -> &'static Path {
    const PLACE: &str = "CARGO_MANIFEST_DIR";
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        std::env::var_os(PLACE).map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
    })
}

/// Reads a file, seen from the root.
pub fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(root().join(path))
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// All texts.
pub fn texts() -> Result<Vec<Arc<Text>>, String> {
    let paths = files(".md")?;
    let read = |path: &PathBuf| Ok(Arc::new(Text::parse(path, read(path)?)));
    paths.iter().map(read).collect()
}

/// Rewrites a file, seen from the root, and says so.
pub fn rewrite(path: &Path, text: &str, what: &str) -> Result<(), String> {
    // Nothing of the learner's is ever overwritten, whatever a check may think of it.
    if path.ends_with("src/exercise.rs") {
        return Err(format!("{} is the learner's", path.display()));
    }
    std::fs::write(root().join(path), text)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    println!("rewrote {}: {what}", path.display());
    Ok(())
}

/// All files with this ending, seen from the root; without what was built, and without hidden directories.
pub fn files(ending: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    walk(root(), ending, &mut found).map_err(|error| format!("cannot list the files: {error}"))?;
    found.sort();
    Ok(found)
}

fn walk(directory: &Path, ending: &str, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    // Cargo and others mark what can be made again.
    if directory.join("CACHEDIR.TAG").exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && name != "target" {
                walk(&path, ending, found)?;
            }
        } else if name.ends_with(ending) {
            // Every path here was reached from the root.
            found.push(path.strip_prefix(root()).unwrap_or(&path).to_owned());
        }
    }
    Ok(())
}

/// A path without `.` and `..`; `None` if it leaves the repository.
pub fn normal(path: &Path) -> Option<PathBuf> {
    use std::path::Component;
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
