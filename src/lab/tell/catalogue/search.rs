//! What a search found, and how far it has come.

use super::times::in_ms;
use super::{Language, Say};
use crate::language::fault::Fault;
use crate::search::edge::Edge;
use crate::search::exhaustive::Progress;
use crate::search::score::{Level, Score};
use crate::sentence;

/// The total that a clock on the wall would show, from the call to its answer, not the delay that the schedule adds.
impl Say for Edge {
    fn say(&self, language: Language) -> String {
        let last_good = self.passes.span().unwrap_or_default();
        let total = in_ms(self.usual + last_good, language);
        let last_good = in_ms(last_good, language);
        match self.breaks {
            Fault::ReplyLate(_) | Fault::RequestLate(_) => sentence!(
                language,
                en: "breaks as soon as the reply takes longer than {total}",
                ja: "返事に{total}より長くかかると壊れる"
            ),
            Fault::Down(_) => sentence!(
                language,
                en: "breaks as soon as the service is down for longer than {last_good}",
                ja: "サービスが{last_good}より長く止まると壊れる"
            ),
            Fault::RequestTwice(_) => sentence!(
                language,
                en: "breaks as soon as the second copy comes more than {last_good} later",
                ja: "2通目が{last_good}より遅れて届くと壊れる"
            ),
            Fault::Twice(_) => sentence!(
                language,
                en: "breaks as soon as the second click comes more than {last_good} later",
                ja: "2回目のクリックが{last_good}より遅れると壊れる"
            ),
            Fault::Pauses(_) => sentence!(
                language,
                en: "breaks as soon as the process stands still for longer than {last_good}",
                ja: "プロセスが{last_good}より長く固まると壊れる"
            ),
            Fault::HangsUp(_) => sentence!(
                language,
                en: "breaks as soon as the customer stays on the line for longer than {last_good}",
                ja: "お客さんが接続を切るのが{last_good}より遅いと壊れる"
            ),
            _ => sentence!(
                language,
                en: "breaks as soon as it is later than {last_good}",
                ja: "{last_good}より遅れると壊れる"
            ),
        }
    }
}

/// "survives every schedule of 0 and 1 faults (16 of 16); breaks in 30 of 151 with 2"
impl Say for Score {
    fn say(&self, language: Language) -> String {
        let held: Vec<&Level> = self.held().collect();
        let broke = self.levels.iter().find(|level| level.broke > 0);
        let survives = survives(&held, language);
        let breaks = broke.map(|level| breaks(level, language));
        let both = [survives, breaks].into_iter().flatten();
        let between = sentence!(language, en: "; ", ja: "。");
        both.collect::<Vec<_>>().join(&between)
    }
}

fn survives(held: &[&Level], language: Language) -> Option<String> {
    let run: usize = held.iter().map(|level| level.run).sum();
    match held {
        [] => None,
        [_] => Some(sentence!(
            language,
            en: "survives the calm day",
            ja: "何も起きない日は無事"
        )),
        [.., last] => {
            let last = last.faults;
            let between = sentence!(language, en: ", ", ja: "、");
            let numbers: Vec<String> = (0..last).map(|n| n.to_string()).collect();
            let numbers = numbers.join(&between);
            Some(sentence!(
                language,
                en: "survives every schedule of {numbers} and {last} faults ({run} of {run})",
                ja: "障害{numbers}、{last}個なら、どのスケジュールでも無事（{run}件中{run}件）"
            ))
        }
    }
}

fn breaks(level: &Level, language: Language) -> String {
    let Level { run, broke, faults } = level;
    match faults {
        0 => sentence!(
            language,
            en: "breaks on the calm day",
            ja: "何も起きない日に壊れる"
        ),
        _ => sentence!(
            language,
            en: "breaks in {broke} of {run} with {faults}",
            ja: "障害{faults}個だと、{run}件中{broke}件で壊れる"
        ),
    }
}

impl Say for Progress {
    fn say(&self, language: Language) -> String {
        let Progress { faults, run } = self;
        sentence!(
            language,
            en: "{run} schedules run, now those of {faults} faults …",
            ja: "{run}件のスケジュールを実行、今は障害{faults}個の分…"
        )
    }
}
