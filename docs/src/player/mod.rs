//! The player of a chapter: step through its runs, broken and fixed side by side.
//!
//! What can be chosen stands in `chapter.toml` ([`settings`]). Every choice is filmed with the chapter's real code
//! ([`crate::films`]); [`reel`] cuts the films for the script in `docs/theme/player.js`, and `page` writes what is to
//! be read without it.

mod page;
pub mod reel;
pub mod settings;
pub mod words;

use crate::course::{Course, LANGUAGES};
use crate::films::{self, Kept, Take};
use anyhow::{Context, Result, bail};
use guide::chapter::Chapter;
use guide::language::Language;
use reel::{Reel, Sentence, sentence};
use serde_json::{Value, json};
use settings::{Choice, Settings};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The codes that are played side by side.
const CODES: [&str; 2] = ["broken", "solution"];
/// A delay that breaks whatever a delay can break (virtual ms).
const FOR_EVER: u64 = 3_600_000;

/// The HTML that goes into a chapter's page, where `<!-- player -->` stands or else after the first picture.
/// `None`: the chapter has no player.
///
/// # Errors
/// A run could not be made.
pub fn fragment(course: &Course, chapter: &Chapter, language: Language) -> Result<Option<String>> {
    let Some(kept) = made(course, chapter)? else {
        return Ok(None);
    };
    kept.read(&format!("{}.html", language.code()))
        .map(Some)
        .with_context(|| format!("the player of {} is gone", chapter.id))
}

/// What the fragments need: files by their path under `assets/`. A page that has a fragment loads `player.css`
/// and `player.js` if they are among them.
///
/// # Errors
/// A run could not be made.
pub fn assets(course: &Course) -> Result<Vec<(String, Vec<u8>)>> {
    let mut assets = Vec::new();
    for chapter in &course.chapters {
        let Some(kept) = made(course, chapter)? else {
            continue;
        };
        for language in LANGUAGES {
            let name = script_of(chapter, language);
            let text = kept.read(&format!("{}.js", language.code()));
            let text = text.with_context(|| format!("{name} is gone"))?;
            assets.push((name, text.into_bytes()));
        }
    }
    if !assets.is_empty() {
        for name in ["player.css", "player.js"] {
            let text = course.text(&std::path::Path::new("docs/theme").join(name))?;
            assets.push((name.to_owned(), text.into_bytes()));
        }
    }
    Ok(assets)
}

/// The file with the runs of a chapter, under `assets/`.
fn script_of(chapter: &Chapter, language: Language) -> String {
    format!("player/{}.{}.js", chapter.id, language.code())
}

/// The player of a chapter as it was made, now or before.
fn made(course: &Course, chapter: &Chapter) -> Result<Option<Kept>> {
    let Some(settings) = Settings::read(chapter)? else {
        return Ok(None);
    };
    let mut key = DefaultHasher::new();
    (films::code_of(course, chapter)?, maker()?).hash(&mut key);
    let kept = Kept::at(course, &format!("player-{}", chapter.id), key.finish());
    let whole = LANGUAGES.iter().all(|language| {
        let code = language.code();
        kept.read(&format!("{code}.js")).is_some() && kept.read(&format!("{code}.html")).is_some()
    });
    if !whole {
        let shot = Shot::of(course, chapter, &settings)
            .with_context(|| format!("cannot make the player of {}", chapter.id))?;
        for language in LANGUAGES {
            let code = language.code();
            kept.write(&format!("{code}.js"), &shot.script(chapter, language))?;
            let html = page::html(chapter, &settings, &shot, language);
            kept.write(&format!("{code}.html"), &html)?;
        }
    }
    Ok(Some(kept))
}

/// What changes with this program.
fn maker() -> Result<impl Hash> {
    let own = std::env::current_exe().context("cannot find the book's own program")?;
    let own = own
        .metadata()
        .context("cannot look at the book's own program")?;
    Ok((own.len(), own.modified().ok()))
}

/// The runs of a chapter, and which choice shows which.
pub struct Shot {
    reel: Reel,
    /// For each choice, for each patience, what there is to see.
    scenes: Vec<Vec<Scene>>,
    /// For each choice, what all of it takes on a calm day (virtual ms).
    usual: Vec<u64>,
}

/// What there is to see of a choice: a run of either code for each stop of the slider, or just one.
struct Scene {
    /// The stops: how long all of it takes (virtual ms). Empty if nothing slides.
    stops: Vec<u64>,
    /// The runs, for each stop or just once.
    pairs: Vec<[Run; 2]>,
    /// The last stop that passes, and the first that breaks.
    edge: Option<[u64; 2]>,
}

/// A run, and how it ended.
#[derive(Clone)]
struct Run {
    number: usize,
    /// The accident's name; `None` if all was well.
    accident: Option<Sentence>,
}

impl Shot {
    /// Films everything that a reader can choose.
    ///
    /// # Errors
    /// A run could not be made.
    pub fn of(course: &Course, chapter: &Chapter, settings: &Settings) -> Result<Shot> {
        let mut shot = Shot {
            reel: Reel::default(),
            scenes: Vec::new(),
            usual: Vec::new(),
        };
        let patiences: Vec<Option<u64>> = if settings.patience.is_empty() {
            vec![None]
        } else {
            settings.patience.iter().copied().map(Some).collect()
        };
        for (place, choice) in settings.choices.iter().enumerate() {
            let calm = take(choice, CODES[0], None, String::new());
            let calm = films::shoot(course, chapter, &format!("calm-{place}"), &[calm])?;
            let usual = calm[0]["usual"].as_u64().context("no usual latency")?;
            let frame = Frame {
                choice,
                patiences: &patiences,
                usual,
            };
            let edges = if choice.slides() {
                frame.edges(course, chapter, place)?
            } else {
                vec![None; patiences.len()]
            };
            shot.usual.push(usual);
            shot.scenes
                .push(frame.scenes(course, chapter, place, &edges, &mut shot.reel)?);
        }
        Ok(shot)
    }

    /// The script that gives the runs to the player.
    fn script(&self, chapter: &Chapter, language: Language) -> String {
        let scene = |scene: &Scene| {
            let pairs = scene.pairs.iter();
            let pairs = pairs.map(|[one, other]| json!([one.number, other.number]));
            json!({"v": scene.stops, "p": pairs.collect::<Vec<Value>>(), "e": scene.edge})
        };
        let choices = self.scenes.iter();
        let choices = choices.map(|scenes| scenes.iter().map(scene).collect::<Vec<Value>>());
        let head = json!({
            "words": words::all(language),
            "usual": self.usual,
            "said": self.reel.sentences(language),
            "choices": choices.collect::<Vec<Vec<Value>>>(),
        });
        // The runs are JSON already.
        let (head, runs) = (head.to_string(), self.reel.runs());
        let head = head.trim_start_matches('{');
        format!("sagaReel(\"{}\",{{\"runs\":{runs},{head});\n", chapter.id)
    }
}

/// A choice, and what it is filmed with.
struct Frame<'a> {
    choice: &'a Choice,
    patiences: &'a [Option<u64>],
    usual: u64,
}

impl Frame<'_> {
    /// For each patience, the last total that passes and the first that breaks.
    fn edges(
        &self,
        course: &Course,
        chapter: &Chapter,
        place: usize,
    ) -> Result<Vec<Option<[u64; 2]>>> {
        let schedule = self.choice.taking(self.usual + FOR_EVER, self.usual);
        let takes = self.patiences.iter();
        let takes = takes.map(|patience| take(self.choice, CODES[0], *patience, schedule.clone()));
        let takes: Vec<Take> = takes.collect();
        let films = films::shoot(course, chapter, &format!("edges-{place}"), &takes)?;
        let edge = |film: &Value| {
            let late = |name: &str| delay_of(film["edge"][name].as_str()?);
            Some([self.usual + late("passes")?, self.usual + late("breaks")?])
        };
        Ok(films.iter().map(edge).collect())
    }

    fn scenes(
        &self,
        course: &Course,
        chapter: &Chapter,
        place: usize,
        edges: &[Option<[u64; 2]>],
        reel: &mut Reel,
    ) -> Result<Vec<Scene>> {
        let stops = edges.iter().map(|edge| {
            let mut stops = self.choice.values.clone();
            stops.extend(edge.iter().flatten());
            stops.sort_unstable();
            stops.dedup();
            stops
        });
        let stops: Vec<Vec<u64>> = stops.collect();
        let mut takes = Vec::new();
        for (patience, stops) in self.patiences.iter().zip(&stops) {
            let totals = stops.iter();
            let mut schedules: Vec<String> = totals
                .map(|total| self.choice.taking(*total, self.usual))
                .collect();
            if !self.choice.slides() {
                schedules.push(self.choice.schedule.clone());
            }
            for schedule in schedules {
                takes
                    .extend(CODES.map(|code| take(self.choice, code, *patience, schedule.clone())));
            }
        }
        let films = films::shoot(course, chapter, &format!("runs-{place}"), &takes)?;
        let mut runs = Vec::new();
        for film in &films {
            let name = sentence(&film["accident"]["name"]);
            runs.push(Run {
                number: reel.add(film)?,
                accident: name.or_else(|| sentence(&film["halt"])),
            });
        }
        let mut pairs = runs.chunks_exact(2);
        let mut scenes = Vec::new();
        for (stops, edge) in stops.into_iter().zip(edges) {
            let count = stops.len().max(1);
            let own = pairs.by_ref().take(count);
            let own: Vec<[Run; 2]> = own.map(|pair| [pair[0].clone(), pair[1].clone()]).collect();
            if own.len() != count {
                bail!("there are not two runs for each stop");
            }
            scenes.push(Scene {
                stops,
                pairs: own,
                edge: *edge,
            });
        }
        Ok(scenes)
    }
}

fn take(choice: &Choice, code: &str, patience: Option<u64>, schedule: String) -> Take {
    Take {
        patience: patience.is_some(),
        code: match patience {
            Some(patience) => format!("{code}_{patience}"),
            None => code.to_owned(),
        },
        world: choice.world.clone(),
        schedule,
        picture: false,
    }
}

/// The span that a fault ends with, in virtual ms: 1500 of `reply late 1500ms`, 3600000 of `late 1h`.
fn delay_of(fault: &str) -> Option<u64> {
    let span = fault.rsplit(' ').next()?;
    let digits = span.trim_end_matches(char::is_alphabetic);
    let unit = match &span[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some(digits.parse::<u64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_read_as_the_lab_writes_it() {
        let delays = [
            ("reply late 501ms", Some(501)),
            ("reply late 2s", Some(2_000)),
            ("down 10m", Some(600_000)),
            ("late 1h", Some(3_600_000)),
            ("reply lost", None),
        ];
        for (fault, delay) in delays {
            assert_eq!(delay_of(fault), delay, "{fault}");
        }
    }
}
