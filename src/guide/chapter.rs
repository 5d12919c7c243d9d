//! The data in `chapter.toml`.

use crate::language::{Both, Language};
use crate::sentence;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// A chapter of the course.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Its package: `ch03`.
    pub id: String,
    /// Its path from the root of the repository.
    #[serde(skip)]
    pub directory: PathBuf,
    /// Its title.
    pub title: Both,
    /// The heading of the part of its English text to which a red report sends its reader.
    pub section: String,
    /// The order flow it is about, for the prompts.
    pub flow: Option<Both>,
    /// Every schedule of at most this many faults has to end well in the chapter's usual world. `None`: that world is
    /// not searched.
    pub bound: Option<usize>,
    /// Worlds that are searched further than the usual one, because they are smaller.
    #[serde(default)]
    pub smaller: Vec<Smaller>,
    /// The modules of its tests, in order. Most chapters have accidents and properties; a chapter with others lists
    /// them.
    #[serde(default = "usual_parts", deserialize_with = "in_order")]
    pub parts: Vec<(String, Both)>,
    /// Which tests the starter fails and with which accident, in story order.
    #[serde(deserialize_with = "in_order")]
    pub fails: Vec<(String, String)>,
    /// The Japanese sentence for each test. In English the name is the sentence.
    #[serde(deserialize_with = "in_order")]
    pub tests: Vec<(String, String)>,
    /// Which tests show each item of the source.
    #[serde(deserialize_with = "in_order")]
    pub sources: Vec<(String, Vec<String>)>,
    /// The pictures of the text.
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// The choices in the book's player, if it has one here.
    pub player: Option<Player>,
    /// The hints, the smallest first.
    #[serde(default)]
    pub hints: Vec<Both>,
    /// What a reader can do after the chapter.
    #[serde(default)]
    pub checklist: Vec<Item>,
}

/// Worlds of one kind that are searched further than the usual one.
#[derive(Clone, Debug, Deserialize)]
pub struct Smaller {
    /// Their names.
    pub worlds: Vec<String>,
    /// Every schedule of at most this many faults has to end well in each of them.
    pub bound: usize,
    /// What they are like.
    #[serde(flatten)]
    pub words: Both,
}

/// A picture, and the run that it shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Its file, from the chapter's directory.
    pub file: String,
    /// The code that ran.
    pub code: String,
    /// Under this schedule.
    pub schedule: String,
    /// In this world of the chapter's tests, if not the usual one.
    pub world: Option<String>,
    /// Set if a second run is drawn below the first: its code, its schedule, and its world, if not the usual one.
    pub beside: Option<Vec<String>>,
    /// How it is drawn, if not as usual: `numbered`, `flow-chart`; `timelines` if a second run is drawn as one, too.
    pub drawn: Option<String>,
    /// The step behind which there is no way back: where it takes effect, a timeline has a line across.
    pub pivot: Option<String>,
}

/// What the book's player offers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Player {
    /// How long the shop waits (virtual ms); empty if that cannot be chosen.
    #[serde(default)]
    pub patience: Vec<u64>,
    /// What goes wrong; the first is shown first.
    pub choices: Vec<Choice>,
}

/// Something that can go wrong.
#[derive(Clone, Debug, Deserialize)]
pub struct Choice {
    /// In words.
    #[serde(flatten)]
    pub label: Both,
    /// The schedule, in which `{total}` stands for how much longer than usual it takes.
    pub schedule: String,
    /// In this world, if not the usual one.
    pub world: Option<String>,
    /// How long all of it takes (virtual ms); empty if the schedule has no `{total}`.
    #[serde(default)]
    pub values: Vec<u64>,
    /// The one that is shown first, if not the last.
    pub starts: Option<u64>,
}

/// A box of the checklist.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    /// What it says.
    #[serde(flatten)]
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
        Chapter::all_or_told(root, Language::English)
    }

    /// The same, with the message in this language.
    ///
    /// # Errors
    /// As [`Chapter::all`].
    pub(crate) fn all_or_told(root: &Path, language: Language) -> Result<Vec<Chapter>, String> {
        let place = root.join("chapters");
        let told = |file: &Path, error: Unread| error.told(&file.display(), language);
        let entries =
            std::fs::read_dir(&place).map_err(|error| told(&place, Unread::File(error)))?;
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
                    .map_err(|error| told(&file, Unread::File(error)))?;
                // Seen from the root, which `path` starts with.
                let directory = path.strip_prefix(root).unwrap_or(path);
                Chapter::read(&text, directory).map_err(|error| told(&file, error))
            })
            .collect()
    }

    /// Reads a `chapter.toml`.
    ///
    /// # Errors
    /// A message that says what is missing or of the wrong kind.
    pub fn parse(text: &str, directory: &Path) -> Result<Chapter, String> {
        let read = Chapter::read(text, directory);
        read.map_err(|error| error.told(&"chapter.toml", Language::English))
    }

    fn read(text: &str, directory: &Path) -> Result<Chapter, Unread> {
        let chapter: Chapter =
            toml::from_str(text).map_err(|error| Unread::malformed(&error, text))?;
        if chapter.bound.is_none() && chapter.smaller.is_empty() {
            return Err(Unread::NoBound);
        }
        Ok(Chapter {
            directory: directory.to_owned(),
            ..chapter
        })
    }

    /// Its number and its title: `ch03 · A timeout`.
    pub fn heading(&self, language: Language) -> String {
        format!("{} · {}", self.id, self.title.get(language))
    }

    /// The sentence for a test in this language, if its name is not that sentence.
    pub fn meaning(&self, test: &str, language: Language) -> Option<&str> {
        let said = self.tests.iter().find(|(name, _)| name == test);
        let (_, japanese) = said.filter(|_| language == Language::Japanese)?;
        Some(japanese)
    }

    /// The hint of this number, from 0. Behind the name of a test stands what it says, if the name does not say it.
    pub fn hint(&self, number: usize, language: Language) -> String {
        let mut text = self.hints[number].get(language).trim().to_owned();
        for (test, _) in &self.tests {
            let Some(meaning) = self.meaning(test, language) else {
                continue;
            };
            let short = test.rsplit("::").next().unwrap_or(test);
            for name in [test, short].map(|name| format!("`{name}`")) {
                text = text.replace(&name, &format!("{name}（{meaning}）"));
            }
        }
        text
    }

    /// The learner's file, from the root.
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

/// Why a chapter cannot be read.
enum Unread {
    /// Its file cannot be.
    File(std::io::Error),
    /// Something is missing, or of the wrong kind: in which line, and what the library says of it.
    Malformed(Option<usize>, String),
    /// No number of faults is said.
    NoBound,
}

impl Unread {
    fn malformed(error: &toml::de::Error, text: &str) -> Unread {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        // On one line, like all our errors.
        Unread::Malformed(line, error.message().replace('\n', "; "))
    }

    fn told(&self, file: &dyn fmt::Display, language: Language) -> String {
        match self {
            Unread::File(error) => sentence!(
                language,
                en: "cannot read {file}: {error}",
                ja: "{file}を読めません：{error}"
            ),
            Unread::Malformed(Some(line), message) => sentence!(
                language,
                en: "{file}: line {line}: {message}",
                ja: "{file}の{line}行目が正しくありません：{message}"
            ),
            Unread::Malformed(None, message) => sentence!(
                language,
                en: "{file}: {message}",
                ja: "{file}が正しくありません：{message}"
            ),
            Unread::NoBound => sentence!(
                language,
                en: "{file}: there is no `bound`, and no `smaller`",
                ja: "{file}に`bound`も`smaller`もありません"
            ),
        }
    }
}

fn usual_parts() -> Vec<(String, Both)> {
    let usual = [
        ("accidents", "named accidents", "名前のついた事故"),
        ("properties", "properties", "性質テスト"),
    ];
    let usual = usual.map(|(module, en, ja)| {
        let (en, ja) = (en.to_owned(), ja.to_owned());
        (module.to_owned(), Both { en, ja })
    });
    usual.into()
}

/// The entries of a table in the order of the file.
fn in_order<'de, D, V>(table: D) -> Result<Vec<(String, V)>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct Entries<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
        type Value = Vec<(String, V)>;

        fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
            formatter.write_str("a table")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = table.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }
    table.deserialize_map(Entries(PhantomData))
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
[tests]
"accidents::z" = "2回の課金"
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
        let error = with("q2 = { en = \"question 2\" }").unwrap_err();
        assert!(error.contains("missing field `ja`"), "{error}");
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
        assert_eq!(
            neither.unwrap_err(),
            "chapter.toml: there is no `bound`, and no `smaller`"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let says = |from: &str, to: &str, what: &str| {
            let error = Chapter::parse(&TEXT.replace(from, to), Path::new("x")).unwrap_err();
            assert!(error.contains(what), "{error}");
        };
        says("ja = \"見る\"", "", "missing field `ja`");
        says("[sources]", "[others]", "unknown field `others`");
        says(
            "[sources]\nS4 = [\"accidents::z\"]",
            "",
            "missing field `sources`",
        );
        says(
            "bound = 2",
            "bound = \"2\"",
            "line 6: invalid type: string \"2\"",
        );
        says("[fails]", "[fails", "line 7: ");
    }

    #[test]
    fn a_hint_says_what_the_tests_are_about_that_it_names() {
        let text = TEXT.replace("ja = \"見る\"", "ja = \"`z`と`accidents::z`\"");
        let chapter = Chapter::parse(&text, Path::new("x")).unwrap();
        assert_eq!(
            chapter.hint(0, Language::Japanese),
            "`z`（2回の課金）と`accidents::z`（2回の課金）"
        );
        assert_eq!(chapter.hint(0, Language::English), "look");
    }

    #[test]
    fn an_unknown_chapter_gets_the_nearest_name() {
        let chapters = [Chapter::parse(TEXT, Path::new("x")).unwrap()];
        assert!(find(&chapters, "ch03").is_ok());
        assert_eq!(find(&chapters, "ch3").unwrap_err(), Some("ch03"));
        assert_eq!(find(&chapters, "list").unwrap_err(), None);
    }
}
