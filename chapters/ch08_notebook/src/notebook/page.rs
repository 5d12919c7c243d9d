//! A page of a notebook beside what the run says.

use super::answers::{Answers, Boundary, Customer, OurBooks, Prediction, Until, counted};
use super::question::{self, FlowStep, Mishap, Remote};
use super::reach;
use super::until;
use course::chapter::Chapter;
use course::commands::{next, replay_line};
use saga_lab::flow::Code;
use saga_lab::judge::evidence::Evidence;
use saga_lab::language::schedule::Schedule;
use saga_lab::tell::report::{Directions, Kind, Length, Report, Style, Tell, paint};
use std::fmt::{self, Write};

/// One question, the answer in the notebook, and the answer of the run.
pub(super) struct Page {
    chapter: Chapter,
    code: Code,
    title: String,
    rows: Vec<Row>,
    /// The run, of a question that has one.
    run: Option<(Schedule, Evidence)>,
}

/// One thing to know: as it was written, and as it is.
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) wrote: Option<String>,
    pub(super) run: String,
}

impl Row {
    fn new(what: &'static str, wrote: Option<String>, run: impl fmt::Display) -> Row {
        let run = run.to_string();
        Row { what, wrote, run }
    }

    pub(super) fn agrees(&self) -> bool {
        self.wrote.as_ref() == Some(&self.run)
    }
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
        let lies = |boundary| match boundary {
            Boundary::Unknown => None,
            Boundary::Inside { .. } => Some("inside our database".to_owned()),
            Boundary::External { .. } => Some("external".to_owned()),
        };
        let leaves = |boundary| match boundary {
            Boundary::Unknown => None,
            Boundary::Inside { leaves } | Boundary::External { leaves } => Some(leaves.to_string()),
        };
        let row = |what, of: &dyn Fn(Boundary) -> Option<String>| {
            Row::new(what, of(wrote), of(found).unwrap_or_default())
        };
        Page {
            title: format!("right after {}, our database rolls back", step.done()),
            rows: vec![
                row("the step is", &lies),
                row("the rollback leaves", &leaves),
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
        let row = |what, of: fn(&Prediction) -> Option<String>| {
            Row::new(what, of(&wrote), of(&found).unwrap_or_default())
        };
        Page {
            title: mishap.name().to_owned(),
            rows: vec![
                row("our table orders says", |it| books(it.our_books)),
                row("the customer has seen", |it| customer(it.customer)),
                row("the provider keeps", |it| {
                    it.provider_keeps.map(|yen| yen.to_string())
                }),
                row("the warehouse holds", |it| {
                    it.books_held.map(|books| counted(books, "book"))
                }),
                row("and in an hour", |it| {
                    it.books_held_in_an_hour.map(|books| counted(books, "book"))
                }),
                row("on their way", |it| {
                    it.parcels.map(|parcels| counted(parcels, "parcel"))
                }),
                row("it diverges at", |it| it.diverges.map(services)),
            ],
            run: Some((schedule, evidence)),
            chapter,
            code,
        }
    }

    /// Until when a step can be undone.
    pub(super) fn until(chapter: Chapter, code: Code, answers: &Answers, step: Remote) -> Page {
        let words = |until| match until {
            Until::Unknown => None,
            Until::AnyTime => Some("at any time".to_owned()),
            Until::Within(span) => Some(match span.0 % 60_000 {
                0 => format!("within {} min", span.0 / 60_000),
                _ => format!("within {span}"),
            }),
        };
        let found = words(until::until(step)).unwrap_or_default();
        Page {
            title: format!("until when {} can be undone", step.name()),
            rows: vec![Row::new(
                "it can be undone",
                words(answers.untils[step as usize]),
                found,
            )],
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

    pub(super) fn title(&self) -> &str {
        &self.title
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
    fn fault(&self) -> &'static str {
        if self.rows.iter().any(|row| row.wrote.is_none()) {
            "not written down yet"
        } else {
            "not as predicted"
        }
    }

    fn write(&self, out: &mut String, length: Length, style: Style) -> fmt::Result {
        let Style { glyphs, color, .. } = style;
        let strong = yansi::Style::new().bold();
        let headline = if self.is_right() {
            let headline = format!("as predicted · {}", self.code.name());
            paint(&glyphs.own(&headline), color, strong.green())
        } else {
            let headline = format!("PREDICTION · {}", self.fault());
            paint(&glyphs.own(&headline), color, strong.red())
        };
        writeln!(out, "{headline}")?;
        if let Some((schedule, _)) = &self.run {
            writeln!(out, "schedule   {schedule}")?;
        }
        writeln!(out, "           {}\n", self.title)?;
        if let (Some((_, evidence)), Length::Story) = (&self.run, length) {
            let scene = saga_lab::tell::scene::Scene::of(evidence);
            writeln!(out, "{}", saga_lab::tell::text::text(&scene, style))?;
        }
        out.push_str(&beside(&self.rows, style));
        if let Some((_, evidence)) = &self.run {
            out.push_str(&glyphs.own(&reach::told(evidence)));
        }
        let replay = self.replay_line();
        writeln!(out, "\nreplay   {}", paint(&replay, color, strong))?;
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
        Some(self.page.fault().to_owned())
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
    let Style { glyphs, color, .. } = style;
    let cell = |text: &str, width: usize| {
        let text = glyphs.own(text);
        let gap = width.saturating_sub(glyphs.width(&text));
        format!("{text}{}", " ".repeat(gap))
    };
    let (first, second) = (25, 24);
    let mut out = format!("{}{}the run\n", cell("", first), cell("you wrote", second));
    for row in rows {
        let wrote = row.wrote.as_deref().unwrap_or("?");
        let line = cell(row.what, first) + &cell(wrote, second);
        out += &if row.agrees() {
            format!("{line}{}", glyphs.own(&row.run))
        } else {
            let mark = glyphs.own("← differs");
            let mark = paint(&mark, color, yansi::Style::new().red().bold());
            format!("{line}{}  {mark}", cell(&row.run, second))
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

fn books(books: OurBooks) -> Option<String> {
    let text = match books {
        OurBooks::Unknown => return None,
        OurBooks::NoOrder => "no such order",
        OurBooks::Open => "open",
        OurBooks::Confirmed => "confirmed",
        OurBooks::Cancelled => "cancelled",
    };
    Some(text.to_owned())
}

fn customer(customer: Customer) -> Option<String> {
    let text = match customer {
        Customer::Unknown => return None,
        Customer::Waiting => "nothing yet",
        Customer::ErrorPage => "an error page",
        Customer::Confirmed => "confirmed",
        Customer::Pending => "pending",
        Customer::Cancelled => "cancelled",
    };
    Some(text.to_owned())
}

/// In the order of the flow, and each once, however they were written down.
fn services(list: &[Remote]) -> String {
    let all = [Remote::Payment, Remote::Inventory, Remote::Shipping];
    let named = all.iter().filter(|service| list.contains(service));
    let named: Vec<&str> = named.map(|service| service.name()).collect();
    match named.as_slice() {
        [] => "nothing".to_owned(),
        named => named.join(", "),
    }
}
