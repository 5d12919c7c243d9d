//! What is wrong with a schedule that a person typed: each mistake has its message and its position.

use lab::language::schedule::Schedule;
use lab::language::schedule_error::ScheduleError;
use lab::tell::report::Style;
use lab::tell::{Language, Say};
use pretty_assertions::assert_eq;
use unicode_width::UnicodeWidthStr;

fn error(text: &str) -> ScheduleError {
    match text.parse::<Schedule>() {
        Ok(schedule) => panic!("`{text}` was read as `{schedule}`"),
        Err(error) => error,
    }
}

/// Lines of `text | the text from the position on | the message`.
#[track_caller]
fn complains(table: &str) {
    for line in table.trim().lines() {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let (text, from, message) = (columns[0], columns[1], columns[2]);
        let error = error(text);
        let meant = error
            .nearest()
            .map(|near| format!("; did you mean `{near}`?"));
        let said = format!("{}{}", error.problem(), meant.unwrap_or_default());
        assert_eq!(
            (text[error.byte()..].trim(), said.as_str()),
            (from, message),
            "{text}"
        );
    }
}

#[test]
fn the_message_shows_the_text_with_a_caret() {
    assert_eq!(
        error("order1/payment.charge#1: reply lat 1500ms").to_string(),
        "schedule, column 26:
  order1/payment.charge#1: reply lat 1500ms
                           ^ unknown fault `reply lat`; did you mean `reply late 1500ms`?
  payment.charge can suffer: declined, request lost, request late 1500ms, request twice after 300ms, \
reply lost, reply late 1500ms, refused, error before, error after, down 10m, crash before, crash after, pauses 10m"
    );
}

#[test]
fn only_a_customer_hangs_up_and_not_at_once() {
    complains(
        "order1/submit#1: hangs up | hangs up | unknown fault `hangs up`; did you mean `hangs up after 300ms`?
         order1/submit#1: hangs up after | | `hangs up after` needs a span of time; did you mean `hangs up after 300ms`?
         order1/submit#1: hangs up after 0ms | 0ms | a span of time is at least 1ms; did you mean `1ms`?",
    );
    let message = error("order1/payment.charge#1: hangs up after 300ms").to_string();
    let lines: Vec<&str> = message.lines().collect();
    let said = "                           ^ `hangs up after` cannot happen at a call";
    assert_eq!(lines[2..4], [said, "  it can happen at a submission"]);
}

#[test]
fn a_process_pauses_at_its_own_steps() {
    complains(
        "recover#1: pauses | | `pauses` needs a span of time; did you mean `pauses 10m`?
         recover#1: pause 10m | pause 10m | unknown fault `pause`; did you mean `pauses 10m`?
         order1/webhook.captured#1: pauses 10m | pauses 10m | `pauses` cannot happen at a delivery",
    );
}

#[test]
fn the_caret_stands_under_its_character_behind_japanese() {
    let error = error("注文１/db.insert 明細#1: fials");
    assert_eq!((error.byte(), error.line(), error.column()), (30, 1, 21));
    let message = error.to_string();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines[1], "  注文１/db.insert 明細#1: fials");
    // Five of the twenty characters in front are two columns wide.
    assert_eq!(lines[2].find('^'), Some(2 + 20 + 5));
}

#[test]
fn only_the_line_with_the_error_is_shown_and_control_characters_are_not() {
    let error = error("recover#1: crash before;\n\u{1b}[31m\trecover#2: lost\n; more");
    assert_eq!((error.line(), error.column()), (2, 1));
    let message = error.to_string();
    assert_eq!(
        message.lines().take(3).collect::<Vec<_>>(),
        [
            "schedule, line 2, column 1:",
            "   [31m recover#2: lost",
            "  ^ ` [31m recover` does not say what is done; did you mean `recover#1`?",
        ]
    );
}

#[test]
fn a_long_text_is_cut_in_the_message() {
    let error = error(&format!("recover#1: {}", "木".repeat(1_000)));
    let problem = format!("unknown fault `{}…`", "木".repeat(40));
    assert_eq!(error.problem(), problem);
}

#[test]
fn unknown_faults_are_errors() {
    complains(
        "
recover#1: crsh before                  | crsh before      | unknown fault `crsh before`; did you mean `crash before`?
recover#1: explodes                     | explodes         | unknown fault `explodes`
recover#1:                              |                  | the fault is missing
order1/payment.find#1: request twice 5m | request twice 5m | unknown fault `request twice`; did you mean `request twice after 5m`?
order1/payment.find#1: dwn              | dwn              | unknown fault `dwn`; did you mean `down 10m`?
order1/submit#1: request late 5m        | request late 5m  | `request late` cannot happen at a submission
",
    );
}

#[test]
fn a_fault_that_this_kind_of_step_cannot_suffer_is_an_error_that_says_which_can() {
    let error = error("order1/payment.charge#1: fails");
    assert_eq!(error.problem(), "`fails` cannot happen at a call");
    assert!(
        error
            .expected()
            .starts_with("it can happen at an SQL statement, a commit\n")
    );
    complains(
        "
order1/db.begin#1: fails after | fails after | `fails after` cannot happen at an SQL statement
recover#1: declined            | declined    | `declined` cannot happen at a run of recover
",
    );
}

#[test]
fn wrong_spans_are_errors() {
    complains(
        "
order1/payment.void#1: down                        |                        | `down` needs a span of time; did you mean `down 10m`?
order1/payment.void#1: down 1500                   | 1500                   | `1500` has no unit; did you mean `1500ms`?
order1/payment.void#1: down 5min                   | 5min                   | `5min` is not a span of time; did you mean `5m`?
order1/payment.void#1: down 15 ms                  | 15 ms                  | `15 ms` is not a span of time; did you mean `15ms`?
order1/payment.void#1: down for 2S                 | for 2S                 | `for 2S` is not a span of time; did you mean `2s`?
order1/payment.void#1: down -5s                    | -5s                    | `-5s` is not a span of time; did you mean `5s`?
order1/payment.void#1: down 1.5s                   | 1.5s                   | `1.5s` is not a span of time
order1/payment.void#1: down soon                   | soon                   | `soon` is not a span of time
order1/payment.void#1: down 0ms                    | 0ms                    | a span of time is at least 1ms; did you mean `1ms`?
order1/payment.void#1: down 13h                    | 13h                    | `13h` is longer than the world lasts
order1/payment.void#1: down 43200001ms             | 43200001ms             | `43200001ms` is longer than the world lasts
order1/payment.void#1: down 99999999999999999999ms | 99999999999999999999ms | `99999999999999999999ms` is longer than the world lasts
order1/payment.void#1: down 5124095576030432h      | 5124095576030432h      | `5124095576030432h` is longer than the world lasts
",
    );
}

#[test]
fn a_span_where_none_belongs_is_an_error() {
    complains(
        "
recover#1: crash before 5ms | 5ms | `crash before` is complete without `5ms`; did you mean `crash before`?
",
    );
}

#[test]
fn unknown_operations_and_services_are_errors() {
    complains(
        "
order1/payment.chrage#1: lost | payment.chrage#1: lost | unknown operation `payment.chrage`; did you mean `payment.charge`?
order1/payment.fly#1: lost    | payment.fly#1: lost    | unknown operation `payment.fly`
order1/payment#1: lost        | payment#1: lost        | it does not say what payment does
order1/paiment.charge#1: lost | paiment.charge#1: lost | unknown step `paiment.charge`; did you mean `payment.charge`?
order1/sbmit#1: lost          | sbmit#1: lost          | unknown step `sbmit`; did you mean `submit`?
order1/submit.twice#1: lost   | submit.twice#1: lost   | unknown step `submit.twice`; did you mean `submit`?
order1/db.#1: lost            | db.#1: lost            | unknown step `db.`; did you mean `db.begin`?
order1/teleport#1: lost       | teleport#1: lost       | unknown step `teleport`
",
    );
}

#[test]
fn a_step_without_its_parts_is_an_error() {
    complains(
        "
order1/payment.charge: lost | : lost                   | it does not say which attempt this is; did you mean `order1/payment.charge#1`?
recover#0: lost             | 0: lost                  | attempts are counted from 1; did you mean `#1`?
recover#: lost              | : lost                   | the attempt is missing; did you mean `#1`?
recover#x: lost             | x: lost                  | `x` is not an attempt
recover#+1: lost            | +1: lost                 | `+1` is not an attempt
recover#4294967296: lost    | 4294967296: lost         | `4294967296` is too large an attempt
/payment.charge#1: lost     | /payment.charge#1: lost  | it does not say whose step it is
order1/#1: lost             | #1: lost                 | it does not say what is done
payment.charge#1: lost      | payment.charge#1: lost   | `payment.charge` does not say whose step it is; did you mean `order1/payment.charge#1`?
recovery#1: lost            | recovery#1: lost         | `recovery` does not say what is done; did you mean `recover#1`?
order1#1: lost              | order1#1: lost           | `order1` does not say what is done
: lost                      | : lost                   | the step is missing
#1: lost                    | #1: lost                 | the step is missing; did you mean `order1/payment.charge#1`?
",
    );
}

#[test]
fn a_missing_colon_is_an_error() {
    complains(
        "
recover#1 crash before; # | crash before; # | a `:` is missing between the step and its fault; did you mean `recover#1: crash before`?
recover#1                 |                 | a `:` is missing between the step and its fault
reply lost                |                 | a `:` is missing between the step and its fault
",
    );
}

#[test]
fn a_missing_semicolon_is_an_error() {
    complains(
        "
recover#1: crash before order1/db.insert orders#1: fails | order1/db.insert orders#1: fails | a `;` is missing in front of the next step
recover#1: crash before recover#2: crash after           | recover#2: crash after           | a `;` is missing in front of the next step
recover#1: crash: before                                 | : before                         | a `;` is missing in front of the next step
",
    );
}

#[test]
fn full_width_delimiters_are_errors_that_say_so() {
    complains(
        "
recover#1： crash before               | ： crash before  | `：` is the full-width form; did you mean `:`?
recover#1: crash before；recover#2     | ；recover#2      | `；` is the full-width form; did you mean `;`?
recover＃1: lost                       | ＃1: lost        | `＃` is the full-width form; did you mean `#`?
order1／submit#1: lost                 | ／submit#1: lost | `／` is the full-width form; did you mean `/`?
",
    );
}

#[test]
fn the_same_step_twice_is_an_error() {
    complains(
        "
recover#1: crash before;  recover#01: crash after | recover#01: crash after | recover#1 already suffers `crash before`
",
    );
}

#[test]
fn only_some_calls_can_be_declined() {
    let error = error("order1/payment.find#1: declined");
    assert_eq!(error.problem(), "`declined` cannot happen at payment.find");
    let expected = error.expected();
    let homes = expected.lines().next();
    assert_eq!(
        homes,
        Some(
            "it can happen at payment.charge, inventory.reserve, shipping.request, payment.authorize, \
             orders.prepare, payment.prepare, inventory.prepare"
        )
    );
}

#[test]
fn all_that_is_said_of_a_mistake_fits_the_terminal() {
    let texts = [
        "order1/payment.charge#1: reply lots",
        "order1/payment.chrge#1: reply lost",
        "order1/foo#1: reply lost",
        "payment.charge#1: reply lost",
        "order1/payment.charge#1 reply lost",
        "order1/payment.find#1: declined",
    ];
    for width in [60, 80, 100] {
        for (text, language) in texts
            .iter()
            .flat_map(|text| Language::ALL.map(|language| (text, language)))
        {
            let style = Style {
                language,
                width: Some(width),
                ..Style::default()
            };
            let told = error(text).tell(style);
            for line in told.lines() {
                assert!(line.width() <= width, "{line}");
            }
            assert!(told.contains(&format!("\n  {text}\n")), "{told}");
        }
    }
}
