//! Chapters: what the tests and the demo of every chapter have in common.
//!
//! A chapter provides what is special about it: its world, its codes, the heading to which a red report sends its
//! reader. The rest is the same everywhere and lives here: a story test with its timeline, the short reports beside it,
//! the properties, and the proof.

use crate::commands::{next, replay_line_in};
use crate::isolate::{Outcome, tell_drawn, tell_progress, tell_proof};
use crate::no_verdict;
use crate::proof::{drawn, proven};
use lab::both;
use lab::check::Check;
use lab::check::environment;
use lab::flow::Code;
use lab::language::fault::Fault;
use lab::language::schedule::Schedule;
use lab::language::schedule_error::nearest;
use lab::language::step::StepKind;
use lab::search::census::Census;
use lab::search::scenario::{Bounds, Scenario};
use lab::setup::Setup;
use lab::tell::Both;
use lab::tell::report::{Directions, Length, Report};
use std::path::Path;
use std::sync::Arc;

pub use lab::check::SEED;

/// Names the code that tests and demo run, if not the exercise.
pub const CODE: &str = "SAGA_CODE";

/// A chapter, as its tests and its demo see it.
#[derive(Clone, Copy)]
pub struct Chapter {
    /// The package: `ch03`.
    pub id: &'static str,
    /// Its directory in `chapters`.
    pub directory: &'static str,
    /// The heading of the part of the text to which a red report sends its reader.
    pub section: &'static str,
    /// The [patterns](lab::judge::accident::Accident::pattern) that are taught by now: a report names no other.
    pub patterns: &'static [&'static str],
    /// The exercise first, then the broken code of the text, then the answers.
    pub codes: &'static [Code],
    /// The world of the chapter's tests.
    pub setup: fn() -> Setup,
    /// The other worlds of the chapter's tests, each under a [name](Setup::called).
    pub worlds: &'static [fn() -> Setup],
    /// What the worlds that its properties draw may contain; `None` if they draw faults only.
    pub bounds: Option<&'static Bounds>,
    /// The drawn or typed world; without one, the world is that of `setup`.
    pub scenario: Option<&'static Scenario>,
}

/// The chapter in whose `lib.rs` this is used, with the data of its `chapter.toml`: the base of a [`Chapter`].
///
/// [`Chapter`]: crate::chapter::Chapter
#[macro_export]
macro_rules! chapter {
    () => {
        $crate::chapter::Chapter::described(
            include_str!("../chapter.toml"),
            env!("CARGO_MANIFEST_DIR"),
        )
    };
}

impl Chapter {
    /// A chapter with this `chapter.toml`, in this directory. Its code is still missing.
    ///
    /// # Panics
    /// When it is compiled, if the chapter has no `id` or no `section`.
    pub const fn described(toml: &'static str, directory: &'static str) -> Chapter {
        Chapter {
            id: entry(toml, "id"),
            directory,
            section: entry(toml, "section"),
            patterns: &[],
            codes: &[],
            setup: Setup::new,
            worlds: &[],
            bounds: None,
            scenario: None,
        }
    }

    /// Its path from the root of the repository.
    pub(crate) fn path(&self) -> String {
        let directory = Path::new(self.directory).file_name();
        format!("chapters/{}", directory.unwrap_or_default().display())
    }

    /// The part of the text to which a red report sends its reader. In Japanese it is the one with the same number; if
    /// the texts are missing, the English name stays.
    pub(crate) fn what_to_read(&self) -> Both {
        let (directory, section) = (self.path(), self.section);
        let read = |name: &str| std::fs::read_to_string(Path::new(self.directory).join(name));
        let other = match (read("README.md"), read("README.ja.md")) {
            (Ok(english), Ok(japanese)) => counterpart(section, &english, &japanese),
            _ => None,
        };
        let other = other.as_deref().unwrap_or(section);
        both!(
            en: "{directory}/README.md, \"{section}\"",
            ja: "{directory}/README.ja.md「{other}」"
        )
    }

    /// The code that tests and demo run: the one that [`CODE`] names, or else the exercise.
    ///
    /// # Errors
    /// A message that lists the codes there are.
    pub fn code(&self, name: Option<&str>) -> Result<Code, Both> {
        let name = name.unwrap_or("exercise");
        if let Some(code) = self.codes.iter().find(|code| code.name() == name) {
            return Ok(*code);
        }
        let (id, names) = (self.id, self.codes.iter().map(Code::name));
        let names = names.collect::<Vec<_>>().join(", ");
        let [mut english, mut japanese] = [
            format!("there is no code called `{name}` here; there are: {names}"),
            format!("`{name}`というコードはここにはありません。あるのは：{names}"),
        ];
        if self.codes.len() <= 3 {
            let how = format!("cargo run -p {id} --features answers -- --code {name}");
            english += &format!(".\nThe answers are only compiled when asked for: {how}");
            japanese += &format!("\n答えは、頼まれたときだけコンパイルします： {how}");
        }
        Err(Both { english, japanese })
    }

    /// The code that the command line names, or else [`CODE`], or else the exercise.
    ///
    /// # Errors
    /// A message that says who asked for it, and lists the codes there are.
    pub(crate) fn code_asked_for(&self, named: Option<&str>) -> Result<Code, Both> {
        if named.is_some() {
            return self.code(named);
        }
        let asked = environment::variable(CODE);
        self.code(asked.as_deref()).map_err(|message| {
            let (asked, Both { english, japanese }) = (asked.unwrap_or_default(), message);
            both!(en: "{CODE} is `{asked}`: {english}", ja: "{CODE}の値は`{asked}`です。{japanese}")
        })
    }

    /// The world of this chapter.
    pub fn world(&self) -> Setup {
        let setup = (self.setup)();
        match (self.scenario, self.bounds) {
            (Some(scenario), Some(bounds)) => scenario.setup(setup, bounds),
            _ => setup,
        }
    }

    /// The world of this chapter, as typed after `--world`; `None` for the usual one.
    pub fn world_as_typed(&self) -> Option<String> {
        match (self.scenario, self.bounds) {
            (Some(scenario), Some(bounds)) => Some(scenario.text(bounds)),
            _ => (self.setup)().name().map(str::to_owned),
        }
    }

    /// The chapter in this world.
    fn like(self, scenario: Scenario) -> Chapter {
        Chapter {
            // A chapter is a handful of constants that are copied. Each red test leaks one such world.
            scenario: Some(Box::leak(Box::new(scenario))),
            ..self
        }
    }

    /// The chapter in another of its worlds: one that has a name, or one that is described
    /// ([`Scenario::parse`]).
    ///
    /// # Errors
    /// A message that lists the worlds there are, or that says what is wrong with the description.
    pub fn in_world(self, name: &str) -> Result<Chapter, Report> {
        let mut worlds = self.worlds.iter();
        if let Some(setup) = worlds.find(|setup| setup().name() == Some(name)) {
            return Ok(Chapter {
                setup: *setup,
                ..self
            });
        }
        // A name is one word.
        if let Some(bounds) = self.bounds
            && name.contains(char::is_whitespace)
        {
            let scenario = Scenario::parse(name, bounds);
            return match scenario {
                Ok(scenario) => Ok(self.like(scenario)),
                Err(error) => Err(no_verdict::usage(error)),
            };
        }
        let names: Vec<&str> = self
            .worlds
            .iter()
            .filter_map(|setup| setup().name())
            .collect();
        let [mut english, mut japanese] = [
            format!("there is no world called `{name}` here"),
            format!("`{name}`という世界はここにはありません"),
        ];
        if let Some(near) = nearest(name, names.iter().copied()) {
            english += &format!("; did you mean `{near}`?");
            japanese += &format!("。もしかして`{near}`？");
        }
        let names = names.join(", ");
        Err(no_verdict::usage(both!(
            en: "{english}\nthere are: {names}",
            ja: "{japanese}\nあるのは：{names}"
        )))
    }

    /// The code that tests run, named by [`CODE`]. If it makes no progress, its report says how to play it again.
    ///
    /// # Errors
    /// A report that lists the codes there are.
    pub fn code_under_test(&self) -> Result<Code, Report> {
        let code = self.code_asked_for(None).map_err(no_verdict::usage)?;
        self.check(code).is_played();
        Ok(code)
    }

    /// A named accident, told in full if it happens.
    ///
    /// # Errors
    /// The report, with its timeline.
    pub fn story(&self, schedule: &str) -> Outcome {
        self.under(schedule, Length::Story)
    }

    /// A named accident, told in three lines if it happens.
    ///
    /// # Errors
    /// The report.
    pub fn survives(&self, schedule: &str) -> Outcome {
        self.under(schedule, Length::Short)
    }

    fn under(&self, schedule: &str, length: Length) -> Outcome {
        let schedule: Schedule = schedule.parse().map_err(no_verdict::trouble)?;
        self.under_test()?.survives(&schedule, length)
    }

    /// This fault at every SQL statement in turn, begin and commit included, one world for each; the first accident
    /// is told in full.
    ///
    /// Right designs differ in their statements, so a test cannot name one. The statements are those that the code
    /// reaches on a calm day.
    ///
    /// # Errors
    /// The report of the first accident, with its timeline.
    pub fn story_at_every_statement(&self, fault: Fault) -> Outcome {
        self.at_every(fault, is_statement, Length::Story)
    }

    /// The same, told in three lines.
    ///
    /// # Errors
    /// The report of the first accident.
    pub fn survives_at_every_statement(&self, fault: Fault) -> Outcome {
        self.at_every(fault, is_statement, Length::Short)
    }

    /// This fault at every step in turn, one world for each.
    ///
    /// # Errors
    /// The report of the first accident.
    pub fn survives_at_every_step(&self, fault: Fault) -> Outcome {
        self.at_every(fault, |_| true, Length::Short)
    }

    fn at_every(&self, fault: Fault, kinds: fn(StepKind) -> bool, length: Length) -> Outcome {
        let check = self.under_test()?;
        if !check.world().suffered()(fault) {
            let words = fault.words();
            return Err(no_verdict::trouble(both!(
                en: "nothing here can suffer `{words}`: the world says so itself",
                ja: "ここでは`{words}`は起こりえません。世界の設定がそう言っています"
            )));
        }
        check.survives_at_every(fault, kinds, length)
    }

    /// Runs this schedule; the report if it fails.
    pub fn report(&self, code: Code, schedule: &Schedule, length: Length) -> Option<Report> {
        self.check(code).report(schedule, length)
    }

    /// A property: [whatever happens](Check::whatever_happens), no accident does. In the chapter's usual world the worlds are
    /// drawn, too, within its [`Bounds`]. All come from a fixed seed, which [`SEED`] varies.
    ///
    /// # Errors
    /// The report of the shrunk world and schedule.
    pub fn whatever_happens(&self, most: usize) -> Outcome {
        if let Some(census) = self.under_test()?.whatever_happens(most)? {
            tell_drawn(drawn(&census));
        }
        Ok(())
    }

    /// What the worlds of this chapter may contain, and a census of those that its property draws, whether or not this
    /// code survives them.
    pub(crate) fn census(&self, code: Code, most: usize) -> Result<(Bounds, Census), Report> {
        let Some(bounds) = self.bounds else {
            let id = self.id;
            return Err(no_verdict::trouble(both!(
                en: "{id} draws no worlds",
                ja: "{id}は世界をくじで引きません"
            )));
        };
        let census = self.seeded(code)?.census(*bounds, most)?;
        Ok((*bounds, census))
    }

    /// Idempotency as a property: [any number of deliveries](Check::any_number_of_deliveries) is as good as one.
    ///
    /// # Errors
    /// The report of the shrunk schedule, with both ends side by side.
    pub fn any_number_of_deliveries(&self, most: usize) -> Outcome {
        self.under_test()?.any_number_of_deliveries(most)
    }

    /// The proof: every schedule of at most `most` faults holds.
    ///
    /// # Errors
    /// The score, and the report of the first accident, which has the fewest faults possible.
    pub fn every_schedule(&self, most: usize) -> Outcome {
        let code = self.code_under_test()?;
        let score = self.check(code).every_schedule(most)?;
        tell_proof(proven(self, code, &score));
        Ok(())
    }

    /// The checks on this code in the world of this chapter. Worlds with a name are not drawn.
    pub(crate) fn check(&self, code: Code) -> Check {
        let (chapter, setup) = (*self, (self.setup)());
        let draws = setup.name().is_none() || self.scenario.is_some();
        Check {
            bounds: self.bounds.copied().filter(|_| draws),
            scenario: self.scenario.cloned().map(Arc::new),
            watch: tell_progress,
            guide: Arc::new(move |world, schedule| Directions {
                patterns: chapter.patterns,
                replay: replay_line_in(&chapter, code, world, schedule),
                world: world
                    .map(str::to_owned)
                    .or_else(|| chapter.world_as_typed()),
                next: next(&chapter),
            }),
            ..Check::new(setup, code)
        }
    }

    fn seeded(&self, code: Code) -> Result<Check, Report> {
        let seed = environment::seed().map_err(no_verdict::usage)?;
        Ok(Check {
            seed,
            ..self.check(code)
        })
    }

    fn under_test(&self) -> Result<Check, Report> {
        self.seeded(self.code_under_test()?)
    }
}

fn is_statement(kind: StepKind) -> bool {
    matches!(kind, StepKind::Sql | StepKind::Commit)
}

/// The value of this key in a `chapter.toml`, above its tables and on its own line: `id = "ch03"`. It is read while the
/// chapter is compiled. Every learner would have to build a TOML library; a test of the course holds that one reads the
/// same.
const fn entry(toml: &'static str, key: &str) -> &'static str {
    let (text, key) = (toml.as_bytes(), key.as_bytes());
    let mut line = 0;
    while line < text.len() && text[line] != b'[' {
        if starts_with(text, line, key) && starts_with(text, line + key.len(), b" = \"") {
            let start = line + key.len() + b" = \"".len();
            return between(toml, start, position(text, start, b'"'));
        }
        line = position(text, line, b'\n') + 1;
    }
    panic!("chapter.toml has to say `id` and `section`, each in a line of its own")
}

const fn starts_with(text: &[u8], start: usize, word: &[u8]) -> bool {
    let mut place = 0;
    while place < word.len() {
        if start + place >= text.len() || text[start + place] != word[place] {
            return false;
        }
        place += 1;
    }
    true
}

/// The next position of this byte, or the end of the text.
const fn position(text: &[u8], mut place: usize, byte: u8) -> usize {
    while place < text.len() && text[place] != byte {
        place += 1;
    }
    place
}

const fn between(text: &'static str, start: usize, end: usize) -> &'static str {
    text.split_at(end).0.split_at(start).1
}

/// The heading of the other text that has the same number as this one.
fn counterpart(section: &str, text: &str, other: &str) -> Option<String> {
    let number = headings(text).position(|heading| heading == section)?;
    headings(other).nth(number).map(str::to_owned)
}

/// The headings of a text, without their `#` signs.
fn headings(text: &str) -> impl Iterator<Item = &str> {
    let mut in_a_block = false;
    text.lines().filter_map(move |line| {
        in_a_block ^= line.starts_with("```");
        let heading = line.trim_start_matches('#').strip_prefix(' ')?;
        (line.starts_with('#') && !in_a_block).then(|| heading.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::tell::{Language, Say};

    const TOML: &str =
        "# id = \"no\"\nid = \"ch00\"\nsection = \"It is \u{dc}ber\"\n[x]\nother = \"\"\n";

    #[test]
    fn a_chapter_is_what_its_toml_says() {
        for directory in ["/a b/chapters/ch00_x", "ch00_x"] {
            let chapter = Chapter::described(TOML, directory);
            let read = (chapter.id, chapter.path(), chapter.section);
            let said = ("ch00", "chapters/ch00_x".to_owned(), "It is \u{dc}ber");
            assert_eq!(read, said);
        }
    }

    #[test]
    fn who_reads_japanese_is_sent_to_the_same_part() {
        let texts = [
            "# One\n\n```sh\n# no heading\n```\n## It is \u{dc}ber\n",
            "# 一\n\n```sh\n# 見出しではない\n```\n## 🌊 終わった\n",
        ];
        let other = |section| counterpart(section, texts[0], texts[1]);
        assert_eq!(other("It is \u{dc}ber").as_deref(), Some("🌊 終わった"));
        assert_eq!(other("no heading"), None);
        // If the texts are missing.
        let chapter = Chapter::described(TOML, "ch00_x");
        let read = Language::ALL.map(|language| chapter.what_to_read().say(language));
        let expected = [
            "chapters/ch00_x/README.md, \"It is \u{dc}ber\"",
            "chapters/ch00_x/README.ja.md「It is \u{dc}ber」",
        ];
        assert_eq!(read, expected);
    }

    #[test]
    #[should_panic(expected = "chapter.toml has to say `id` and `section`")]
    fn what_is_in_a_table_is_not_about_the_chapter() {
        entry(TOML, "other");
    }
}
