//! Virtual time: whole milliseconds since the world began.
//!
//! tokio rounds a deadline up to its next millisecond. Two fractions of the same millisecond would
//! therefore swap places, so the lab knows whole milliseconds only.

use std::fmt;

/// Virtual milliseconds, as a point in time (since the world began) or as a span.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ms(pub u64);

/// How long a world lasts unless a test says otherwise: 12 virtual hours, which is below the expiry of
/// an idempotency key.
pub const HORIZON: Ms = Ms::hours(12);

impl Ms {
    /// The beginning of the world, or no time at all.
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
}

impl std::ops::Add for Ms {
    type Output = Ms;
    fn add(self, other: Ms) -> Ms {
        Ms(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Ms {
    type Output = Ms;
    /// The span between two points; nothing if `other` is the later one.
    fn sub(self, other: Ms) -> Ms {
        Ms(self.0.saturating_sub(other.0))
    }
}

/// Whole hours, minutes or seconds where the span is a whole number of them (`1h`, `10m`, `2s`), else
/// milliseconds (`1500ms`). This is the form a schedule is written in.
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
