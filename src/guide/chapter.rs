//! What `chapter.toml` says of a chapter.

use crate::language::{Both, Language};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// A chapter of the course.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// Its package: `ch03`.
    pub id: String,
    /// Where it lies, seen from the root of the repository.
    pub directory: PathBuf,
    /// Its title.
    pub title: Both,
    /// The heading, in its English text, of the part that a red report sends its reader to.
    pub section: String,
    /// The order flow it is about, for the prompts.
    pub flow: Option<Both>,
    /// Every schedule of at most this many faults has to end well in the chapter's usual world. `None`: that world is
    /// not searched.
    pub bound: Option<usize>,
    /// Worlds that are searched further than the usual one, because they are smaller.
    pub smaller: Vec<Smaller>,
    /// What the modules of its tests are called, in order.
    pub parts: Vec<(String, Both)>,
    /// Which tests the starter fails and with which accident, in story order.
    pub fails: Vec<(String, String)>,
    /// Which tests show each item of the source.
    pub sources: Vec<(String, Vec<String>)>,
    /// The pictures of the text.
    pub pictures: Vec<Picture>,
    /// The hints, the smallest first.
    pub hints: Vec<Both>,
    /// What a reader can do afterwards.
    pub checklist: Vec<Item>,
}

/// Worlds of one kind that are searched further than the usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smaller {
    /// Their names.
    pub worlds: Vec<String>,
    /// Every schedule of at most this many faults has to end well in each of them.
    pub bound: usize,
    /// What they are like.
    pub words: Both,
}

/// A picture, and the run that it shows.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its file, seen from the chapter.
    pub file: String,
    /// The code that ran.
    pub code: String,
    /// Under this schedule.
    pub schedule: String,
    /// In this world of the chapter's tests, if not the usual one.
    pub world: Option<String>,
    /// Set if a second run is drawn below the first: its code, its schedule, and its world, if not the usual one.
    pub beside: Option<Vec<String>>,
    /// How it is drawn, if not as usual: `numbered`, `flow-chart`.
    pub drawn: Option<String>,
}

/// A box of the checklist.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it says.
    pub text: Both,
    /// It is ticked when all of these pass.
    pub tests: Vec<String>,
}

impl Chapter {
    /// All chapters under `root`, in order.
    ///
    /// # Errors
    /// A message that names the file, if one cannot be read or lacks something.
    pub fn all(root: &Path) -> Result<Vec<Chapter>, String> {
        let place = root.join("chapters");
        let entries = std::fs::read_dir(&place)
            .map_err(|error| format!("cannot read {}: {error}", place.display()))?;
        let mut directories: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.join("chapter.toml").is_file())
            .collect();
        directories.sort();
        directories
            .iter()
            .map(|path| {
                let file = path.join("chapter.toml");
                let text = std::fs::read_to_string(&file)
                    .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
                // Seen from the root, which `path` starts with.
                let directory = path.strip_prefix(root).unwrap_or(path);
                Chapter::parse(&text, directory)
                    .map_err(|error| format!("{}: {error}", file.display()))
            })
            .collect()
    }

    /// Reads a `chapter.toml`.
    ///
    /// # Errors
    /// A message that says what is missing or of the wrong kind.
    pub fn parse(text: &str, directory: &Path) -> Result<Chapter, String> {
        let table: Table = text.parse().map_err(|error| format!("{error}"))?;
        let tests_by_key = |key: &str| -> Result<Vec<(String, Vec<String>)>, String> {
            section(&table, key)?
                .iter()
                .map(|(name, tests)| Ok((name.clone(), strings(tests, name)?)))
                .collect()
        };
        Ok(Chapter {
            id: string(&table, "id")?,
            directory: directory.to_owned(),
            title: both(section(&table, "title")?).map_err(|error| format!("title: {error}"))?,
            section: string(&table, "section")?,
            flow: match table.get("flow") {
                Some(Value::Table(flow)) => Some(both(flow)?),
                _ => None,
            },
            bound: match table.get("bound") {
                Some(value) => Some(whole_number(value, "bound")?),
                None if table.contains_key("smaller") => None,
                None => return Err("`bound` has to be a number".to_owned()),
            },
            smaller: each(&table, "smaller", |smaller| {
                let worlds = smaller.get("worlds").ok_or("`worlds` is missing")?;
                let bound = smaller.get("bound").ok_or("`bound` is missing")?;
                Ok(Smaller {
                    worlds: strings(worlds, "worlds")?,
                    bound: whole_number(bound, "bound")?,
                    words: both(smaller)?,
                })
            })?,
            parts: parts(&table)?,
            fails: section(&table, "fails")?
                .iter()
                .map(|(test, accident)| match accident.as_str() {
                    Some(accident) => Ok((test.clone(), accident.to_owned())),
                    None => Err(format!("fails.{test} has to be the name of an accident")),
                })
                .collect::<Result<_, String>>()?,
            sources: tests_by_key("sources")?,
            pictures: each(&table, "pictures", |picture| {
                Ok(Picture {
                    file: string(picture, "file")?,
                    code: string(picture, "code")?,
                    schedule: string(picture, "schedule")?,
                    world: match picture.get("world") {
                        Some(_) => Some(string(picture, "world")?),
                        None => None,
                    },
                    beside: match picture.get("beside") {
                        Some(beside) => Some(strings(beside, "beside")?),
                        None => None,
                    },
                    drawn: match picture.get("drawn") {
                        Some(_) => Some(string(picture, "drawn")?),
                        None => None,
                    },
                })
            })?,
            hints: each(&table, "hints", both)?,
            checklist: each(&table, "checklist", |item| {
                let tests = item.get("tests").ok_or("`tests` is missing")?;
                Ok(Item {
                    text: both(item)?,
                    tests: strings(tests, "tests")?,
                })
            })?,
        })
    }

    /// Its number and its title: `ch03 · A timeout`.
    pub fn heading(&self, language: Language) -> String {
        format!("{} · {}", self.id, self.title.get(language))
    }

    /// The learner's file, seen from the root.
    pub fn exercise(&self) -> PathBuf {
        self.directory.join("src").join("exercise.rs")
    }
}

/// The chapter of this name among all.
///
/// # Errors
/// The nearest name instead, if one is near.
pub fn find<'a>(chapters: &'a [Chapter], id: &str) -> Result<&'a Chapter, Option<&'a str>> {
    if let Some(chapter) = chapters.iter().find(|chapter| chapter.id == id) {
        return Ok(chapter);
    }
    let nearest = chapters
        .iter()
        .map(|chapter| (strsim::jaro_winkler(&chapter.id, id), chapter.id.as_str()))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .filter(|(likeness, _)| *likeness > 0.6);
    Err(nearest.map(|(_, id)| id))
}

/// Most chapters have accidents and properties. One that has others says so.
fn parts(table: &Table) -> Result<Vec<(String, Both)>, String> {
    let Some(Value::Table(parts)) = table.get("parts") else {
        let usual = [
            ("accidents", "named accidents", "名前のついた事故"),
            ("properties", "properties", "性質テスト"),
        ];
        let usual = usual.map(|(module, en, ja)| {
            let (en, ja) = (en.to_owned(), ja.to_owned());
            (module.to_owned(), Both { en, ja })
        });
        return Ok(usual.into());
    };
    let part = |(module, names): (&String, &Value)| {
        let names = names.as_table().ok_or("not a table".to_owned());
        let names = names.and_then(both);
        match names {
            Ok(names) => Ok((module.clone(), names)),
            Err(error) => Err(format!("parts.{module}: {error}")),
        }
    };
    parts.iter().map(part).collect()
}

fn section<'a>(table: &'a Table, key: &str) -> Result<&'a Table, String> {
    match table.get(key) {
        Some(Value::Table(table)) => Ok(table),
        _ => Err(format!("[{key}] is missing")),
    }
}

fn string(table: &Table, key: &str) -> Result<String, String> {
    match table.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(format!("`{key}` has to be a text")),
    }
}

fn whole_number(value: &Value, key: &str) -> Result<usize, String> {
    let number = value.as_integer().and_then(|it| usize::try_from(it).ok());
    number.ok_or_else(|| format!("`{key}` has to be a number"))
}

fn strings(value: &Value, key: &str) -> Result<Vec<String>, String> {
    let texts = value.as_array().and_then(|values| {
        let texts = values.iter().map(|value| Some(value.as_str()?.to_owned()));
        texts.collect::<Option<Vec<String>>>()
    });
    texts.ok_or_else(|| format!("`{key}` has to be a list of texts"))
}

fn both(table: &Table) -> Result<Both, String> {
    Ok(Both {
        en: string(table, "en")?,
        ja: string(table, "ja")?,
    })
}

/// Every table of an array of tables, which may be absent.
fn each<T>(
    table: &Table,
    key: &str,
    read: impl Fn(&Table) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let Some(value) = table.get(key) else {
        return Ok(Vec::new());
    };
    let values = value
        .as_array()
        .ok_or_else(|| format!("[[{key}]] has to be an array of tables"))?;
    let read_one = |(place, value): (usize, &Value)| {
        let entry = value.as_table().ok_or("not a table".to_owned());
        entry
            .and_then(&read)
            .map_err(|error| format!("[[{key}]], entry {}: {error}", place + 1))
    };
    values.iter().enumerate().map(read_one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
id = "ch03"
title.en = "A timeout"
title.ja = "タイムアウト"
section = "Three timeouts"
bound = 2
[fails]
"accidents::z" = "charged twice"
"accidents::a" = "charged without an order"
[sources]
S4 = ["accidents::z"]
[[pictures]]
file = "pictures/a.svg"
code = "broken"
schedule = "order1/payment.charge#1: reply lost"
[[hints]]
en = "look"
ja = "見る"
[[checklist]]
en = "I can"
ja = "できる"
tests = ["accidents::z"]
"#;

    #[test]
    fn a_chapter_is_read_in_story_order() {
        let chapter = Chapter::parse(TEXT, Path::new("chapters/ch03_timeout")).unwrap();
        let names: Vec<&str> = chapter
            .fails
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["accidents::z", "accidents::a"]);
        assert_eq!(chapter.title.ja, "タイムアウト");
        assert_eq!(chapter.bound, Some(2));
        assert_eq!(chapter.pictures[0].code, "broken");
        assert_eq!(chapter.checklist[0].tests, ["accidents::z"]);
        assert!(chapter.flow.is_none());
        let parts: Vec<&str> = chapter
            .parts
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(parts, ["accidents", "properties"]);
    }

    #[test]
    fn a_chapter_may_have_other_parts() {
        let with = |parts: &str| {
            let text = TEXT.replace("[fails]", &format!("[parts]\n{parts}\n[fails]"));
            Chapter::parse(&text, Path::new("x")).map(|chapter| chapter.parts)
        };
        let parts = with("q2 = { en = \"question 2\", ja = \"問2\" }").unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!((parts[0].0.as_str(), parts[0].1.ja.as_str()), ("q2", "問2"));
        assert_eq!(
            with("q2 = { en = \"question 2\" }").unwrap_err(),
            "parts.q2: `ja` has to be a text"
        );
    }

    #[test]
    fn a_chapter_may_search_smaller_worlds_only() {
        let smaller =
            "[[smaller]]\nworlds = [\"a\", \"b\"]\nbound = 2\nen = \"small\"\nja = \"小\"\n";
        let chapter =
            Chapter::parse(&TEXT.replace("bound = 2\n", smaller), Path::new("x")).unwrap();
        assert_eq!(chapter.bound, None);
        assert_eq!(chapter.smaller[0].worlds, ["a", "b"]);
        assert_eq!(chapter.smaller[0].bound, 2);
        let neither = Chapter::parse(&TEXT.replace("bound = 2\n", ""), Path::new("x"));
        assert_eq!(neither.unwrap_err(), "`bound` has to be a number");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |from: &str, to: &str| {
            Chapter::parse(&TEXT.replace(from, to), Path::new("x")).unwrap_err()
        };
        assert_eq!(
            error("ja = \"見る\"", ""),
            "[[hints]], entry 1: `ja` has to be a text"
        );
        assert_eq!(error("[sources]", "[others]"), "[sources] is missing");
        assert_eq!(
            error("bound = 2", "bound = \"2\""),
            "`bound` has to be a number"
        );
        assert!(error("[fails]", "[fails").contains("TOML"));
    }

    #[test]
    fn an_unknown_chapter_gets_the_nearest_name() {
        let chapters = [Chapter::parse(TEXT, Path::new("x")).unwrap()];
        assert!(find(&chapters, "ch03").is_ok());
        assert_eq!(find(&chapters, "ch3").unwrap_err(), Some("ch03"));
        assert_eq!(find(&chapters, "list").unwrap_err(), None);
    }
}
