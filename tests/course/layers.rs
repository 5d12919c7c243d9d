//! The lab is a house: whoever lives above may call below, and nobody calls up.
//!
//! The storeys stand in one place, the *Layout* of the lab's front page. Code in the lab imports from its own storey or from
//! one further up in that list; storeys of one line are neighbours and do not import each other. So there is no circle
//! between folders.

use crate::{Verdict, case, none_of, tree};
use libtest_mimic::Trial;
use std::collections::BTreeMap;
use std::path::Path;

const LAB: &str = "src/lab";

/// What the lab knows nothing of: it is for whoever wants to search the order flow they have at work.
const FOREIGN: [&str; 6] = ["clap", "serde", "svg", "exercise", "chapter", "course"];

/// The cases.
pub fn cases() -> Vec<Trial> {
    vec![
        case("the lab: imports go downwards", || {
            let storeys = storeys(&tree::read(Path::new("src/lab/lib.rs"))?);
            none_of(&upward(&storeys, &sources()?))
        }),
        case("the lab: every module has its storey", || {
            let front = tree::read(Path::new("src/lab/lib.rs"))?;
            none_of(&without_a_storey(&front))
        }),
        case("the lab: depends on nobody in this repository", || {
            let manifest = tree::read(Path::new("src/lab/Cargo.toml"))?;
            let paths = manifest.lines().filter(|line| line.contains("path = \".."));
            none_of(&paths.map(str::to_owned).collect::<Vec<_>>())
        }),
        case("the lab: no foreign words in its code", || {
            none_of(&foreign(&sources()?))
        }),
        case("the lab: a call upwards is seen", is_seen),
    ]
}

/// The lab's own sources: where each lies, and what is in it.
type Sources = Vec<(String, String)>;

fn sources() -> Result<Sources, String> {
    let mut sources = Vec::new();
    for path in tree::files(".rs")? {
        let Ok(inside) = path.strip_prefix(LAB) else {
            continue;
        };
        if !inside.starts_with("tests") && !inside.starts_with("examples") {
            sources.push((inside.display().to_string(), tree::read(&path)?));
        }
    }
    Ok(sources)
}

/// The storey of each module, counted from the ground: 0 is `language`.
fn storeys(front: &str) -> BTreeMap<String, usize> {
    let listed = front.lines().filter_map(|line| line.strip_prefix("// - `"));
    let mut storeys = BTreeMap::new();
    for (storey, line) in listed.enumerate() {
        // "// - `db`, `services`, `two_phase`: …" is one storey with three rooms.
        let (rooms, _) = line.split_once("`:").unwrap_or((line, ""));
        for room in rooms.split('`').filter(|it| is_module(it)) {
            storeys.insert(room.to_owned(), storey);
        }
    }
    storeys
}

fn is_module(text: &str) -> bool {
    let mut letters = text.chars();
    !text.is_empty() && letters.all(|it| it.is_ascii_lowercase() || it == '_')
}

/// The module at the root of the lab to which a file belongs.
fn module_of(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.trim_end_matches(".rs")
}

/// Every import that goes upwards, or to a neighbour.
fn upward(storeys: &BTreeMap<String, usize>, sources: &Sources) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, source) in sources {
        let module = module_of(file);
        let Some(from) = storeys.get(module) else {
            continue;
        };
        for (n, line) in code(source) {
            for rest in line.split("crate::").skip(1) {
                let end = rest.find(|it: char| !it.is_ascii_lowercase() && it != '_');
                let other = &rest[..end.unwrap_or(rest.len())];
                let Some(to) = storeys.get(other) else {
                    continue;
                };
                if other != module && to >= from {
                    wrong.push(format!("{LAB}/{file}:{n}: `{module}` calls `{other}`"));
                }
            }
        }
    }
    wrong
}

/// The lines of a source, without comments, and their numbers.
fn code(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(source.lines());
    lines.map(|(n, line)| (n, line.split("//").next().unwrap_or_default()))
}

/// Modules of the front page that are not in its list.
fn without_a_storey(front: &str) -> Vec<String> {
    let storeys = storeys(front);
    let modules = front.lines().filter_map(|line| {
        let module = line.strip_suffix(';')?.split_once("mod ")?.1;
        is_module(module).then_some(module)
    });
    modules
        // Names, for whoever writes `use lab::prelude::*`.
        .filter(|module| *module != "prelude" && !storeys.contains_key(*module))
        .map(|module| format!("`{module}` is not in the Layout of {LAB}/lib.rs"))
        .collect()
}

/// Words in the lab's code that belong elsewhere.
fn foreign(sources: &Sources) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, source) in sources {
        for (n, line) in code(source) {
            let lower = line.to_lowercase();
            for word in FOREIGN.iter().filter(|word| lower.contains(**word)) {
                wrong.push(format!("{LAB}/{file}:{n}: `{word}` in {}", line.trim()));
            }
        }
    }
    wrong
}

fn is_seen() -> Verdict {
    let front = "// - `ground`: the first\n// - `left`, `right`: the second\n";
    let storeys = storeys(front);
    let tried = |file: &str, line: &str| {
        let sources = vec![(file.to_owned(), line.to_owned())];
        !upward(&storeys, &sources).is_empty()
    };
    let mut wrong = Vec::new();
    for (file, line, is_upward) in [
        ("left/a.rs", "use crate::ground::A;", false),
        ("left/a.rs", "use crate::left::b::B;", false),
        ("ground.rs", "use crate::left::B;", true),
        ("left/a.rs", "use crate::right::C;", true),
        ("ground.rs", "// use crate::left::B;", false),
    ] {
        if tried(file, line) != is_upward {
            wrong.push(format!("{line} in {file}"));
        }
    }
    none_of(&wrong)
}
