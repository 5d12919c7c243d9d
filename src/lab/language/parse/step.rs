//! Reads the step: the text in front of the colon.

use super::piece::Piece;
use crate::language::instance::unmarked;
use crate::language::message::operations;
use crate::language::name::Name;
use crate::language::schedule_error::{Expected, Problem, ScheduleError, nearest};
use crate::language::step::{RECOVER, Step};

const EXAMPLE: &str = "order1/payment.charge#1";

/// The step with this name. Only a run can tell whether it ever happens.
pub(super) fn read(text: Piece) -> Result<Step, ScheduleError> {
    if text.is_empty() {
        return Err(text.error(Problem::NoStep).expecting(Expected::AStep));
    }
    let Some(hash) = text.as_str().rfind('#') else {
        return Err(text
            .end()
            .error(Problem::NoAttempt)
            .perhaps(Some(format!("{}#1", text.tidy())))
            .expecting(Expected::AStep));
    };
    let (named, attempt) = text.split_at_delimiter(hash);
    let (actor, what) = match named.split_once('/') {
        Some((actor, what)) => (actor.tidy(), operation(actor, what)?),
        None => job(named)?,
    };
    let attempt = count(attempt)?;
    Ok(Step::new(Name::new(&actor), Name::new(&what), attempt))
}

fn count(text: Piece) -> Result<u32, ScheduleError> {
    let said = text.as_str();
    // `parse` alone would also take `+1`.
    let whole = !said.is_empty() && said.chars().all(|c| c.is_ascii_digit());
    match said.parse() {
        Ok(0) if whole => Err(text.error(Problem::AttemptZero).perhaps(Some("#1"))),
        Ok(attempt) if whole => Ok(attempt),
        _ if whole => Err(text.error(Problem::AttemptTooLarge(text.quoted()))),
        _ if said.is_empty() => Err(text.error(Problem::AttemptMissing).perhaps(Some("#1"))),
        _ => Err(text
            .error(Problem::NotAnAttempt(text.quoted()))
            .expecting(Expected::AnAttempt)),
    }
}

/// A name without `/` can only be the periodic job.
fn job(named: Piece) -> Result<(String, String), ScheduleError> {
    let text = named.tidy();
    if unmarked(Name::new(&text)) == RECOVER {
        return Ok((text, String::new()));
    }
    let (problem, meant) = if named.is_empty() {
        (Problem::NoStep, Some(EXAMPLE.to_owned()))
    } else if operation(named, named).is_ok() {
        let problem = Problem::NobodysStepIn(named.quoted());
        (problem, Some(format!("order1/{text}#1")))
    } else {
        let problem = Problem::NothingDoneIn(named.quoted());
        let job = nearest(&text, [RECOVER.as_str()]);
        (problem, job.map(|job| format!("{job}#1")))
    };
    Err(named
        .error(problem)
        .perhaps(meant)
        .expecting(Expected::AStep))
}

/// The operation, if there is one of this name.
fn operation(actor: Piece, what: Piece) -> Result<String, ScheduleError> {
    if actor.is_empty() {
        return Err(actor.error(Problem::NobodysStep).expecting(Expected::AStep));
    }
    let text = what.tidy();
    if text.is_empty() {
        return Err(what.error(Problem::NothingDone).expecting(Expected::AStep));
    }
    let known = operations();
    let operations = || known.iter().map(|operation| operation.what.as_str());
    let (service, operation) = text.split_once('.').unwrap_or((&text, ""));
    match service {
        "submit" if text == "submit" => return Ok(text),
        "db" | "webhook" | "delivery" if !operation.is_empty() => return Ok(text),
        _ if operations().any(|known| known == text) => return Ok(text),
        _ => {}
    }
    let of_service = |known: &'static str| known.strip_prefix(service)?.strip_prefix('.');
    let known: Vec<&str> = operations().filter_map(of_service).collect();
    if !known.is_empty() {
        let problem = match operation {
            "" => Problem::NothingDoneBy(service.to_owned()),
            _ => Problem::UnknownOperation(what.quoted()),
        };
        let near = nearest(operation, known.iter().copied());
        return Err(what
            .error(problem)
            .perhaps(near.map(|near| format!("{service}.{near}")))
            .expecting(Expected::OperationsOf(service.to_owned(), known)));
    }
    let others = ["submit", "db.begin", "db.commit", "webhook.captured"];
    Err(what
        .error(Problem::UnknownStep(what.quoted()))
        .perhaps(nearest(&text, operations().chain(others)))
        .expecting(Expected::Operations(operations().collect())))
}
