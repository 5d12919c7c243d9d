//! What green looks like: a chapter whose tests have all passed tells what that proves.
//!
//! Each proof test runs in a process of its own, which tells its parent what it has searched. The parent keeps that
//! until the last test is over, and speaks only if all have passed: a line that tells of a proof above a red test would
//! have to be taken back.

mod drawn;

pub(crate) use drawn::Drawn;

use crate::chapter::Chapter;
use crate::commands::run_line;
use crate::isolate::Outcome;
use lab::flow::Code;
use lab::language::order::grouped;
use lab::search::exhaustive::Score;
use lab::tell::report::paint;
use picture::json::{list, object, or_null, text};
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Names a file that is to hold the proofs of a green run, as JSON, instead of their being told. Set by who tells them
/// in another way.
const FILE: &str = "SAGA_PROOF_FILE";

/// Every schedule of at most so many faults ends well in one world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// Its name, if it is not the chapter's usual one.
    world: Option<String>,
    /// How many schedules there are of no fault, of one, and so on.
    levels: Vec<usize>,
    /// In how many ways the worlds ended.
    ends: usize,
    /// The command that shows what was tried where.
    grid: String,
}

impl Proof {
    /// What a search that has found nothing proves.
    pub(crate) fn of(chapter: &Chapter, code: Code, score: &Score) -> Proof {
        let world = (chapter.setup)().name();
        let most = score.levels.last().map_or(0, |level| level.faults);
        let in_world = world.map_or(String::new(), |world| format!("--world {world} "));
        Proof {
            world: world.map(str::to_owned),
            levels: score.levels.iter().map(|level| level.run).collect(),
            ends: score.ends,
            grid: run_line(chapter, code, &format!("{in_world}--grid {most}")),
        }
    }

    /// As one line, for the parent.
    pub(crate) fn to_line(&self) -> String {
        let levels: Vec<String> = self.levels.iter().map(usize::to_string).collect();
        let world = self.world.as_deref().unwrap_or_default();
        format!(
            "{world}\t{}\t{}\t{}",
            levels.join(" "),
            self.ends,
            self.grid
        )
    }

    /// What [`Proof::to_line`] wrote.
    pub(crate) fn from_line(line: &str) -> Option<Proof> {
        let mut parts = line.splitn(4, '\t');
        let world = parts.next()?;
        let levels = parts.next()?.split(' ').map(str::parse);
        Some(Proof {
            world: Some(world.to_owned()).filter(|world| !world.is_empty()),
            levels: levels.collect::<Result<_, _>>().ok()?,
            ends: parts.next()?.parse().ok()?,
            grid: parts.next()?.to_owned(),
        })
    }

    fn run(&self) -> usize {
        self.levels.iter().sum()
    }

    fn to_json(&self) -> String {
        object(&[
            ("world", or_null(self.world.as_deref().map(text))),
            ("levels", list(self.levels.iter().map(usize::to_string))),
            ("ends", self.ends.to_string()),
            ("grid", text(&self.grid)),
        ])
    }
}

/// What tests have shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// What every schedule leads to.
    pub(crate) proofs: Vec<Proof>,
    /// The worlds that were drawn.
    pub(crate) drawn: Vec<Drawn>,
}

impl Shown {
    const NOTHING: Shown = Shown {
        proofs: Vec::new(),
        drawn: Vec::new(),
    };

    fn is_nothing(&self) -> bool {
        self.proofs.is_empty() && self.drawn.is_empty()
    }

    /// Of all the worlds that were drawn those that speak for the rest: the most.
    fn leading_drawn(&self) -> Option<&Drawn> {
        self.drawn.iter().max_by_key(|drawn| drawn.worlds())
    }

    fn to_json(&self) -> String {
        let proofs = list(self.proofs.iter().map(Proof::to_json));
        let drawn = or_null(self.leading_drawn().map(Drawn::to_json));
        object(&[("proofs", proofs), ("drawn", drawn)])
    }
}

/// How far the tests of this process have come.
struct Done {
    over: usize,
    red: bool,
    shown: Shown,
}

/// A test is over, and has shown this. The last one of a green run has all of it told.
pub(crate) fn is_over(verdict: &Outcome, shown: Shown) {
    static DONE: Mutex<Done> = Mutex::new(Done {
        over: 0,
        red: false,
        shown: Shown::NOTHING,
    });
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    done.over += 1;
    done.red |= verdict.is_err();
    done.shown.proofs.extend(shown.proofs);
    done.shown.drawn.extend(shown.drawn);
    if done.red || done.shown.is_nothing() || Some(done.over) != tests_of_this_run() {
        return;
    }
    // Whoever cannot be told does without.
    let _ = match std::env::var_os(FILE) {
        Some(file) => std::fs::write(file, done.shown.to_json()),
        None => tell(&done.shown),
    };
}

/// How many tests this process was asked to run. libtest does not say, so it is asked for a list.
fn tests_of_this_run() -> Option<usize> {
    static COUNT: OnceLock<Option<usize>> = OnceLock::new();
    *COUNT.get_or_init(|| {
        let listed = Command::new(std::env::current_exe().ok()?)
            .args(std::env::args_os().skip(1))
            .arg("--list")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        let listed = String::from_utf8_lossy(&listed.ok()?.stdout).into_owned();
        Some(
            listed
                .lines()
                .filter(|line| line.ends_with(": test"))
                .count(),
        )
    })
}

/// Around libtest's capturing, which shows nothing of a test that passes; and apart from the results on standard
/// output, which other programs read. The blank lines keep it from the line of a test that libtest may have begun.
fn tell(shown: &Shown) -> std::io::Result<()> {
    let mut out = std::io::stderr().lock();
    let color = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = lines(shown).into_iter().map(|(what, line)| {
        let what = paint(
            &format!("{what:<8}"),
            color,
            yansi::Style::new().green().bold(),
        );
        format!("{what} {line}\n")
    });
    write!(out, "\n{}\n", text.collect::<String>())
}

/// The lines, each with the word it begins with.
fn lines(shown: &Shown) -> Vec<(&'static str, String)> {
    let proof = proof(&shown.proofs).map(|proof| ("proof", proof));
    let drawn = shown.leading_drawn();
    let drawn = drawn.map(|drawn| ("worlds", drawn.told()));
    let next = ("read on", "cargo run".to_owned());
    proof.into_iter().chain(drawn).chain([next]).collect()
}

/// The usual world speaks for all; where it is not searched, the deepest proof.
fn proof(proofs: &[Proof]) -> Option<String> {
    let leading = |proof: &&Proof| (proof.world.is_none(), proof.levels.len(), proof.run());
    let first = proofs.iter().max_by_key(leading)?;
    let grouped = |n: usize| grouped(n as u64);
    let numbers: Vec<String> = first.levels.iter().map(|n| grouped(*n)).collect();
    let faults: Vec<String> = (0..first.levels.len()).map(|n| n.to_string()).collect();
    let run = grouped(first.run());
    let in_world = match &first.world {
        Some(world) => format!(" in the world {world}"),
        None => String::new(),
    };
    let mut proof = format!(
        "{run} of {run} schedules of at most {} faults end well{in_world} (of {} faults: {}), in {} ways",
        first.levels.len() - 1,
        faults.join(", "),
        numbers.join(", "),
        first.ends
    );
    let others = proofs.len() - 1;
    if others > 0 {
        let more = grouped(proofs.iter().map(Proof::run).sum::<usize>() - first.run());
        let worlds = if others == 1 { "world" } else { "worlds" };
        proof += &format!(", and in {others} other {worlds} {more} of {more}");
        proof += &deeper(proofs, first);
    }
    let grid = format!("what was tried where: {}", first.grid);
    Some(format!("{proof};\n         {grid}"))
}

/// Which worlds were searched furthest, if further than this one.
fn deeper(proofs: &[Proof], than: &Proof) -> String {
    let deepest = proofs.iter().map(|proof| proof.levels.len()).max();
    let deepest = deepest.unwrap_or_default();
    if deepest <= than.levels.len() {
        return String::new();
    }
    let worlds = proofs.iter().filter(|proof| proof.levels.len() == deepest);
    let worlds: Vec<&str> = worlds.filter_map(|proof| proof.world.as_deref()).collect();
    format!(
        " (of at most {} faults in {})",
        deepest - 1,
        worlds.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proven(world: Option<&str>, levels: &[usize]) -> Proof {
        Proof {
            world: world.map(str::to_owned),
            levels: levels.to_vec(),
            ends: 13,
            grid: format!("cargo run -p ch03 -- --grid {}", levels.len() - 1),
        }
    }

    #[test]
    fn a_proof_survives_its_way_to_the_parent() {
        for proof in [proven(None, &[1]), proven(Some("at-once"), &[1, 48, 1_183])] {
            assert_eq!(Proof::from_line(&proof.to_line()), Some(proof));
        }
        assert_eq!(Proof::from_line("at-once\t1 x\t3\tcargo"), None);
        assert_eq!(Proof::from_line(""), None);
    }

    #[test]
    fn a_green_chapter_says_the_same_few_things_however_many_proofs_it_has() {
        let told = |proofs: &[Proof]| {
            lines(&Shown {
                proofs: proofs.to_vec(),
                ..Shown::NOTHING
            })
        };
        let usual = proven(None, &[1, 48, 1_183]);
        let expected = "1,232 of 1,232 schedules of at most 2 faults end well (of 0, 1, 2 faults: 1, 48, 1,183), in 13 ways";
        let grid = "what was tried where: cargo run -p ch03 -- --grid 2";
        let next = ("read on", "cargo run".to_owned());
        assert_eq!(
            told(std::slice::from_ref(&usual)),
            [
                ("proof", format!("{expected};\n         {grid}")),
                next.clone()
            ]
        );
        // The usual world speaks for all, and whatever was searched further is named.
        let small = proven(Some("slow"), &[1, 999_999]);
        let named = proven(Some("at-once"), &[1, 50, 2_000]);
        let more = format!("{expected}, and in 2 other worlds 1,002,051 of 1,002,051");
        assert_eq!(
            told(&[small.clone(), named, usual.clone()]),
            [("proof", format!("{more};\n         {grid}")), next]
        );
        let deeper = proven(Some("at-once"), &[1, 50, 2_000, 9]);
        let told_of = |proofs: &[Proof]| told(proofs)[0].1.clone();
        let more = "and in 1 other world 2,060 of 2,060 (of at most 3 faults in at-once)";
        assert!(told_of(&[deeper, usual]).contains(more));
        let alone = "schedules of at most 1 faults end well in the world slow (of 0, 1 faults";
        assert!(told_of(&[small]).contains(alone));
    }
}
