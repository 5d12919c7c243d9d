//! Virtual time: whole milliseconds since the world began.
//!
//! tokio rounds a deadline up to its next millisecond. Two deadlines within one millisecond could change places, so the
//! lab knows whole milliseconds only.

use std::fmt;

/// Virtual milliseconds, as a point in time (since the world began) or as a span.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ms(pub u64);

/// How long a world lasts unless a test says otherwise: 12 virtual hours, which is below the expiry of
/// an idempotency key.
pub const HORIZON: Ms = Ms::hours(12);

impl Ms {
    /// The beginning of the world, or a span of zero.
    pub const ZERO: Ms = Ms(0);

    /// This many virtual seconds.
    pub const fn seconds(n: u64) -> Ms {
        Ms(n * 1_000)
    }

    /// This many virtual minutes.
    pub const fn minutes(n: u64) -> Ms {
        Ms(n * 60_000)
    }

    /// This many virtual hours.
    pub const fn hours(n: u64) -> Ms {
        Ms(n * 3_600_000)
    }

    /// The span as a [`std::time::Duration`], for tokio.
    pub const fn duration(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0)
    }

    /// For readers: milliseconds at first (`1700 ms`), then in parts (`1 h 2 min 0.3 s`).
    pub fn spoken(self) -> String {
        if self.0 < 10_000 {
            return format!("{} ms", self.0);
        }
        let (hours, minutes, rest) = (self.0 / 3_600_000, self.0 / 60_000 % 60, self.0 % 60_000);
        let mut parts = Vec::new();
        if hours > 0 {
            parts.push(format!("{hours} h"));
        }
        if minutes > 0 {
            parts.push(format!("{minutes} min"));
        }
        if rest > 0 {
            parts.push(format!("{} s", rest as f64 / 1_000.0));
        }
        parts.join(" ")
    }

    /// The approximate length, in people's units: `4 h 15 min`, `2 min 30 s`. `None` below a minute, where milliseconds
    /// are readable.
    pub fn roughly(self) -> Option<String> {
        self.rounded().map(Ms::spoken)
    }

    /// The span that [`roughly`](Ms::roughly) names.
    pub(crate) fn rounded(self) -> Option<Ms> {
        if self < Ms::minutes(1) {
            return None;
        }
        // Seconds do not matter after hours.
        let unit = if self < Ms::hours(1) { 1_000 } else { 60_000 };
        Some(Ms((self.0 + unit / 2) / unit * unit))
    }

    /// The same span, if a schedule writes it as an unreadable number: `15329799ms`, and `930s`, but not `10m`.
    pub(crate) fn gloss(self) -> Option<Ms> {
        let is_plain = self.0.is_multiple_of(3_600_000)
            || self.0.is_multiple_of(60_000) && self < Ms::hours(1);
        self.rounded().filter(|_| !is_plain)
    }
}

impl std::ops::Add for Ms {
    type Output = Ms;
    fn add(self, other: Ms) -> Ms {
        Ms(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Ms {
    type Output = Ms;
    /// The span between two points; zero if `other` is the later one.
    fn sub(self, other: Ms) -> Ms {
        Ms(self.0.saturating_sub(other.0))
    }
}

/// Whole hours, minutes or seconds if the span is a whole number of them (`1h`, `10m`, `2s`), else milliseconds
/// (`1500ms`). Schedules write spans this way.
impl fmt::Display for Ms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0 {
            0 => "0ms".to_owned(),
            n if n % 3_600_000 == 0 => format!("{}h", n / 3_600_000),
            n if n % 60_000 == 0 => format!("{}m", n / 60_000),
            n if n % 1_000 == 0 => format!("{}s", n / 1_000),
            n => format!("{n}ms"),
        };
        f.pad(&text)
    }
}

impl fmt::Debug for Ms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
