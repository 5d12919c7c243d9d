//! What a red report says, and how it is laid out.

use crate::common::{ORDERS, schedule_of};
use course::chapter::Chapter;
use lab::flow::Code;
use lab::language::message::Service;
use lab::prelude::*;
use lab::search::scenario::Bounds;
use lab::setup::Setup;
use lab::tell::Language;
use lab::tell::report::{Length, Style};
use unicode_width::UnicodeWidthStr;

/// Takes whatever it does not understand for a refusal.
struct Hasty {
    shop: Shop,
}

impl OrderFlow for Hasty {
    fn start(shop: Shop) -> Self {
        Hasty { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        if charge.await.is_err() {
            return Ok(Answer::Cancelled);
        }
        let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        let values = params![order.id, order.amount];
        self.shop.db.execute(insert, values).await?;
        Ok(Answer::Confirmed)
    }
}

/// Confirms, and has never asked for money.
struct Generous;

impl OrderFlow for Generous {
    fn start(_: Shop) -> Self {
        Generous
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        Ok(Answer::Confirmed)
    }
}

const HASTY: Code = Code::of::<Hasty>("hasty");
const GENEROUS: Code = Code::of::<Generous>("generous");

fn in_world(setup: fn() -> Setup) -> Chapter {
    Chapter {
        id: "ch00",
        directory: "ch00_nowhere",
        section: "Nothing",
        patterns: &[],
        codes: &[],
        setup,
        worlds: &[],
        bounds: None,
        scenario: None,
    }
}

fn calm() -> Setup {
    Setup::new().schema(ORDERS)
}

fn report(setup: fn() -> Setup, code: Code, schedule: &str, length: Length) -> String {
    let report = in_world(setup).report(code, &schedule_of(schedule), length);
    let report = report.unwrap_or_else(|| panic!("no accident under {schedule:?}"));
    report.render(Style::default())
}

/// The lines from the first that begins so to the next empty one.
fn from<'a>(report: &'a str, begins: &str) -> Vec<&'a str> {
    let lines = report.lines().skip_while(|line| !line.starts_with(begins));
    lines.take_while(|line| !line.is_empty()).collect()
}

#[test]
fn a_world_that_has_an_outage_is_not_called_a_calm_day() {
    let down = || {
        let down = calm().outage(Service::Payment, Ms::ZERO, Ms::minutes(15));
        down.outage(Service::Shipping, Ms::seconds(1), Ms::hours(24))
    };
    let schedule = |setup| {
        let report = report(setup, GENEROUS, "", Length::Short);
        from(&report, "schedule")[0].to_owned()
    };
    assert_eq!(
        schedule(calm),
        "schedule   (the calm day: nothing goes wrong)"
    );
    assert_eq!(
        schedule(down),
        "schedule   (no fault besides: payment is down from 0 ms to 15 min; shipping is down from 1000 ms to 24 h)"
    );
}

#[test]
fn a_world_that_has_a_story_of_its_own_says_it_where_nothing_else_goes_wrong() {
    let story = || calm().given("order1/payment.charge#1: declined");
    // It never gets so far, but that is the code's doing.
    let never = report(story, GENEROUS, "", Length::Short);
    assert_eq!(
        from(&never, "schedule")[0],
        "schedule   (no fault besides: order1/payment.charge#1: declined)"
    );
    let told = report(
        story,
        GENEROUS,
        "order1/submit#1: twice after 1h",
        Length::Short,
    );
    assert_eq!(
        from(&told, "schedule")[0],
        "schedule   order1/submit#1: twice after 1h"
    );
}

#[test]
fn what_to_read_comes_before_what_to_edit() {
    let text = report(
        calm,
        HASTY,
        "order1/payment.charge#1: error after",
        Length::Story,
    );
    assert_eq!(
        from(&text, "replay"),
        [
            "replay   cargo run -p ch00 --features answers -- --code hasty --schedule \"order1/payment.charge#1: error after\"",
            "read     chapters/ch00_nowhere/README.md, \"Nothing\"",
            "edit     chapters/ch00_nowhere/src/exercise.rs",
            "         what the shop can call: docs/en/api-card.md",
        ]
    );
}

#[test]
fn a_span_that_nobody_can_read_is_told_in_people_s_units_below() {
    let short = |schedule: &str| report(calm, GENEROUS, schedule, Length::Short);
    let text = short("order1/submit#1: twice after 15329799ms");
    assert_eq!(
        from(&text, "schedule")[..2],
        [
            "schedule   order1/submit#1: twice after 15329799ms",
            "           15329799ms is 4 h 15 min",
        ]
    );
    for plain in ["2h", "10m", "59999ms"] {
        let text = short(&format!("order1/submit#1: twice after {plain}"));
        let below = from(&text, "schedule")[1];
        assert!(below.starts_with("expected"), "{text}");
    }
    let odd = short("order1/submit#1: twice after 930s");
    assert!(odd.contains("\n           930s is 15 min 30 s\n"), "{odd}");
}

#[test]
fn in_japanese_the_same_is_said_and_the_columns_line_up() {
    let schedule = "order1/payment.charge#1: error after";
    let report = |length| {
        let report = in_world(calm).report(HASTY, &schedule_of(schedule), length);
        let report = report.unwrap_or_else(|| panic!("no accident"));
        let [english, japanese] = Language::ALL.map(|language| {
            report.render(Style {
                language,
                ..Style::default()
            })
        });
        (english, japanese)
    };
    let (english, japanese) = report(Length::Story);
    assert_eq!(english.lines().count(), japanese.lines().count());
    assert!(
        japanese.starts_with("事故 · 注文がないのに課金\n"),
        "{japanese}"
    );
    let read = "読む     chapters/ch00_nowhere/README.ja.md「Nothing」";
    assert!(japanese.contains(read), "{japanese}");
    for word in ["schedule  ", "expected", "the shop", "replay", "edit"] {
        assert!(english.contains(word), "{word}");
        assert!(!japanese.contains(word), "{word}: {japanese}");
    }
    // What stands behind a label begins in one column, however wide its letters are.
    let (_, japanese) = report(Length::Short);
    let labels = ["スケジュール", "期待", "実際", "再現"];
    for (line, label) in japanese.lines().skip(1).zip(labels) {
        let behind = line.strip_prefix(label).unwrap_or_else(|| panic!("{line}"));
        let blanks = behind.len() - behind.trim_start().len();
        assert_eq!(label.width() + blanks, 14, "{line}");
    }
}

#[test]
fn a_short_report_has_five_lines() {
    let text = report(
        calm,
        HASTY,
        "order1/payment.charge#1: error after",
        Length::Short,
    );
    let begins = ["ACCIDENT", "schedule", "expected", "found", "replay"];
    assert_eq!(text.lines().count(), begins.len(), "{text}");
    for (line, begins) in text.lines().zip(begins) {
        assert!(line.starts_with(begins), "{text}");
    }
}

#[test]
fn on_a_narrow_terminal_all_but_what_is_to_be_copied_fits() {
    let styles = [60, 80, 100].into_iter().flat_map(|width| {
        Language::ALL.map(|language| Style {
            language,
            width: Some(width),
            ..Style::default()
        })
    });
    for (style, length) in
        styles.flat_map(|style| [Length::Story, Length::Short].map(|length| (style, length)))
    {
        let schedule = schedule_of("order1/payment.charge#1: error after");
        let report = in_world(calm).report(HASTY, &schedule, length);
        let text = report
            .unwrap_or_else(|| panic!("no accident"))
            .render(style);
        let replay = |line: &&str| line.starts_with("replay") || line.starts_with("再現");
        assert_eq!(text.lines().filter(replay).count(), 1, "{text}");
        let columns = style.columns();
        for line in text.lines().filter(|line| !replay(line)) {
            assert!(line.width() <= columns, "{line}");
        }
    }
}

#[test]
fn a_world_that_is_typed_or_drawn_says_what_befalls_it_too() {
    const BOUNDS: Bounds = Bounds {
        away: &[Service::Payment],
        longest_outage: Ms::hours(1),
        ..Bounds::ONE_BOOK
    };
    let chapter = Chapter {
        bounds: Some(&BOUNDS),
        ..in_world(|| Setup::new().schema(ORDERS))
    };
    let world = "1 × book by ann at 0ms; payment down 0ms for 10m";
    let chapter = chapter
        .in_world(world)
        .unwrap_or_else(|error| panic!("{error}"));
    let report = chapter.report(GENEROUS, &schedule_of(""), Length::Story);
    let report = report.expect("nobody has paid").render(Style::default());
    assert!(!report.contains("nothing goes wrong"), "{report}");
    assert!(report.contains("payment is down from 0"), "{report}");
}
