//! Where mutants are built: a copy of the chapter, in the target directory, with every mutant as an answer of its own.
//!
//! One build for all of them takes a minute; one for each would take an hour. Those that rustc refuses are left out, and
//! the rest is built again.

use crate::mutate::Mutant;
use guide::cargo::Messages;
use guide::chapter::Chapter;
use proc_macro2::TokenTree;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use toml::Table;

/// What the unchanged answer is called among the mutants.
pub const UNCHANGED: &str = "unchanged";

/// A copy of a chapter.
pub struct Workshop {
    place: PathBuf,
    id: String,
}

/// The contract tests, built with every mutant that compiles.
pub struct Built {
    /// The test binary.
    pub contract: PathBuf,
    /// Which mutants do not compile, by number.
    pub refused: BTreeSet<usize>,
}

/// The name under which a mutant is run.
pub fn code_of(number: usize) -> String {
    format!("m{number:03}")
}

impl Workshop {
    /// Copies a chapter. The learner's file is no part of it.
    pub fn open(
        root: &Path,
        chapter: &Chapter,
        answer: &str,
        text: &str,
    ) -> Result<Workshop, String> {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
        let shop = Workshop {
            place: target.join("mutants").join(&chapter.id),
            id: chapter.id.clone(),
        };
        let from = root.join(&chapter.directory);
        for directory in ["src", "tests"] {
            shop.copy(&from.join(directory), directory)?;
        }
        let lib = read(&from.join("src/lib.rs"))?;
        let listed = list_of_answers(&lib)?;
        if !lib[listed]
            .split([',', ' ', '\n'])
            .any(|name| name == answer)
        {
            return Err(format!("lib.rs lists no answer called `{answer}`"));
        }
        shop.write(&format!("answers/{UNCHANGED}.rs"), text)?;
        shop.write("chapter.toml", &read(&from.join("chapter.toml"))?)?;
        shop.write("Cargo.toml", &shop.manifest(root, &from)?)?;
        shop.write("Cargo.lock", &read(&root.join("Cargo.lock"))?)?;
        Ok(shop)
    }

    /// Builds the mutants.
    pub fn build(&self, mutants: &[Mutant]) -> Result<Built, String> {
        let mut refused = BTreeSet::new();
        for (number, mutant) in mutants.iter().enumerate() {
            let file = format!("answers/{}.rs", code_of(number));
            self.write(&file, &mutant.text)?;
        }
        let lib = read(&self.place.join("src/lib.rs"))?;
        let listed = list_of_answers(&lib)?;
        loop {
            let codes: Vec<String> = (0..mutants.len())
                .filter(|number| !refused.contains(number))
                .map(code_of)
                .chain([UNCHANGED.to_owned()])
                .collect();
            let (head, tail) = (&lib[..listed.start], &lib[listed.end..]);
            let wired = format!("#![allow(warnings)]\n{head}\n{}\n{tail}", codes.join(",\n"));
            self.write("src/lib.rs", &wired)?;
            match self.cargo()? {
                Ok(contract) => return Ok(Built { contract, refused }),
                Err(errors) => {
                    let before = refused.len();
                    refused.extend(errors.mutants);
                    if refused.len() == before {
                        return Err(format!(
                            "the copy of {} does not build:\n{}",
                            self.id, errors.rendered
                        ));
                    }
                }
            }
        }
    }

    fn cargo(&self) -> Result<Result<PathBuf, Refusal>, String> {
        let output = Command::new(guide::cargo::program())
            .args(["test", "--no-run", "--lib", "--message-format=json"])
            .current_dir(&self.place)
            // The dependencies are the course's own, and built already.
            .env("CARGO_TARGET_DIR", self.place.join("../.."))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        let messages = Messages::read(&output.stdout);
        if output.status.success() {
            let found = messages.executables().last();
            let found = found.map(|(_, path)| Ok(path.to_owned()));
            return found.ok_or("cargo names no executable".to_owned());
        }
        let files = messages.errors().flat_map(|error| &error.files);
        let stems = files.filter_map(|file| file.file_stem()?.to_str()?.strip_prefix('m'));
        let stderr = String::from_utf8_lossy(&output.stderr);
        Ok(Err(Refusal {
            mutants: stems.filter_map(|number| number.parse().ok()).collect(),
            rendered: format!("{stderr}{}", messages.rendered_errors()),
        }))
    }

    fn manifest(&self, root: &Path, chapter: &Path) -> Result<String, String> {
        let table = |path: PathBuf| -> Result<Table, String> {
            read(&path)?
                .parse()
                .map_err(|error| format!("{}: {error}", path.display()))
        };
        let (whole, part) = (
            table(root.join("Cargo.toml"))?,
            table(chapter.join("Cargo.toml"))?,
        );
        let mut dependencies = Table::new();
        for name in part["dependencies"]
            .as_table()
            .into_iter()
            .flat_map(Table::keys)
        {
            let mut found = whole["workspace"]["dependencies"][name].clone();
            if let Some(path) = found.get("path").and_then(|path| path.as_str()) {
                let path = root.join(path).display().to_string();
                found
                    .as_table_mut()
                    .map(|table| table.insert("path".into(), path.into()));
            }
            dependencies.insert(name.clone(), found);
        }
        let mut profile = whole["profile"].clone();
        // It is no member here, and the search spends its time in it.
        let lab: Table = "opt-level = 1\ndebug = 'line-tables-only'"
            .parse()
            .map_err(|error| format!("{error}"))?;
        let packages = profile["dev"]["package"].as_table_mut();
        packages.map(|table| table.insert("saga-lab".into(), lab.into()));
        let mut manifest: Table = format!(
            "[package]\nname = '{id}-mutants'\nedition = '2024'\npublish = false\nautotests = false\n\
             [lib]\nname = '{id}'\ndoctest = false\n\
             [[bin]]\nname = '{id}'\npath = 'src/main.rs'\ntest = false\n\
             [features]\ndefault = ['answers']\nanswers = []\n[workspace]\n",
            id = self.id
        )
        .parse()
        .map_err(|error| format!("{error}"))?;
        manifest.insert("dependencies".into(), dependencies.into());
        manifest.insert("profile".into(), profile);
        toml::to_string(&manifest).map_err(|error| error.to_string())
    }

    fn copy(&self, from: &Path, directory: &str) -> Result<(), String> {
        let entries = std::fs::read_dir(from)
            .map_err(|error| format!("cannot read {}: {error}", from.display()))?;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let name = name.unwrap_or_default();
            let place = format!("{directory}/{name}");
            if path.is_dir() {
                self.copy(&path, &place)?;
            } else if name != "exercise.rs" {
                self.write(&place, &read(&path)?)?;
            }
        }
        Ok(())
    }

    /// Writes a file, unless it says the same already: cargo builds what has a new date.
    fn write(&self, file: &str, text: &str) -> Result<(), String> {
        let path = self.place.join(file);
        if std::fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return Ok(());
        }
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, text))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }
}

/// What rustc does not accept.
struct Refusal {
    mutants: BTreeSet<usize>,
    rendered: String,
}

/// Reads a file.
pub fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Where the names of the answers stand in a chapter's `lib.rs`: in `course::answers!`, after the last semicolon.
fn list_of_answers(lib: &str) -> Result<Range<usize>, String> {
    let file = syn::parse_file(lib).map_err(|error| format!("lib.rs: {error}"))?;
    let macros = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) => Some(&item.mac),
        _ => None,
    });
    let is_list = |mac: &&syn::Macro| {
        let name = mac.path.segments.last();
        name.is_some_and(|name| name.ident == "answers")
    };
    let list = macros.into_iter().find(is_list);
    let list = list.ok_or("lib.rs has no `course::answers!`")?;
    let semicolons = list
        .tokens
        .clone()
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Punct(mark) if mark.as_char() == ';' => Some(mark.span().byte_range().end),
            _ => None,
        });
    let start = semicolons
        .last()
        .ok_or("`course::answers!` has no semicolon")?;
    Ok(start..list.delimiter.span().close().byte_range().start)
}
