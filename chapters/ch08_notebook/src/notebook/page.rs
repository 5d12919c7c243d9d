//! A page of a notebook beside what the run says.

use super::answers::{Answers, Boundary, Prediction};
use super::question::{self, FlowStep, Mishap, Remote};
use super::reach;
use super::until;
use super::words::{Asked, Beside, Fault, Title, Written};
use course::chapter::Chapter;
use course::commands::{next, replay_line};
use saga_lab::flow::Code;
use saga_lab::judge::evidence::Evidence;
use saga_lab::language::schedule::Schedule;
use saga_lab::tell::report::{Directions, Kind, Length, Report, Style, Tell, paint};
use saga_lab::tell::{Label, Language, Say};
use std::fmt::{self, Write};

/// One question, the answer in the notebook, and the answer of the run.
pub(super) struct Page {
    chapter: Chapter,
    code: Code,
    title: Title,
    rows: Vec<Row>,
    /// The run, of a question that has one.
    run: Option<(Schedule, Evidence)>,
}

/// One thing to know: as it was written, and as it is.
pub(super) struct Row {
    pub(super) what: Asked,
    pub(super) wrote: Option<Written>,
    pub(super) run: Option<Written>,
}

impl Row {
    pub(super) fn agrees(&self) -> bool {
        self.wrote.is_some() && self.wrote == self.run
    }

    /// What was written, in words.
    pub(super) fn wrote(&self, language: Language) -> String {
        said(self.wrote.as_ref(), language)
    }

    /// What the run says, in words.
    pub(super) fn run(&self, language: Language) -> String {
        said(self.run.as_ref(), language)
    }
}

fn said(written: Option<&Written>, language: Language) -> String {
    written.map_or("?".to_owned(), |written| written.say(language))
}

impl Page {
    /// What our rollback takes back of this step.
    pub(super) fn boundary(
        chapter: Chapter,
        code: Code,
        answers: &Answers,
        step: FlowStep,
    ) -> Page {
        let wrote = answers.boundaries[step as usize];
        let schedule = parsed(step.schedule());
        let evidence = question::run(&chapter.world(), code, &schedule).evidence;
        let found = question::boundary(&evidence, step);
        let row = |what, of: fn(Boundary) -> Option<Written>| Row {
            what,
            wrote: of(wrote),
            run: of(found),
        };
        Page {
            title: Title::RightAfter(step),
            rows: vec![
                row(Asked::StepIs, Written::lies),
                row(Asked::RollbackLeaves, Written::leaves),
            ],
            run: Some((schedule, evidence)),
            chapter,
            code,
        }
    }

    /// What diverges.
    pub(super) fn failure(chapter: Chapter, code: Code, answers: &Answers, mishap: Mishap) -> Page {
        let wrote = answers.failures[mishap as usize];
        let schedule = parsed(mishap.schedule());
        let setup = chapter.world();
        let evidence = question::run(&setup, code, &schedule).evidence;
        let found = question::knowledge(&setup, code, &schedule, &evidence);
        let row = |what, of: fn(&Prediction) -> Option<Written>| Row {
            what,
            wrote: of(&wrote),
            run: of(&found),
        };
        Page {
            title: Title::After(mishap),
            rows: vec![
                row(Asked::OrdersSays, |it| Written::orders(it.our_books)),
                row(Asked::CustomerHasSeen, |it| Written::seen(it.customer)),
                row(Asked::ProviderKeeps, |it| {
                    it.provider_keeps.map(Written::Money)
                }),
                row(Asked::WarehouseHolds, |it| {
                    it.books_held.map(Written::Books)
                }),
                row(Asked::InAnHour, |it| {
                    it.books_held_in_an_hour.map(Written::Books)
                }),
                row(Asked::OnTheirWay, |it| it.parcels.map(Written::Parcels)),
                row(Asked::DivergesAt, |it| {
                    it.diverges.map(Written::diverges_at)
                }),
            ],
            run: Some((schedule, evidence)),
            chapter,
            code,
        }
    }

    /// Until when a step can be undone.
    pub(super) fn until(chapter: Chapter, code: Code, answers: &Answers, step: Remote) -> Page {
        Page {
            title: Title::UntilWhen(step),
            rows: vec![Row {
                what: Asked::CanBeUndone,
                wrote: Written::until(answers.untils[step as usize]),
                run: Written::until(until::until(step)),
            }],
            run: None,
            chapter,
            code,
        }
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn is_right(&self) -> bool {
        self.rows.iter().all(Row::agrees)
    }

    pub(super) fn title(&self, language: Language) -> String {
        self.title.say(language)
    }

    /// What a wrong answer has to report. The timeline is a story's.
    pub(super) fn report(self, length: Length) -> Report {
        let directions = Directions {
            patterns: &[],
            replay: self.replay_line(),
            world: self.chapter.world_as_typed(),
            next: next(&self.chapter),
        };
        Report::of(Differs {
            page: self,
            length,
            directions,
        })
    }

    /// The page as it is shown beside the run. The timeline is a story's.
    pub(super) fn render(&self, length: Length, style: Style) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out, length, style);
        out
    }

    fn replay_line(&self) -> String {
        let schedule = self.run.as_ref().map(|(schedule, _)| schedule);
        replay_line(&self.chapter, self.code, schedule)
    }

    /// What is wrong with a wrong answer, in a few words.
    fn fault(&self) -> Fault {
        if self.rows.iter().any(|row| row.wrote.is_none()) {
            Fault::NotWritten
        } else {
            Fault::NotAsPredicted
        }
    }

    fn write(&self, out: &mut String, length: Length, style: Style) -> fmt::Result {
        let Style {
            language,
            glyphs,
            color,
            ..
        } = style;
        let strong = yansi::Style::new().bold();
        let headline = if self.is_right() {
            let headline = Beside::AsPredicted.say(language);
            let headline = format!("{headline} · {}", self.code.name());
            paint(&glyphs.own(&headline), color, strong.green())
        } else {
            let (label, fault) = (Label::Prediction.say(language), self.fault().say(language));
            let headline = format!("{label} · {fault}");
            paint(&glyphs.own(&headline), color, strong.red())
        };
        writeln!(out, "{headline}")?;
        if let Some((schedule, _)) = &self.run {
            let schedule = schedule.to_string();
            writeln!(out, "{}", style.labelled(Label::Schedule, &schedule))?;
        }
        writeln!(out, "{}\n", style.indented(&self.title(language)))?;
        if let (Some((_, evidence)), Length::Story) = (&self.run, length) {
            let scene = saga_lab::tell::scene::Scene::of(evidence);
            writeln!(out, "{}", saga_lab::tell::text::text(&scene, style))?;
        }
        out.push_str(&beside(&self.rows, style));
        if let Some((_, evidence)) = &self.run {
            out.push_str(&glyphs.own(&reach::told(evidence, style)));
        }
        let replay = self.replay_line();
        let label = style.cell(&Label::Replay.say(language), 9);
        writeln!(out, "\n{label}{}", paint(&replay, color, strong))?;
        if length == Length::Story {
            for direction in next(&self.chapter) {
                out.push_str(&direction.lines(style));
            }
        }
        Ok(())
    }
}

/// A page with a wrong answer.
struct Differs {
    page: Page,
    length: Length,
    directions: Directions,
}

impl Tell for Differs {
    fn kind(&self) -> Kind {
        Kind::Prediction
    }

    fn name(&self) -> Option<String> {
        Some(self.page.fault().name().to_owned())
    }

    fn schedule(&self) -> Option<String> {
        let run = self.page.run.as_ref();
        run.map(|(schedule, _)| schedule.to_string())
    }

    fn directions(&self) -> Option<&Directions> {
        Some(&self.directions)
    }

    fn length(&self) -> Length {
        self.length
    }

    fn render(&self, style: Style) -> String {
        self.page.render(self.length, style)
    }
}

/// What was written beside what the run says.
fn beside(rows: &[Row], style: Style) -> String {
    let Style {
        language,
        glyphs,
        color,
        ..
    } = style;
    let cell = |text: &str, width: usize| style.cell(&glyphs.own(text), width);
    let (first, second) = (25, if style.columns() < 100 { 19 } else { 24 });
    let [you_wrote, the_run] = [Beside::YouWrote, Beside::TheRun].map(|it| it.say(language));
    let heads = cell("", first) + &cell(&you_wrote, second);
    let mut out = format!("{heads}{the_run}\n");
    for row in rows {
        let line = cell(&row.what.say(language), first) + &cell(&row.wrote(language), second);
        let run = row.run(language);
        out += &if row.agrees() {
            format!("{line}{}", glyphs.own(&run))
        } else {
            let mark = Beside::Differs.say(language);
            let mark = glyphs.own(&mark).into_owned();
            let mut line = format!("{line}{}  ", cell(&run, second));
            let wide = glyphs.width(&line) + glyphs.width(&mark);
            if style.width.is_some() && wide > style.columns() {
                line = format!("{}\n{}", line.trim_end(), cell("", first + second));
            }
            line + &paint(&mark, color, yansi::Style::new().red().bold())
        };
        out.push('\n');
    }
    out
}

fn parsed(schedule: &str) -> Schedule {
    match schedule.parse() {
        Ok(schedule) => schedule,
        Err(_) => unreachable!("the chapter's own schedules can be parsed: {schedule}"),
    }
}
