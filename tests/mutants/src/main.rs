//! Breaks an answer of a chapter in every small way there is, and tells which of them the chapter's tests do not see.
//!
//! `cargo run -p mutants -- ch05` removes or swaps every line of the solution that matters: a key, a commit, an error that
//! is minded, a state check, a retry, a condition of an UPDATE. Every mutant has to turn a test of the contract red, or
//! to be named, with the reason, in the chapter's `answers/survivors.toml`.

// Mutants are run in real time.
#![allow(clippy::disallowed_methods)]

mod mutate;
mod sql;
mod survivors;
mod table;
mod trial;
mod workshop;

use clap::Parser;
use guide::chapter;
use std::path::Path;
use std::process::ExitCode;

/// Breaks an answer in every small way, and tells which of them the chapter's tests do not see.
#[derive(Parser)]
struct Arguments {
    /// The chapter: ch05
    chapter: String,
    /// Which of its right answers
    #[arg(long, default_value = "solution")]
    answer: String,
    /// Only mutants with this in their name
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Tells the mutants and runs none
    #[arg(long)]
    list: bool,
    /// Runs every test through this command: `--through nice`
    #[arg(long, value_name = "COMMAND")]
    through: Option<String>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is well.
fn run(arguments: &Arguments) -> Result<bool, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root
        .canonicalize()
        .map_err(|error| format!("{}: {error}", root.display()))?;
    let chapters = chapter::Chapter::all(&root)?;
    let chapter =
        chapter::find(&chapters, &arguments.chapter).map_err(|nearest| match nearest {
            Some(nearest) => format!(
                "there is no chapter `{}`; do you mean `{nearest}`?",
                arguments.chapter
            ),
            None => format!("there is no chapter `{}`", arguments.chapter),
        })?;
    let answers = root.join(&chapter.directory).join("answers");
    let text = workshop::read(&answers.join(format!("{}.rs", arguments.answer)))?;
    let mutants = mutate::all(&text)?;
    let chosen: Vec<usize> = (0..mutants.len())
        .filter(|number| {
            let only = arguments.only.as_deref().unwrap_or("");
            mutants[*number].name.contains(only)
        })
        .collect();
    if arguments.list {
        for number in &chosen {
            println!("{:4}  {}", mutants[*number].line, mutants[*number].name);
        }
        return Ok(true);
    }
    let shop = workshop::Workshop::open(&root, chapter, &arguments.answer, &text)?;
    let built = shop.build(&mutants)?;
    let through = arguments
        .through
        .as_deref()
        .unwrap_or("")
        .split_whitespace();
    let through: Vec<String> = through.map(str::to_owned).collect();
    let fates = trial::Trial::new(&built, &root, &through)?.of(&chosen)?;
    let mut named = survivors::of(&answers.join("survivors.toml"), &arguments.answer)?;
    if arguments.only.is_some() {
        named.retain(|named| {
            chosen
                .iter()
                .any(|number| mutants[*number].name == named.mutant)
        });
    }
    let tried = chosen.iter().map(|number| &mutants[*number]);
    let tried: Vec<_> = tried.zip(fates).collect();
    table::print(&tried, &named, &text);
    let fates: Vec<_> = tried
        .iter()
        .map(|(mutant, fate)| (mutant.name.as_str(), fate.clone()))
        .collect();
    let complaints = survivors::complaints(&fates, &named);
    for complaint in &complaints {
        println!("{complaint}");
    }
    Ok(complaints.is_empty())
}
