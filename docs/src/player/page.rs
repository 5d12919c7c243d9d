//! What a page says of its runs, before and without any script: a table of all choices with how they end, and a map.

use super::settings::Settings;
use super::words::{time, word};
use super::{CODES, Recorded, Run, Slider, script_of};
use crate::figure::escaped;
use guide::chapter::Chapter;
use guide::language::Language;
use picture::recording::Sentence;
use std::fmt::Write;

/// The patience that the chapter's own code has (virtual ms).
const OWN_PATIENCE: u64 = 700;

/// The fragment of a chapter.
pub fn html(
    chapter: &Chapter,
    settings: &Settings,
    recorded: &Recorded,
    language: Language,
) -> String {
    let say = |name: &str| escaped(word(name, language));
    let mut html = String::new();
    let mut own = settings.patience.iter();
    let own = own.position(|patience| *patience == OWN_PATIENCE);
    let own = own.unwrap_or_default();
    let patiences: Vec<String> = settings.patience.iter().map(u64::to_string).collect();
    let _ = write!(
        html,
        "<link rel=\"stylesheet\" href=\"../assets/player.css\"><script defer src=\"../assets/player.js\"></script>\
         <section class=\"player\" id=\"player\" aria-labelledby=\"player-title\" data-chapter=\"{}\" \
         data-script=\"../assets/{}\" data-patience=\"{}\" data-own=\"{own}\">\
         <p class=\"player-title\" id=\"player-title\">{}</p><p class=\"player-intro\">{}</p>\
         <noscript><p class=\"player-intro\">{}</p></noscript>",
        chapter.id,
        script_of(chapter, language),
        patiences.join(" "),
        say("title"),
        say("intro"),
        say("no_script"),
    );
    let _ = write!(
        html,
        "<table class=\"player-choices\"><thead><tr><th scope=\"col\">{}</th>",
        say("what")
    );
    for (name, code) in ["broken", "fixed"].iter().zip(CODES) {
        let _ = write!(
            html,
            "<th scope=\"col\">{}<code>{code}.rs</code></th>",
            say(name)
        );
    }
    html.push_str("</tr></thead><tbody>");
    for (choice, sliders) in settings.choices.iter().zip(&recorded.sliders) {
        let slider = &sliders[own];
        let label = escaped(choice.label.get(language));
        let start = slider.stops.iter().position(|stop| *stop == choice.starts);
        let world = choice.world.as_ref();
        let world = world.map_or(String::new(), |name| format!(" --world {name}"));
        let schedule = if choice.slides() {
            choice.schedule.replace("{total}", "{0}")
        } else {
            choice.schedule.clone()
        };
        let _ = write!(
            html,
            "<tr data-start=\"{}\" data-schedule=\"{}\" data-world=\"{world}\"><th scope=\"row\">{label}</th>",
            start.unwrap_or_default(),
            escaped(&schedule),
        );
        for code in 0..CODES.len() {
            let _ = write!(html, "<td>{}</td>", ending(slider, code, language));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table><div class=\"player-box\" hidden></div>");
    for (choice, sliders) in settings.choices.iter().zip(&recorded.sliders) {
        if choice.slides() && !settings.patience.is_empty() {
            map(
                &mut html,
                &settings.patience,
                &choice.values,
                sliders,
                language,
            );
        }
    }
    html.push_str("</section>\n");
    html
}

/// How the runs of a code end: one word, or from when on it breaks.
fn ending(slider: &Slider, code: usize, language: Language) -> String {
    let runs: Vec<&Run> = slider.pairs.iter().map(|pair| &pair[code]).collect();
    let worst = runs.iter().rev().find_map(|run| run.accident.as_ref());
    let Some(Sentence { en, ja }) = worst else {
        return chip(true, word("fine", language));
    };
    let name = language.pick(en, ja);
    let from = match slider.edge {
        Some([_, breaks]) if runs.len() > 1 => {
            let from = word("from", language).replace("{0}", &time(breaks, language));
            format!(" <small>{}</small>", escaped(&from))
        }
        _ => String::new(),
    };
    chip(false, name) + &from
}

fn chip(good: bool, words: &str) -> String {
    let (class, sign) = if good {
        ("good", "✓")
    } else {
        ("bad", "✗")
    };
    format!(
        "<span class=\"player-chip {class}\"><span aria-hidden=\"true\">{sign}</span> {}</span>",
        escaped(words)
    )
}

fn map(
    html: &mut String,
    patiences: &[u64],
    values: &[u64],
    sliders: &[Slider],
    language: Language,
) {
    let say = |name: &str| escaped(word(name, language));
    let _ = write!(
        html,
        "<table class=\"player-map\"><caption>{}<small>{}</small></caption><thead><tr><td></td>",
        say("map"),
        say("map_note")
    );
    for value in values {
        let _ = write!(
            html,
            "<th scope=\"col\"><span>{}</span></th>",
            time(*value, language)
        );
    }
    html.push_str("</tr></thead><tbody>");
    for (row, (patience, slider)) in patiences.iter().zip(sliders).enumerate() {
        let _ = write!(
            html,
            "<tr><th scope=\"row\">{}</th>",
            time(*patience, language)
        );
        for value in values {
            let Some(stop) = slider.stops.iter().position(|stop| stop == value) else {
                continue;
            };
            let (class, sign) = match slider.pairs[stop][0].accident {
                None => ("good", "✓"),
                Some(_) => ("bad", "✗"),
            };
            let _ = write!(
                html,
                "<td class=\"{class}\" data-at=\"{row} {stop}\">{sign}</td>"
            );
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
}
