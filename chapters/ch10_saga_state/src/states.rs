//! The states of the solution, drawn from its own table; and a walk through all of it.

use crate::answers::solution::{Heard, State, next};
use std::fmt::Write;

const HEARD: [(Heard, &str); 3] = [
    (Heard::Done, "done"),
    (Heard::No, "no"),
    (Heard::Nothing, "nothing"),
];

/// Where each state leads, a line each: after hearing that it is done, a no, or nothing. A dot means that it stays so.
pub fn table() -> String {
    let mut lines = format!("{:<12}", "");
    for (_, word) in HEARD {
        // Writing to a `String` cannot fail.
        let _ = write!(lines, "{word:<12}");
    }
    for state in State::ALL {
        let _ = write!(lines, "\n{:<12}", state.word());
        for (heard, _) in HEARD {
            let to = next(state, heard).map_or("·", State::word);
            let _ = write!(lines, "{to:<12}");
        }
    }
    let lines = lines.lines().map(str::trim_end);
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::{HEARD, next};
    use crate::answers::solution::{Heard, State, TABLE};
    use State::{Cancelled, Charging, Confirmed, Holding, Releasing, Reserving, Shipping, Voiding};

    fn is_final(state: State) -> bool {
        match state {
            Confirmed | Cancelled => true,
            Charging | Reserving | Holding | Shipping | Releasing | Voiding => false,
        }
    }

    fn goes_back(state: State) -> bool {
        match state {
            Releasing | Voiding | Cancelled => true,
            Charging | Reserving | Holding | Shipping | Confirmed => false,
        }
    }

    /// Where one can get from here, this state included.
    fn reachable_from(start: State) -> Vec<State> {
        let mut reached = vec![start];
        let mut place = 0;
        while place < reached.len() {
            for (heard, _) in HEARD {
                if let Some(to) = next(reached[place], heard)
                    && !reached.contains(&to)
                {
                    reached.push(to);
                }
            }
            place += 1;
        }
        reached
    }

    #[test]
    fn every_state_is_reached_and_has_a_way_out() {
        let reached = reachable_from(Charging);
        for state in State::ALL {
            assert!(reached.contains(&state), "{state:?} is never reached");
            let ends = reachable_from(state);
            assert!(ends.into_iter().any(is_final), "{state:?} never ends");
        }
    }

    #[test]
    fn an_order_never_comes_back_to_where_it_was() {
        for (from, _, to) in TABLE {
            assert!(!reachable_from(to).contains(&from), "{from:?} → {to:?}");
        }
    }

    #[test]
    fn whoever_has_turned_round_goes_on_back() {
        for (from, _, to) in TABLE {
            assert!(!goes_back(from) || goes_back(to), "{from:?} → {to:?}");
        }
    }

    #[test]
    fn whatever_is_heard_is_treated_or_refused() {
        for state in State::ALL {
            let open = !is_final(state);
            assert_eq!(next(state, Heard::Done).is_some(), open, "{state:?}");
            // A no is heard going forward, and leads back. An undo is never refused.
            let forward = open && !goes_back(state);
            assert_eq!(next(state, Heard::No).is_some(), forward, "{state:?}");
            assert!(next(state, Heard::No).is_none_or(goes_back), "{state:?}");
            // Nothing is known, so nothing is decided.
            assert_eq!(next(state, Heard::Nothing), None, "{state:?}");
            for (heard, _) in HEARD {
                let rows = TABLE.iter().filter(|row| (row.0, row.1) == (state, heard));
                assert!(rows.count() <= 1, "{state:?} leads two ways");
            }
        }
    }
}
