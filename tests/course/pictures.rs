//! Pictures equal fresh runs, and the texts show no others.

use crate::chapters::Subject;
use crate::{Verdict, case, case_of, none_of, tree, updating};
use guide::chapter::Picture;
use guide::language::Language;
use libtest_mimic::Trial;
use markdown::Text;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

const LANGUAGES: [Language; 2] = [Language::English, Language::Japanese];

/// One case for each picture of a chapter in each language.
pub fn cases(subject: &Arc<Subject>) -> Vec<Trial> {
    let pictures = subject.chapter.pictures.iter();
    let each = pictures.flat_map(|picture| LANGUAGES.map(|language| (picture.clone(), language)));
    let one = |(picture, language): (Picture, Language)| {
        let name = format!("{} equals a fresh run", file_of(&picture, language));
        case_of(subject, &name, move |it| {
            equals_a_run(it, &picture, language)
        })
    };
    each.map(one).collect()
}

/// Where a picture of this language lies in its chapter: `pictures/crash.svg`, `pictures/ja/crash.svg`.
fn file_of(picture: &Picture, language: Language) -> String {
    match (language, picture.file.rsplit_once('/')) {
        (Language::Japanese, Some((directory, name))) => format!("{directory}/ja/{name}"),
        (Language::Japanese, None) => format!("ja/{}", picture.file),
        (Language::English, _) => picture.file.clone(),
    }
}

fn equals_a_run(subject: &Subject, picture: &Picture, language: Language) -> Verdict {
    let own = file_of(picture, language);
    let name = own.replace('/', "-");
    let fresh = std::env::temp_dir().join(format!("saga-{}-{name}", std::process::id()));
    let file = fresh.display().to_string();
    let Picture {
        code,
        schedule,
        world,
        beside,
        drawn,
        pivot,
        ..
    } = picture;
    let mut arguments = vec!["--code", code, "--schedule", schedule, "--svg", &file];
    arguments.extend(world.iter().flat_map(|world| ["--world", world]));
    arguments.extend(drawn.iter().flat_map(|drawn| ["--drawn", drawn]));
    arguments.extend(pivot.iter().flat_map(|pivot| ["--pivot", pivot]));
    if let Some(beside) = beside {
        arguments.push("--beside");
        arguments.extend(beside.iter().map(String::as_str));
    }
    let output = subject
        .demo_command(&arguments)?
        .env("SAGA_LANG", language.code())
        .output()
        .map_err(|error| format!("cannot run the demo of {}: {error}", subject.chapter.id))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let drawn = std::fs::read_to_string(&fresh).map_err(|error| error.to_string())?;
    // It lies among temporary files: to leave it there harms nobody.
    let _ = std::fs::remove_file(&fresh);
    let path = subject.chapter.directory.join(&own);
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
            let files =
                pictures.flat_map(|picture| LANGUAGES.map(|language| file_of(picture, language)));
            files.map(|file| subject.chapter.directory.join(file))
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
