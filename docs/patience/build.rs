//! Writes chapter 3's `broken.rs` and `solution.rs` once for each patience, so that what the player shows has really
//! been compiled and run. Only the constant is another, and the line of the log that quotes it.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What the chapter waits for.
const PATIENCE: &str = "const PATIENCE: Duration = Duration::from_millis(700);";
/// What its log says of that.
const QUOTED: &str = "TIMEOUT after 700ms";

fn main() -> Result<(), Box<dyn Error>> {
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../chapters/ch03_timeout");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let settings = read(&chapter.join("chapter.toml"))?;
    println!(
        "cargo::rerun-if-changed={}",
        chapter.join("src/schema.sql").display()
    );

    let (mut modules, mut codes) = (String::new(), String::new());
    for (name, file) in [
        ("broken", "src/broken.rs"),
        ("solution", "answers/solution.rs"),
    ] {
        let source = read(&chapter.join(file))?;
        if source.matches(PATIENCE).count() != 1 {
            return Err(format!("{file} of chapter 3 does not say once `{PATIENCE}`").into());
        }
        for patience in patiences(&settings)? {
            let constant = PATIENCE.replace("700", &patience.to_string());
            let quoted = QUOTED.replace("700", &patience.to_string());
            let text = source.replace(PATIENCE, &constant).replace(QUOTED, &quoted);
            let path = out.join(format!("{name}_{patience}.rs"));
            std::fs::write(&path, text)?;
            writeln!(
                modules,
                "#[allow(missing_docs, reason = \"a copy\")]\n#[path = {path:?}]\npub mod {name}_{patience};"
            )?;
            writeln!(
                codes,
                "Code::of::<{name}_{patience}::Checkout>(\"{name}_{patience}\"),"
            )?;
        }
    }
    let text = format!("{modules}\nconst CODES: &[Code] = &[\n{codes}];\n");
    std::fs::write(out.join("codes.rs"), text)?;
    Ok(())
}

/// The list `patience = [100, 300]` (virtual ms) of the chapter's settings. It is one line, and not worth a library
/// that would have to be built for it.
fn patiences(settings: &str) -> Result<Vec<u64>, Box<dyn Error>> {
    let list = settings
        .lines()
        .find_map(|line| line.strip_prefix("patience = [")?.strip_suffix(']'))
        .ok_or("chapter 3's chapter.toml has no line `patience = [...]`")?;
    let number = |text: &str| text.trim().parse::<u64>();
    let numbers: Result<Vec<u64>, _> = list.split(',').map(number).collect();
    Ok(numbers.map_err(|error| format!("patience = [{list}]: {error}"))?)
}

fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    Ok(std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?)
}
