//! Two runs in one picture.

use super::{captioned, said, save};
use crate::chapter::Chapter;
use lab::flow::Code;
use lab::judge::evidence::Evidence;
use lab::language::name::Name;
use lab::language::schedule::Schedule;
use lab::run::replay;
use lab::tell::Language;
use lab::tell::catalogue::without_faults;
use lab::tell::report::Style;
use lab::tell::scene::{Moment, Scene, takes_effect};
use lab::{both, sentence};
use picture::svg::Caption;
use std::path::Path;
use std::process::ExitCode;

/// A run that is to be drawn: the world of a chapter, a code, and a schedule.
pub(super) struct Asked<'a>(pub Chapter, pub Code, pub &'a str);

/// How two runs are drawn.
#[derive(Clone, Copy)]
pub(super) enum Compared<'a> {
    /// Who holds what locked, and who waits for it.
    ByLocks,
    /// As timelines, and in them where this step takes effect, from which there is no way back.
    AsTimelines { pivot: Option<&'a str> },
}

impl Asked<'_> {
    fn run(&self) -> Result<Evidence, String> {
        let Asked(chapter, code, text) = self;
        let schedule: Schedule = text.parse().map_err(said)?;
        let run = replay(&chapter.world(), *code, &schedule);
        schedule.check_steps(&run.steps()).map_err(said)?;
        Ok(run.evidence)
    }
}

/// Draws two runs in one picture.
pub(super) fn draw(
    asked: &[Asked<'_>; 2],
    drawn: Compared<'_>,
    file: &Path,
) -> Result<ExitCode, String> {
    let runs = [asked[0].run()?, asked[1].run()?];
    let language = Style::terminal().language;
    let picture = match drawn {
        Compared::ByLocks => by_locks(asked, &runs, language),
        Compared::AsTimelines { pivot } => {
            let pivots = match pivot {
                Some(step) => pivots(&runs, step)?,
                None => [None, None],
            };
            as_timelines(asked, &runs, pivots, language)
        }
    };
    save(file, &picture)?;
    Ok(ExitCode::SUCCESS)
}

fn by_locks(asked: &[Asked<'_>; 2], runs: &[Evidence; 2], language: Language) -> String {
    let title = |n: usize| {
        let Asked(_, code, text) = &asked[n];
        let how = if runs[n].participations.is_empty() {
            sentence!(language, en: "a saga", ja: "サガ")
        } else {
            sentence!(language, en: "two-phase commit", ja: "2相コミット")
        };
        format!("{how} ({}) · {text}", code.name())
    };
    let titles = [title(0), title(1)];
    let panel = |n: usize| picture::Panel {
        title: &titles[n],
        evidence: &runs[n],
    };
    let title = sentence!(
        language,
        en: "The same failure under two designs",
        ja: "同じ障害を、2つの設計で"
    );
    picture::compare(&title, &[panel(0), panel(1)], language)
}

/// Where the step takes effect in each run. Where it does in neither, it is a slip.
fn pivots(runs: &[Evidence; 2], step: &str) -> Result<[Option<Moment>; 2], String> {
    let pivots = [&runs[0], &runs[1]].map(|run| takes_effect(run, Name::new(step)));
    if pivots.iter().all(Option::is_none) {
        return Err(said(both!(
            en: "`{step}` takes effect in neither of the two runs",
            ja: "`{step}`は、2つの実行のどちらでも効いていません"
        )));
    }
    Ok(pivots)
}

fn as_timelines(
    asked: &[Asked<'_>; 2],
    runs: &[Evidence; 2],
    pivots: [Option<Moment>; 2],
    language: Language,
) -> String {
    let scenes = [&runs[0], &runs[1]].map(Scene::of);
    let titled = |n: usize| {
        let Asked(chapter, code, text) = &asked[n];
        let calm = without_faults(&chapter.world(), language);
        let what = if text.is_empty() { &calm } else { *text };
        format!("{} · {what}", code.name())
    };
    let titles = [titled(0), titled(1)];
    let title = sentence!(language, en: "Two days in the shop", ja: "お店の、ある日と別の日");
    captioned(&runs[0], &titles[0], language, |one| {
        captioned(&runs[1], &titles[1], language, |other| {
            let one = Caption {
                pivot: pivots[0],
                ..*one
            };
            let other = Caption {
                pivot: pivots[1],
                ..*other
            };
            picture::pair(&title, [(&scenes[0], &one), (&scenes[1], &other)])
        })
    })
}
