//! The whole notebook on one sheet: a line for each thing to know, and what the run says where it says otherwise.

use super::page::Page;
use super::situation::When;
use super::words::{Ended, Question, no_such_world, score};
use saga_lab::judge::verdict::Verdict;
use saga_lab::sentence;
use saga_lab::tell::Say;
use saga_lab::tell::report::{Style, paint};

/// How many cells the name of a line takes, and what was written.
const COLUMNS: (usize, usize) = (27, 36);

/// A sheet that is being written.
pub(super) struct Sheet {
    style: Style,
    out: String,
    right: usize,
    all: usize,
}

impl Sheet {
    pub(super) fn new(style: Style) -> Sheet {
        Sheet {
            style,
            out: String::new(),
            right: 0,
            all: 0,
        }
    }

    pub(super) fn heading(&mut self, question: Question) {
        let gap = if self.out.is_empty() { "" } else { "\n" };
        let text = question.say(self.style.language);
        let text = self.style.glyphs.own(&text);
        let text = paint(&text, self.style.color, yansi::Style::new().bold());
        self.out += &format!("{gap}{text}\n");
    }

    /// A page on one line.
    pub(super) fn in_brief(&mut self, name: &str, page: &Page) {
        let language = self.style.language;
        let comma = sentence!(language, en: ", ", ja: "、");
        let rows = page.rows();
        let wrote = if rows.iter().all(|row| row.wrote.is_some()) {
            let wrote: Vec<String> = rows.iter().map(|row| row.wrote(language)).collect();
            wrote.join(&comma)
        } else {
            "?".to_owned()
        };
        let run: Vec<String> = rows.iter().map(|row| row.run(language)).collect();
        self.grade(page.is_right());
        let run = (!page.is_right()).then(|| run.join(&comma));
        self.line(&format!("  {name}"), &wrote, run.as_deref());
    }

    /// A page with a line for each thing to know.
    pub(super) fn in_full(&mut self, page: &Page) {
        self.grade(page.is_right());
        let language = self.style.language;
        self.line(&format!("  {}", page.title(language)), "", None);
        for row in page.rows() {
            let run = (!row.agrees()).then(|| row.run(language));
            let what = format!("    {}", row.what.say(language));
            self.line(&what, &row.wrote(language), run.as_deref());
        }
    }

    /// How an undo ended: well, or in an accident.
    pub(super) fn undo(&mut self, when: When, end: Option<Result<Ended, Verdict>>) {
        let language = self.style.language;
        let name = format!("    {}", when.say(language));
        self.grade(matches!(end, Some(Ok(_))));
        match end {
            Some(Ok(end)) => self.line(&name, &end.say(language), None),
            Some(Err(verdict)) => self.line(&name, "", Some(&verdict.say(language))),
            None => self.line(&name, &no_such_world(language), None),
        }
    }

    /// The sheet, and how many of its answers the runs agree with.
    pub(super) fn end(self) -> String {
        let Sheet {
            style,
            out,
            right,
            all,
        } = self;
        let arrow = style.glyphs.own("←");
        let score = score(right, all, &arrow, style.language);
        format!("{out}\n{score}\n")
    }

    fn grade(&mut self, is_right: bool) {
        self.all += 1;
        self.right += usize::from(is_right);
    }

    fn line(&mut self, name: &str, wrote: &str, run: Option<&str>) {
        let Style { glyphs, color, .. } = self.style;
        let style = self.style;
        let cell = |text: &str, width: usize| style.cell(&glyphs.own(text), width);
        let mut line = cell(name, COLUMNS.0) + &cell(wrote, COLUMNS.1);
        if let Some(run) = run {
            let mark = glyphs.own(&format!("← {run}")).into_owned();
            let wide = glyphs.width(&line) + glyphs.width(&mark);
            if style.width.is_some() && wide > style.columns() {
                line = format!("{}\n{}", line.trim_end(), cell("", COLUMNS.0));
            }
            line += &paint(&mark, color, yansi::Style::new().red().bold());
        }
        self.out += line.trim_end();
        self.out.push('\n');
    }
}
