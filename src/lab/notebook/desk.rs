//! What the tests and the demo of a chapter with a notebook do.

use super::answers::Answers;
use super::page::Page;
use super::question::{FlowStep, Mishap, Remote};
use super::sheet::Sheet;
use super::situation::When;
use crate::course::chapter::Chapter;
use crate::course::isolate::{Red, tell_drawn};
use crate::course::no_verdict;
use crate::course::proof::Drawn;
use crate::flow::Code;
use crate::judge::verdict::judge;
use crate::language::fault::Fault;
use crate::language::schedule::Schedule;
use crate::language::step::{RECOVER, StepKind};
use crate::search::scenario::Bounds;
use crate::setup::replay;
use crate::tell::report::{Length, Report, Style};

impl Chapter {
    /// Question 1: what our database's rollback takes back of this step. Told in full if the prediction is wrong.
    ///
    /// # Errors
    /// Prediction and run, side by side.
    pub fn story_of_a_boundary(&self, step: FlowStep) -> Red {
        let (code, answers) = self.notebook()?;
        graded(&Page::boundary(*self, code, &answers, step), Length::Story)
    }

    /// The same, without the timeline.
    ///
    /// # Errors
    /// Prediction and run, side by side.
    pub fn boundary(&self, step: FlowStep) -> Red {
        let (code, answers) = self.notebook()?;
        graded(&Page::boundary(*self, code, &answers, step), Length::Short)
    }

    /// Question 2: what each side knows, and what diverges.
    ///
    /// # Errors
    /// Prediction and run, side by side, under the timeline.
    pub fn divergence(&self, mishap: Mishap) -> Red {
        let (code, answers) = self.notebook()?;
        graded(&Page::failure(*self, code, &answers, mishap), Length::Story)
    }

    /// Question 3, the condition: until when a step can be undone.
    ///
    /// # Errors
    /// Prediction and run, side by side.
    pub fn until(&self, step: Remote) -> Red {
        let (code, answers) = self.notebook()?;
        graded(&Page::until(*self, code, &answers, step), Length::Short)
    }

    /// Question 3, the compensation: the undo is run in this situation, and then the ledgers are looked at.
    ///
    /// # Errors
    /// The report of what is left, or was undone too often.
    pub fn undone(&self, step: Remote, when: When) -> Red {
        self.in_world(&when.world(step))?
            .survives(&when.schedule(step))
    }

    /// The same, told in full if it goes wrong.
    ///
    /// # Errors
    /// The report, with its timeline.
    pub fn story_of_an_undo(&self, step: Remote, when: When) -> Red {
        self.in_world(&when.world(step))?
            .story(&when.schedule(step))
    }

    /// The undo, with this fault at every call that it makes on a calm day, one world for each.
    ///
    /// # Errors
    /// The report of the first accident.
    pub fn undone_at_every_call(&self, step: Remote, fault: Fault) -> Red {
        let chapter = self.in_world(&When::InTime.world(step))?;
        // An undo that calls nobody has nothing that could go wrong, and undoes nothing.
        chapter.survives("")?;
        let code = chapter.code_under_test()?;
        let steps = replay(&chapter.world(), code, &Schedule::CALM).steps();
        let calls = steps
            .into_iter()
            .filter(|step| step.actor == RECOVER && step.kind() == StepKind::Call);
        for call in calls {
            let schedule = Schedule::of([(call, fault)]);
            if let Some(report) = chapter.report(code, &schedule, Length::Short, None) {
                return Err(report);
            }
        }
        Ok(())
    }

    /// The proof: every schedule of at most `most` faults leaves nothing of this step, or has it go forward.
    ///
    /// # Errors
    /// The score, and the report of the first accident.
    pub fn every_schedule_is_undone(&self, step: Remote, when: When, most: usize) -> Red {
        self.in_world(&when.world(step))?.every_schedule(most)
    }

    /// A property: whatever happens, in any combination of at most `most` faults, to whoever has ordered what and calls it
    /// off, nothing is left of this step, or it goes forward. The worlds are drawn as for
    /// [`whatever_happens`](Chapter::whatever_happens).
    ///
    /// # Errors
    /// The report of the shrunk world and schedule.
    pub fn whatever_happens_to(&self, step: Remote, most: usize) -> Red {
        let bounds = Bounds {
            undoes: step.alone(),
            ..*self.drawn_within()?
        };
        let code = self.code_under_test()?;
        let census = self.whatever_world(code, &bounds, most)?;
        tell_drawn(&Drawn::of(&census));
        Ok(())
    }

    fn notebook(&self) -> Result<(Code, Answers), Report> {
        let code = self.code_under_test()?;
        let answers = code.answers().ok_or_else(|| {
            no_verdict::trouble(format!("`{}` of {} is no notebook", code.name(), self.id))
        })?;
        Ok((code, answers))
    }

    /// The full report of a question that is about this schedule, in the chapter's usual world.
    pub(crate) fn page(&self, code: Code, schedule: &Schedule, style: Style) -> Option<String> {
        let answers = code.answers()?;
        self.world().undoes.is_none().then_some(())?;
        let asks = |text: &str| {
            text.parse::<Schedule>()
                .is_ok_and(|other| other == *schedule)
        };
        let boundary = FlowStep::ALL.into_iter().find(|it| asks(it.schedule()));
        let failure = Mishap::ALL.into_iter().find(|it| asks(it.schedule()));
        let page = match (boundary, failure) {
            (Some(step), _) => Page::boundary(*self, code, &answers, step),
            (None, Some(mishap)) => Page::failure(*self, code, &answers, mishap),
            (None, None) => return None,
        };
        Some(page.render(Length::Story, style))
    }
}

fn graded(page: &Page, length: Length) -> Red {
    match page.is_right() {
        true => Ok(()),
        false => Err(Report::rendered(
            page.render(length, Style::from_environment()),
        )),
    }
}

/// The whole notebook, question by question, beside the runs.
pub(crate) fn whole(chapter: Chapter, code: Code, answers: &Answers, style: Style) -> String {
    let mut sheet = Sheet::new(style);
    sheet.heading("Q1: our database rolls back. What of each step is left?");
    for step in FlowStep::ALL {
        sheet.in_brief(step.name(), &Page::boundary(chapter, code, answers, step));
    }
    sheet.heading("Q2: what does each side know, and what diverges?");
    for mishap in Mishap::ALL {
        let page = Page::failure(chapter, code, answers, mishap);
        sheet.in_full(&page);
    }
    sheet.heading("Q3: until when can each step be undone, and does the undo undo?");
    for step in Remote::ALL {
        sheet.in_brief(step.name(), &Page::until(chapter, code, answers, step));
        for when in When::ALL {
            sheet.undo(when, undo(chapter, code, step, when));
        }
    }
    sheet.end()
}

/// How an undo ends: what became of the order, or the accident.
fn undo(
    chapter: Chapter,
    code: Code,
    step: Remote,
    when: When,
) -> Option<Result<&'static str, &'static str>> {
    let world = when.world(step);
    let mut setups = chapter.worlds.iter().map(|setup| setup());
    let setup = setups.find(|setup| setup.name == Some(world.as_str()))?;
    let schedule: Schedule = when.schedule(step).parse().ok()?;
    let run = replay(&setup, code, &schedule);
    let order = run.evidence.submitted().first().map(|order| order.name())?;
    Some(match (judge(&run), run.evidence.status(order)) {
        (Some(verdict), _) => Err(verdict.name()),
        (None, Some("confirmed")) => Ok("too late: the order goes forward"),
        (None, _) => Ok("undone"),
    })
}
