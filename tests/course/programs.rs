//! Packages whose tests are one program lose none of them: cargo does not find their files by itself.

use crate::{Verdict, case, none_of, tree};
use libtest_mimic::Trial;
use std::path::Path;

/// The packages.
const PACKAGES: [&str; 4] = ["src/lab", "src/picture", "src/course", "docs"];

/// The cases.
pub fn cases() -> Vec<Trial> {
    let of = |package| {
        let name = format!("{package}: every file of its tests is part of a program");
        case(name, move || is_run(Path::new(package)))
    };
    PACKAGES.into_iter().map(of).collect()
}

fn is_run(package: &Path) -> Verdict {
    let directory = package.join("tests");
    let program = tree::read(&directory.join("main.rs"))?;
    let manifest = tree::read(&package.join("Cargo.toml"))?;
    let mut wrong = Vec::new();
    for path in tree::files(".rs")? {
        if path.parent() != Some(&directory) || path.ends_with("main.rs") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().display();
        let is_module = program.contains(&format!("\nmod {name};\n"));
        let is_program = manifest.contains(&format!("\npath = \"tests/{name}.rs\"\n"));
        if !is_module && !is_program {
            wrong.push(format!("{} is not run", path.display()));
        }
    }
    none_of(&wrong)
}
