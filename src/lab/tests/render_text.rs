//! The timeline on a terminal, as its reader sees it.

use crate::render_runs::{
    self, ALL, calm, crash_and_recover, late_reply, lost_reply, lost_request, refused,
};
use lab::engine::trace::{CallId, Entry, Event};
use lab::language::message::Reply;
use lab::language::step::RECOVER;
use lab::language::time::Ms;
use lab::tell::Language;
use lab::tell::glyphs::Glyphs;
use lab::tell::scene::Scene;
use lab::tell::text::strip::Style;
use lab::tell::text::text;
use unicode_width::UnicodeWidthStr;

const ALL_GLYPHS: [Glyphs; 3] = [Glyphs::Unicode, Glyphs::Wide, Glyphs::Ascii];

fn draw(evidence: &lab::judge::evidence::Evidence, glyphs: Glyphs) -> String {
    let style = Style {
        glyphs,
        ..Style::default()
    };
    text(&Scene::of(evidence), style)
}

/// The first row that contains all of these.
fn row<'a>(text: &'a str, parts: &[&str]) -> &'a str {
    let found = text
        .lines()
        .find(|line| parts.iter().all(|part| line.contains(part)));
    found.unwrap_or_else(|| panic!("no row with {parts:?} in\n{text}"))
}

/// How many cells a terminal of this kind gives the text.
fn cells(glyphs: Glyphs, text: &str) -> usize {
    match glyphs {
        Glyphs::Wide => text.width_cjk(),
        Glyphs::Unicode | Glyphs::Ascii => text.width(),
    }
}

/// The cell at which a text stands in its row.
fn cell(glyphs: Glyphs, row: &str, part: &str) -> usize {
    let place = row.find(part).expect("the row contains it");
    cells(glyphs, &row[..place])
}

#[test]
fn the_accident_of_the_design_is_told_row_by_row() {
    let expected = "
     time   shop                                    payment
     0 ms   begin · insert orders
     0 ms ░ charge order1 ¥1,200 ─────────────────▶
   100 ms ░                                         captured pay_1 ¥1,200
   700 ms ░ 700 ms timeout: takes it for a failure                           ← from here belief and truth part
   700 ms ░ rollback
   700 ms ░ tells the customer: cancelled
  1700 ms ░                    ◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ reply: captured pay_1 ¥1,200 (nobody is waiting)
          ░                                                                         ← fault: reply late 1500ms

          ░ in doubt: the shop does not know whether its request took effect
";
    assert_eq!(
        format!("\n{}", draw(&late_reply(), Glyphs::Unicode)),
        expected
    );
}

#[test]
fn what_a_service_says_stands_in_its_column_however_wide_an_arrow_is() {
    for glyphs in ALL_GLYPHS {
        for run in [calm, late_reply, lost_reply, crash_and_recover] {
            let text = draw(&run(), glyphs);
            let head = text.lines().next().expect("a head");
            let payment = cell(glyphs, head, "payment");
            for line in text.lines() {
                let said = ["reply: ", "found: ", "captured pay_1"];
                if let Some(said) = said.iter().find(|said| line.contains(*said)) {
                    assert_eq!(cell(glyphs, line, said), payment, "{glyphs:?}\n{text}");
                }
            }
        }
    }
}

#[test]
fn an_arrow_ends_just_before_the_column_it_points_at() {
    for (glyphs, head) in [
        (Glyphs::Unicode, "▶"),
        (Glyphs::Wide, "▶"),
        (Glyphs::Ascii, ">"),
    ] {
        let text = draw(&render_runs::three_services(), glyphs);
        let lanes = text.lines().next().expect("a head");
        for (request, lane) in [
            ("reserve", "inventory"),
            ("charge", "payment"),
            ("ship", "shipping"),
        ] {
            let arrow = row(&text, &[request, head]);
            let ends = cell(glyphs, arrow, head) + cells(glyphs, head);
            assert_eq!(ends + 1, cell(glyphs, lanes, lane), "{glyphs:?}\n{text}");
        }
    }
}

#[test]
fn a_message_that_never_arrives_is_drawn_all_the_same() {
    let request = draw(&lost_request(), Glyphs::Unicode);
    let row_of_request = row(&request, &["charge order1", "─✗", "← fault: request lost"]);
    assert!(!row_of_request.contains('▶'), "{request}");

    let reply = draw(&lost_reply(), Glyphs::Unicode);
    row(
        &reply,
        &[
            "✗┄",
            "reply: captured pay_1 ¥1,200 (lost)",
            "← fault: reply lost",
        ],
    );
}

#[test]
fn a_reply_is_solid_when_it_is_taken_and_dashed_when_nobody_waits() {
    row(
        &draw(&calm(), Glyphs::Unicode),
        &["◀───", "reply: captured"],
    );
    row(
        &draw(&late_reply(), Glyphs::Unicode),
        &["◀┄┄┄", "(nobody is waiting)"],
    );
}

#[test]
fn a_refused_connection_stops_at_the_door() {
    row(
        &draw(&refused(), Glyphs::Unicode),
        &["─┤ connection refused", "← fault: refused"],
    );
}

#[test]
fn a_request_that_is_long_under_way_has_its_head_where_it_arrives() {
    let text = draw(&render_runs::request_an_hour_late(), Glyphs::Unicode);
    let sent = row(&text, &["charge order1"]);
    assert!(sent.contains("─┄") && !sent.contains('▶'), "{text}");
    row(&text, &["1 h 0.1 s", "┄┄▶ captured pay_1"]);
    row(&text, &["⋮", "59 min later"]);
}

#[test]
fn the_gutter_is_shaded_as_long_as_the_shop_does_not_know() {
    let shaded = |text: &str| -> Vec<bool> {
        let rows = text.lines().skip(1).take_while(|line| !line.is_empty());
        rows.map(|line| line.contains('░')).collect()
    };
    let calm = draw(&calm(), Glyphs::Unicode);
    assert_eq!(
        shaded(&calm),
        [false, true, true, false, false, false],
        "{calm}"
    );
    // Giving up does not end the doubt, nor does a reply that nobody hears.
    let late = draw(&late_reply(), Glyphs::Unicode);
    assert!(!shaded(&late)[0], "{late}");
    assert!(shaded(&late)[1..].iter().all(|shaded| *shaded), "{late}");
    // A look-up does.
    let crash = draw(&crash_and_recover(), Glyphs::Unicode);
    assert!(row(&crash, &["find charges"]).contains('░'), "{crash}");
    assert!(!row(&crash, &["reply: found"]).contains('░'), "{crash}");
}

#[test]
fn a_crash_is_a_rule_across_the_row_that_says_where() {
    let text = draw(&crash_and_recover(), Glyphs::Unicode);
    row(
        &text,
        &[
            "── ✖ the shop's process dies ───",
            "← fault: crash after order1/payment.charge#1",
        ],
    );
    row(&text, &["── ↻ the shop's process starts again ───"]);
    assert!(
        text.contains("recover #1") && !text.contains("recover #2"),
        "an idle run is no news\n{text}"
    );
}

#[test]
fn ascii_means_ascii() {
    for (name, run) in ALL.iter().filter(|(name, _)| *name != "talkative") {
        let text = draw(&run(), Glyphs::Ascii);
        assert!(text.is_ascii(), "{name}\n{text}");
    }
    let text = draw(&late_reply(), Glyphs::Ascii);
    row(&text, &["# charge order1 JPY 1,200 --", "->"]);
    row(&text, &["<....", "(nobody is waiting)"]);
}

#[test]
fn what_the_learner_logs_is_kept_and_measured() {
    for glyphs in ALL_GLYPHS {
        let text = draw(&render_runs::talkative(), glyphs);
        let joined: Vec<&str> = text.split_whitespace().collect();
        let joined = joined.join(" ");
        assert!(
            joined.contains("🛒 注文を受け付けました: order1 <&>"),
            "{text}"
        );
        assert!(
            joined.contains("and the sentence that says so is a long one"),
            "{text}"
        );
        assert!(joined.contains(r"\u{1b}[31mred"), "{text}");
    }
}

#[test]
fn without_colour_there_is_not_one_escape_byte_and_with_it_the_text_is_the_same() {
    for (name, run) in ALL {
        for glyphs in ALL_GLYPHS {
            let plain = draw(&run(), glyphs);
            assert!(!plain.contains('\u{1b}'), "{name}");
            let style = Style {
                language: Language::English,
                glyphs,
                color: true,
                width: None,
            };
            let coloured = text(&Scene::of(&run()), style);
            assert!(coloured.contains('\u{1b}'), "{name}");
            let stripped: String = coloured
                .split('\u{1b}')
                .enumerate()
                .map(|(n, piece)| match n {
                    0 => piece,
                    _ => piece.split_once('m').expect("a colour code").1,
                })
                .collect();
            assert_eq!(stripped, plain, "{name}");
        }
    }
}

#[test]
fn no_row_is_wider_than_a_screen_nor_ends_in_blanks() {
    for (name, run) in ALL {
        for glyphs in ALL_GLYPHS {
            let text = draw(&run(), glyphs);
            for line in text.lines() {
                assert!(cells(glyphs, line) <= 110, "{name} {glyphs:?}\n{text}");
                assert_eq!(line, line.trim_end(), "{name} {glyphs:?}\n{text}");
            }
        }
    }
}

#[test]
fn with_several_orders_every_line_says_whose_it_is() {
    let text = draw(&render_runs::locked_out(), Glyphs::Unicode);
    for line in text.lines().skip(1).take_while(|line| !line.is_empty()) {
        let note_only = line.contains("← fault");
        assert!(
            line.contains("order1") || line.contains("order2") || note_only,
            "{text}"
        );
    }
    // The lock has a gutter of its own as soon as somebody waits for it.
    row(&text, &["║", "order2: waits for the lock order1 holds"]);
}

#[test]
fn the_environment_chooses_the_glyphs() {
    let choose = |variables: &[(&str, &str)]| {
        let glyphs = Glyphs::from_environment(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        glyphs.unwrap_or_else(|message| panic!("{message}"))
    };
    assert_eq!(choose(&[]), Glyphs::Unicode);
    assert_eq!(choose(&[("LANG", "ja_JP.UTF-8")]), Glyphs::Unicode);
    assert_eq!(choose(&[("LANG", "ja_JP.eucJP")]), Glyphs::Ascii);
    assert_eq!(
        choose(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]),
        Glyphs::Ascii
    );
    assert_eq!(
        choose(&[("LC_ALL", ""), ("LANG", "C.utf8")]),
        Glyphs::Unicode
    );
    assert_eq!(
        choose(&[("TERM", "dumb"), ("LANG", "C.UTF-8")]),
        Glyphs::Ascii
    );
    assert_eq!(
        choose(&[("SAGA_GLYPHS", "wide"), ("TERM", "dumb")]),
        Glyphs::Wide
    );
    assert_eq!(choose(&[("SAGA_GLYPHS", "ascii")]), Glyphs::Ascii);
    assert_eq!(
        choose(&[("SAGA_GLYPHS", "unicode"), ("LANG", "C")]),
        Glyphs::Unicode
    );
    assert_eq!(choose(&[("SAGA_GLYPHS", ""), ("LANG", "C")]), Glyphs::Ascii);
    let none_of_them = Glyphs::from_environment(|name| (name == "SAGA_GLYPHS").then(|| "?".into()));
    assert_eq!(
        none_of_them,
        Err("SAGA_GLYPHS is `?`; it can be `unicode`, `wide` or `ascii`".to_owned())
    );
}

/// Runs of `recover`, a minute apart, each of which finds nobody who takes the connection.
fn in_vain(refused: &[bool]) -> lab::judge::evidence::Evidence {
    let mut run = render_runs::Run::default();
    for (n, refused) in (1_u32..).zip(refused) {
        let at = u64::from(n) * 60_000;
        run.at(at, RECOVER, Event::RecoverBegan(n));
        run.sql(at, RECOVER, &["select orders"]);
        let request = render_runs::charge(render_runs::ORDER1, Some("key-1"));
        if *refused {
            let call = CallId(n);
            run.at(at, RECOVER, Event::NoConnection { call, request });
        } else {
            run.sent(at, RECOVER, n, request, at + 100);
            run.gave_up(at + 700, RECOVER, n, 700);
        }
        let error = Some("nobody answers".to_owned());
        let ended = Event::RecoverEnded {
            run: n,
            idle: false,
            error,
        };
        run.at(at + 700, RECOVER, ended);
    }
    run.end()
}

#[test]
fn runs_of_recover_that_fail_alike_are_one_line_with_how_many_and_until_when() {
    let text = draw(&in_vain(&[true; 10]), Glyphs::Unicode);
    let expected = "
         time   shop                                      payment
        1 min   recover #1 · select orders
        1 min   charge order1 ¥1,200 (key-1) ───────────┤ connection refused
  1 min 0.7 s   recover #1 ends with an error: nobody
                answers
       10 min   recover: 9 times the same, since 2 min
";
    assert_eq!(format!("\n{text}"), expected);
    // One that goes otherwise is told, and so is the first after it.
    let text = draw(
        &in_vain(&[true, true, true, false, true, true, true]),
        Glyphs::Unicode,
    );
    for told in [
        "recover #1 ·",
        "recover: 2 times the same, since 2 min",
        "recover #4 ·",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(text.contains("recover #5 ·"), "{text}");
    assert!(
        text.contains("recover: 2 times the same, since 6 min"),
        "{text}"
    );
    assert_eq!(text.matches("outcome unknown").count(), 1, "{text}");
}

#[test]
fn a_single_run_like_the_one_before_is_drawn_and_so_is_one_that_others_come_before() {
    let text = draw(&in_vain(&[true, true]), Glyphs::Unicode);
    assert_eq!(text.matches("connection refused").count(), 2, "{text}");
    let mut evidence = in_vain(&[true; 4]);
    let entries = &mut evidence.trace.entries;
    let third = entries
        .iter()
        .position(|entry| entry.event == Event::RecoverBegan(3));
    let (at, actor) = (Ms(179_000), render_runs::ORDER1);
    let event = Event::Log("something happens".to_owned());
    entries.insert(third.expect("there is one"), Entry { at, actor, event });
    let text = draw(&evidence, Glyphs::Unicode);
    assert_eq!(text.matches("connection refused").count(), 4, "{text}");
}

#[test]
fn a_run_that_hears_the_same_answer_as_the_one_before_is_drawn_all_the_same() {
    let mut run = render_runs::Run::default();
    for n in 1..=4 {
        let at = u64::from(n) * 60_000;
        let request = render_runs::charge(render_runs::ORDER1, Some("key-1"));
        let paid = render_runs::paid("pay_1", render_runs::ORDER1);
        run.at(at, RECOVER, Event::RecoverBegan(n));
        run.call(at, RECOVER, n, request, Reply::Charge(paid));
        let ended = Event::RecoverEnded {
            run: n,
            idle: false,
            error: None,
        };
        run.at(at + 200, RECOVER, ended);
    }
    let text = draw(&run.end(), Glyphs::Unicode);
    assert_eq!(text.matches("charge order1").count(), 4, "{text}");
    assert!(!text.contains("times the same"), "{text}");
}

#[test]
fn on_a_narrow_terminal_no_row_is_wider_than_it() {
    for width in [60, 80, 100] {
        for (name, run) in ALL {
            let scene = Scene::of(&run());
            // Four lanes need 80 columns: what is said in one has to be read.
            if scene.lanes.len() > 2 && width < 80 {
                continue;
            }
            let style = Style {
                width: Some(width),
                ..Style::default()
            };
            for row in text(&scene, style).lines() {
                assert!(row.width() <= width, "{name} at {width}: {row}");
            }
        }
    }
}
