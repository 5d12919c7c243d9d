//! The lab's API reference: what rustdoc makes, put beside the book, with a way back to it.

use crate::course::Course;
use crate::files::{copy, names, write};
use anyhow::{Context, Result, bail};
use guide::cargo::Messages;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use toml::{Table, Value};

/// Documents the lab. Where the pages are, afterwards.
///
/// `cargo doc` would look through all that the lab depends on once more: half a minute of a first build, for pages
/// that do not show it. What was built is good enough for rustdoc.
///
/// # Errors
/// The lab cannot be built or documented; cargo or rustdoc have then said why.
pub fn document(course: &Course) -> Result<PathBuf> {
    let place = course.target.join("book-api");
    let (pages, stamp) = (place.join("doc"), place.join("made-from"));
    let made_from = format!("{:016x}", made_from(course)?);
    if std::fs::read_to_string(&stamp).is_ok_and(|made| made == made_from) {
        return Ok(pages);
    }
    let built = build(course)?;
    let workspace: Table = course.text(Path::new("Cargo.toml"))?.parse()?;
    let edition = workspace["workspace"]["package"]["edition"].as_str();
    let edition = edition.context("the Cargo.toml of the course names no edition")?;

    let mut rustdoc = Command::new(beside_cargo("rustdoc"));
    rustdoc
        .args(["--crate-name", "lab", "--edition", edition, "--out-dir"])
        .arg(&pages)
        .arg(course.root.join("src/lab/lib.rs"))
        .current_dir(&course.root);
    for dependency in dependencies(course)? {
        // Those of its tests have not been built.
        let Some(library) = built.get(&dependency) else {
            continue;
        };
        let name = dependency.split(' ').next().unwrap_or_default();
        let name = name.replace('-', "_");
        let directory = library.parent().unwrap_or(Path::new("."));
        rustdoc
            .arg("--extern")
            .arg(format!("{name}={}", library.display()))
            .arg("-L")
            .arg(format!("dependency={}", directory.display()));
    }
    if pages.exists() {
        std::fs::remove_dir_all(&pages)
            .with_context(|| format!("cannot remove {}", pages.display()))?;
    }
    let status = rustdoc.status().context("cannot start rustdoc")?;
    if !status.success() {
        bail!("the lab's API reference cannot be made: see what rustdoc says above");
    }
    write(&stamp, made_from.as_bytes())?;
    Ok(pages)
}

/// A number that changes with the lab.
fn made_from(course: &Course) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    course.text(Path::new("Cargo.lock"))?.hash(&mut hasher);
    let mut places = vec![course.root.join("src/lab")];
    while let Some(place) = places.pop() {
        for name in names(&place)? {
            let path = place.join(&name);
            if path.is_dir() {
                places.push(path);
            } else {
                let bytes = std::fs::read(&path);
                let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
                (name, bytes).hash(&mut hasher);
            }
        }
    }
    Ok(hasher.finish())
}

/// What the lab depends on, each as `name version`.
fn dependencies(course: &Course) -> Result<Vec<String>> {
    let lock: Table = course.text(Path::new("Cargo.lock"))?.parse()?;
    let packages = lock.get("package").and_then(Value::as_array);
    let packages = packages.context("Cargo.lock names no packages")?;
    let text = |package: &Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    let named = |name: &str| {
        let package = packages
            .iter()
            .find(|package| text(package, "name").as_deref() == Some(name));
        package.with_context(|| format!("Cargo.lock does not name {name}"))
    };
    let own = named("saga-lab")?
        .get("dependencies")
        .and_then(Value::as_array);
    let own = own.into_iter().flatten().filter_map(Value::as_str);
    let full = |dependency: &str| {
        if dependency.contains(' ') {
            Ok(dependency.to_owned())
        } else {
            // Where there is one version only, the lock file leaves it out.
            let version = text(named(dependency)?, "version").unwrap_or_default();
            Ok(format!("{dependency} {version}"))
        }
    };
    own.map(full).collect()
}

/// Has cargo build the lab. All libraries that it is made of, each by `name version`.
fn build(course: &Course) -> Result<BTreeMap<String, PathBuf>> {
    let output = Command::new(cargo())
        .args(["build", "--package", "saga-lab", "--message-format", "json"])
        .args(["--quiet", "--lib"])
        .current_dir(&course.root)
        .env("CARGO_TARGET_DIR", &course.target)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo to build the lab")?;
    let messages = Messages::read(&output.stdout);
    for diagnostic in &messages.diagnostics {
        eprint!("{}", diagnostic.rendered);
    }
    let mut libraries = BTreeMap::new();
    for artifact in messages.artifacts {
        let is_library = |file: &PathBuf| file.extension().is_some_and(|it| it == "rlib");
        // `registry+https://…#name@version`
        if let Some((_, package)) = artifact.package.split_once('#')
            && let Some(library) = artifact.files.into_iter().find(is_library)
        {
            libraries.insert(package.replace('@', " "), library);
        }
    }
    if output.status.success() {
        Ok(libraries)
    } else {
        bail!("the lab does not build: see what cargo says above")
    }
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or("cargo".into())
}

/// A program of the same toolchain.
fn beside_cargo(name: &str) -> PathBuf {
    let beside = Path::new(&cargo()).with_file_name(name);
    if beside.is_file() {
        beside
    } else {
        name.into()
    }
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
