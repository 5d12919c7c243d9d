//! What a passing search has proved, as a grid of step by fault.
//!
//! A green light that explains nothing could mean that nothing was tried. So a search that passes shows where it struck,
//! with what, and how often it held, and it names the steps where it could try nothing.

use crate::language::fault::menu;
use crate::language::step::Step;
use crate::search::exhaustive::{Cell, Score};
use crate::tell::Say;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Explains a search: its score, how many ways its worlds ended in, and what was tried where. `held` and
/// `BROKE` count schedules; a blank cell is a fault that this kind of step cannot suffer; `-` was never
/// reached within the bound.
pub fn explain(score: &Score) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_grid(&mut out, score);
    out
}

fn write_grid(out: &mut String, score: &Score) -> std::fmt::Result {
    writeln!(out, "{}", score.english())?;
    writeln!(
        out,
        "{} schedules run; the worlds ended in {} different ways",
        score.run(),
        score.ends
    )?;
    for ((actor, what), cells) in &score.grid {
        let step = Step::new(*actor, *what, 1);
        let name = step.to_string();
        let name = name.trim_end_matches("#1");
        writeln!(out, "\n  {name}")?;
        // A delay is tried at several lengths under one name.
        let words: BTreeSet<&str> = menu(&step).iter().map(|fault| fault.words()).collect();
        for word in words {
            match cells.get(word) {
                None => writeln!(out, "    {word:<22} -")?,
                Some(Cell { held, broke: 0 }) => writeln!(out, "    {word:<22} held {held}")?,
                Some(Cell { held, broke }) => {
                    writeln!(out, "    {word:<22} BROKE {broke}, held {held}")?;
                }
            }
        }
    }
    let never = score.never_tried();
    if !never.is_empty() {
        writeln!(
            out,
            "\nwarning: reached only by the last fault of a schedule, so that nothing was tried there: {}",
            never.join(", ")
        )?;
    }
    Ok(())
}
