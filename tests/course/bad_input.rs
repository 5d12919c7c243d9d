//! What comes from outside and makes no sense is answered in one message; and whoever stops reading hears nothing more.

use crate::chapters::Subject;
use crate::{Verdict, case_of, tree};
use libtest_mimic::Trial;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

/// The cases. One chapter speaks for all: the guide and the lab are the same in each.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    if subject.chapter.id != "ch03" {
        return Vec::new();
    }
    vec![case_of(
        subject,
        "a closed pipe ends demo and guide quietly",
        closed_pipe,
    )]
}

/// A call of the guide that builds nothing and remembers nothing.
fn guide() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saga-by-accident"));
    command
        .args(["hint", "ch03", "--all"])
        .current_dir(tree::root())
        .env("LC_ALL", "C.UTF-8");
    command
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
