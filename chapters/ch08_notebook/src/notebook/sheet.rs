//! The whole notebook on one sheet: a line for each thing to know, and what the run says where it says otherwise.

use super::page::Page;
use super::situation::When;
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

    pub(super) fn heading(&mut self, text: &str) {
        let gap = if self.out.is_empty() { "" } else { "\n" };
        let text = self.style.glyphs.own(text);
        let text = paint(&text, self.style.color, yansi::Style::new().bold());
        self.out += &format!("{gap}{text}\n");
    }

    /// A page on one line.
    pub(super) fn in_brief(&mut self, name: &str, page: &Page) {
        let wrote = page.rows().iter().map(|row| row.wrote.as_deref());
        let wrote = wrote.collect::<Option<Vec<&str>>>();
        let wrote = wrote.map_or("?".to_owned(), |wrote| wrote.join(", "));
        let run: Vec<&str> = page.rows().iter().map(|row| row.run.as_str()).collect();
        self.grade(page.is_right());
        let run = (!page.is_right()).then(|| run.join(", "));
        self.line(&format!("  {name}"), &wrote, run.as_deref());
    }

    /// A page with a line for each thing to know.
    pub(super) fn in_full(&mut self, page: &Page) {
        self.grade(page.is_right());
        self.line(&format!("  {}", page.title()), "", None);
        for row in page.rows() {
            let wrote = row.wrote.as_deref().unwrap_or("?");
            let run = (!row.agrees()).then_some(row.run.as_str());
            self.line(&format!("    {}", row.what), wrote, run);
        }
    }

    /// How an undo ended: well, or in an accident.
    pub(super) fn undo(&mut self, when: When, end: Option<Result<&str, &str>>) {
        let name = format!("    {when}");
        self.grade(matches!(end, Some(Ok(_))));
        match end {
            Some(Ok(end)) => self.line(&name, end, None),
            Some(Err(accident)) => self.line(&name, "", Some(accident)),
            None => self.line(&name, "there is no such world", None),
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
        format!(
            "{out}\n{right} of {all} as the runs have it; {arrow} marks what they have instead\n"
        )
    }

    fn grade(&mut self, is_right: bool) {
        self.all += 1;
        self.right += usize::from(is_right);
    }

    fn line(&mut self, name: &str, wrote: &str, run: Option<&str>) {
        let Style { glyphs, color, .. } = self.style;
        let cell = |text: &str, width: usize| {
            let text = glyphs.own(text);
            let gap = width.saturating_sub(glyphs.width(&text));
            format!("{text}{}", " ".repeat(gap))
        };
        let mut line = cell(name, COLUMNS.0) + &cell(wrote, COLUMNS.1);
        if let Some(run) = run {
            let mark = glyphs.own(&format!("← {run}")).into_owned();
            line += &paint(&mark, color, yansi::Style::new().red().bold());
        }
        self.out += line.trim_end();
        self.out.push('\n');
    }
}
