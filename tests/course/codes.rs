//! Every code of a chapter does under its tests what is claimed of it.

use crate::answers::{self, Answer, Kind};
use crate::chapters::Subject;
use crate::{Verdict, case_of, none_of};
use guide::chapter::Chapter;
use guide::libtest::Run;
use libtest_mimic::Trial;
use outcomes::{Failure, Proof};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One case for each code.
pub fn cases(subject: &Arc<Subject>) -> Result<Vec<Trial>, String> {
    let starter = "the starter is red in the documented tests, with the documented accidents";
    let mut trials = vec![case_of(subject, starter, starter_is_red)];
    for answer in answers::all(subject)? {
        let name = answer.name.clone();
        match answer.kind {
            Kind::Right => {
                let case = format!("{name} is green");
                trials.push(case_of(subject, &case, move |it| is_green(it, &name)));
            }
            Kind::Wrong => {
                let copy = answer.clone();
                let case = format!("{name} is caught as it claims");
                trials.push(case_of(subject, &case, move |it| is_caught(it, &answer)));
                let case = format!("{name} has its accident under its schedule");
                trials.push(case_of(subject, &case, move |it| is_replayed(it, &copy)));
            }
        }
    }
    Ok(trials)
}

fn starter_is_red(subject: &Subject) -> Verdict {
    let run = subject.starter()?;
    let mut documented: BTreeMap<&str, &str> = BTreeMap::new();
    for (test, accident) in &subject.chapter.fails {
        documented.insert(test, accident);
    }
    let mut wrong = Vec::new();
    for (test, passed) in &run.tests {
        let failure = run.failures.get(test);
        let headline = failure.map_or("", Failure::headline);
        match (documented.remove(test.as_str()), passed) {
            (None, true) => {}
            (Some(_), true) => wrong.push(format!("{test} passes; [fails] says that it fails")),
            (None, false) => wrong.push(format!(
                "{test} fails with `{headline}`; [fails] does not know of it"
            )),
            (Some(claimed), false) if named(failure) == Some(claimed) => {}
            (Some(claimed), false) => wrong.push(format!(
                "{test} fails with `{headline}`; [fails] says: {claimed}"
            )),
        }
    }
    for test in documented.keys() {
        wrong.push(format!("[fails] names {test}, and there is no such test"));
    }
    none_of(&wrong)
}

/// What a failure is called, if it has a name.
fn named(failure: Option<&Failure>) -> Option<&str> {
    failure.and_then(|failure| failure.name.as_deref())
}

fn is_green(subject: &Subject, code: &str) -> Verdict {
    let run = subject.contract(code)?;
    if run.is_green() {
        return proves(subject, &run);
    }
    let wrong: Vec<String> = run
        .failures
        .iter()
        .map(|(test, failure)| {
            let schedule = failure.schedule.as_deref().unwrap_or("");
            let headline = failure.headline();
            format!("{test} fails with `{headline}` under `{schedule}`")
        })
        .collect();
    none_of(&wrong)
}

/// A green run tells what it proves, as far as the chapter promises.
fn proves(subject: &Subject, run: &Run) -> Verdict {
    none_of(&unheld(&subject.chapter, &run.shown.proofs))
}

/// How what a chapter says of its bounds differs from what its contract has searched.
pub fn unheld(chapter: &Chapter, proofs: &[Proof]) -> Vec<String> {
    let most = |world: Option<&str>| {
        let of_world = proofs.iter().filter(|it| it.world.as_deref() == world);
        of_world.map(Proof::most).max()
    };
    let mut wrong = Vec::new();
    if most(None) != chapter.bound {
        wrong.push(format!(
            "`bound` says {:?}; the usual world is searched for {:?} faults",
            chapter.bound,
            most(None)
        ));
    }
    let said = chapter.smaller.iter().flat_map(|smaller| {
        let worlds = smaller.worlds.iter();
        worlds.map(|world| (world.as_str(), smaller.bound))
    });
    let said: BTreeMap<&str, usize> = said.collect();
    for (world, bound) in &said {
        if most(Some(world)) != Some(*bound) {
            wrong.push(format!(
                "`smaller` says {bound} of {world}, which is searched for {:?} faults",
                most(Some(world))
            ));
        }
    }
    let deepest = proofs.iter().map(Proof::most).max();
    for proof in proofs.iter().filter(|it| Some(it.most()) == deepest) {
        if let Some(world) = proof.world.as_deref()
            && deepest > chapter.bound
            && !said.contains_key(world)
        {
            wrong.push(format!(
                "{world} is searched for {} faults, and `smaller` does not say so",
                proof.most()
            ));
        }
    }
    wrong
}

fn is_caught(subject: &Subject, answer: &Answer) -> Verdict {
    let claim = answer.claim()?;
    // Each test runs in a process of its own, so alone it says what it says among the others.
    let run = subject.contract_test(&answer.name, &claim.test)?;
    let failure = run.failures.get(&claim.test);
    match failure {
        Some(_) if named(failure) == Some(&claim.accident) => Ok(()),
        Some(failure) => Err(format!(
            "{} is caught by {} with `{}`; it claims: {}",
            answer.name,
            claim.test,
            failure.headline(),
            claim.accident
        )),
        None => {
            let run = subject.contract(&answer.name)?;
            let failed: Vec<&str> = run.failed().collect();
            Err(format!(
                "{} is not caught by {}; it fails: {}",
                answer.name,
                claim.test,
                failed.join(", ")
            ))
        }
    }
}

fn is_replayed(subject: &Subject, answer: &Answer) -> Verdict {
    let claim = answer.claim()?;
    let mut arguments = vec!["--code", &answer.name, "--schedule", &claim.schedule];
    if let Some(world) = &claim.world {
        arguments.extend(["--world", world]);
    }
    let failure = subject.replayed(&arguments)?;
    if named(failure.as_ref()) == Some(&claim.accident) {
        Ok(())
    } else {
        Err(format!(
            "{} under `{}`: `{}`; it claims: {}",
            answer.name,
            claim.schedule,
            failure.as_ref().map_or("no accident", Failure::headline),
            claim.accident
        ))
    }
}
