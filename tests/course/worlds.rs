//! The worlds that a chapter's property draws: nothing is the same in all of them, and no duty is left out.

use crate::chapters::Subject;
use crate::{Verdict, case_of, none_of};
use libtest_mimic::Trial;
use std::sync::Arc;

/// What is counted, and then how often: `  61 with two customers at once`.
const UNEXERCISED: &str = ": a duty that no world exercises";

/// The cases of a chapter.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    vec![case_of(
        subject,
        "worlds::every_input_varies_and_every_duty_is_exercised",
        every_input_varies,
    )]
}

fn every_input_varies(subject: &Subject) -> Verdict {
    let output = subject.demo(&["--census", "--code", "solution"])?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let refusal = String::from_utf8_lossy(&output.stderr).into_owned();
    if refusal.contains("are not drawn") {
        return Ok(());
    }
    if !output.status.success() {
        return Err(format!("the census cannot be taken: {refusal}{text}"));
    }
    let unexercised = text.lines().filter(|line| line.ends_with(UNEXERCISED));
    let the_same = text
        .lines()
        .filter(|line| line.trim().starts_with("1 values of "));
    let wrong: Vec<String> = unexercised.chain(the_same).map(str::to_owned).collect();
    none_of(&wrong)
}
