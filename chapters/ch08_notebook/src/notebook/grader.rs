//! What the tests and the demo of a chapter with a notebook do.

use super::answers::Answers;
use super::entry::Entry;
use super::page::Page;
use super::question::{FlowStep, Mishap, Remote};
use super::sheet::Sheet;
use super::situation::When;
use super::words::{Ended, Question};
use course::chapter::Chapter;
use course::demo;
use course::isolate::Outcome;
use saga_lab::flow::Code;
use saga_lab::judge::verdict::{Verdict, judge};
use saga_lab::language::fault::Fault;
use saga_lab::language::schedule::Schedule;
use saga_lab::language::step::{RECOVER, StepKind};
use saga_lab::run::replay;
use saga_lab::search::scenario::Bounds;
use saga_lab::tell::report::{Length, Report, Style};

/// A chapter whose codes are notebooks, and what each of them predicts.
#[derive(Clone, Copy)]
pub struct Grader {
    /// The chapter.
    pub chapter: Chapter,
    /// Its notebooks, one for each of its codes.
    pub notebooks: &'static [Entry],
}

impl Grader {
    /// Question 1: what our database's rollback takes back of this step. Told in full if the prediction is wrong.
    ///
    /// # Errors
    /// Prediction and run, side by side.
    pub fn story_of_a_boundary(&self, step: FlowStep) -> Outcome {
        let (code, answers) = self.notebook()?;
        graded(
            Page::boundary(self.chapter, code, &answers, step),
            Length::Story,
        )
    }

    /// The same, without the timeline.
    ///
    /// # Errors
    /// Prediction and run, side by side.
    pub fn boundary(&self, step: FlowStep) -> Outcome {
        let (code, answers) = self.notebook()?;
        graded(
            Page::boundary(self.chapter, code, &answers, step),
            Length::Short,
        )
    }

    /// Question 2: what each side knows, and what diverges.
    ///
    /// # Errors
    /// Prediction and run, side by side, under the timeline.
    pub fn divergence(&self, mishap: Mishap) -> Outcome {
        let (code, answers) = self.notebook()?;
        graded(
            Page::failure(self.chapter, code, &answers, mishap),
            Length::Story,
        )
    }

    /// Question 3, the condition: until when a step can be undone.
    ///
    /// # Errors
    /// Prediction and run, side by side.
    pub fn until(&self, step: Remote) -> Outcome {
        let (code, answers) = self.notebook()?;
        graded(
            Page::until(self.chapter, code, &answers, step),
            Length::Short,
        )
    }

    /// Question 3, the compensation: the undo is run in this situation, and then the ledgers are looked at.
    ///
    /// # Errors
    /// The report of what is left, or was undone too often.
    pub fn undone(&self, step: Remote, when: When) -> Outcome {
        self.chapter
            .in_world(&when.world(step))?
            .survives(&when.schedule(step))
    }

    /// The same, told in full if it goes wrong.
    ///
    /// # Errors
    /// The report, with its timeline.
    pub fn story_of_an_undo(&self, step: Remote, when: When) -> Outcome {
        self.chapter
            .in_world(&when.world(step))?
            .story(&when.schedule(step))
    }

    /// The undo, with this fault at every call that it makes on a calm day, one world for each.
    ///
    /// # Errors
    /// The report of the first accident.
    pub fn undone_at_every_call(&self, step: Remote, fault: Fault) -> Outcome {
        let chapter = self.chapter.in_world(&When::InTime.world(step))?;
        // An undo that calls nobody has nothing that could go wrong, and undoes nothing.
        chapter.survives("")?;
        let code = chapter.code_under_test()?;
        let steps = replay(&chapter.world(), code, &Schedule::CALM).steps();
        let calls = steps
            .into_iter()
            .filter(|step| step.actor == RECOVER && step.kind() == StepKind::Call);
        for call in calls {
            let schedule = Schedule::of([(call, fault)]);
            if let Some(report) = chapter.report(code, &schedule, Length::Short) {
                return Err(report);
            }
        }
        Ok(())
    }

    /// The proof: every schedule of at most `most` faults leaves nothing of this step, or has it go forward.
    ///
    /// # Errors
    /// The score, and the report of the first accident.
    pub fn every_schedule_is_undone(&self, step: Remote, when: When, most: usize) -> Outcome {
        self.chapter
            .in_world(&when.world(step))?
            .every_schedule(most)
    }

    /// A property: whatever happens, in any combination of at most `most` faults, to whoever has ordered what and calls it
    /// off, nothing is left of this step, or it goes forward. The worlds are drawn as for
    /// [`whatever_happens`](Chapter::whatever_happens).
    ///
    /// # Errors
    /// The report of the shrunk world and schedule.
    pub fn whatever_happens_to(&self, step: Remote, most: usize) -> Outcome {
        let narrowed = self.chapter.bounds.map(|bounds| Bounds {
            undoes: step.alone(),
            ..*bounds
        });
        let chapter = Chapter {
            // A chapter's bounds live as long as the process does. There are three of these.
            bounds: narrowed.map(|bounds| &*Box::leak(Box::new(bounds))),
            ..self.chapter
        };
        chapter.whatever_happens(most)
    }

    fn notebook(&self) -> Result<(Code, Answers), Report> {
        let code = self.chapter.code_under_test()?;
        Ok((code, self.answers(code)))
    }

    /// What the notebook of this name predicts.
    fn answers(&self, code: Code) -> Answers {
        let mut notebooks = self.notebooks.iter();
        let named = notebooks.find(|notebook| notebook.code.name() == code.name());
        named
            .unwrap_or_else(|| panic!("`{}` is no notebook", code.name()))
            .answers
    }

    /// The page of a question that is about this schedule, in the chapter's usual world; or the full report, if the
    /// answer is wrong.
    pub fn page(&self, code: Code, schedule: &Schedule, style: Style) -> Option<demo::Page> {
        let answers = self.answers(code);
        if self.chapter.world().called_off().is_some() {
            return None;
        }
        let asks = |text: &str| {
            text.parse::<Schedule>()
                .is_ok_and(|other| other == *schedule)
        };
        let boundary = FlowStep::ALL.into_iter().find(|it| asks(it.schedule()));
        let failure = Mishap::ALL.into_iter().find(|it| asks(it.schedule()));
        let page = match (boundary, failure) {
            (Some(step), _) => Page::boundary(self.chapter, code, &answers, step),
            (None, Some(mishap)) => Page::failure(self.chapter, code, &answers, mishap),
            (None, None) => return None,
        };
        Some(if page.is_right() {
            Ok(page.render(Length::Story, style))
        } else {
            Err(page.report(Length::Story))
        })
    }

    /// The whole notebook, question by question, beside the runs.
    pub fn whole(&self, code: Code, style: Style) -> String {
        let (chapter, answers) = (self.chapter, &self.answers(code));
        let mut sheet = Sheet::new(style);
        sheet.heading(Question::Boundaries);
        for step in FlowStep::ALL {
            sheet.in_brief(step.name(), &Page::boundary(chapter, code, answers, step));
        }
        sheet.heading(Question::Divergence);
        for mishap in Mishap::ALL {
            let page = Page::failure(chapter, code, answers, mishap);
            sheet.in_full(&page);
        }
        sheet.heading(Question::Undo);
        for step in Remote::ALL {
            sheet.in_brief(step.name(), &Page::until(chapter, code, answers, step));
            for when in When::ALL {
                sheet.undo(when, undo(chapter, code, step, when));
            }
        }
        sheet.end()
    }
}

fn graded(page: Page, length: Length) -> Outcome {
    if page.is_right() {
        Ok(())
    } else {
        Err(page.report(length))
    }
}

/// How an undo ends: what became of the order, or the accident.
fn undo(chapter: Chapter, code: Code, step: Remote, when: When) -> Option<Result<Ended, Verdict>> {
    let world = when.world(step);
    let mut setups = chapter.worlds.iter().map(|setup| setup());
    let setup = setups.find(|setup| setup.name() == Some(world.as_str()))?;
    let schedule: Schedule = when.schedule(step).parse().ok()?;
    let run = replay(&setup, code, &schedule);
    let order = run.evidence.submitted().first().map(|order| order.name())?;
    Some(match (judge(&run), run.evidence.status(order)) {
        (Some(verdict), _) => Err(verdict),
        (None, Some("confirmed")) => Ok(Ended::GoesForward),
        (None, _) => Ok(Ended::Undone),
    })
}
