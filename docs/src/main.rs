//! `cargo book`: the course as a book.

use anyhow::{Context, Result, anyhow};
use book::course::Course;
use book::{api, build, check, serve};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use guide::environment::{self, variable};
use guide::language::Language;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where `--serve` listens unless it is told otherwise.
const PORT: &str = "3000";

fn command() -> Command {
    Command::new("cargo book")
        .bin_name("cargo book")
        .about("Renders the course as a book, in English and Japanese, into target/book")
        .arg(
            Arg::new("open")
                .long("open")
                .action(ArgAction::SetTrue)
                .help("Opens the book in a browser"),
        )
        .arg(
            Arg::new("serve")
                .long("serve")
                .value_name("PORT")
                .num_args(0..=1)
                .default_missing_value(PORT)
                .value_parser(value_parser!(u16))
                .help("Serves the book on this machine, by default on port 3000, and builds it anew when a text has changed"),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Checks the book once it is built: links, both languages, weight, no request to the network"),
        )
        .arg(
            Arg::new("language")
                .long("language")
                .value_name("LANGUAGE")
                .value_parser(["en", "ja"])
                .help("The language that is opened, instead of that of your locale"),
        )
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
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all that was checked is as it must be.
fn run(arguments: &ArgMatches) -> Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root
        .canonicalize()
        .with_context(|| format!("cannot find the course at {}", root.display()))?;
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => std::path::absolute(target).context("cannot find the target directory")?,
        None => root.join("target"),
    };
    let out = match arguments.get_one::<PathBuf>("out") {
        Some(out) => std::path::absolute(out).context("cannot find the current directory")?,
        None => target.join("book"),
    };
    // All that can be refused comes before the work, which would be in vain.
    let language = match arguments.get_one::<String>("language").map(String::as_str) {
        Some("ja") => Language::Japanese,
        Some(_) => Language::English,
        None => {
            environment::language(variable).map_err(|slip| anyhow!(slip.told(Language::English)))?
        }
    };
    let port = arguments.get_one::<u16>("serve");
    let listening = port.map(|port| serve::listen(*port)).transpose()?;

    render(&root, &target, &out)?;
    if arguments.get_flag("check") {
        let wrong = check::problems(&out)?;
        wrong.iter().for_each(|what| eprintln!("{what}"));
        if !wrong.is_empty() {
            return Ok(false);
        }
    }
    let start = out.join(language.code()).join("index.html");
    println!("{}", start.display());
    let Some(listening) = listening else {
        if arguments.get_flag("open") {
            opener::open(&start).with_context(|| format!("cannot open {}", start.display()))?;
        }
        return Ok(true);
    };
    let address = format!("{}{}/", listening.address, language.code());
    println!("{address} (Ctrl-C ends it)");
    if arguments.get_flag("open") {
        opener::open(&address).with_context(|| format!("cannot open {address}"))?;
    }
    let mut seen = build::newest(&root)?;
    listening.serve(&out, || {
        let now = build::newest(&root).unwrap_or(seen);
        if now != seen {
            seen = now;
            match render(&root, &target, &out) {
                Ok(()) => println!("built anew"),
                Err(error) => eprintln!("error: {error:#}\nuntil then the book stays as it was"),
            }
        }
    });
    Ok(true)
}

fn render(root: &Path, target: &Path, out: &Path) -> Result<()> {
    let course = Course::read(root, target)?;
    build::build(&course, |course| api::document(course).map(Some), out)
}
