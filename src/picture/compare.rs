//! Two runs of the same failure as one picture, to the same scale: who holds what locked, who waits for it, and how it ends
//! for everybody. Time runs to the right.

use crate::catalogue::{
    self, at_the_counter, bar_of_promise, is_back, is_down, lets_go, nothing_stays_locked,
    standing, the_process,
};
use crate::labels::{SIZE, measure};
use crate::svg::{Caption, class};
use crate::writer::{Paper, Tone};
use lab::engine::trace::Event;
use lab::judge::accident;
use lab::judge::evidence::Evidence;
use lab::language::name::Name;
use lab::language::time::Ms;
use lab::tell::catalogue::spoken;
use lab::tell::scene::SpanKind;
use lab::tell::{Language, Say};
use lab::two_phase::record::Participation;

const LEFT: f64 = 104.0;
const WIDE: f64 = 470.0;
const MARGIN: f64 = 16.0;
const ROW: f64 = 26.0;
/// From the top of a panel to its first row: heading, what was measured, and the ruler.
const HEAD: f64 = 84.0;

/// One of the two runs.
pub struct Panel<'a> {
    /// What it is called.
    pub title: &'a str,
    /// The evidence at its end.
    pub evidence: &'a Evidence,
}

/// The two runs as SVG, one below the other. The same evidence gives the same bytes.
pub fn compare(title: &str, panels: &[Panel<'_>; 2], language: Language) -> String {
    let ends = panels.iter().map(|panel| end_of(panel.evidence));
    let end = ends.max().unwrap_or(Ms(1)).max(Ms(1));
    let mut paper = Paper::new();
    paper.text(MARGIN, 32.0, "start", Tone::Title, title);
    let mut sheet = Sheet {
        paper: &mut paper,
        end,
        y: 50.0,
        right: MARGIN + measure(title, 18.0),
        language,
    };
    for panel in panels {
        sheet.panel(panel);
    }
    sheet.legend();
    let (wide, tall) = (sheet.right + MARGIN, sheet.y);
    let said: Vec<String> = panels
        .iter()
        .map(|panel| format!("{}: {}.", panel.title, measured(panel.evidence, language)))
        .collect();
    let caption = Caption {
        language,
        title,
        description: &said.join(" "),
        ..Caption::default()
    };
    paper.finish(wide, tall, &caption)
}

struct Sheet<'a> {
    paper: &'a mut Paper,
    end: Ms,
    y: f64,
    right: f64,
    language: Language,
}

impl Sheet<'_> {
    fn x(&self, at: Ms) -> f64 {
        LEFT + WIDE * at.0.min(self.end.0) as f64 / self.end.0 as f64
    }

    fn text(&mut self, x: f64, y: f64, tone: Tone, text: &str) {
        self.paper.text(x, y, "start", tone, text);
        let size = match tone {
            Tone::Strong => 1.12 * SIZE,
            _ => SIZE,
        };
        self.right = self.right.max(x + measure(text, size));
    }

    fn bar(&mut self, class: &str, from: Ms, until: Ms, (top, tall): (f64, f64)) {
        let (x, to) = (self.x(from), self.x(until));
        let wide = (to - x).max(3.0);
        self.paper.rect(class, (x, top), (wide, tall), 2.0);
    }

    fn panel(&mut self, panel: &Panel<'_>) {
        let evidence = panel.evidence;
        let orders = evidence.submitted().len();
        let rows = 1 + orders + PARTICIPANTS.len() + evidence.walk_ins.len();
        let (first, bottom) = (self.y + HEAD, self.y + HEAD + ROW * rows as f64);
        self.text(MARGIN, self.y + 18.0, Tone::Strong, panel.title);
        let said = measured(evidence, self.language);
        self.text(MARGIN, self.y + 38.0, Tone::Faint, &said);
        for minute in 0..=self.end.0 / 60_000 {
            let at = Ms::minutes(minute);
            let x = self.x(at);
            self.paper
                .path("lifeline", &[(x, first - 6.0), (x, bottom)]);
            if minute % 2 == 0 {
                let text = spoken(at, self.language);
                self.paper
                    .text(x, first - 12.0, "middle", Tone::Faint, &text);
            }
        }
        self.y = first;
        self.process(evidence);
        for order in evidence.submitted() {
            self.order(evidence, order.name());
        }
        for participant in PARTICIPANTS {
            self.participant(evidence, participant);
        }
        for walk_in in &evidence.walk_ins {
            let at = walk_in.told.map_or(self.end, |(at, _)| at);
            let sold = walk_in.told.map(|(_, sold)| sold);
            let (tone, text) = at_the_counter(sold, self.language);
            let y = self.row(walk_in.name.as_str());
            if at > walk_in.at {
                self.bar("lock-wait", walk_in.at, at, (y + 4.0, 16.0));
            } else {
                let x = self.x(at);
                self.paper.dot(x, y + 12.0);
            }
            self.ending(at, y, tone, &text);
        }
        self.y = bottom + 18.0;
    }

    /// Begins a row; returns its top.
    fn row(&mut self, name: &str) -> f64 {
        let y = self.y;
        self.paper.text(
            LEFT - 12.0,
            y + 12.0 + SIZE * 0.34,
            "end",
            Tone::Plain,
            name,
        );
        self.y += ROW;
        y
    }

    /// What is said where a row's bar ends. The lines of the ruler end where the words begin.
    fn ending(&mut self, at: Ms, y: f64, tone: Tone, text: &str) {
        let x = self.x(at) + 8.0;
        let wide = measure(text, SIZE) + 6.0;
        self.paper
            .rect("gap", (x - 3.0, y + 2.0), (wide, 20.0), 0.0);
        self.text(x, y + 12.0 + SIZE * 0.34, tone, text);
    }

    fn process(&mut self, evidence: &Evidence) {
        let y = self.row(&the_process(self.language));
        let mut since = Ms::ZERO;
        for entry in &evidence.trace.entries {
            match entry.event {
                Event::Crashed => {
                    let x = self.x(entry.at);
                    let line = [(self.x(since), y + 12.0), (x, y + 12.0)];
                    self.paper.path("cut", &line);
                    since = entry.at;
                }
                Event::Started(n) if n > 1 => {
                    self.bar("death", since, entry.at, (y + 2.0, 20.0));
                    let (x, text) = (self.x(since) + 10.0, is_down(self.language));
                    self.text(x, y + 12.0 + SIZE * 0.34, Tone::Strong, &text);
                    since = entry.at;
                }
                _ => {}
            }
        }
        let line = [(self.x(since), y + 12.0), (self.x(self.end), y + 12.0)];
        self.paper.path("cut", &line);
        self.ending(self.end, y, Tone::Plain, &is_back(self.language));
    }

    fn order(&mut self, evidence: &Evidence, order: Name) {
        let y = self.row(order.as_str());
        let mut came = evidence.submissions.iter();
        let came = came
            .find(|it| it.order.name() == order)
            .and_then(|it| it.at);
        let until = settled(evidence, order).unwrap_or(self.end);
        self.bar("in-doubt", came.unwrap_or(Ms::ZERO), until, (y + 8.0, 8.0));
        let (tone, text) = match accident::find(evidence) {
            Some(finding) => {
                let accident = finding.accident.say(self.language);
                (Tone::Bad, format!("✗ {accident}"))
            }
            None => standing(evidence.status(order), self.language),
        };
        self.ending(until, y, tone, &text);
    }

    fn participant(&mut self, evidence: &Evidence, name: &'static str) {
        let y = self.row(name);
        let locked = locks(evidence).filter(|it| it.participant.as_str() == name);
        let mut last = None;
        for it in locked {
            let until = it.until.unwrap_or(self.end);
            self.bar("lock-held", it.from, until, (y + 4.0, 16.0));
            last = Some(until);
        }
        match last {
            Some(until) => self.ending(until, y, Tone::Faint, &lets_go(self.language)),
            None => {
                let text = nothing_stays_locked(self.language);
                self.ending(Ms::ZERO, y, Tone::Faint, &text);
            }
        }
    }

    fn legend(&mut self) {
        let (mut x, y) = (MARGIN, self.y);
        for kind in [SpanKind::RowLocked, SpanKind::LockWait, SpanKind::InDoubt] {
            let meaning = bar_of_promise(kind, self.language);
            self.paper.rect(class(kind), (x, y), (22.0, 14.0), 2.0);
            self.text(x + 30.0, y + 12.0, Tone::Faint, &meaning);
            x += 54.0 + measure(&meaning, SIZE);
        }
        self.y += 34.0;
    }
}

const PARTICIPANTS: [&str; 3] = ["orders", "payment", "inventory"];

/// The promises that kept a row locked.
fn locks(evidence: &Evidence) -> impl Iterator<Item = &Participation> {
    let all = evidence.participations.iter();
    all.filter(|it| it.row.is_some())
}

/// When everybody knew how this order ends; `None` if they never did.
fn settled(evidence: &Evidence, order: Name) -> Option<Ms> {
    let promises = locks(evidence).filter(|it| it.order == Some(order));
    let last = promises
        .map(|it| it.until)
        .max_by_key(|until| until.is_none());
    match last {
        Some(None) => None,
        Some(_) => locks(evidence).filter_map(|it| it.until).max(),
        None => {
            let mut books = evidence.books.iter().rev();
            let known = books.find(|it| it.order == order)?;
            let is_final = known.is("confirmed") || known.is("cancelled");
            is_final.then_some(known.at)
        }
    }
}

/// When there is nothing more to see.
fn end_of(evidence: &Evidence) -> Ms {
    let orders = evidence.submitted().into_iter();
    let orders = orders.filter_map(|order| settled(evidence, order.name()));
    let others = evidence.walk_ins.iter();
    let others = others.filter_map(|it| it.told.map(|(at, _)| at));
    orders.chain(others).max().unwrap_or(Ms(1))
}

/// What was measured, in words.
fn measured(evidence: &Evidence, language: Language) -> String {
    let longest = locks(evidence).map(|it| it.until.unwrap_or(evidence.ended_at) - it.from);
    let locked = longest.max().map(|span| (locks(evidence).count(), span));
    let others = evidence.walk_ins.len();
    let count = |wanted: &dyn Fn(Ms, bool, Ms) -> bool| {
        let all = evidence.walk_ins.iter();
        all.filter(|it| it.told.is_some_and(|(at, sold)| wanted(at, sold, it.at)))
            .count()
    };
    let at_once = count(&|at, sold, came| sold && at == came);
    let later = count(&|at, sold, came| sold && at > came);
    let home = others - at_once - later;
    catalogue::measured(locked, [others, at_once, later, home], language)
}
