//! Pictures equal fresh runs, and the texts show no others.

use crate::chapters::Subject;
use crate::{Verdict, case, case_of, none_of, tree, updating};
use guide::chapter::Picture;
use libtest_mimic::Trial;
use markdown::Text;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// One case for each picture of a chapter.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    let pictures = subject.chapter.pictures.iter().cloned();
    let one = |picture: Picture| {
        let name = format!("{} equals a fresh run", picture.file);
        case_of(subject, &name, move |it| equals_a_run(it, &picture))
    };
    pictures.map(one).collect()
}

fn equals_a_run(subject: &Subject, picture: &Picture) -> Verdict {
    let name = picture.file.replace('/', "-");
    let fresh = std::env::temp_dir().join(format!("saga-{}-{name}", std::process::id()));
    let file = fresh.display().to_string();
    let Picture {
        code,
        schedule,
        world,
        beside,
        drawn,
        ..
    } = picture;
    let mut arguments = vec!["--code", code, "--schedule", schedule, "--svg", &file];
    arguments.extend(world.iter().flat_map(|world| ["--world", world]));
    arguments.extend(drawn.iter().flat_map(|drawn| ["--drawn", drawn]));
    if let Some(beside) = beside {
        arguments.push("--beside");
        arguments.extend(beside.iter().map(String::as_str));
    }
    let output = subject.demo(&arguments)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let drawn = std::fs::read_to_string(&fresh).map_err(|error| error.to_string())?;
    // It lies among temporary files: to leave it there harms nobody.
    let _ = std::fs::remove_file(&fresh);
    let path = subject.chapter.directory.join(&picture.file);
    let committed = tree::read(&path);
    match committed {
        Ok(committed) if committed == drawn => Ok(()),
        _ if updating() => {
            if let Some(directory) = tree::root().join(&path).parent() {
                std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
            }
            tree::rewrite(&path, &drawn, "a fresh run")
        }
        Ok(_) => Err(format!(
            "{} is not what {code} under `{schedule}` draws (cargo course sync redraws it)",
            path.display()
        )),
        Err(error) => Err(format!("{error} (cargo course sync draws it)")),
    }
}

/// The pictures of the texts are those of the chapters, and each is shown somewhere.
pub fn used(texts: &[Arc<Text>], subjects: &[Arc<Subject>]) -> Vec<Trial> {
    let listed: BTreeSet<PathBuf> = subjects
        .iter()
        .flat_map(|subject| {
            let pictures = subject.chapter.pictures.iter();
            pictures.map(|picture| subject.chapter.directory.join(&picture.file))
        })
        .collect();
    let shown: BTreeSet<PathBuf> = texts
        .iter()
        .flat_map(|text| {
            let local = text
                .pictures
                .iter()
                .filter(|picture| !picture.contains("://"));
            local.filter_map(|picture| tree::normal(&text.directory().join(picture)))
        })
        .collect();
    vec![case(
        "every picture shown is listed, and every picture listed is shown",
        move || {
            let is_drawn = |path: &&PathBuf| path.components().any(|c| c.as_os_str() == "pictures");
            let unlisted = shown.difference(&listed).filter(is_drawn);
            let unshown = listed.difference(&shown);
            let wrong: Vec<String> = unlisted
                .map(|path| format!("{} is shown, and no chapter.toml lists it", path.display()))
                .chain(
                    unshown
                        .map(|path| format!("{} is listed, and no text shows it", path.display())),
                )
                .collect();
            none_of(&wrong)
        },
    )]
}
