//! Files, with messages that name them.

use anyhow::{Context, Result};
use std::path::Path;

/// Makes a directory, and those above it.
///
/// # Errors
/// It cannot be made.
pub fn make(directory: &Path) -> Result<()> {
    std::fs::create_dir_all(directory)
        .with_context(|| format!("cannot make {}", directory.display()))
}

/// Writes a file, and makes the directory it is to lie in.
///
/// # Errors
/// It cannot be written.
pub fn write(to: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(directory) = to.parent() {
        make(directory)?;
    }
    std::fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))
}

/// Copies a file, and makes the directory it is to lie in.
///
/// # Errors
/// It cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    write(to, &bytes)
}

/// What lies in a directory, in order of the names.
///
/// # Errors
/// It cannot be read.
pub fn names(place: &Path) -> Result<Vec<String>> {
    let failed = || format!("cannot read {}", place.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(place).with_context(failed)? {
        let entry = entry.with_context(failed)?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
