//! `cargo book`: the course as a book.

use anyhow::{Context, Result};
use book::build::build;
use book::course::Course;
use clap::{Arg, ArgMatches, Command, value_parser};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn command() -> Command {
    Command::new("cargo book")
        .bin_name("cargo book")
        .about("Renders the course as a book, in English and Japanese, into target/book")
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("DIRECTORY")
                .value_parser(value_parser!(PathBuf))
                .help("Where the book goes, instead of target/book"),
        )
}

fn main() -> ExitCode {
    match run(&command().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &ArgMatches) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root
        .canonicalize()
        .with_context(|| format!("cannot find the course at {}", root.display()))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let out = match arguments.get_one::<PathBuf>("out") {
        Some(out) => out.clone(),
        None => target.join("book"),
    };
    let course = Course::read(&root, &target)?;
    build(&course, &out)?;
    println!("{}", out.join("index.html").display());
    Ok(())
}
