//! Reads spans and points of time, numbers and amounts.

use super::piece::Piece;
use crate::language::order::Yen;
use crate::language::schedule_error::{Expected, Problem, ScheduleError};
use crate::language::time::{HORIZON, Ms};

/// For how long a fault lasts: no shorter than this, and no longer than a usual world.
pub(super) fn span(text: Piece, shortest: Ms) -> Result<Ms, ScheduleError> {
    match count(text)? {
        Some(span) if span < shortest => Err(text
            .error(Problem::TooShort(shortest))
            .perhaps(Some(shortest))),
        Some(span) if span <= HORIZON => Ok(span),
        _ => Err(text
            .error(Problem::LongerThanTheWorld(text.quoted()))
            .expecting(Expected::SpanUpTo(HORIZON))),
    }
}

/// The longest that a world lasts.
const LONGEST_WORLD: Ms = Ms::hours(100 * 24);

/// A point in a world's time, or a span that may be zero.
pub(crate) fn moment(text: Piece) -> Result<Ms, ScheduleError> {
    match count(text)? {
        Some(moment) if moment <= LONGEST_WORLD => Ok(moment),
        _ => Err(text
            .error(Problem::LongerThanAnyWorld(text.quoted()))
            .expecting(Expected::UpTo(LONGEST_WORLD))),
    }
}

/// This many milliseconds; `None` if the number is too large.
fn count(text: Piece) -> Result<Option<Ms>, ScheduleError> {
    let said = text.as_str();
    let digits = said.len() - said.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = said.split_at(digits);
    let factor = match unit {
        _ if number.is_empty() => None,
        "ms" => Some(1),
        "s" => Some(Ms::seconds(1).0),
        "m" => Some(Ms::minutes(1).0),
        "h" => Some(Ms::hours(1).0),
        _ => None,
    };
    let Some(factor) = factor else {
        let problem = match unit {
            "" => Problem::NoUnit(text.quoted()),
            _ => Problem::NotASpan(text.quoted()),
        };
        let error = text.error(problem).perhaps(likely_span(text));
        return Err(error.expecting(Expected::ASpan));
    };
    let ms = number.parse().ok().and_then(|n: u64| n.checked_mul(factor));
    Ok(ms.map(Ms))
}

/// A whole number.
pub(crate) fn number(text: Piece) -> Result<u64, ScheduleError> {
    let said = text.as_str();
    // `parse` alone would also take `+1`.
    let digits = said.chars().all(|c| c.is_ascii_digit());
    match said.parse() {
        Ok(number) if digits => Ok(number),
        _ => Err(text.error(Problem::NotANumber(text.quoted()))),
    }
}

/// An amount in yen, `¥1200` or `¥1,200`.
pub(crate) fn money(text: Piece) -> Result<Yen, ScheduleError> {
    let said = text.as_str();
    let digits = said.strip_prefix('¥').map(|rest| rest.replace(',', ""));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(0) => Err(text.error(Problem::NobodyPaysNothing).perhaps(Some(Yen(1)))),
        Some(amount) => Ok(Yen(amount)),
        None => {
            let number = said.trim_matches(|c: char| !c.is_ascii_digit()).parse();
            let problem = Problem::NotAnAmount(text.quoted());
            let meant = number.ok().map(|n: u64| format!("¥{n}"));
            Err(text.error(problem).perhaps(meant))
        }
    }
}

/// `1500 ms`, `for 10m`, `5min` and `1500` are not spans, but it is clear what was meant.
pub(super) fn likely_span(text: Piece) -> Option<Ms> {
    let said: String = text.as_str().split_whitespace().collect();
    let said = said
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .to_ascii_lowercase();
    let number_ends = said.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = said.split_at(number_ends.unwrap_or(said.len()));
    let unit = match unit {
        _ if number.is_empty() => return None,
        "" | "ms" | "msec" | "millis" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        _ => return None,
    };
    span(Piece::whole(&format!("{number}{unit}")), Ms(1)).ok()
}
