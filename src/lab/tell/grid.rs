//! What a passing search has proved, as a grid of step by fault.
//!
//! A green light without an explanation could mean that nothing was tried. So a search that passes shows where its
//! faults struck, which ones, and how often the code held, and names the steps at which nothing could be tried.

use crate::language::fault::{Fault, menu};
use crate::language::step::Step;
use crate::search::exhaustive::Score;
use crate::tell::catalogue::tables;
use crate::tell::{Language, Say};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Explains a search: its score, how many ways its worlds ended in, and what was tried where. `held` and
/// `BROKE` count schedules; a blank cell is a fault that this kind of step cannot suffer; `-` was never
/// reached within the bound.
pub fn explain(score: &Score, language: Language) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_grid(&mut out, score, language);
    out
}

fn write_grid(out: &mut String, score: &Score, language: Language) -> std::fmt::Result {
    writeln!(out, "{}", score.say(language))?;
    writeln!(out, "{}", tables::ran(score, language))?;
    for ((actor, what), cells) in &score.grid {
        let step = Step::new(*actor, *what, 1);
        let name = step.to_string();
        let name = name.trim_end_matches("#1");
        writeln!(out, "\n  {name}")?;
        // A delay is tried at several lengths under one name. What no world suffers unasked is a row only where it was.
        let menu = menu(&step).into_iter();
        let menu = menu.filter(|fault| fault.is_usual() || cells.contains_key(fault.words()));
        let words: BTreeSet<&str> = menu.map(Fault::words).collect();
        for word in words {
            match cells.get(word) {
                None => writeln!(out, "    {word:<22} -")?,
                Some(cell) => writeln!(out, "    {word:<22} {}", cell.say(language))?,
            }
        }
    }
    let never = score.never_tried();
    if !never.is_empty() {
        writeln!(
            out,
            "\n{}",
            tables::never_tried(&never.join(", "), language)
        )?;
    }
    Ok(())
}
