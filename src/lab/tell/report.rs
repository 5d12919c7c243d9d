//! Reports: what red looks like.
//!
//! A report is the product. A story test prints the whole timeline; the other tests print three lines, so that
//! six red tests do not bury the lesson of the first.

mod beside;
mod calm;
mod no_verdict;

use crate::engine::record::InvalidSql;
use crate::judge::accident::sides;
use crate::judge::claim::{Claim, Side};
use crate::judge::evidence::Evidence;
use crate::judge::invariant::Breach;
use crate::judge::once::End;
use crate::judge::verdict::Verdict;
use crate::language::name::Name;
use crate::language::schedule::Schedule;
use crate::search::edge::Edge;
use crate::search::exhaustive::Score;
use crate::setup::Setup;
use crate::tell;
use crate::tell::catalogue::{Language, Say, advice, joined, meaning};
use std::fmt::{self, Write};

pub use crate::tell::glyphs::Glyphs;
pub use crate::tell::text::strip::Style;
pub use calm::without_faults;
pub use no_verdict::NoVerdict;

impl Style {
    /// How to write on this process's standard output: colour only on a terminal, unless `NO_COLOR` is set;
    /// glyphs as [`Glyphs::from_environment`] finds.
    ///
    /// # Panics
    /// If `SAGA_GLYPHS` asks for glyphs that there are not.
    pub fn terminal() -> Style {
        use std::io::IsTerminal;
        let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Style {
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

/// The glyphs that this process's environment asks for.
fn glyphs() -> Result<Glyphs, String> {
    Glyphs::from_environment(|name| {
        let value = std::env::var_os(name)?;
        Some(value.to_string_lossy().into_owned())
    })
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
    pub what: &'static str,
    /// What, or where.
    pub text: String,
    /// A remark below it.
    pub aside: Option<&'static str>,
}

impl Direction {
    /// As a report prints it.
    pub fn lines(&self, style: Style) -> String {
        let Direction { what, text, aside } = self;
        let mut lines = format!("{what:<8} {}\n", style.hang(9, text));
        if let Some(aside) = aside {
            let aside = paint(aside, style.color, yansi::Style::new().dim());
            lines += &format!("         {aside}\n");
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
    pub fn usage(message: String) -> Report {
        Report::of(Usage(message))
    }

    /// A schedule failed, and passes when it is replayed.
    pub fn not_the_same_twice(schedule: &str) -> Report {
        Report::of(NoVerdict {
            name: "not the same twice",
            schedule: Some(schedule.to_owned()),
            score: None,
            advice: format!("It failed, and passed when it was replayed. {CULPRITS}"),
            replay: None,
        })
    }

    /// A search that would not end.
    pub fn too_many(score: &Score, schedules: usize) -> Report {
        Report::of(NoVerdict {
            name: "too many steps",
            schedule: None,
            score: Some(score.clone()),
            advice: format!(
                "With one fault more there would be some {schedules} schedules, for every statement and every call is a step at\n\
                 which something can go wrong. Take fewer of them: no loop of statements where one will do, and tables that\n\
                 are made once."
            ),
            replay: None,
        })
    }

    /// The code knows something that a real crash would have it forget.
    pub fn remembers(what: &str) -> Report {
        Report::of(NoVerdict {
            name: "remembers outside of its process",
            schedule: None,
            score: None,
            advice: format!(
                "After all the other worlds, {what}.\n\
                 A `static` or a thread-local survives the crash of the lab's process, and no real one. What has to survive\n\
                 belongs in the database; what may be forgotten, in the fields of the flow."
            ),
            replay: None,
        })
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
struct Usage(String);

impl Tell for Usage {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn name(&self) -> Option<String> {
        None
    }

    fn render(&self, _: Style) -> String {
        format!("{}\n", self.0)
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
        if let Err(message) = glyphs() {
            return write!(f, "\n\n{message}\n");
        }
        write!(f, "\n\n{}", self.render(Style::from_environment()))
    }
}

/// A schedule as a report names it.
pub fn or_no_fault(schedule: &str) -> &str {
    match schedule {
        "" => "(no fault)",
        schedule => schedule,
    }
}

/// How many columns the first word of a line takes.
const HEAD: usize = "schedule   ".len();
/// What makes order code go two ways.
const CULPRITS: &str = "The usual\n\
     culprits: `select!` without `biased`, the system clock (use `shop.now()`), system randomness (use\n\
     `shop.new_key()`), the order of a `HashMap`, SQL's `random()` and `datetime('now')`.";

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
        let Style { glyphs, color, .. } = style;
        let strong = |text: &str| paint(text, color, yansi::Style::new().bold());
        let loud = |text: &str| paint(text, color, yansi::Style::new().red().bold());

        writeln!(out, "{}", loud(&glyphs.own(&self.headline())))?;
        let schedule = style.hang(HEAD, &calm::or_calm(&self.schedule, &self.setup));
        writeln!(out, "schedule   {schedule}")?;
        for gloss in calm::glosses(&self.schedule) {
            writeln!(out, "           {gloss}")?;
        }
        if let Some(edge) = &self.edge {
            let edge = style.hang(HEAD, &edge.english());
            writeln!(out, "           {}", strong(&edge))?;
        }
        if let Some(score) = &self.score {
            let score = style.hang(HEAD, &score.english());
            writeln!(out, "score      {score}")?;
        }
        if self.length == Length::Short {
            match &self.verdict {
                Verdict::Accident(finding) => {
                    let expected = finding.expected.english();
                    let found = joined(finding.found(), "; ", Language::English);
                    writeln!(out, "expected   {}", glyphs.own(&expected))?;
                    writeln!(out, "found      {}", glyphs.own(&found))?;
                }
                Verdict::Breach(Breach::Broken { wrong, .. }) => {
                    writeln!(out, "expected   {}", glyphs.own(&wrong.expected))?;
                    writeln!(out, "found      {}", glyphs.own(&wrong.found()))?;
                }
                Verdict::Breach(Breach::Panicked {
                    invariant,
                    message,
                    place,
                }) => write!(out, "{}", invariant_panicked(*invariant, message, place))?,
                Verdict::InvalidSql(invalid) => write!(out, "{}", not_sql(invalid))?,
                Verdict::Halted(_) | Verdict::TwoWays { .. } => {}
            }
            writeln!(out, "replay     {}", self.directions.replay)?;
            return self.write_ends(out, color);
        }
        match &self.verdict {
            Verdict::Accident(finding) => {
                let meaning = meaning(finding.accident, Language::English);
                let sentence = style.hang(HEAD, &meaning);
                writeln!(out, "           {sentence}")?;
                let expected = style.hang(HEAD, &glyphs.own(&finding.expected.english()));
                writeln!(out, "expected   {expected}")?;
                let timeline = tell::text(&tell::Scene::of(&self.evidence), style);
                writeln!(out, "\n{timeline}")?;
                let heads = sides(&self.evidence, Some(finding));
                let told = |claims: &[Claim]| claims.iter().map(Claim::english).collect();
                let lines: [Vec<String>; 2] = [told(&finding.believes), told(&finding.knows)];
                two_sides(out, heads, [&lines[0], &lines[1]], style)?;
            }
            Verdict::Breach(Breach::Broken { wrong, .. }) => {
                let expected = style.hang(HEAD, &glyphs.own(&wrong.expected));
                writeln!(out, "expected   {expected}")?;
                let timeline = tell::text(&tell::Scene::of(&self.evidence), style);
                writeln!(out, "\n{timeline}")?;
                let heads = sides(&self.evidence, None);
                two_sides(out, heads, [&wrong.believes, &wrong.knows], style)?;
            }
            Verdict::Breach(Breach::Panicked {
                invariant,
                message,
                place,
            }) => {
                let text = invariant_panicked(*invariant, message, place);
                writeln!(out, "\n{text}")?;
            }
            Verdict::Halted(halt) => writeln!(out, "\n{}\n", advice(halt, Language::English))?,
            Verdict::InvalidSql(invalid) => writeln!(out, "\n{}", not_sql(invalid))?,
            Verdict::TwoWays { one, other } => two_ways(out, one, other)?,
        }
        if let Some((schedule, evidence)) = &self.neighbour {
            writeln!(out)?;
            let schedule = style.hang(HEAD, &calm::or_calm(schedule, &self.setup));
            writeln!(out, "beside it  {schedule}")?;
            for ending in beside::endings(evidence) {
                let ending = style.hang(HEAD + "passes: ".len(), &glyphs.own(&ending));
                writeln!(out, "           passes: {ending}")?;
            }
        }
        writeln!(out, "\nreplay   {}", strong(&self.directions.replay))?;
        for direction in &self.directions.next {
            write!(out, "{}", direction.lines(style))?;
        }
        Ok(())
    }

    /// What exactly one delivery leaves behind, beside what this world left.
    fn write_ends(&self, out: &mut String, color: bool) -> fmt::Result {
        let Some((once, end)) = self.ends.as_ref().filter(|(once, end)| once != end) else {
            return Ok(());
        };
        writeln!(
            out,
            "\nleft: delivered exactly once; right: delivered like this"
        )?;
        let comparison = pretty_assertions::Comparison::new(once, end).to_string();
        if color {
            write!(out, "{comparison}")
        } else {
            write!(out, "{}", without_colours(&comparison))
        }
    }

    fn headline(&self) -> String {
        match &self.verdict {
            Verdict::Accident(finding) => {
                let pattern = finding.accident.pattern();
                match pattern.filter(|pattern| self.directions.patterns.contains(pattern)) {
                    Some(pattern) => format!("ACCIDENT {pattern} · {}", finding.accident),
                    None => format!("ACCIDENT · {}", finding.accident),
                }
            }
            Verdict::Breach(Breach::Broken { invariant, .. }) => format!("ACCIDENT · {invariant}"),
            other => format!("NO VERDICT · {}", other.name()),
        }
    }
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
                0 => heading.english(),
                _ => String::new(),
            };
            let line = style.hang(22, &style.glyphs.own(line));
            writeln!(out, "{heading:<20}  {line}")?;
        }
    }
    Ok(())
}

fn two_ways(
    out: &mut String,
    one: &crate::engine::trace::Trace,
    other: &crate::engine::trace::Trace,
) -> fmt::Result {
    let lines = |trace: &crate::engine::trace::Trace| -> String {
        let lines: Vec<String> = trace
            .entries
            .iter()
            .map(|entry| format!("{} {} {:?}", entry.at, entry.actor, entry.event))
            .collect();
        lines.join("\n")
    };
    writeln!(
        out,
        "\nThe same code under the same schedule went two ways, so nothing it does can be relied on. {CULPRITS}\n"
    )?;
    let (one, other) = (lines(one), lines(other));
    writeln!(
        out,
        "{}",
        pretty_assertions::StrComparison::new(&one, &other)
    )
}

/// What SQLite does not understand, and what it says of it.
fn not_sql(invalid: &InvalidSql) -> String {
    let InvalidSql { statement, message } = invalid;
    let statement: Vec<&str> = statement.split_whitespace().collect();
    format!("SQLite     {message}\nstatement  {}\n", statement.join(" "))
}

/// An invariant that panics says neither yes nor no.
fn invariant_panicked(invariant: Name, message: &str, place: &str) -> String {
    format!(
        "The invariant \"{invariant}\" panicked at {place}:\n{message}\n\
         It is to say what is wrong, or `None`, of every world that there may be.\n"
    )
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
