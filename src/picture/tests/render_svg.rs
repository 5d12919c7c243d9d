//! The timeline as a picture, as its reader sees it.

use crate::render_runs::{self, ALL};
use lab::judge::evidence::Evidence;
use lab::language::name::Name;
use lab::tell::Language;
use lab::tell::scene::{Scene, takes_effect};
use picture::pair;
use picture::svg::{Caption, svg};
use roxmltree::{Document, Node};
use std::collections::BTreeMap;

fn draw(evidence: &Evidence) -> String {
    drawn_in(Language::English, evidence)
}

fn drawn_in(language: Language, evidence: &Evidence) -> String {
    let believes = ["order1 does not exist".to_owned()];
    let knows = ["order1 was charged ¥1,200 (pay_1)".to_owned()];
    let caption = Caption {
        language,
        title: "A reply that comes too late & a heading that is long enough for two lines <br>",
        description: "The charge succeeds, the shop \"gives up\".",
        headings: ["the shop believes", "the provider knows"],
        believes: &believes,
        knows: &knows,
        note: None,
        pivot: None,
    };
    svg(&Scene::of(evidence), &caption)
}

/// Every run, in every language: its name, and its picture.
fn in_every_language() -> impl Iterator<Item = (&'static str, Language, String)> {
    ALL.into_iter().flat_map(|(name, run)| {
        Language::ALL.map(|language| (name, language, drawn_in(language, &run())))
    })
}

fn number(node: Node, name: &str) -> f64 {
    let value = node.attribute(name).expect(name);
    value.parse().expect("a number")
}

fn of_class<'a>(document: &'a Document, class: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| {
        let classes = node.attribute("class").unwrap_or_default();
        classes.split(' ').any(|other| other == class)
    })
}

/// Left, top, right and bottom of a text. The widths are those of a narrow font, so that only what really
/// collides counts.
fn extent(text: Node) -> [f64; 4] {
    let words = text.text().unwrap_or_default();
    let ems: f64 = words
        .chars()
        .map(|character| match character {
            '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}' => 1.0,
            _ if character.is_ascii() => 0.5,
            _ => 0.9,
        })
        .sum();
    let wide = ems * 15.0;
    let (x, y) = (number(text, "x"), number(text, "y"));
    let left = match text.attribute("text-anchor") {
        Some("end") => x - wide,
        Some("middle") => x - wide / 2.0,
        _ => x,
    };
    [left, y - 11.0, left + wide, y + 3.0]
}

fn points(path: Node) -> Vec<(f64, f64)> {
    let numbers: Vec<f64> = path
        .attribute("d")
        .expect("a path")
        .split(|character: char| character.is_alphabetic() || character == ' ')
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.parse().expect("a number"))
        .collect();
    numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The heights of the axis' labels.
fn axis(document: &Document) -> BTreeMap<String, f64> {
    let ticks =
        of_class(document, "faint").filter(|node| node.attribute("text-anchor") == Some("end"));
    let ticks = ticks.filter_map(|node| Some((node.text()?.to_owned(), number(node, "y"))));
    ticks.collect()
}

#[test]
fn it_is_an_image_with_a_title_and_a_description() {
    for (name, run) in ALL {
        let svg = draw(&run());
        let document =
            Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let text_of = |tag: &str| {
            let found = root
                .children()
                .find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", tag)));
            found.and_then(|node| node.text()).expect("a text")
        };
        assert!(text_of("title").starts_with("A reply that comes too late & a"));
        assert_eq!(
            text_of("desc"),
            "The charge succeeds, the shop \"gives up\"."
        );
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for (_, run) in ALL {
        assert_eq!(draw(&run()), draw(&run()));
    }
}

#[test]
fn nothing_is_fetched_from_anywhere() {
    for (_, run) in ALL {
        let svg = draw(&run()).replace("http://www.w3.org/2000/svg", "");
        for word in ["http", "url(", "@import", "<image", "<script", "href"] {
            assert!(!svg.contains(word), "{word}");
        }
    }
}

/// The same of a run whose parcel is the pivot.
fn with_a_pivot() -> impl Iterator<Item = (&'static str, Language, String)> {
    let run = render_runs::three_services();
    let pivot = takes_effect(&run, Name::of("shipping.request"));
    assert!(pivot.is_some(), "the parcel is ordered");
    Language::ALL.into_iter().map(move |language| {
        let caption = Caption {
            language,
            title: "There and no further back",
            pivot,
            ..Caption::default()
        };
        ("a pivot", language, svg(&Scene::of(&run), &caption))
    })
}

#[test]
fn the_pivot_is_a_dashed_line_below_the_step_that_took_effect() {
    for (_, language, svg) in with_a_pivot() {
        let document = Document::parse(&svg).expect("well-formed");
        let line = of_class(&document, "pivot").next().expect("a line");
        let ends = points(line);
        assert_eq!(ends[0].1, ends[1].1, "it is horizontal");
        let words = |start: &str| {
            let mut texts = document.descendants();
            let found = texts.find(|node| node.text().is_some_and(|it| it.starts_with(start)));
            number(found.unwrap_or_else(|| panic!("no {start} in {svg}")), "y")
        };
        let (pivot, parcel) = match language {
            Language::English => ("pivot", "will send"),
            Language::Japanese => ("ピボット", "parcel_1を送る"),
        };
        assert!(
            words(parcel) < ends[0].1 && words(pivot) < ends[0].1,
            "{svg}"
        );
    }
    let run = render_runs::calm();
    assert_eq!(takes_effect(&run, Name::of("shipping.request")), None);
    assert!(takes_effect(&run, Name::of("payment.charge")).is_some());
}

#[test]
fn two_runs_stand_one_below_the_other_in_one_picture() {
    let (forward, back) = (
        render_runs::three_services(),
        render_runs::crash_and_recover(),
    );
    let scenes = [&forward, &back].map(Scene::of);
    let caption = |title| Caption {
        title,
        description: title,
        ..Caption::default()
    };
    let (there, again) = (caption("there"), caption("and back again"));
    let both = || pair("Two ways", [(&scenes[0], &there), (&scenes[1], &again)]);
    let svg = both();
    let document = Document::parse(&svg).expect("well-formed");
    let titles: Vec<&str> = of_class(&document, "title")
        .filter_map(|it| it.text())
        .collect();
    assert_eq!(titles, ["Two ways", "there", "and back again"]);
    let alone = [&there, &again].into_iter().zip(&scenes);
    let tall = alone.map(|(caption, scene)| {
        let alone = picture::svg(scene, caption);
        let alone = Document::parse(&alone).expect("well-formed");
        number(alone.root_element(), "height")
    });
    let room: f64 = tall.sum();
    let tall = number(document.root_element(), "height");
    assert!(room < tall && tall < room + 60.0, "{tall} for {room}");
    assert_eq!(svg, both());
}

#[test]
fn no_label_covers_another_or_leaves_the_picture() {
    for (name, language, svg) in in_every_language().chain(with_a_pivot()) {
        let document = Document::parse(&svg).expect("well-formed");
        let view = document
            .root_element()
            .attribute("viewBox")
            .expect("a view");
        let view: Vec<f64> = view
            .split(' ')
            .map(|n| n.parse().expect("a number"))
            .collect();
        assert!(view[2] <= 790.0, "{name} is {} wide", view[2]);
        let texts: Vec<Node> = document
            .descendants()
            .filter(|node| node.tag_name().name() == "text")
            .collect();
        for (n, one) in texts.iter().enumerate() {
            let [left, top, right, bottom] = extent(*one);
            let inside = left >= 0.0 && top >= 0.0 && right <= view[2] && bottom <= view[3];
            assert!(
                inside,
                "{name} in {language:?}: {:?} is cut off",
                one.text()
            );
            for other in &texts[n + 1..] {
                let [l, t, r, b] = extent(*other);
                let apart = right <= l || r <= left || bottom <= t || b <= top;
                assert!(
                    apart,
                    "{name} in {language:?}: {:?} and {:?}",
                    one.text(),
                    other.text()
                );
            }
        }
    }
}

#[test]
fn no_arrow_runs_through_a_label() {
    for (name, language, svg) in in_every_language().chain(with_a_pivot()) {
        let document = Document::parse(&svg).expect("well-formed");
        for arrow in of_class(&document, "arrow") {
            let ends = points(arrow);
            let ((x1, y1), (x2, y2)) = (ends[0], ends[1]);
            for text in document
                .descendants()
                .filter(|node| node.tag_name().name() == "text")
            {
                let [left, top, right, bottom] = extent(text);
                let hit = (0..=500).map(|n| f64::from(n) / 500.0).any(|part| {
                    let (x, y) = (x1 + part * (x2 - x1), y1 + part * (y2 - y1));
                    left < x && x < right && top < y && y < bottom
                });
                assert!(
                    !hit,
                    "{name} in {language:?}: an arrow runs through {:?}",
                    text.text()
                );
            }
        }
    }
}

#[test]
fn time_is_to_scale() {
    let svg = draw(&render_runs::late_reply());
    let document = Document::parse(&svg).expect("well-formed");
    let axis = axis(&document);
    let span = |from: &str, to: &str| axis[to] - axis[from];
    let scale = span("0 ms", "1700 ms") / 1_700.0;
    for (from, to, ms) in [
        ("0 ms", "100 ms", 100.0),
        ("100 ms", "700 ms", 600.0),
        ("700 ms", "1700 ms", 1_000.0),
    ] {
        assert!(
            (span(from, to) - ms * scale).abs() < 0.3,
            "{from} to {to}: {axis:?}"
        );
    }
    // The slope of an arrow is the latency.
    let late = of_class(&document, "unheard").find(|node| node.tag_name().name() == "path");
    let ends = points(late.expect("a late reply"));
    assert!(
        (ends[1].1 - ends[0].1 - 1_600.0 * scale).abs() < 0.3,
        "{ends:?}"
    );
}

#[test]
fn a_long_time_is_left_out_and_the_picture_says_so() {
    let svg = draw(&render_runs::request_an_hour_late());
    let document = Document::parse(&svg).expect("well-formed");
    let texts: Vec<&str> = document
        .descendants()
        .filter_map(|node| node.text())
        .collect();
    assert!(
        texts.contains(&"59 s later") && texts.contains(&"59 min later"),
        "{texts:?}"
    );
    let tall = number(document.root_element(), "height");
    assert!(tall < 1_300.0, "{tall}");
    // On either side of what is left out the scale is the same.
    let axis = axis(&document);
    let (before, after) = (
        axis["700 ms"] - axis["0 ms"],
        axis["1 h 0.2 s"] - axis["1 h 0.1 s"],
    );
    assert!((before / 7.0 - after).abs() < 0.3, "{axis:?}");
}

#[test]
fn a_lost_message_ends_midway_and_an_unheard_one_is_dashed() {
    let svg = draw(&render_runs::lost_request());
    let document = Document::parse(&svg).expect("well-formed");
    let lifelines: Vec<f64> = of_class(&document, "lifeline")
        .map(|node| points(node)[0].0)
        .collect();
    let mut arrows = of_class(&document, "arrow");
    let ends = points(arrows.next().expect("the request"));
    assert!(
        lifelines[0] < ends[1].0 && ends[1].0 < lifelines[1] - 20.0,
        "{ends:?}"
    );
    assert!(
        of_class(&document, "head").next().is_none(),
        "it has no head"
    );

    let svg = draw(&render_runs::late_reply());
    let document = Document::parse(&svg).expect("well-formed");
    assert!(of_class(&document, "unheard").any(|node| node.tag_name().name() == "path"));
    assert!(svg.contains(".unheard.arrow{stroke-dasharray:") || svg.contains(".unheard.arrow,"));
}

#[test]
fn the_band_in_which_the_process_dies_holds_its_words_and_no_others() {
    let svg = draw(&render_runs::crash_and_recover());
    let document = Document::parse(&svg).expect("well-formed");
    let band = of_class(&document, "death").next().expect("a band");
    let (from, tall) = (number(band, "y"), number(band, "height"));
    let text = document
        .descendants()
        .filter(|node| node.tag_name().name() == "text");
    let inside: Vec<&str> = text
        .filter(|node| (from..from + tall).contains(&(number(*node, "y") - 5.0)))
        .filter(|node| node.attribute("text-anchor") == Some("end"))
        .filter_map(|node| node.text())
        .collect();
    let told = "✖ the shop's process dies fault: crash after order1/ payment.charge#1";
    assert_eq!(inside.join(" "), told);
}

#[test]
fn doubt_and_locks_are_bars_as_long_as_they_last() {
    let svg = draw(&render_runs::locked_out());
    let document = Document::parse(&svg).expect("well-formed");
    let axis = axis(&document);
    let tall = |class: &str| number(of_class(&document, class).next().expect("a bar"), "height");
    let scale = (axis["3000 ms"] - axis["0 ms"]) / 3_000.0;
    for (class, ms) in [
        ("lock-held", 3_000.0),
        ("lock-wait", 2_600.0),
        ("in-doubt", 3_000.0),
    ] {
        assert!((tall(class) - ms * scale).abs() < 1.5, "{class}");
    }
}

#[test]
fn the_boxes_at_the_foot_say_what_either_side_holds() {
    let svg = draw(&render_runs::late_reply());
    let document = Document::parse(&svg).expect("well-formed");
    let texts: Vec<&str> = document
        .descendants()
        .filter(|node| node.tag_name().name() == "text")
        .filter_map(|node| node.text())
        .collect();
    let all = texts.join(" ");
    assert!(all.contains("the shop believes"), "{all}");
    assert!(all.contains("order1 does not exist"), "{all}");
    assert!(all.contains("the provider knows"), "{all}");
    assert!(all.contains("order1 was charged ¥1,200 (pay_1)"), "{all}");
}
