//! Runs of the chapters' own code, as data: the demo of each chapter is built with its answers and asked for
//! recordings (`--record`; see `course::recording`). What has been recorded is kept until the code changes.

use crate::course::Course;
use anyhow::{Context, Result, anyhow, bail};
use guide::cargo::Messages;
use guide::chapter::Chapter;
use picture::recording::{Recording, Request};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The package that has chapter 3's code with any patience.
const PATIENCE: &str = "patience";

/// A run that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunRequest {
    /// Whether it is the code with another patience.
    pub patience: bool,
    /// What its program is asked for.
    pub request: Request,
}

/// Records these runs of a chapter, or has them from what was recorded before. `what` they are for is what they are kept
/// under.
///
/// # Errors
/// A chapter does not build, or has no such code, world or step.
pub fn record(
    course: &Course,
    chapter: &Chapter,
    what: &str,
    requests: &[RunRequest],
) -> Result<Vec<Recording>> {
    let mut recordings: Vec<Option<Recording>> = vec![None; requests.len()];
    for patience in [false, true] {
        let places = (0..requests.len()).filter(|place| requests[*place].patience == patience);
        let places: Vec<usize> = places.collect();
        if places.is_empty() {
            continue;
        }
        let asked: Vec<&Request> = places.iter().map(|at| &requests[*at].request).collect();
        let package = if patience { PATIENCE } else { &chapter.id };
        let recorded = asked_of(course, chapter, package, what, &asked)?;
        for (place, recording) in places.into_iter().zip(recorded) {
            recordings[place] = Some(recording);
        }
    }
    let all: Option<Vec<Recording>> = recordings.into_iter().collect();
    all.with_context(|| format!("{}: some runs were not recorded", chapter.id))
}

fn asked_of(
    course: &Course,
    chapter: &Chapter,
    package: &str,
    what: &str,
    asked: &[&Request],
) -> Result<Vec<Recording>> {
    let line = |request: &&Request| serde_json::to_string(request).map(|line| line + "\n");
    let asked: String = asked.iter().map(line).collect::<Result<_, _>>()?;
    let mut key = DefaultHasher::new();
    (code_of(course, chapter)?, package, &asked).hash(&mut key);
    let kept = Kept::at(
        course,
        &format!("recordings-{package}-{what}"),
        key.finish(),
    );
    let text = match kept.read("recordings.jsonl") {
        Some(text) => text,
        None => {
            let program = program(course, package)?;
            let text = run(&program, &asked)
                .with_context(|| format!("cannot record the runs of {}", chapter.id))?;
            kept.write("recordings.jsonl", &text)?;
            text
        }
    };
    let read = |line: &str| serde_json::from_str(line).context("this is no recording");
    text.lines().map(read).collect()
}

/// A number that changes with all code that the runs of a chapter depend on. The learner's file is not among it.
///
/// # Errors
/// A file cannot be read.
pub fn code_of(course: &Course, chapter: &Chapter) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    let chapter = course.root.join(&chapter.directory);
    let docs = course.root.join("docs").join(PATIENCE);
    let below = ["src/lab", "src/picture", "src/course"].map(|place| course.root.join(place));
    for place in below.into_iter().chain([chapter, docs]) {
        hash_code(&place, &mut hasher)?;
    }
    let lock = course.root.join("Cargo.lock");
    read(&lock)?.hash(&mut hasher);
    Ok(hasher.finish())
}

fn hash_code(place: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let entries = std::fs::read_dir(place);
    let entries = entries.with_context(|| format!("cannot read {}", place.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<std::io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if name != "tests" {
                hash_code(&path, hasher)?;
            }
        } else if name != "exercise.rs"
            && [".rs", ".sql", "Cargo.toml", "chapter.toml"]
                .iter()
                .any(|ending| name.ends_with(ending))
        {
            (name, read(&path)?).hash(hasher);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The demo of a package, built with the answers. The first call builds those of all chapters at once.
fn program(course: &Course, package: &str) -> Result<PathBuf> {
    static BUILT: Mutex<BTreeMap<PathBuf, BTreeMap<String, PathBuf>>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.contains_key(&course.root) {
        built.insert(course.root.clone(), build(course)?);
    }
    let program = built[&course.root].get(package);
    program
        .cloned()
        .ok_or_else(|| anyhow!("cargo names no executable of {package}"))
}

fn build(course: &Course) -> Result<BTreeMap<String, PathBuf>> {
    let ids = course.chapters.iter().map(|chapter| &chapter.id);
    let features: Vec<String> = ids.clone().map(|id| format!("{id}/answers")).collect();
    let mut command = Command::new(guide::cargo::program());
    command
        .args(["build", "--bins", "--message-format=json"])
        .args(["-p", PATIENCE, "--features", &features.join(",")])
        .args(["-p", "course", "--features", "course/recording"])
        .current_dir(&course.root)
        .env("CARGO_TARGET_DIR", &course.target)
        .stderr(Stdio::inherit());
    for id in ids {
        command.args(["-p", id]);
    }
    eprintln!("building the chapters with their answers, to record their runs …");
    let output = command.output().context("cannot run cargo")?;
    let messages = Messages::read(&output.stdout);
    if !output.status.success() {
        let rendered = messages.rendered_errors();
        bail!("the chapters do not build with their answers\n{rendered}");
    }
    let executables = messages.executables();
    let owned = executables.map(|(name, path)| (name.to_owned(), path.to_owned()));
    Ok(owned.collect())
}

fn run(program: &Path, asked: &str) -> Result<String> {
    let cannot = || format!("cannot run {}", program.display());
    let mut child = Command::new(program)
        .arg("--record")
        .env_remove("SAGA_CODE")
        .env("NO_COLOR", "1")
        .env("SAGA_GLYPHS", "unicode")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(cannot)?;
    let mut stdin = child.stdin.take().with_context(cannot)?;
    let asked = asked.to_owned();
    let asking = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = child.wait_with_output().with_context(cannot)?;
    // Whoever stops half way through says why, and does not read on.
    let _ = asking.join();
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    String::from_utf8(output.stdout).with_context(cannot)
}

/// A place for what can be made again: one directory for each state of what it is made from. Only the newest stays.
pub struct Kept {
    place: PathBuf,
    name: String,
    key: u64,
}

impl Kept {
    /// What is kept under this name, made from what `key` is the hash of.
    pub fn at(course: &Course, name: &str, key: u64) -> Kept {
        Kept {
            place: course.target.join("book-kept").join(name),
            name: format!("{key:016x}"),
            key,
        }
    }

    /// The hash that it was asked for under.
    pub fn key(&self) -> u64 {
        self.key
    }

    /// A file of it, if it has been kept.
    pub fn read(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(self.place.join(&self.name).join(file)).ok()
    }

    /// Keeps a file, and forgets what was made from an older state.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, file: &str, text: &str) -> Result<()> {
        let own = self.place.join(&self.name);
        let failed = || format!("cannot write {}", own.display());
        let old = std::fs::read_dir(&self.place).into_iter().flatten();
        for entry in old.flatten().filter(|entry| entry.path() != own) {
            // If it stays it only requests room.
            let _ = std::fs::remove_dir_all(entry.path());
        }
        std::fs::create_dir_all(&own).with_context(failed)?;
        // Whoever looks sees all of it, or nothing.
        let aside = own.join(format!("{file}.{}", std::process::id()));
        std::fs::write(&aside, text).with_context(failed)?;
        std::fs::rename(&aside, own.join(file)).with_context(failed)
    }
}
