//! Reading a schedule that a person typed, pasted, or copied from a report.
//!
//! The grammar is the one `Display` writes: faults separated by `;`, each `STEP: FAULT`. Blanks, line breaks and empty
//! faults are allowed, because terminals and mails wrap lines. Anything else that is not exactly right is an error with
//! a position: a schedule read differently than it was meant would prove something else than was asked.

mod fault;
mod piece;
mod span;
mod step;

use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::schedule_error::{Expected, Problem, ScheduleError, likeness, nearest};
use crate::language::step::Step;
use std::str::FromStr;

pub(crate) use piece::Piece;
pub(crate) use span::{moment, money, number};

/// Reads what `Display` writes. An empty text is the calm day.
impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Schedule, ScheduleError> {
        let whole = Piece::whole(text);
        no_wide_delimiters(whole)?;
        let mut faults: Vec<(Step, Fault)> = Vec::new();
        for line in whole.split(';') {
            if line.is_empty() {
                continue;
            }
            let (step_text, fault_text) = halves(line)?;
            let step = step::read(step_text)?;
            let fault = fault::read(fault_text, &step)?;
            if let Some((_, earlier)) = faults.iter().find(|(at, _)| *at == step) {
                let fault = *earlier;
                return Err(line
                    .error(Problem::AlreadySuffers { step, fault })
                    .expecting(Expected::OneFaultPerStep));
            }
            faults.push((step, fault));
        }
        Ok(Schedule::of(faults))
    }
}

impl Schedule {
    /// Compares a typed schedule with the steps that a run really took.
    ///
    /// # Errors
    ///
    /// The schedule's first step that never happened, with the steps that did, the most similar first. A
    /// typing error would otherwise look like code that survives the fault.
    pub fn check_steps(&self, happened: &[Step]) -> Result<(), ScheduleError> {
        let faults = self.faults();
        let never = |(step, _): &(Step, Fault)| !happened.contains(step);
        let Some(place) = faults.iter().position(never) else {
            return Ok(());
        };
        let text = self.to_string();
        let name = faults[place].0.to_string();
        let in_front = Schedule::of(faults[..place].iter().copied()).to_string();
        let byte = in_front.len() + if place > 0 { "; ".len() } else { 0 };
        let mut known: Vec<(f64, String)> = happened
            .iter()
            .map(|step| step.to_string())
            .map(|step| (likeness(&name, &step), step))
            .collect();
        // A stable sort: equally similar steps stay in the order in which they happened.
        known.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let steps: Vec<String> = known.into_iter().map(|(_, step)| step).collect();
        let near = nearest(&name, steps.iter().map(String::as_str));
        Err(ScheduleError::new(&text, byte, Problem::NeverHappened)
            .perhaps(near)
            .expecting(Expected::TheseSteps(steps)))
    }
}

/// A Japanese keyboard has these on the same keys, and the difference is easily overlooked.
pub(crate) fn no_wide_delimiters(whole: Piece) -> Result<(), ScheduleError> {
    let wide = [('：', ':'), ('；', ';'), ('＃', '#'), ('／', '/')];
    for (at, found) in whole.as_str().char_indices() {
        if let Some((wide, narrow)) = wide.iter().find(|(wide, _)| *wide == found) {
            let here = whole.part(at, at + wide.len_utf8());
            return Err(here.error(Problem::FullWidth(*wide)).perhaps(Some(narrow)));
        }
    }
    Ok(())
}

/// The step and the fault, separated by a colon.
fn halves(line: Piece) -> Result<(Piece, Piece), ScheduleError> {
    let (step, fault) = line.split_once(':').ok_or_else(|| no_colon(line))?;
    let Some((before, _)) = fault.split_once(':') else {
        return Ok((step, fault));
    };
    // A second colon belongs to a second step, which begins at the last word that looks like one.
    let words = before.words();
    let last_with = |sign| words.iter().rev().find(|word| word.as_str().contains(sign));
    let second = last_with('/').or(last_with('#'));
    Err(second
        .map_or(before.end(), |second| *second)
        .error(Problem::NoSemicolon)
        .expecting(Expected::AFault))
}

fn no_colon(line: Piece) -> ScheduleError {
    let text = line.as_str();
    // The step ends after the digits behind its `#`; without a `#`, its end is unknown.
    let end = text.find('#').map_or(text.len(), |hash| {
        let behind = text[hash + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
        text.len() - behind.len()
    });
    let (step, fault) = (line.part(0, end), line.part(end, text.len()));
    let meant = format!("{}: {}", step.tidy(), fault.tidy());
    step.end()
        .error(Problem::NoColon)
        .perhaps(meant.parse::<Schedule>().ok().map(|_| meant))
        .expecting(Expected::AFault)
}
