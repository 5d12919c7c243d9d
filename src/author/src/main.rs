//! `cargo course`: lays out a new chapter, and rewrites what is copied from code and runs. For whoever writes the
//! course; no learner compiles it.

mod layout;
mod sync;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Lays out a new chapter, and rewrites what is copied from code and runs.
#[derive(Parser)]
#[command(bin_name = "cargo course")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Lays out a chapter whose tests run at once
    New {
        /// Its directory: `ch09_compensation`. The package is called `ch09`
        directory: String,
        /// Its title
        title: String,
        /// Its title in Japanese
        japanese: Option<String>,
    },
    /// Rewrites exercises from broken code; and blocks, outputs, pictures and snapshots from runs
    Sync {
        /// Only what is of this chapter: `ch09`
        chapter: Option<String>,
        /// Rewrite exercises that have changes which are not committed, too
        #[arg(long)]
        force: bool,
    },
}

fn main() -> ExitCode {
    // Cargo says where it is run: what it has built for one copy of the course, it takes for another.
    let package = std::env::var_os("CARGO_MANIFEST_DIR");
    let package = package.map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let root = package.join("../..");
    let done = match Arguments::parse().task {
        Task::New {
            directory,
            title,
            japanese,
        } => layout::lay_out(&root, &directory, &title, japanese.as_deref()),
        Task::Sync { chapter, force } => sync::sync(&root, chapter.as_deref(), force),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
