//! Reports: what red looks like.
//!
//! A report is the product. A story test prints the whole timeline; the other tests print three lines, so that
//! six red tests do not bury the lesson of the first.

mod beside;
mod calm;
mod no_verdict;

use crate::engine::record::{Halt, InvalidSql};
use crate::engine::trace::Trace;
use crate::judge::accident::sides;
use crate::judge::claim::{Claim, Side};
use crate::judge::evidence::Evidence;
use crate::judge::invariant::Breach;
use crate::judge::once::End;
use crate::judge::verdict::Verdict;
use crate::language::schedule::Schedule;
use crate::search::edge::Edge;
use crate::search::exhaustive::Score;
use crate::search::outside::Remembered;
use crate::sentence;
use crate::setup::Setup;
use crate::tell;
use crate::tell::catalogue::{
    Both, Label, Language, Say, advice, invariant_panicked, joined, meaning, panicked,
    went_two_ways,
};
use crate::tell::language::LANG;
use std::fmt::{self, Write};

pub use crate::tell::glyphs::Glyphs;
pub use crate::tell::text::strip::Style;
pub use no_verdict::NoVerdict;

impl Style {
    /// How to write on this process's standard output: colour only on a terminal, unless `NO_COLOR` is set;
    /// glyphs as [`Glyphs::from_environment`] finds.
    ///
    /// # Panics
    /// If `SAGA_LANG` asks for a language, or `SAGA_GLYPHS` for glyphs, that there are not.
    pub fn terminal() -> Style {
        use std::io::IsTerminal;
        let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Style {
            language: language().unwrap_or_else(|message| panic!("{message}")),
            glyphs: glyphs().unwrap_or_else(|message| panic!("{message}")),
            color,
            width: terminal_size::terminal_size().map(|(width, _)| width.0.into()),
        }
    }

    /// The same for a test's own process, whose standard output is a pipe: its parent says whether there is a
    /// terminal at the end of it.
    pub fn from_environment() -> Style {
        let terminal = Style::terminal();
        let parent = |name| std::env::var(name).ok();
        let width = parent(COLUMNS).and_then(|columns| columns.parse().ok());
        Style {
            color: parent(COLOR).map_or(terminal.color, |wish| wish == "1"),
            width: width.or(terminal.width),
            ..terminal
        }
    }
}

/// A variable of this process.
fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    // What is not UTF-8 is kept as far as it goes: none of it makes sense, and the message shows it.
    Some(value.to_string_lossy().into_owned())
}

/// The language that this process's environment asks for.
fn language() -> Result<Language, String> {
    let language = Language::from_environment(variable);
    language.map_err(|wish| format!("{LANG} is `{wish}`; it can be `en` or `ja`"))
}

/// The glyphs that this process's environment asks for.
fn glyphs() -> Result<Glyphs, String> {
    Glyphs::from_environment(variable)
}

/// Set for a test's own process; `1` if the report will end up on a terminal.
pub const COLOR: &str = "SAGA_COLOR";

/// Set for a test's own process, if there is a terminal at the end of it; how many columns that has.
pub const COLUMNS: &str = "SAGA_COLUMNS";

/// How much of a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// With the timeline and all that goes with it.
    Story,
    /// A few lines: accident, schedule, what was expected and what is, replay.
    Short,
}

/// What went wrong, as its reader gets to see it.
pub struct Report(Box<dyn Tell>);

/// Something that a red test can report: what it is about, as data, and the whole in words.
pub trait Tell {
    /// What kind of thing it is.
    fn kind(&self) -> Kind;

    /// What it is called, whatever the language: an accident's name, or what the code did. `None` if it is about neither.
    fn name(&self) -> Option<String>;

    /// The faults under which it happened, if it is about one run.
    fn schedule(&self) -> Option<String> {
        None
    }

    /// What the reader can do about it.
    fn directions(&self) -> Option<&Directions> {
        None
    }

    /// What it means, in a sentence.
    fn meaning(&self, _: Language) -> Option<String> {
        None
    }

    /// What ought to have happened.
    fn expected(&self, _: Language) -> Option<String> {
        None
    }

    /// How much of it is told.
    fn length(&self) -> Length {
        Length::Short
    }

    /// As text.
    fn render(&self, style: Style) -> String;
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something that happened in a world.
    Accident,
    /// The code does not let itself be judged.
    NoVerdict,
    /// Somebody has predicted otherwise.
    Prediction,
    /// Somebody asked for what there is not, or what runs the code is in trouble.
    Usage,
}

/// A failing run and everything that explains it.
pub struct Failed {
    /// The world it was run in.
    pub setup: Setup,
    /// What went wrong.
    pub verdict: Verdict,
    /// The faults that took hold.
    pub schedule: Schedule,
    /// What all sides know in the end.
    pub evidence: Evidence,
    /// The delay at which it begins to go wrong, if it depends on one.
    pub edge: Option<Edge>,
    /// The nearest schedule that passes, and what it ends in.
    pub neighbour: Option<(Schedule, Evidence)>,
    /// How many schedules had been tried when this one failed, if it was searched for.
    pub score: Option<Score>,
    /// The end of a world in which everything was delivered exactly once, and that of this one.
    pub ends: Option<(End, End)>,
    /// How much of it is to be told.
    pub length: Length,
    /// What the reader can do about it.
    pub directions: Directions,
}

/// What only whoever has the code run can say of a failing run: how it is played again, and what to do next.
#[derive(Clone, Debug, Default)]
pub struct Directions {
    /// The [patterns](crate::judge::accident::Accident::pattern) that the reader knows: no other is named.
    pub patterns: &'static [&'static str],
    /// The command that plays the run again.
    pub replay: String,
    /// The world that it plays in, as that command has it; `None` for the usual one.
    pub world: Option<String>,
    /// What to do next.
    pub next: Vec<Direction>,
}

/// One thing to do next.
#[derive(Clone, Debug)]
pub struct Direction {
    /// The word it begins with: `read`.
    pub what: Label,
    /// What, or where.
    pub text: Both,
    /// A remark below it.
    pub aside: Option<Both>,
}

impl Direction {
    /// As a report prints it.
    pub fn lines(&self, style: Style) -> String {
        let Direction { what, text, aside } = self;
        let what = style.cell(&what.say(style.language), NEXT);
        let text = style.hang(NEXT, &text.say(style.language));
        let mut lines = format!("{what}{text}\n");
        if let Some(aside) = aside {
            let aside = aside.say(style.language);
            let aside = paint(&aside, style.color, yansi::Style::new().dim());
            lines += &format!("{}{aside}\n", " ".repeat(NEXT));
        }
        lines
    }
}

impl Report {
    /// Whatever there is to report.
    pub fn of(what: impl Tell + 'static) -> Report {
        Report(Box::new(what))
    }

    /// A run that ended badly.
    pub fn failed(failed: Failed) -> Report {
        Report::of(failed)
    }

    /// Somebody asked for something that there is not.
    pub fn usage(message: impl Say + 'static) -> Report {
        Report::of(Usage(message))
    }

    /// A schedule failed, and passes when it is replayed.
    pub fn not_the_same_twice(schedule: &str) -> Report {
        Report::of(NoVerdict {
            schedule: Some(schedule.to_owned()),
            ..NoVerdict::not_the_same_twice()
        })
    }

    /// A search that would not end.
    pub fn too_many(score: &Score, schedules: usize) -> Report {
        Report::of(NoVerdict {
            score: Some(score.clone()),
            ..NoVerdict::too_many_schedules(schedules)
        })
    }

    /// The code knows something that a real crash would have it forget.
    pub fn remembers(what: &Remembered) -> Report {
        Report::of(NoVerdict::remembers(what))
    }

    /// What it is about.
    pub fn facts(&self) -> &dyn Tell {
        &*self.0
    }

    /// The report as text.
    pub fn render(&self, style: Style) -> String {
        self.0.render(style)
    }
}

/// Something that there is not was asked for.
struct Usage<T>(T);

impl<T: Say> Tell for Usage<T> {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn name(&self) -> Option<String> {
        None
    }

    fn render(&self, style: Style) -> String {
        format!("{}\n", self.0.tell(style))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::from_environment()))
    }
}

impl std::error::Error for Report {}

/// libtest prints this after `Error: `.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // This is what libtest prints of a red test, and it says nothing of a panic in here.
        if let Err(message) = language().map(drop).and_then(|()| glyphs().map(drop)) {
            return write!(f, "\n\n{message}\n");
        }
        write!(f, "\n\n{}", self.render(Style::from_environment()))
    }
}

/// How many columns the word takes that says what to do next.
const NEXT: usize = "replay   ".len();

impl Tell for Failed {
    fn kind(&self) -> Kind {
        if self.verdict.is_accident() {
            Kind::Accident
        } else {
            Kind::NoVerdict
        }
    }

    fn name(&self) -> Option<String> {
        Some(self.verdict.name().to_owned())
    }

    fn schedule(&self) -> Option<String> {
        Some(self.schedule.to_string())
    }

    fn directions(&self) -> Option<&Directions> {
        Some(&self.directions)
    }

    fn meaning(&self, language: Language) -> Option<String> {
        match &self.verdict {
            Verdict::Accident(finding) => Some(meaning(finding.accident, language)),
            Verdict::Breach(_)
            | Verdict::Halted(_)
            | Verdict::InvalidSql(_)
            | Verdict::TwoWays { .. } => None,
        }
    }

    fn expected(&self, language: Language) -> Option<String> {
        match &self.verdict {
            Verdict::Accident(finding) => Some(finding.expected.say(language)),
            Verdict::Breach(Breach::Broken { wrong, .. }) => Some(wrong.expected.clone()),
            Verdict::Breach(Breach::Panicked { .. })
            | Verdict::Halted(_)
            | Verdict::InvalidSql(_)
            | Verdict::TwoWays { .. } => None,
        }
    }

    fn length(&self) -> Length {
        self.length
    }

    fn render(&self, style: Style) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, style);
        text
    }
}

impl Failed {
    fn write(&self, out: &mut String, style: Style) -> fmt::Result {
        let Style {
            language,
            glyphs,
            color,
            ..
        } = style;
        let strong = |text: &str| paint(text, color, yansi::Style::new().bold());

        writeln!(out, "{}", headline(&self.headline(language), style))?;
        let schedule = calm::or_calm(&self.schedule, &self.setup, language);
        writeln!(out, "{}", style.labelled(Label::Schedule, &schedule))?;
        for gloss in calm::glosses(&self.schedule, language) {
            writeln!(out, "{}", style.indented(&gloss))?;
        }
        if let Some(edge) = &self.edge {
            let indent = style.indent();
            let edge = style.hang(indent, &edge.say(language));
            writeln!(out, "{}{}", " ".repeat(indent), strong(&edge))?;
        }
        if let Some(score) = &self.score {
            writeln!(
                out,
                "{}",
                style.labelled(Label::Score, &score.say(language))
            )?;
        }
        if self.length == Length::Short {
            self.write_briefly(out, style)?;
            return self.write_ends(out, style);
        }
        match &self.verdict {
            Verdict::Accident(finding) => {
                let meaning = meaning(finding.accident, language);
                writeln!(out, "{}", style.indented(&meaning))?;
                let expected = finding.expected.say(language);
                let told = |claims: &[Claim]| {
                    let told = claims.iter().map(|claim| claim.say(language));
                    told.collect::<Vec<_>>()
                };
                let lines = [told(&finding.believes), told(&finding.knows)];
                let heads = sides(&self.evidence, Some(finding));
                self.write_both(out, &expected, heads, [&lines[0], &lines[1]], style)?;
            }
            Verdict::Breach(Breach::Broken { wrong, .. }) => {
                let heads = sides(&self.evidence, None);
                let lines = [wrong.believes.as_slice(), &wrong.knows];
                self.write_both(out, &wrong.expected, heads, lines, style)?;
            }
            Verdict::Breach(Breach::Panicked {
                invariant,
                message,
                place,
            }) => {
                let text = invariant_panicked(*invariant, message, place, language);
                writeln!(out, "\n{}", style.fit(&text))?;
            }
            Verdict::Halted(halt) => {
                writeln!(out, "\n{}\n", style.fit(&advice(halt, language)))?;
            }
            Verdict::InvalidSql(invalid) => writeln!(out, "\n{}", not_sql(invalid, style))?,
            Verdict::TwoWays { one, other } => two_ways(out, one, other, style)?,
        }
        if let Some((schedule, evidence)) = &self.neighbour {
            writeln!(out)?;
            let schedule = calm::or_calm(schedule, &self.setup, language);
            writeln!(out, "{}", style.labelled(Label::BesideIt, &schedule))?;
            let passes = Label::Passes.say(language);
            let indent = style.indent() + glyphs.width(&passes);
            for ending in beside::endings(evidence, language) {
                let ending = style.hang(indent, &glyphs.own(&ending));
                writeln!(out, "{}{passes}{ending}", " ".repeat(style.indent()))?;
            }
        }
        let replay = style.cell(&Label::Replay.say(language), NEXT);
        writeln!(out, "\n{replay}{}", strong(&self.directions.replay))?;
        for direction in &self.directions.next {
            write!(out, "{}", direction.lines(style))?;
        }
        Ok(())
    }

    /// In a few lines, without the timeline.
    fn write_briefly(&self, out: &mut String, style: Style) -> fmt::Result {
        let Style {
            language, glyphs, ..
        } = style;
        let mut line =
            |label, text: &str| writeln!(out, "{}", style.labelled(label, &glyphs.own(text)));
        match &self.verdict {
            Verdict::Accident(finding) => {
                line(Label::Expected, &finding.expected.say(language))?;
                let between = sentence!(language, en: "; ", ja: "／");
                line(Label::Found, &joined(finding.found(), &between, language))?;
            }
            Verdict::Breach(Breach::Broken { wrong, .. }) => {
                line(Label::Expected, &wrong.expected)?;
                line(Label::Found, &wrong.found())?;
            }
            Verdict::Breach(Breach::Panicked {
                invariant,
                message,
                place,
            }) => {
                let text = invariant_panicked(*invariant, message, place, language);
                write!(out, "{}", style.fit(&text))?;
            }
            Verdict::InvalidSql(invalid) => write!(out, "{}", not_sql(invalid, style))?,
            Verdict::Halted(Halt::Panicked { message, place }) => {
                line(Label::Found, &panicked(message, place, language))?;
            }
            Verdict::Halted(Halt::TicksTooOften { .. } | Halt::NeverSettles { .. })
            | Verdict::TwoWays { .. } => {}
        }
        let replay = style.cell(&Label::Replay.say(language), style.indent());
        writeln!(out, "{replay}{}", self.directions.replay)
    }

    /// What was expected, the timeline, and both sides of what is.
    fn write_both(
        &self,
        out: &mut String,
        expected: &str,
        heads: [Side; 2],
        lines: [&[String]; 2],
        style: Style,
    ) -> fmt::Result {
        let expected = style.glyphs.own(expected);
        writeln!(out, "{}", style.labelled(Label::Expected, &expected))?;
        let timeline = tell::text(&tell::Scene::of(&self.evidence), style);
        writeln!(out, "\n{timeline}")?;
        two_sides(out, heads, lines, style)
    }

    /// What exactly one delivery leaves behind, beside what this world left.
    fn write_ends(&self, out: &mut String, style: Style) -> fmt::Result {
        let Some((once, end)) = self.ends.as_ref().filter(|(once, end)| once != end) else {
            return Ok(());
        };
        let heading = sentence!(
            style.language,
            en: "left: delivered exactly once; right: delivered like this",
            ja: "左：ちょうど1回だけ届いた場合　右：この届き方をした場合"
        );
        writeln!(out, "\n{}", style.fit(&heading))?;
        let comparison = pretty_assertions::Comparison::new(once, end).to_string();
        if style.color {
            write!(out, "{comparison}")
        } else {
            write!(out, "{}", without_colours(&comparison))
        }
    }

    fn headline(&self, language: Language) -> (Label, Option<&str>, String) {
        let pattern = match &self.verdict {
            Verdict::Accident(finding) => finding.accident.pattern(),
            Verdict::Breach(_)
            | Verdict::Halted(_)
            | Verdict::InvalidSql(_)
            | Verdict::TwoWays { .. } => None,
        };
        let pattern = pattern.filter(|pattern| self.directions.patterns.contains(pattern));
        let label = match self.kind() {
            Kind::Accident => Label::Accident,
            Kind::NoVerdict => Label::NoVerdict,
            Kind::Prediction => Label::Prediction,
            Kind::Usage => Label::Trouble,
        };
        (label, pattern, self.verdict.say(language))
    }
}

/// The first line of a report: `ACCIDENT A · charged without an order`.
pub(crate) fn headline(parts: &(Label, Option<&str>, String), style: Style) -> String {
    let (label, pattern, what) = parts;
    let label = label.say(style.language);
    let pattern = match pattern {
        Some(pattern) => sentence!(style.language, en: " {pattern}", ja: "{pattern}"),
        None => String::new(),
    };
    let line = format!("{label}{pattern} · {what}");
    let loud = yansi::Style::new().red().bold();
    paint(&style.glyphs.own(&line), style.color, loud)
}

fn two_sides(
    out: &mut String,
    headings: [Side; 2],
    sides: [&[String]; 2],
    style: Style,
) -> fmt::Result {
    for (heading, lines) in headings.into_iter().zip(sides) {
        for (place, line) in lines.iter().enumerate() {
            let heading = match place {
                0 => heading.say(style.language),
                _ => String::new(),
            };
            let line = style.hang(22, &style.glyphs.own(line));
            writeln!(out, "{}  {line}", style.cell(&heading, 20))?;
        }
    }
    Ok(())
}

fn two_ways(out: &mut String, one: &Trace, other: &Trace, style: Style) -> fmt::Result {
    let lines = |trace: &Trace| -> String {
        let lines: Vec<String> = trace
            .entries
            .iter()
            .map(|entry| format!("{} {} {:?}", entry.at, entry.actor, entry.event))
            .collect();
        lines.join("\n")
    };
    let said = went_two_ways(style.language);
    writeln!(out, "\n{}\n", style.fit(&said))?;
    let (one, other) = (lines(one), lines(other));
    writeln!(
        out,
        "{}",
        pretty_assertions::StrComparison::new(&one, &other)
    )
}

/// What SQLite does not understand, and what it says of it.
fn not_sql(invalid: &InvalidSql, style: Style) -> String {
    let InvalidSql { statement, message } = invalid;
    let statement: Vec<&str> = statement.split_whitespace().collect();
    let sqlite = style.cell("SQLite", style.indent());
    let label = style.cell(&Label::Statement.say(style.language), style.indent());
    format!("{sqlite}{message}\n{label}{}\n", statement.join(" "))
}

/// pretty_assertions colours whatever it compares, on a terminal or not.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut out = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        out += piece.split_once('m').map_or("", |(_, rest)| rest);
    }
    out
}

/// Paints, if there is colour.
pub fn paint(text: &str, color: bool, style: yansi::Style) -> String {
    if color {
        use yansi::Paint;
        text.paint(style).to_string()
    } else {
        text.to_owned()
    }
}
