//! What comes from outside and makes no sense is answered in one message; and whoever stops reading hears nothing more.

use crate::chapters::Subject;
use crate::{Verdict, case_of, tree};
use guide::replay::USAGE;
use libtest_mimic::Trial;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

/// Variables that make no sense, and what is said of them.
const SLIPS: [(&str, &str, &str); 3] = [
    (
        "SAGA_LANG",
        "fr",
        "SAGA_LANG is `fr`; it can be `en` or `ja`\n",
    ),
    (
        "SAGA_GLYPHS",
        "foo",
        "SAGA_GLYPHS is `foo`; it can be `unicode`, `wide` or `ascii`\n",
    ),
    (
        "SAGA_SEED",
        "abc",
        "SAGA_SEED is `abc`; it can be a whole number\n",
    ),
];

/// The cases. One chapter speaks for all: the guide and the lab are the same in each.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    if subject.chapter.id != "ch03" {
        return Vec::new();
    }
    let mut trials = Vec::new();
    for (name, value, told) in SLIPS {
        let case = format!("bad input: {name}={value} is refused by guide, demo and test");
        trials.push(case_of(subject, &case, move |subject| {
            is_refused(subject, name, value, told)
        }));
    }
    trials.extend([
        case_of(
            subject,
            "bad input: SAGA_CODE=nonsense is refused by demo and test",
            no_such_code,
        ),
        case_of(
            subject,
            "bad input: what cannot be drawn together is refused by the demo",
            not_together,
        ),
        case_of(
            subject,
            "a closed pipe ends demo and guide quietly",
            closed_pipe,
        ),
    ]);
    trials
}

/// A call of the guide that builds nothing and remembers nothing.
fn guide() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saga-by-accident"));
    command
        .args(["hint", "ch03", "--all"])
        .current_dir(tree::root())
        .env("LC_ALL", "C.UTF-8");
    for name in ["SAGA_LANG", "SAGA_GLYPHS", "SAGA_SEED"] {
        command.env_remove(name);
    }
    command
}

fn is_refused(subject: &Subject, name: &str, value: &str, told: &str) -> Verdict {
    for mut command in [guide(), subject.demo_command(&[])?] {
        as_a_slip(&output(command.env(name, value))?, told)?;
    }
    fails_a_test(subject, name, value, told)
}

fn no_such_code(subject: &Subject) -> Verdict {
    let (name, value) = ("SAGA_CODE", "nonsense");
    let told =
        "SAGA_CODE is `nonsense`: there is no code called `nonsense` here; there are: exercise, ";
    let mut demo = subject.demo_command(&[])?;
    as_a_slip(&output(demo.env(name, value))?, told)?;
    fails_a_test(subject, name, value, told)
}

/// Two runs as timelines take a second run; and a pivot that is reached in neither is a slip of the pen.
fn not_together(subject: &Subject) -> Verdict {
    let file = std::env::temp_dir().join(format!("saga-{}-never.svg", std::process::id()));
    let file = file.display().to_string();
    let calm = ["--code", "broken", "--schedule", "", "--svg", &file];
    let together = "--drawn timelines needs --beside, and --beside nothing else of --drawn";
    let beside = ["--beside", "broken", ""];
    let slips: [(&[&str], &str); 4] = [
        (&["--drawn", "timelines"], together),
        (
            &["--drawn", "numbered", "--pivot", "payment.charge"],
            together,
        ),
        (&["--pivot", "payment.charge"], together),
        (
            &["--drawn", "timelines", "--pivot", "payment.chage"],
            "`payment.chage` takes effect in neither of the two runs",
        ),
    ];
    for (n, (slip, told)) in slips.into_iter().enumerate() {
        let alone = [calm.as_slice(), slip].concat();
        let with_another = [calm.as_slice(), &beside, slip].concat();
        let arguments = if n < 2 { alone } else { with_another };
        as_a_slip(&output(&mut subject.demo_command(&arguments)?)?, told)?;
    }
    Ok(())
}

/// It was refused as a slip of the command line is, and nothing else was said.
fn as_a_slip(output: &Output, told: &str) -> Verdict {
    let out = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    let is_slip = output.status.code() == Some(USAGE) && out.is_empty();
    if is_slip && said.starts_with(told) && said.lines().count() == 1 {
        return Ok(());
    }
    Err(format!("{}: {said}{out}", output.status))
}

fn fails_a_test(subject: &Subject, name: &str, value: &str, told: &str) -> Verdict {
    let mut test =
        subject.contract_command("properties::whatever_happens_both_sides_agree_in_the_end")?;
    let output = output(test.env(name, value))?;
    let out = String::from_utf8_lossy(&output.stdout);
    // Of its own accord libtest says `Error: ` before it.
    if out.contains("1 failed") && out.contains(&format!("\n{told}")) && !out.contains("trouble") {
        return Ok(());
    }
    Err(format!("with {name}={value} the test says: {out}"))
}

/// Nobody reads what they print: `| head -1` that has read its line.
fn closed_pipe(subject: &Subject) -> Verdict {
    let story = ["--schedule", "order1/payment.charge#1: reply lost"];
    let calls = [
        guide(),
        subject.demo_command(&[])?,
        subject.demo_command(&story)?,
        subject.demo_command(&["--grid", "1"])?,
    ];
    for mut command in calls {
        let (reader, writer) = std::io::pipe().map_err(|error| error.to_string())?;
        drop(reader);
        let output = output(command.stdout(Stdio::from(writer)))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || !said.is_empty() {
            return Err(format!("{command:?} ends in {}: {said}", output.status));
        }
    }
    Ok(())
}

fn output(command: &mut Command) -> Result<Output, String> {
    command
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))
}
