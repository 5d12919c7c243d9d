//! The colours of the picture, by day and by night.

use lab::tell::scene::Scene;
use picture::svg::{Caption, svg};
use std::collections::BTreeMap;

/// The colours of texts and of what lies behind them, by class.
fn fills(rules: &str) -> BTreeMap<String, String> {
    let mut fills = BTreeMap::new();
    for rule in rules.split('}') {
        let Some((selectors, body)) = rule
            .rsplit_once('{')
            .filter(|(_, body)| body.contains("fill:#"))
        else {
            continue;
        };
        let color = body.split("fill:").nth(1).unwrap_or_default();
        for selector in selectors.split(',') {
            let class = selector.trim_start_matches('.').to_owned();
            fills.insert(class, color[..7].to_owned());
        }
    }
    fills
}

fn luminance(color: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&color[at..at + 2], 16).expect("a colour");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn every_text_can_be_read_by_day_and_by_night() {
    let svg = svg(&Scene::default(), &Caption::default());
    let style = svg.split("<style>").nth(1).expect("a style");
    let style = style.split("</style>").next().expect("its end");
    let (day, night) = style
        .split_once("@media (prefers-color-scheme:dark)")
        .expect("two schemes");
    for (scheme, rules) in [("day", day), ("night", night)] {
        let fills = fills(rules.trim_start_matches('{'));
        for ink in [
            "plain", "strong", "title", "faint", "good", "doubt", "bad", "alarm",
        ] {
            for ground in ["page", "apart", "death", "rise", "panel"] {
                let (a, b) = (luminance(&fills[ink]), luminance(&fills[ground]));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(
                    contrast >= 4.5,
                    "{scheme}: {ink} on {ground} has {contrast:.2}"
                );
            }
        }
    }
}
