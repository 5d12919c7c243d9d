//! What the player and the gallery show is complete in both languages, and is what the chapters' own code does.

use anyhow::{Result, ensure};
use book::course::Course;
use book::gallery;
use book::player::settings::Settings;
use book::recordings::{RunRequest, record};
use guide::language::Language;
use picture::recording::Request;
use std::path::{Path, PathBuf};

fn course() -> Result<Course> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    Course::read(&root, &target)
}

#[test]
fn every_fix_of_the_gallery_has_its_japanese() -> Result<()> {
    let stale = gallery::stale(&course()?)?;
    ensure!(stale.is_empty(), "{}", stale.join("\n"));
    Ok(())
}

#[test]
fn every_fix_of_the_gallery_says_what_kills_it_and_who_catches_it() -> Result<()> {
    let course = course()?;
    for (language, lines) in [
        (
            Language::English,
            [
                "- Ends in [charged without an order](encyclopedia.md#",
                "), under `order1/payment.charge#1: reply lost`",
                "- Caught by `accidents::a_lost_reply_hides_a_success`; the code is `chapters/ch03_timeout/answers/wrong_longer_timeout.rs`",
            ],
        ),
        (
            Language::Japanese,
            [
                "- 結末：[注文がないのに課金](encyclopedia.md#",
                ")。スケジュール：`order1/payment.charge#1: reply lost`",
                "- 捕まえるテスト：`accidents::a_lost_reply_hides_a_success`（返事が消えると、成功が見えなくなる）。コード：`chapters/ch03_timeout/answers/wrong_longer_timeout.rs`",
            ],
        ),
    ] {
        let page = gallery::page(&course, language)?;
        for line in lines {
            ensure!(page.contains(line), "the gallery does not say: {line}");
        }
    }
    Ok(())
}

#[test]
fn with_the_patience_of_the_chapter_its_code_runs_as_in_the_chapter() -> Result<()> {
    let course = course()?;
    let mut compared = 0;
    for chapter in &course.chapters {
        let Some(settings) = Settings::read(chapter)? else {
            continue;
        };
        if settings.patience.is_empty() {
            continue;
        }
        for choice in &settings.choices {
            let schedule = choice.taking(1_700, 200);
            let request = |patience: bool, code: &str| RunRequest {
                patience,
                request: Request {
                    code: if patience {
                        format!("{code}_700")
                    } else {
                        code.to_owned()
                    },
                    world: choice.world.clone(),
                    schedule: schedule.clone(),
                    picture: false,
                },
            };
            for code in ["broken", "solution"] {
                let requests = [request(true, code), request(false, code)];
                let mut recordings = record(&course, chapter, "compared", &requests)?;
                for recording in &mut recordings {
                    recording.code = code.to_owned();
                }
                ensure!(
                    recordings[0] == recordings[1],
                    "{} under `{schedule}`: {code} with 700 ms is not the chapter's own",
                    chapter.id
                );
                compared += 1;
            }
        }
    }
    ensure!(compared > 0, "no chapter has a choice of patience");
    Ok(())
}
