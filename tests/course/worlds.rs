//! The worlds that a chapter's property draws, as every chapter's does: nothing is the same in all of them, no duty is left out, and what a
//! header warns of is heard in one of them. And how one of them is played again.

use crate::answers;
use crate::chapters::Subject;
use crate::{Verdict, case_of, none_of, tree};
use guide::replay::USAGE;
use libtest_mimic::Trial;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is counted, and then how often: `  61 with two customers at once`.
const UNEXERCISED: &str = ": a duty that no world exercises";

/// The cases of a chapter.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    let every_input = "worlds::every_input_varies_and_every_duty_is_exercised";
    let every_error = "worlds::every_error_that_the_header_names_is_heard";
    let mut trials = vec![
        case_of(subject, every_input, every_input_varies),
        case_of(subject, every_error, every_error_is_heard),
    ];
    // One chapter speaks for all: the guide and the demo are the same in each.
    if subject.chapter.id == "ch03" {
        let drawn = "worlds::the_guide_replays_a_drawn_world";
        let slip = "worlds::a_slip_in_a_world_is_shown_where_it_is";
        let name = "worlds::a_mistyped_name_of_a_world_is_answered_with_the_nearest";
        trials.extend([
            case_of(subject, drawn, a_drawn_world),
            case_of(subject, slip, |subject| {
                is_refused(
                    subject,
                    "2 × pem by ann at 59900ms",
                    &["^ this shop does not sell `pem`; did you mean `pen`?"],
                )
            }),
            case_of(subject, name, |subject| {
                is_refused(
                    subject,
                    "slow-provder",
                    &[
                        "no world called `slow-provder`",
                        "did you mean `slow-provider`?",
                    ],
                )
            }),
        ]);
    }
    trials
}

fn census(subject: &Subject, code: &str) -> Result<String, String> {
    let output = subject.demo(&["--census", "--code", code])?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!(
            "the census of {code} cannot be taken: {}{text}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

fn every_input_varies(subject: &Subject) -> Verdict {
    let text = census(subject, "solution")?;
    let unexercised = text.lines().filter(|line| line.ends_with(UNEXERCISED));
    let the_same = text
        .lines()
        .filter(|line| line.trim().starts_with("1 values of "));
    let wrong: Vec<String> = unexercised.chain(the_same).map(str::to_owned).collect();
    none_of(&wrong)
}

/// Some code of the chapter hears each of them, in some world of its contract. Right code may well avoid an error.
fn every_error_is_heard(subject: &Subject) -> Verdict {
    let header = tree::read(&subject.chapter.exercise())?;
    let mut unheard = named_in(&header, &known_errors()?)?;
    let broken = tree::read(&subject.chapter.directory.join("src/broken.rs"))?;
    let answers = answers::all(subject)?.into_iter();
    let mut codes: Vec<(String, String)> =
        answers.map(|answer| (answer.name, answer.text)).collect();
    codes.push(("broken".to_owned(), broken));
    while !unheard.is_empty() && !codes.is_empty() {
        // A census takes its time, and whoever names an error is likely to hear it.
        let names_one = |(_, text): &(String, String)| {
            let mut bare = unheard.iter().map(|error| error.rsplit("::").next());
            bare.any(|error| error.is_some_and(|error| text.contains(error)))
        };
        let next = codes.iter().position(names_one).unwrap_or(0);
        let (code, _) = codes.remove(next);
        for line in census(subject, &code)?.lines() {
            if let Some((_, heard)) = line.split_once(" heard ") {
                unheard.retain(|error| error != heard && !heard.ends_with(&format!("::{error}")));
            }
        }
    }
    let wrong = unheard.iter();
    let wrong: Vec<String> = wrong
        .map(|error| {
            format!("the header of the exercise names `{error}`, and no answer ever hears it")
        })
        .collect();
    none_of(&wrong)
}

/// Every error that order code can hear: `CallError::InFlight`, `DbError::Io`, ….
fn known_errors() -> Result<Vec<String>, String> {
    let files = ["src/lab/language/message/reply.rs", "src/lab/db.rs"];
    let name = Regex::new(r#"((?:CallError|DbError)::\w+)(?:\(_\))? => "\w+","#);
    let name = name.map_err(|error| error.to_string())?;
    let mut known = Vec::new();
    for file in files {
        let text = tree::read(file.as_ref())?;
        known.extend(name.captures_iter(&text).map(|found| found[1].to_owned()));
    }
    Ok(known)
}

/// The errors that the header of an exercise names, with or without their type. Nothing if the header is gone: the file
/// is the learner's.
pub fn named_in(exercise: &str, known: &[String]) -> Result<BTreeSet<String>, String> {
    let Some((header, _)) = exercise.split_once("\n// ----") else {
        return Ok(BTreeSet::new());
    };
    let name = Regex::new(r"`((?:\w+::)?[A-Z]\w+)`").map_err(|error| error.to_string())?;
    let names = name.captures_iter(header).map(|found| found[1].to_owned());
    let is_known = |name: &String| {
        let bare = format!("::{name}");
        known
            .iter()
            .any(|error| error == name || error.ends_with(&bare))
    };
    Ok(names.filter(is_known).collect())
}

fn a_drawn_world(subject: &Subject) -> Verdict {
    let world = "2 × pen by ann at 59900ms; payment takes 400ms";
    let output = subject.replay("order1/payment.charge#1: reply lost", world)?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let again = format!("--world \"{world}\"");
    let missing = ["ACCIDENT A", "¥300", again.as_str()];
    let missing = missing.into_iter().filter(|said| !told.contains(said));
    let missing: Vec<String> = missing
        .map(|said| format!("it does not say {said}"))
        .collect();
    if missing.is_empty() && output.status.success() {
        Ok(())
    } else {
        Err(format!("{}\n{told}", missing.join("\n")))
    }
}

/// As a slip of the command line, with these words.
fn is_refused(subject: &Subject, world: &str, words: &[&str]) -> Verdict {
    let output = subject.replay("", world)?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_usage = output.status.code() == Some(USAGE);
    if is_usage && words.iter().all(|word| told.contains(word)) {
        Ok(())
    } else {
        Err(format!("{}: {told}", output.status))
    }
}
