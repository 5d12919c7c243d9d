//! Reading the half of a line in front of the colon: where it goes wrong.

use super::piece::Piece;
use crate::language::message::operations;
use crate::language::name::Name;
use crate::language::schedule_error::{ScheduleError, nearest};
use crate::language::step::{RECOVER, Step};

const FORM: &str = "a step is written WHOSE/WHAT#n, as in order1/payment.charge#1, or recover#n for the job itself";
const EXAMPLE: &str = "order1/payment.charge#1";

/// The step that this text names. Whether it ever happens only a run can tell.
pub(super) fn read(text: Piece) -> Result<Step, ScheduleError> {
    if text.is_empty() {
        return Err(text.error("the step is missing").expecting(FORM));
    }
    let Some(hash) = text.as_str().rfind('#') else {
        return Err(text
            .end()
            .error("it does not say which attempt this is")
            .perhaps(Some(format!("{}#1", text.tidy())))
            .expecting(FORM));
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
        Ok(0) if whole => Err(text
            .error("attempts are counted from 1")
            .perhaps(Some("#1"))),
        Ok(attempt) if whole => Ok(attempt),
        _ if whole => Err(text.error(format!("{} is too large an attempt", text.quoted()))),
        _ if said.is_empty() => Err(text.error("the attempt is missing").perhaps(Some("#1"))),
        _ => Err(text
            .error(format!("{} is not an attempt", text.quoted()))
            .expecting("attempts are whole numbers, counted from 1")),
    }
}

/// What stands alone, without `/`, can only be the periodic job.
fn job(named: Piece) -> Result<(String, String), ScheduleError> {
    let text = named.tidy();
    if text == RECOVER.as_str() {
        return Ok((text, String::new()));
    }
    let (problem, meant) = if named.is_empty() {
        ("the step is missing".to_owned(), Some(EXAMPLE.to_owned()))
    } else if operation(named, named).is_ok() {
        let problem = format!("{} does not say whose step it is", named.quoted());
        (problem, Some(format!("order1/{text}#1")))
    } else {
        let problem = format!("{} does not say what is done", named.quoted());
        let job = nearest(&text, [RECOVER.as_str()]);
        (problem, job.map(|job| format!("{job}#1")))
    };
    Err(named.error(problem).perhaps(meant).expecting(FORM))
}

/// What is done, if there is such a thing to do.
fn operation(actor: Piece, what: Piece) -> Result<String, ScheduleError> {
    if actor.is_empty() {
        return Err(actor
            .error("it does not say whose step it is")
            .expecting(FORM));
    }
    let text = what.tidy();
    if text.is_empty() {
        return Err(what.error("it does not say what is done").expecting(FORM));
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
            "" => format!("it does not say what {service} does"),
            _ => format!("unknown operation {}", what.quoted()),
        };
        let near = nearest(operation, known.iter().copied());
        return Err(what
            .error(problem)
            .perhaps(near.map(|near| format!("{service}.{near}")))
            .expecting(format!("{service} can: {}", known.join(", "))));
    }
    let others = ["submit", "db.begin", "db.commit", "webhook.captured"];
    Err(what
        .error(format!("unknown step {}", what.quoted()))
        .perhaps(nearest(&text, operations().chain(others)))
        .expecting(format!(
            "known are {}, submit, and db.…, webhook.…, delivery.… with any name",
            operations().collect::<Vec<_>>().join(", ")
        )))
}
