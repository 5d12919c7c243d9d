//! Reports: what red looks like.
//!
//! A report is the product. A story test prints the whole timeline; the other tests print three lines, so that
//! six red tests do not bury the lesson of the first.

mod beside;
mod calm;
mod commands;

use crate::course::chapter::Chapter;
use crate::course::once::End;
use crate::engine::watchdog::{Scene, Stuck};
use crate::flow::Code;
use crate::judge::accident::headings;
use crate::judge::evidence::{Evidence, Halt, InvalidSql};
use crate::judge::verdict::Verdict;
use crate::language::schedule::Schedule;
use crate::search::edge::Edge;
use crate::search::exhaustive::Score;
use crate::tell;
use std::fmt::{self, Write};

pub use crate::tell::glyphs::Glyphs;
pub use crate::tell::text::strip::Style;
pub(crate) use calm::without_faults;
pub(crate) use commands::{next, replay_line, run_line};

impl Style {
    /// How to write on this process's standard output: colour only on a terminal, unless `NO_COLOR` is set;
    /// glyphs as [`Glyphs::from_environment`] finds.
    pub fn terminal() -> Style {
        use std::io::IsTerminal;
        let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Style {
            glyphs: Glyphs::from_environment(|name| std::env::var(name).ok()),
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

/// Set for a test's own process; `1` if the report will end up on a terminal.
pub(crate) const COLOR: &str = "SAGA_COLOR";

/// Set for a test's own process, if there is a terminal at the end of it; how many columns that has.
pub(crate) const COLUMNS: &str = "SAGA_COLUMNS";

/// How much of a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// With the timeline and all that goes with it.
    Story,
    /// A few lines: accident, schedule, what was expected and what is, replay.
    Short,
}

/// What went wrong, as a learner reads it.
pub struct Report(Content);

enum Content {
    Rendered(String),
    Failed(Box<Failed>),
}

/// A failing run and everything that explains it.
pub(crate) struct Failed {
    pub(crate) chapter: Chapter,
    pub(crate) code: Code,
    pub(crate) verdict: Verdict,
    pub(crate) schedule: Schedule,
    pub(crate) evidence: Evidence,
    pub(crate) edge: Option<Edge>,
    /// The nearest schedule that passes, and what it ends in.
    pub(crate) neighbour: Option<(Schedule, Evidence)>,
    pub(crate) score: Option<Score>,
    /// The end of a world in which everything was delivered exactly once, and that of this one.
    pub(crate) ends: Option<(End, End)>,
    pub(crate) length: Length,
}

impl Report {
    pub(crate) fn failed(failed: Failed) -> Report {
        Report(Content::Failed(Box::new(failed)))
    }

    /// A report that another process has rendered.
    pub(crate) fn rendered(text: String) -> Report {
        Report(Content::Rendered(text))
    }

    /// Not an accident: the course itself cannot go on.
    pub(crate) fn trouble(message: String) -> Report {
        Report(Content::Rendered(format!(
            "NOT AN ACCIDENT: the course itself is in trouble\n{message}\n"
        )))
    }

    /// Somebody asked for something that there is not.
    pub(crate) fn usage(message: String) -> Report {
        Report(Content::Rendered(format!("{message}\n")))
    }

    /// A schedule failed, and passes when it is replayed.
    pub(crate) fn not_the_same_twice(schedule: &str) -> Report {
        Report(Content::Rendered(format!(
            "NO VERDICT · not the same twice\nschedule   {}\nIt failed, and passed when it was replayed. {CULPRITS}\n",
            or_no_fault(schedule),
        )))
    }

    /// The code does not get anywhere.
    pub(crate) fn stuck(why: Stuck, scene: &Scene) -> Report {
        let seconds = crate::engine::watchdog::patience().as_secs_f32();
        let (title, advice) = match why {
            Stuck::NeverYields => (
                NEVER_YIELDS,
                format!(
                    "The code has kept the processor for {seconds} s of real time without reaching a step. Look for a\n\
                     loop without an `.await`, for a call that blocks the thread (`std::thread::sleep`, a lock held\n\
                     across an `.await`), or for a loop whose `.await` is always ready."
                ),
            ),
            Stuck::HogsTheProcessor => (
                HOGS_THE_PROCESSOR,
                "A test runs thousands of worlds, and in this one the code keeps the thread for a long time at every turn.\n\
                 Look for a call that blocks it (`std::thread::sleep`; use `tokio::time::sleep`), for thousands of tasks or\n\
                 tables, for thousands of printed lines (use `shop.log()`), or for heavy computing."
                    .to_owned(),
            ),
        };
        Report(Content::Rendered(format!(
            "NO VERDICT · {title}\nschedule   {}\n{advice}\n{}",
            or_no_fault(&scene.schedule),
            replay(scene),
        )))
    }

    /// Another test has told the same at length.
    pub(crate) fn stuck_as_in(first: &str) -> Report {
        Report(Content::Rendered(format!(
            "NO VERDICT · does not get anywhere\nHere, too; see `{first}`.\n"
        )))
    }

    /// A search that would not end.
    pub(crate) fn too_many(score: &Score, schedules: usize) -> Report {
        Report(Content::Rendered(format!(
            "NO VERDICT · too many steps\n\
             score      {score}\n\
             With one fault more there would be some {schedules} schedules, for every statement and every call is a step at\n\
             which something can go wrong. Take fewer of them: no loop of statements where one will do, and tables that\n\
             are made once.\n"
        )))
    }

    /// The code prints so much that a search would never end.
    pub(crate) fn prints_too_much(lines: usize) -> Report {
        Report(Content::Rendered(format!(
            "NO VERDICT · prints too much\n\
             The code has printed {lines} lines in one test, which runs thousands of worlds. Print less, or use `shop.log()`:\n\
             its lines show in the timeline.\n"
        )))
    }

    /// The code knows something that a real crash would have it forget.
    pub(crate) fn remembers(what: &str) -> Report {
        Report(Content::Rendered(format!(
            "NO VERDICT · remembers outside of its process\n\
             After all the other worlds, {what}.\n\
             A `static` or a thread-local survives the crash of the lab's process, and no real one. What has to survive\n\
             belongs in the database; what may be forgotten, in the fields of the flow.\n"
        )))
    }

    /// The code took its process down.
    pub(crate) fn died(how: &str, scene: &Scene) -> Report {
        Report(Content::Rendered(format!(
            "NO VERDICT · the code ended its process\n\
             schedule   {}\n\
             There, {how}.\n{}",
            or_no_fault(&scene.schedule),
            replay(scene),
        )))
    }

    /// The report as text.
    pub fn render(&self, style: Style) -> String {
        match &self.0 {
            Content::Rendered(text) => text.clone(),
            Content::Failed(failed) => failed.render(style),
        }
    }
}

/// libtest prints this after `Error: `.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n\n{}", self.render(Style::from_environment()))
    }
}

fn replay(scene: &Scene) -> String {
    match scene.replay.as_str() {
        "" => String::new(),
        line => format!("replay     {line}\n"),
    }
}

fn or_no_fault(schedule: &str) -> &str {
    match schedule {
        "" => "(no fault)",
        schedule => schedule,
    }
}

/// How many columns the first word of a line takes.
const HEAD: usize = "schedule   ".len();
const NEVER_YIELDS: &str = "never yields";

const HOGS_THE_PROCESSOR: &str = "keeps the processor";

/// What makes order code go two ways.
const CULPRITS: &str = "The usual\n\
     culprits: `select!` without `biased`, the system clock (use `shop.now()`), system randomness (use\n\
     `shop.new_key()`), the order of a `HashMap`, SQL's `random()` and `datetime('now')`.";

impl Failed {
    fn render(&self, style: Style) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, style);
        text
    }

    fn write(&self, out: &mut String, style: Style) -> fmt::Result {
        let Style { glyphs, color, .. } = style;
        let strong = |text: &str| paint(text, color, yansi::Style::new().bold());
        let loud = |text: &str| paint(text, color, yansi::Style::new().red().bold());

        writeln!(out, "{}", loud(&glyphs.own(&self.headline())))?;
        let setup = (self.chapter.setup)();
        let schedule = style.hang(HEAD, &calm::or_calm(&self.schedule, &setup));
        writeln!(out, "schedule   {schedule}")?;
        for gloss in calm::glosses(&self.schedule) {
            writeln!(out, "           {gloss}")?;
        }
        if let Some(edge) = &self.edge {
            let edge = style.hang(HEAD, &edge.to_string());
            writeln!(out, "           {}", strong(&edge))?;
        }
        if let Some(score) = &self.score {
            let score = style.hang(HEAD, &score.to_string());
            writeln!(out, "score      {score}")?;
        }
        if self.length == Length::Short {
            match &self.verdict {
                Verdict::Accident(finding) => {
                    writeln!(out, "expected   {}", glyphs.own(&finding.expected))?;
                    writeln!(out, "found      {}", glyphs.own(&finding.found()))?;
                }
                Verdict::InvalidSql(invalid) => write!(out, "{}", not_sql(invalid))?,
                Verdict::Halted(_) | Verdict::TwoWays { .. } => {}
            }
            writeln!(out, "replay     {}", self.replay())?;
            return self.write_ends(out, color);
        }
        match &self.verdict {
            Verdict::Accident(finding) => {
                let sentence = style.hang(HEAD, finding.accident.sentence());
                writeln!(out, "           {sentence}")?;
                let expected = style.hang(HEAD, &glyphs.own(&finding.expected));
                writeln!(out, "expected   {expected}")?;
                let timeline = tell::text(&tell::Scene::of(&self.evidence), style);
                writeln!(out, "\n{timeline}")?;
                let heads = headings(&self.evidence, Some(finding));
                two_sides(out, heads, [&finding.believes, &finding.knows], style)?;
            }
            Verdict::Halted(halt) => writeln!(out, "\n{}\n", advice(halt))?,
            Verdict::InvalidSql(invalid) => writeln!(out, "\n{}", not_sql(invalid))?,
            Verdict::TwoWays { one, other } => two_ways(out, one, other)?,
        }
        if let Some((schedule, evidence)) = &self.neighbour {
            writeln!(out)?;
            let schedule = style.hang(HEAD, &calm::or_calm(schedule, &setup));
            writeln!(out, "beside it  {schedule}")?;
            for ending in beside::endings(evidence) {
                let ending = style.hang(HEAD + "passes: ".len(), &glyphs.own(&ending));
                writeln!(out, "           passes: {ending}")?;
            }
        }
        writeln!(out, "\nreplay   {}", strong(&self.replay()))?;
        write!(out, "{}", next(&self.chapter, style))
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
        match color {
            true => write!(out, "{comparison}"),
            false => write!(out, "{}", without_colours(&comparison)),
        }
    }

    fn headline(&self) -> String {
        match &self.verdict {
            Verdict::Accident(finding) => match self.chapter.pattern_of(finding.accident) {
                Some(pattern) => format!("ACCIDENT {pattern} · {}", finding.accident),
                None => format!("ACCIDENT · {}", finding.accident),
            },
            other => format!("NO VERDICT · {}", other.name()),
        }
    }

    fn replay(&self) -> String {
        replay_line(&self.chapter, self.code, Some(&self.schedule))
    }
}

fn two_sides(
    out: &mut String,
    headings: [&str; 2],
    sides: [&[String]; 2],
    style: Style,
) -> fmt::Result {
    for (heading, lines) in headings.into_iter().zip(sides) {
        for (place, line) in lines.iter().enumerate() {
            let heading = if place == 0 { heading } else { "" };
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

/// What went wrong in a world that ended early, and what to look for.
pub(crate) fn advice(halt: &Halt) -> String {
    match halt {
        Halt::NeverSettles { what, count } => format!(
            "The code took more than {count} {what} in one world and was still busy. Look for a retry without \
             a pause,\nfor a pause that does not grow, or for a loop that nothing ends."
        ),
        Halt::TicksTooOften { ticks } => format!(
            "A task of your own has looked for work more than {ticks} times in this world and found nothing new. That is\n\
             right, and yet no search can try thousands of such worlds. Look every two seconds at most; every minute\n\
             is plenty. Or let `recover` do it."
        ),
        Halt::Panicked { message, place } => format!("The code panicked at {place}:\n{message}"),
    }
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

pub(crate) fn paint(text: &str, color: bool, style: yansi::Style) -> String {
    if color {
        use yansi::Paint;
        text.paint(style).to_string()
    } else {
        text.to_owned()
    }
}
