//! How a report names a schedule: one without faults, and one with unreadable spans.

use super::Language;
use super::times::spoken;
use crate::engine::network::Outage;
use crate::language::time::Ms;
use crate::sentence;
use crate::setup::Setup;

/// The outages and faults of a world, whatever its schedule.
pub(crate) fn besides(setup: &Setup, language: Language) -> Vec<String> {
    let outage = |outage: &Outage| {
        let Outage {
            service,
            from,
            until,
        } = outage;
        let (from, until) = (spoken(*from, language), spoken(*until, language));
        sentence!(
            language,
            en: "{service} is down from {from} to {until}",
            ja: "{service}が{from}から{until}まで停止"
        )
    };
    let story = Some(setup.given.to_string()).filter(|story| !story.is_empty());
    setup.outages.iter().map(outage).chain(story).collect()
}

/// The words for a schedule without faults.
pub fn without_faults(setup: &Setup, language: Language) -> String {
    let besides = besides(setup, language);
    if besides.is_empty() {
        return sentence!(language, en: "nothing goes wrong", ja: "何も起きない");
    }
    let besides = besides.join(&sentence!(language, en: "; ", ja: "、"));
    sentence!(language, en: "no fault besides: {besides}", ja: "{besides}。ほかは何も起きない")
}

/// The same, in the place of a schedule.
pub(crate) fn calm(setup: &Setup, language: Language) -> String {
    let what = without_faults(setup, language);
    if besides(setup, language).is_empty() {
        sentence!(language, en: "(the calm day: {what})", ja: "（何も起きない日）")
    } else {
        sentence!(language, en: "({what})", ja: "（{what}）")
    }
}

/// A span that is unreadable in a schedule: `15329799ms is 4 h 15 min`.
pub(crate) fn gloss(span: Ms, language: Language) -> Option<String> {
    let roughly = spoken(span.gloss()?, language);
    Some(sentence!(language, en: "{span} is {roughly}", ja: "{span}は{roughly}"))
}

/// The words for a schedule without faults, if its world is unknown.
pub(crate) fn no_fault(language: Language) -> String {
    sentence!(language, en: "(no fault)", ja: "（何も起きない日）")
}
