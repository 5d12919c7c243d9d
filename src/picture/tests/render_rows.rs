//! Rows that stay locked, drawn: on the participants' lifelines, and in two runs side by side.

use lab::engine::trace::{Entry, Event, Trace};
use lab::judge::evidence::Evidence;
use lab::language::message::Service;
use lab::language::name::Name;
use lab::language::order::{Order, Yen};
use lab::language::time::Ms;
use lab::tell::Language;
use lab::tell::scene::{Lane, Scene, SpanKind};
use lab::two_phase::record::{Outcome, Participation, WalkIn};
use picture::compare::{Panel, compare};

const ORDER: Name = Name::of("order1");
const RECOVER: Name = Name::of("recover");

fn entry(at: u64, actor: Name, event: Event) -> Entry {
    Entry {
        at: Ms(at),
        actor,
        event,
    }
}

fn locked(service: Service) -> Event {
    Event::RowLocked {
        service,
        row: ORDER,
    }
}

fn freed(service: Service) -> Event {
    Event::RowFreed {
        service,
        row: ORDER,
    }
}

#[test]
fn a_row_stays_locked_when_the_shop_dies() {
    let evidence = Evidence {
        trace: Trace {
            entries: vec![
                entry(100, ORDER, locked(Service::Orders)),
                entry(300, ORDER, locked(Service::Inventory)),
                entry(500, RECOVER, Event::Crashed),
                entry(900, ORDER, freed(Service::Orders)),
            ],
        },
        ..Evidence::default()
    };
    let spans = Scene::of(&evidence).spans;
    let rows = spans.iter().filter(|span| span.kind == SpanKind::RowLocked);
    let rows: Vec<(Lane, u64, Option<u64>)> = rows
        .map(|span| {
            (
                span.lane,
                span.from.at.0,
                span.until.map(|until| until.at.0),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (Lane::Service(Service::Orders), 100, Some(900)),
            (Lane::Service(Service::Inventory), 300, None)
        ]
    );
}

fn day(promise: Option<(u64, Option<u64>)>, bought_at: u64) -> Evidence {
    let participations = promise.map(|(from, until)| Participation {
        transaction: Name::of("tx-1"),
        participant: Name::of("inventory"),
        order: Some(ORDER),
        row: Some(Name::of("book")),
        from: Ms(from),
        until: until.map(Ms),
        outcome: match until {
            Some(_) => Outcome::Committed,
            None => Outcome::InDoubt,
        },
    });
    Evidence {
        submissions: vec![lab::engine::record::Submission {
            order: Order::new("order1", Yen(1_200)),
            at: Some(Ms(0)),
            told: None,
        }],
        participations: participations.into_iter().collect(),
        walk_ins: vec![WalkIn {
            name: Name::of("counter1"),
            sku: Name::of("book"),
            at: Ms(60_000),
            told: Some((Ms(bought_at), true)),
        }],
        ended_at: Ms::hours(12),
        ..Evidence::default()
    }
}

fn drawn(one: &Evidence, other: &Evidence) -> String {
    let panels = [("one", one), ("other", other)];
    let panels = panels.map(|(title, evidence)| Panel { title, evidence });
    compare("two runs", &panels, Language::English)
}

/// The widths of the bars of a class.
fn widths(svg: &str, class: &str) -> Vec<String> {
    let bar = format!("<rect class=\"{class}\"");
    let bars = svg.lines().filter(|line| line.starts_with(&bar));
    let width = |line: &str| {
        let rest = line.split("width=\"").nth(1).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    bars.map(width).collect()
}

#[test]
fn both_runs_are_drawn_to_the_same_scale_and_measured_in_words() {
    let waits = day(Some((0, Some(120_000))), 120_000);
    let at_once = day(None, 60_000);
    let svg = drawn(&waits, &at_once);
    // Two minutes are all there is to see in either of them; the counter waits for one. The legend has bars, too.
    assert_eq!(widths(&svg, "lock-held"), ["470", "22"]);
    assert_eq!(widths(&svg, "lock-wait"), ["235", "22"]);
    let said = |text: &str| assert!(svg.contains(text), "{text} is not in {svg}");
    said(
        "1 row stayed locked, for up to 2 min; of 1 others 0 were served at once, 1 later, 0 never",
    );
    said("nothing stayed locked; of 1 others 1 were served at once, 0 later, 0 never");
    assert_eq!(svg, drawn(&waits, &at_once));
    // Turned round, it is another picture.
    assert_ne!(svg, drawn(&at_once, &waits));
}

#[test]
fn what_never_ends_is_drawn_to_the_end_and_named() {
    let for_ever = day(Some((0, None)), 60_000);
    let svg = drawn(&for_ever, &day(None, 60_000));
    assert_eq!(widths(&svg, "lock-held"), ["470", "22"]);
    assert!(svg.contains("left in doubt"), "{svg}");
    assert!(svg.contains("for up to 12 h"), "{svg}");
}
