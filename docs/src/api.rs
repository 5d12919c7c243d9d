//! The lab's API reference: what `cargo doc` makes, put beside the book, with a way back to it.

use crate::course::Course;
use crate::files::{copy, names, write};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Has cargo document the lab. Where the pages are, afterwards.
///
/// # Errors
/// Cargo cannot be started, or the lab cannot be documented; cargo has then said why.
pub fn document(course: &Course) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    // Pages of their own, so that nothing else is among them; what was compiled is shared.
    let place = course.target.join("book-api");
    let status = Command::new(cargo)
        .args(["doc", "--package", "lab", "--no-deps", "--quiet"])
        .current_dir(&course.root)
        .env("CARGO_TARGET_DIR", &place)
        .env("CARGO_BUILD_BUILD_DIR", &course.target)
        .status()
        .context("cannot start cargo to document the lab")?;
    if !status.success() {
        bail!("the lab's API reference cannot be made: see what cargo says above");
    }
    Ok(place.join("doc"))
}

/// Copies the pages, each with a link back to the book.
///
/// # Errors
/// A file cannot be read or written.
pub fn put(from: &Path, to: &Path) -> Result<()> {
    put_below(from, to, "../")
}

/// `back` leads from these pages to the book.
fn put_below(from: &Path, to: &Path, back: &str) -> Result<()> {
    for name in names(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            put_below(&from, &to, &format!("../{back}"))?;
        } else if name.ends_with(".html") {
            let html = std::fs::read_to_string(&from)
                .with_context(|| format!("cannot read {}", from.display()))?;
            write(&to, with_link(&html, back).as_bytes())?;
        } else if !name.starts_with('.') {
            copy(&from, &to)?;
        }
    }
    Ok(())
}

fn with_link(html: &str, back: &str) -> String {
    const CONTENT: &str = "<section id=\"main-content\"";
    let link = format!(
        "<nav aria-label=\"Saga by Accident\" style=\"margin:.5rem 0\">\
         <a href=\"{back}en/lab-works.html\">← Saga by Accident</a> · \
         <a lang=\"ja\" href=\"{back}ja/lab-works.html\">日本語</a></nav>{CONTENT}"
    );
    html.replacen(CONTENT, &link, 1)
}
