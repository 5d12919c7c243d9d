//! The gallery of fixes that do not fix: each with why it tempts, and the timeline of its death.
//!
//! The English stands at the head of each `answers/wrong_*.rs` ([`claim`]), the Japanese in `docs/ja/wrong-fixes.toml`.
//! The timelines are drawn from runs of the fixes themselves.

pub mod claim;

use crate::course::{Course, LANGUAGES};
use crate::figure;
use crate::files;
use crate::player::words::word;
use crate::recordings::{self, RunRequest};
use anyhow::{Context, Result, anyhow, bail};
use claim::Claim;
use guide::chapter::Chapter;
use guide::language::Language;
use markdown::Outline;
use picture::recording::{Recording, Request, Sentence};
use std::fmt::Write;
use std::path::Path;
use toml::Table;

/// How a notebook and the run differ, in both languages.
const PREDICTIONS: [[&str; 2]; 2] = [
    ["not as predicted", "予想と違う"],
    ["not written down yet", "まだ書かれていない"],
];

/// Where the Japanese stands.
const JAPANESE: &str = "docs/ja/wrong-fixes.toml";

/// The fixes of a chapter, and how each of them ends.
struct Wing<'a> {
    chapter: &'a Chapter,
    fixes: Vec<(Claim, Recording)>,
}

/// The whole page, as Markdown that starts with its title. Links and pictures are written as from `docs/en` or
/// `docs/ja`; a block fenced as ```` ```{=html} ```` goes into the page untouched. Without any text there is no page.
///
/// # Errors
/// A run could not be made, or a fix does not end as its head says.
pub fn page(course: &Course, language: Language) -> Result<String> {
    let wings = wings(course)?;
    if wings.is_empty() {
        return Ok(String::new());
    }
    let encyclopedia = Path::new("docs")
        .join(language.code())
        .join("encyclopedia.md");
    let accidents = Outline::of(&course.text(&encyclopedia)?);
    let mut page = format!(
        "# {}\n\n{}\n",
        say("title", language),
        say("intro", language)
    );
    for wing in wings {
        let Chapter {
            id,
            title,
            directory,
            ..
        } = wing.chapter;
        let readme = language.pick("README.md", "README.ja.md");
        let _ = write!(
            page,
            "\n## {id} · {}\n\n{}\n",
            title.get(language),
            say("chapter", language)
                .replace("{0}", &format!("../../{}/{readme}", directory.display()))
        );
        for (claim, recording) in &wing.fixes {
            exhibit(
                &mut page,
                wing.chapter,
                claim,
                recording,
                &accidents,
                language,
            );
        }
    }
    Ok(page)
}

/// The pictures that the page shows, by their paths under `assets/`.
///
/// # Errors
/// A run could not be made.
pub fn assets(course: &Course) -> Result<Vec<(String, Vec<u8>)>> {
    let mut assets = Vec::new();
    for wing in wings(course)? {
        for (claim, recording) in &wing.fixes {
            let svg = recording.svg.as_ref();
            let Sentence { en, ja } = svg.context("a recording has no picture")?;
            for language in LANGUAGES {
                let bytes = language.pick(en, ja).as_bytes().to_vec();
                assets.push((picture_of(wing.chapter, claim, language), bytes));
            }
        }
    }
    Ok(assets)
}

/// The fixes whose Japanese is missing or stale, and translations of fixes that are no more.
///
/// # Errors
/// A file cannot be read.
pub fn stale(course: &Course) -> Result<Vec<String>> {
    let japanese = japanese(course)?;
    let mut wrong = Vec::new();
    for chapter in &course.chapters {
        let claims = claims(course, chapter, &japanese)?;
        for claim in &claims {
            if let Some(what) = claim.stale(entry(&japanese, chapter, &claim.name)) {
                wrong.push(format!("{}/{} {what} ({JAPANESE})", chapter.id, claim.name));
            }
        }
        let translated = japanese.get(&chapter.id).and_then(|it| it.as_table());
        for name in translated.iter().flat_map(|table| table.keys()) {
            if !claims.iter().any(|claim| claim.name == *name) {
                wrong.push(format!(
                    "{JAPANESE} has {}.{name}, which is gone",
                    chapter.id
                ));
            }
        }
    }
    Ok(wrong)
}

fn wings(course: &Course) -> Result<Vec<Wing<'_>>> {
    let japanese = japanese(course)?;
    let mut wings = Vec::new();
    for chapter in &course.chapters {
        let claims = claims(course, chapter, &japanese)?;
        if claims.is_empty() {
            continue;
        }
        let request = |claim: &Claim| RunRequest {
            patience: false,
            request: Request {
                code: claim.name.clone(),
                world: claim.head.world.clone(),
                schedule: claim.head.schedule.clone(),
                picture: true,
            },
        };
        let requests: Vec<RunRequest> = claims.iter().map(request).collect();
        let recordings = recordings::record(course, chapter, "gallery", &requests)?;
        for (claim, recording) in claims.iter().zip(&recordings) {
            let accident = recording.accident.as_ref();
            let ends = accident.map_or("no accident", |accident| &accident.name.en);
            // A wrong prediction is no accident: its run shows what is so.
            if ends != claim.head.accident && prediction(claim).is_none() {
                bail!(
                    "{}: {} says that it ends in {}, and it ends in {ends}",
                    chapter.id,
                    claim.name,
                    claim.head.accident
                );
            }
        }
        wings.push(Wing {
            chapter,
            fixes: claims.into_iter().zip(recordings).collect(),
        });
    }
    Ok(wings)
}

/// What the fixes say of themselves, in Japanese. Without the file, each of them lacks it, which [`stale`] says.
fn japanese(course: &Course) -> Result<Table> {
    if !course.root.join(JAPANESE).exists() {
        return Ok(Table::new());
    }
    let text = course.text(Path::new(JAPANESE))?;
    text.parse()
        .with_context(|| format!("{JAPANESE} is not TOML"))
}

fn entry<'a>(japanese: &'a Table, chapter: &Chapter, name: &str) -> Option<&'a Table> {
    japanese.get(&chapter.id)?.get(name)?.as_table()
}

fn claims(course: &Course, chapter: &Chapter, japanese: &Table) -> Result<Vec<Claim>> {
    let place = chapter.directory.join("answers");
    if !course.root.join(&place).is_dir() {
        return Ok(Vec::new());
    }
    let mut claims = Vec::new();
    for file in files::names(&course.root.join(&place))? {
        let Some(name) = file
            .strip_suffix(".rs")
            .filter(|name| name.starts_with("wrong_"))
        else {
            continue;
        };
        let source = course.text(&place.join(&file))?;
        let head = guide::claim::Claim::of(name, &source).map_err(|error| anyhow!(error));
        let head = head.with_context(|| place.display().to_string())?;
        claims.push(Claim::of(name, head, entry(japanese, chapter, name)));
    }
    Ok(claims)
}

/// One fix: what it is, why it tempts, and how it dies.
fn exhibit(
    page: &mut String,
    chapter: &Chapter,
    claim: &Claim,
    recording: &Recording,
    accidents: &Outline,
    language: Language,
) {
    let own = |name: &str| say(name, language);
    let accident = language.pick(
        claim.head.accident.clone(),
        in_japanese(claim, recording)
            .unwrap_or(&claim.head.accident)
            .to_owned(),
    );
    let known = accidents.0.iter().position(|heading| {
        let heading = heading.words.to_lowercase();
        heading.contains(&claim.head.accident)
    });
    let accident = match known {
        Some(place) => format!("[{accident}](encyclopedia.md#{})", accidents.slugs()[place]),
        None => accident,
    };
    let schedule = if claim.head.schedule.is_empty() {
        own("calm").to_owned()
    } else {
        format!("`{}`", claim.head.schedule)
    };
    let world = claim.head.world.as_ref();
    let in_world = world.map_or(String::new(), |name| own("world").replace("{0}", name));
    let [what, tempts, why] =
        [&claim.what, &claim.tempts, &claim.why].map(|text| text.get(language));
    let [tempting, failing, ends, under, caught, file] =
        ["tempts", "why", "ends", "under", "caught", "file"].map(own);
    let code = chapter.directory.join("answers").join(&claim.name);
    let meaning = chapter.meaning(&claim.head.test, language);
    let meaning = meaning.map_or(String::new(), |says| format!("（{says}）"));
    let _ = write!(
        page,
        "\n### {what}\n\n**{tempting}** {tempts}\n\n**{failing}** {why}\n\n\
         - {ends}{accident}{under}{schedule}{in_world}\n\
         - {caught}`{test}`{meaning}{file}`{code}.rs`\n\n",
        test = claim.head.test,
        code = code.display(),
    );
    let svg = recording.svg.as_ref();
    let svg = svg.map_or("", |svg| language.pick(&svg.en, &svg.ja));
    let alt = format!(
        "{}: {}{}",
        own("timeline"),
        claim.what.get(language),
        language.pick(".", "。")
    );
    let path = format!("../assets/{}", picture_of(chapter, claim, language));
    let world = world.map_or(String::new(), |name| format!(" --world {name}"));
    let command = format!(
        "cargo run -p {} --features answers -- --code {}{world} --schedule \"{}\"",
        chapter.id, claim.name, claim.head.schedule
    );
    let _ = write!(
        page,
        "```{{=html}}\n<details class=\"death\"><summary>{}</summary>{}<p class=\"quiet\">{} <code>{}</code></p></details>\n```\n",
        own("timeline"),
        figure::picture(&path, figure::size(svg), &alt).trim_end(),
        word("schedule", language),
        figure::escaped(&command),
    );
}

fn picture_of(chapter: &Chapter, claim: &Claim, language: Language) -> String {
    let language = language.code();
    format!("gallery/{}/{language}/{}.svg", chapter.id, claim.name)
}

/// What the fix ends in, in Japanese: a prediction, or the accident of its run.
fn in_japanese<'a>(claim: &Claim, recording: &'a Recording) -> Option<&'a str> {
    prediction(claim).or_else(|| Some(&recording.accident.as_ref()?.name.ja))
}

/// What is wrong with a prediction, in Japanese, if the fix is one.
fn prediction(claim: &Claim) -> Option<&'static str> {
    let mut all = PREDICTIONS.iter();
    let [_, japanese] = all.find(|[english, _]| *english == claim.head.accident)?;
    Some(japanese)
}

/// What the page itself says: a name, and the words in English and Japanese.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "title",
        "🩹 Fixes that do not fix",
        "🩹 直ったように見えて、直っていない",
    ),
    (
        "intro",
        "Everybody has written one of these. Each looks right, passes a calm day (mostly), and has its own way to die.\n\n\
         Read why it tempts, and guess what kills it. Then open the timeline: it is drawn from a run of this very code.\n\n\
         All of them are in the course, under `answers/`. Copy one over `exercise.rs`, and see which test catches it.",
        "誰でも一度は書いちゃう修正を集めました。どれも正しそうに見えて、何も起きない日は（たいてい）通ります。そして、それぞれの最期を迎えます😇\n\n\
         まず「つい書きたくなる理由」を読んで、何がとどめを刺すのか当ててみてください。それから、タイムラインを開きましょう。このコードを本当に走らせて描いたものです。\n\n\
         コードは全部、教材の`answers/`にあります。`exercise.rs`に上書きすると、どのテストに捕まるかも試せます。",
    ),
    (
        "chapter",
        "The story behind them: [the chapter]({0}).",
        "どんなお話だったかは、[この章]({0})で。",
    ),
    ("tempts", "Why it tempts.", "つい書きたくなる理由。"),
    ("why", "Why it fails.", "だめな理由。"),
    ("ends", "Ends in ", "結末："),
    ("under", ", under ", "。スケジュール："),
    ("caught", "Caught by ", "捕まえるテスト："),
    ("file", "; the code is ", "。コード："),
    (
        "calm",
        "no fault at all: a calm day",
        "なし（何も起きない日）",
    ),
    ("world", ", in the world `{0}`", "。世界：`{0}`"),
    (
        "timeline",
        "The timeline of its death",
        "最期のタイムライン",
    ),
];

fn say(name: &str, language: Language) -> &'static str {
    let found = WORDS.iter().find(|(known, _, _)| *known == name);
    let (_, english, japanese) =
        found.unwrap_or_else(|| panic!("the gallery has no word `{name}`"));
    language.pick(english, japanese)
}
