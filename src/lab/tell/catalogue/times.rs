//! Spans of time.

use super::Language;
use crate::language::time::Ms;
use crate::sentence;

/// A span as people say it: `700 ms`, `1 min 30 s`.
pub fn spoken(span: Ms, language: Language) -> String {
    match language {
        Language::English => span.spoken(),
        Language::Japanese => in_units(span),
    }
}

/// The time between two things, as exactly as people would say it: `1 h later`, `59 min later`, `12 s later`.
pub fn later(span: Ms, language: Language) -> String {
    // Seconds do not matter after minutes, nor minutes after hours.
    let unit = match span.0 {
        n if n >= 600_000 => 60_000,
        n if n >= 10_000 => 1_000,
        _ => 1,
    };
    let span = spoken(Ms((span.0 + unit / 2) / unit * unit), language);
    sentence!(language, en: "{span} later", ja: "{span}後")
}

/// A span in milliseconds, as in the reader's own code. From a minute on in people's units, too: nobody reads seven
/// digits.
pub(crate) fn in_ms(span: Ms, language: Language) -> String {
    let exactly = span.0;
    match span.rounded() {
        Some(roughly) => {
            let roughly = spoken(roughly, language);
            sentence!(language, en: "{exactly} ms ({roughly})", ja: "{exactly} ms（{roughly}）")
        }
        None => format!("{exactly} ms"),
    }
}

/// A moment or a limit in a report's sentence: in English as in a schedule, so that the two can be compared.
pub(super) fn moment(span: Ms, language: Language) -> String {
    match language {
        Language::English => span.to_string(),
        Language::Japanese => in_units(span),
    }
}

/// In the same units as the English, and down to the same.
fn in_units(span: Ms) -> String {
    let is_whole = span > Ms::ZERO && span.0.is_multiple_of(1_000);
    if span < Ms::seconds(10) && !is_whole {
        return span.spoken();
    }
    let (hours, minutes) = (span.0 / 3_600_000, span.0 / 60_000 % 60);
    let seconds = (span.0 % 60_000) as f64 / 1_000.0;
    let mut text = String::new();
    if hours > 0 {
        text += &format!("{hours}時間");
    }
    if minutes > 0 {
        text += &format!("{minutes}分");
    }
    if seconds > 0.0 {
        text += &format!("{seconds}秒");
    }
    text
}
