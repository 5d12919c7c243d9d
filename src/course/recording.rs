//! A recording of a run: what happened, moment by moment, and what both sides believed at each. As JSON, for the book's
//! player and its gallery. Every sentence comes in all languages.
//!
//! What a side knows at a moment is not computed from the trace. It is read from the same books and ledgers as at the
//! end of a world, in a world that ends at that moment: a world is a pure function of code, schedule and seed, so the
//! shorter one begins exactly as the longer one does.

use crate::chapter::Chapter;
use lab::flow::Code;
use lab::judge::accident::{beliefs, knowledge, sides};
use lab::judge::evidence::Evidence;
use lab::judge::invariant::Breach;
use lab::judge::verdict::{Verdict, judge};
use lab::language::schedule::Schedule;
use lab::language::time::Ms;
use lab::run::{Run, replay};
use lab::search::edge::edge;
use lab::setup::Setup;
use lab::tell::Say;
use lab::tell::catalogue::{advice, meaning};
use lab::tell::report::Style;
use lab::tell::scene::Scene;
use picture::crowd::CROWD;
use picture::recording::{self, Accident, Edge, Moment, Recording, Request, Sentence};
use std::collections::BTreeSet;
use std::io::{BufRead, Write};

/// Answers each [`Request`] it reads, a line of JSON, with a [`Recording`] on a line.
///
/// # Errors
/// A message that names the code, world or step that does not exist, or the schedule that does not parse.
pub fn answer(chapter: &Chapter, asked: impl BufRead, mut out: impl Write) -> Result<(), String> {
    for line in asked.lines() {
        let line = line.map_err(|error| format!("cannot read what is asked: {error}"))?;
        let answer = record_as_asked(chapter, &line).map_err(|error| format!("{line}: {error}"))?;
        writeln!(out, "{answer}").map_err(|error| format!("cannot write the answer: {error}"))?;
    }
    Ok(())
}

fn record_as_asked(chapter: &Chapter, line: &str) -> Result<String, String> {
    let request = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let recording = record(chapter, &request)?;
    serde_json::to_string(&recording).map_err(|error| error.to_string())
}

/// Plays a run of the chapter, and records it.
///
/// # Errors
/// As [`answer`].
pub fn record(chapter: &Chapter, request: &Request) -> Result<Recording, String> {
    let code = chapter
        .code(Some(&request.code))
        .map_err(|error| error.english())?;
    let chapter = match &request.world {
        None => *chapter,
        Some(name) => chapter
            .in_world(name)
            .map_err(|report| report.render(Style::default()))?,
    };
    let schedule: Schedule = request
        .schedule
        .parse()
        .map_err(|error| format!("{error}"))?;
    let setup = chapter.world();
    let run = replay(&setup, code, &schedule);
    if run.evidence.halt.is_none() {
        let steps = schedule.check_steps(&run.steps());
        steps.map_err(|error| format!("{error}"))?;
    }
    let title = format!("{}: {schedule}", chapter.id);
    let picture =
        || Sentence::in_each(|language| crate::demo::picture(&run.evidence, &title, language));
    Ok(Recording {
        svg: request.picture.then(picture),
        ..recorded(&setup, code, &schedule, &run)
    })
}

fn recorded(setup: &Setup, code: Code, schedule: &Schedule, run: &Run) -> Recording {
    let evidence = &run.evidence;
    let scene = Scene::of(evidence);
    let verdict = judge(run);
    let finding = match &verdict {
        Some(Verdict::Accident(finding)) => Some(finding),
        _ => None,
    };
    let accident = match &verdict {
        Some(Verdict::Accident(finding)) => Some(Accident {
            name: Sentence::of(&finding.accident),
            meaning: Sentence::in_each(|language| meaning(finding.accident, language)),
        }),
        // A chapter names and explains its own invariants.
        Some(Verdict::Breach(Breach::Broken { invariant, wrong })) => Some(Accident {
            name: Sentence::in_each(|_| invariant.to_string()),
            meaning: Sentence::in_each(|_| wrong.expected.clone()),
        }),
        _ => None,
    };
    let halt = evidence.halt.as_ref();
    let halt = halt.map(|halt| Sentence::in_each(|language| advice(halt, language)));
    let edge = finding.and_then(|_| edge(setup, code, schedule));
    let edge = edge.map(|edge| Edge {
        says: Sentence::of(&edge),
        passes: edge.passes.span().map(|span| span.0),
        breaks: edge.breaks.span().map(|span| span.0),
    });
    let crowd = evidence.terms.strangers.is_some() && evidence.submitted().len() > CROWD;
    let moments = if crowd {
        // In a crowd, ten beliefs at each of a hundred moments would be too many. The rows are enough.
        Vec::new()
    } else {
        moments(&scene)
            .into_iter()
            .map(|at| moment(at, &ending_at(setup, code, schedule, evidence, at)))
            .collect()
    };
    Recording {
        code: code.name().to_owned(),
        schedule: schedule.to_string(),
        accident,
        halt,
        edge,
        usual: setup.usual_latency().0,
        headings: sides(evidence, finding).map(|side| Sentence::of(&side)),
        moments,
        rows: crowd.then(|| recording::rows(evidence)),
        scene: recording::Scene::of(&scene),
        svg: None,
    }
}

/// The milliseconds at which something is visible.
fn moments(scene: &Scene) -> BTreeSet<Ms> {
    let lines = scene.lines.iter().map(|line| line.moment.at);
    let messages = scene.messages.iter();
    let messages = messages.flat_map(|message| [message.sent.at, message.arrives.at]);
    lines.chain(messages).collect()
}

/// The evidence of the same world if it ends after everything that belongs to this millisecond.
fn ending_at(setup: &Setup, code: Code, schedule: &Schedule, whole: &Evidence, at: Ms) -> Evidence {
    let until_then = |evidence: &Evidence| {
        let entries = evidence.trace.entries.iter();
        entries.filter(|entry| entry.at <= at).count()
    };
    let ended = |horizon: Ms| {
        let setup = setup.clone().horizon(horizon);
        replay(&setup, code, schedule).evidence
    };
    // A world may end before or after other events of its last millisecond.
    let short = ended(at);
    if until_then(&short) == until_then(whole) {
        short
    } else {
        ended(at + Ms(1))
    }
}

fn moment(at: Ms, evidence: &Evidence) -> Moment {
    let (mut believes, mut knows) = (Vec::new(), Vec::new());
    for order in evidence.submitted() {
        believes.extend(beliefs(evidence, order));
        knows.extend(knowledge(evidence, order));
    }
    Moment::of(at, &believes, &knows)
}
