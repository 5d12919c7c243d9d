//! The player of a chapter: step through its runs, broken and fixed side by side.
//!
//! What can be chosen stands in `chapter.toml` ([`settings`]). Every choice is recorded with the chapter's real code
//! ([`crate::recordings`]); [`runs`] packs the recordings for the script in `docs/theme/player.js`, and `page` writes what is to
//! be read without it.

mod page;
pub mod runs;
pub mod settings;
pub mod words;

use crate::course::{Course, LANGUAGES};
use crate::recordings::{self, Kept, RunRequest};
use anyhow::{Context, Result, bail};
use guide::chapter::Chapter;
use guide::language::Language;
use picture::recording::{Recording, Request, Sentence};
use runs::Runs;
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
    (recordings::code_of(course, chapter)?, maker()?).hash(&mut key);
    let kept = Kept::at(course, &format!("player-{}", chapter.id), key.finish());
    let whole = LANGUAGES.iter().all(|language| {
        let code = language.code();
        kept.read(&format!("{code}.js")).is_some() && kept.read(&format!("{code}.html")).is_some()
    });
    if !whole {
        let recorded = Recorded::of(course, chapter, &settings)
            .with_context(|| format!("cannot make the player of {}", chapter.id))?;
        for language in LANGUAGES {
            let code = language.code();
            kept.write(&format!("{code}.js"), &recorded.script(chapter, language))?;
            let html = page::html(chapter, &settings, &recorded, language);
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
pub struct Recorded {
    runs: Runs,
    /// For each choice, for each patience, what there is to see.
    sliders: Vec<Vec<Slider>>,
    /// For each choice, what all of it takes on a calm day (virtual ms).
    usual: Vec<u64>,
}

/// What there is to see of a choice: a run of either code for each stop of the slider, or just one.
struct Slider {
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

impl Recorded {
    /// Records everything that a reader can choose.
    ///
    /// # Errors
    /// A run could not be made.
    pub fn of(course: &Course, chapter: &Chapter, settings: &Settings) -> Result<Recorded> {
        let mut recorded = Recorded {
            runs: Runs::default(),
            sliders: Vec::new(),
            usual: Vec::new(),
        };
        let patiences: Vec<Option<u64>> = if settings.patience.is_empty() {
            vec![None]
        } else {
            settings.patience.iter().copied().map(Some).collect()
        };
        for (place, choice) in settings.choices.iter().enumerate() {
            let calm = request(choice, CODES[0], None, String::new());
            let calm = recordings::record(course, chapter, &format!("calm-{place}"), &[calm])?;
            let usual = calm[0].usual;
            let plan = Plan {
                choice,
                patiences: &patiences,
                usual,
            };
            let edges = if choice.slides() {
                plan.edges(course, chapter, place)?
            } else {
                vec![None; patiences.len()]
            };
            recorded.usual.push(usual);
            recorded.sliders.push(plan.sliders(
                course,
                chapter,
                place,
                &edges,
                &mut recorded.runs,
            )?);
        }
        Ok(recorded)
    }

    /// The script that gives the runs to the player.
    fn script(&self, chapter: &Chapter, language: Language) -> String {
        let slider = |slider: &Slider| {
            let pairs = slider.pairs.iter();
            let pairs = pairs.map(|[one, other]| json!([one.number, other.number]));
            json!({"v": slider.stops, "p": pairs.collect::<Vec<Value>>(), "e": slider.edge})
        };
        let choices = self.sliders.iter();
        let choices = choices.map(|sliders| sliders.iter().map(slider).collect::<Vec<Value>>());
        let head = json!({
            "words": words::all(language),
            "usual": self.usual,
            "said": self.runs.sentences(language),
            "choices": choices.collect::<Vec<Vec<Value>>>(),
        });
        // The runs are JSON already.
        let (head, runs) = (head.to_string(), self.runs.runs());
        let head = head.trim_start_matches('{');
        format!("sagaRuns(\"{}\",{{\"runs\":{runs},{head});\n", chapter.id)
    }
}

/// A choice, and what it is recorded with.
struct Plan<'a> {
    choice: &'a Choice,
    patiences: &'a [Option<u64>],
    usual: u64,
}

impl Plan<'_> {
    /// For each patience, the last total that passes and the first that breaks.
    fn edges(
        &self,
        course: &Course,
        chapter: &Chapter,
        place: usize,
    ) -> Result<Vec<Option<[u64; 2]>>> {
        let schedule = self.choice.taking(self.usual + FOR_EVER, self.usual);
        let requests = self.patiences.iter();
        let requests =
            requests.map(|patience| request(self.choice, CODES[0], *patience, schedule.clone()));
        let requests: Vec<RunRequest> = requests.collect();
        let recordings = recordings::record(course, chapter, &format!("edges-{place}"), &requests)?;
        let edge = |recording: &Recording| {
            let edge = recording.edge.as_ref()?;
            Some([self.usual + edge.passes?, self.usual + edge.breaks?])
        };
        Ok(recordings.iter().map(edge).collect())
    }

    fn sliders(
        &self,
        course: &Course,
        chapter: &Chapter,
        place: usize,
        edges: &[Option<[u64; 2]>],
        packed: &mut Runs,
    ) -> Result<Vec<Slider>> {
        let stops = edges.iter().map(|edge| {
            let mut stops = self.choice.values.clone();
            stops.extend(edge.iter().flatten());
            stops.sort_unstable();
            stops.dedup();
            stops
        });
        let stops: Vec<Vec<u64>> = stops.collect();
        let mut requests = Vec::new();
        for (patience, stops) in self.patiences.iter().zip(&stops) {
            let totals = stops.iter();
            let mut schedules: Vec<String> = totals
                .map(|total| self.choice.taking(*total, self.usual))
                .collect();
            if !self.choice.slides() {
                schedules.push(self.choice.schedule.clone());
            }
            for schedule in schedules {
                requests.extend(
                    CODES.map(|code| request(self.choice, code, *patience, schedule.clone())),
                );
            }
        }
        let recordings = recordings::record(course, chapter, &format!("runs-{place}"), &requests)?;
        let mut runs = Vec::new();
        for recording in &recordings {
            let name = recording.accident.as_ref().map(|accident| &accident.name);
            runs.push(Run {
                number: packed.add(recording)?,
                accident: name.or(recording.halt.as_ref()).cloned(),
            });
        }
        let mut pairs = runs.chunks_exact(2);
        let mut sliders = Vec::new();
        for (stops, edge) in stops.into_iter().zip(edges) {
            let count = stops.len().max(1);
            let own = pairs.by_ref().take(count);
            let own: Vec<[Run; 2]> = own.map(|pair| [pair[0].clone(), pair[1].clone()]).collect();
            if own.len() != count {
                bail!("there are not two runs for each stop");
            }
            sliders.push(Slider {
                stops,
                pairs: own,
                edge: *edge,
            });
        }
        Ok(sliders)
    }
}

fn request(choice: &Choice, code: &str, patience: Option<u64>, schedule: String) -> RunRequest {
    RunRequest {
        patience: patience.is_some(),
        request: Request {
            code: match patience {
                Some(patience) => format!("{code}_{patience}"),
                None => code.to_owned(),
            },
            world: choice.world.clone(),
            schedule,
            picture: false,
        },
    }
}
