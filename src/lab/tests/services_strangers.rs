//! Services that a world brings along: they suffer what the lab's own do, and are told apart by their names.

use lab::engine::network::Latency;
use lab::engine::trace::Event;
use lab::flow::Code;
use lab::judge::invariant::Wrong;
use lab::judge::verdict::judge;
use lab::language::fault::Fault;
use lab::language::message::{Request, Response};
use lab::language::name::Name;
use lab::language::schedule::Schedule;
use lab::prelude::*;
use lab::run::{Run, replay};
use lab::search::exhaustive::Search;
use lab::services::{Executed, Keys, Line, Manner, Payment, Service};
use lab::setup::Setup;
use pretty_assertions::assert_eq;

/// Counts, under keys; and tells how far it has come.
#[derive(Clone)]
struct Counter {
    keys: Keys<Count, u32>,
    counted: u32,
}

#[derive(Clone, Debug, PartialEq)]
enum Count {
    Up(Option<Key>),
    Down(Key),
    HowFar,
}

impl Counter {
    fn new() -> Counter {
        let undoes = |undo: &Count, original: &Count| {
            matches!((undo, original), (Count::Down(_), Count::Up(_)))
        };
        Counter {
            keys: Keys::new().undoing(undoes).remembering(Ms::hours(2)),
            counted: 0,
        }
    }
}

impl Service for Counter {
    const NAME: &'static str = "counter_service";
    type Request = Count;
    type Reply = u32;

    fn operations() -> Vec<(&'static str, Manner)> {
        vec![
            ("up", Manner::changes().or_declines()),
            ("down", Manner::changes()),
            ("how_far", Manner::asks()),
        ]
    }

    fn operation(request: &Count) -> &'static str {
        match request {
            Count::Up(_) => "up",
            Count::Down(_) => "down",
            Count::HowFar => "how_far",
        }
    }

    fn execute(&mut self, arrived: Ms, done: Ms, count: &Count, decline: bool) -> Executed<u32> {
        let counted = &mut self.counted;
        match count {
            Count::Up(key) => self.keys.once(arrived, done, key.as_ref(), count, || {
                if decline {
                    return Err(CallError::Declined);
                }
                *counted += 1;
                Ok(*counted)
            }),
            Count::Down(key) => self.keys.once(arrived, done, Some(key), count, || {
                *counted = counted.saturating_sub(1);
                Ok(*counted)
            }),
            Count::HowFar => Executed::anew(Ok(*counted)),
        }
    }

    fn ledger(&self, _: Ms) -> Vec<Line> {
        vec![Line::new("count").says("is", self.counted)]
    }
}

/// Counts every order up, if need be again, without a key, unless it hears a no; and then confirms it.
struct Counts {
    shop: Shop,
}

impl OrderFlow for Counts {
    fn start(shop: Shop) -> Self {
        Counts { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let counter = self.shop.client::<Counter>();
        let up = || counter.call(Count::Up(None));
        match tokio::time::timeout(Ms::seconds(1).duration(), up()).await {
            Ok(Ok(_) | Err(CallError::Declined)) => {}
            Ok(Err(_)) | Err(_) => {
                up().await?;
            }
        }
        counter.call(Count::HowFar).await?;
        let sql = "INSERT INTO orders VALUES (?1, 'confirmed')";
        self.shop.db.execute(sql, params![order.id]).await?;
        Ok(Answer::Confirmed)
    }
}

const COUNTS: Code = Code::of::<Counts>("counts");

fn counted() -> Setup {
    Setup::new()
        .without_payment()
        .schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;")
        .service(Counter::new())
}

fn under(setup: &Setup, schedule: &str) -> Run {
    replay(setup, COUNTS, &schedule.parse().expect("a schedule"))
}

/// How far the counter has come in the end, and what the shop was answered, and when.
fn heard(run: &Run) -> (Option<&str>, Vec<(Ms, Response)>) {
    let entries = run.evidence.trace.entries.iter();
    let replies = entries.filter_map(|entry| match &entry.event {
        Event::Replied { response, .. } => Some((entry.at, response.clone())),
        _ => None,
    });
    let line = run.evidence.ledger("counter_service").first();
    (line.and_then(|line| line.get("is")), replies.collect())
}

fn ends(run: &Run) -> Option<&str> {
    heard(run).0
}

#[test]
fn its_steps_bear_its_name_and_every_world_begins_with_it_anew() {
    for _ in 0..2 {
        let run = under(&counted(), "");
        let steps: Vec<String> = run.steps().iter().map(|step| step.to_string()).collect();
        for step in [
            "order1/counter_service.up#1",
            "order1/counter_service.how_far#1",
        ] {
            assert!(steps.iter().any(|known| known == step), "{steps:?}");
        }
        assert_eq!(ends(&run), Some("1"));
    }
}

#[test]
fn it_suffers_what_calls_suffer() {
    let ends_with = |fault: &str, count: &str| {
        let run = under(&counted(), &format!("order1/counter_service.up#1: {fault}"));
        assert_eq!(ends(&run), Some(count), "{fault}");
    };
    ends_with("request lost", "1");
    ends_with("refused", "1");
    ends_with("error before", "1");
    ends_with("reply lost", "2");
    ends_with("reply late 1500ms", "2");
    ends_with("error after", "2");
    ends_with("request twice after 300ms", "2");
    ends_with("request late 1h", "2");
    ends_with("declined", "0");
    ends_with("down 10m", "0");
}

#[test]
fn what_it_does_not_decline_cannot_be_declined() {
    counted().check().expect("it is sound");
    let refused: Result<Schedule, _> = "order1/counter_service.down#1: declined".parse();
    let problem = "`declined` cannot happen at counter_service.down";
    assert_eq!(refused.expect_err("it may not").problem(), problem);
}

#[test]
fn it_takes_its_time_and_is_away_as_others_are() {
    let service = Counter::declared().expect("it is sound");
    let slow = counted().takes(service, Ms(400), Ms::ZERO);
    let (_, replies) = heard(&under(&slow, ""));
    let times: Vec<Ms> = replies.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [Ms(600), Ms(800)], "to be asked takes it no time");
    let away = counted().outage(service, Ms::ZERO, Ms::hours(1));
    let run = under(&away, "");
    let entries = run.evidence.trace.entries.iter();
    let refused = entries.filter(|entry| matches!(entry.event, Event::NoConnection { .. }));
    assert_eq!((refused.count(), ends(&run)), (2, Some("0")));
    let usual = Latency {
        processing: Ms(50),
        ..Latency::default()
    };
    let (_, replies) = heard(&under(&counted().latency(usual), ""));
    assert_eq!(replies[0].0, Ms(250));
}

#[test]
fn its_keys_follow_the_rules_of_all_services() {
    let mut counter = Counter::new();
    let key = Key::from("key-1");
    let up = Count::Up(Some(key.clone()));
    let mut ask = |at: Ms, done: Ms, count: &Count| counter.execute(at, done, count, false);
    assert_eq!(ask(Ms(0), Ms(100), &up).response, Ok(1));
    let in_flight = ask(Ms(50), Ms(150), &up);
    assert_eq!(in_flight.response, Err(CallError::InFlight));
    let again = ask(Ms(200), Ms(300), &up);
    assert_eq!((again.response, again.replayed), (Ok(1), true));
    assert_eq!(ask(Ms(300), Ms(300), &Count::Down(key)).response, Ok(0));
    assert_eq!(ask(Ms(400), Ms(400), &up).response, Err(CallError::Undone));
    let forgotten = ask(Ms::hours(3), Ms::hours(3), &up);
    assert_eq!(forgotten.response, Ok(1), "two hours are over");
}

#[test]
fn its_faults_are_searched() {
    let setup = counted().invariant("counted twice", |end| {
        let count = end.ledger("counter_service").first()?.get("is")?;
        (count == "2").then(|| Wrong::expected("one order counts once"))
    });
    let twice = |fault: &Fault| matches!(fault, Fault::RequestTwice(_));
    let suffers = |fault: Fault| matches!(fault, Fault::RequestTwice(_) | Fault::Declined);
    let score = Search::new(&setup.suffers(suffers), COUNTS).every_schedule(1);
    let (schedule, verdict) = score.first.expect("it has no key");
    let faults = schedule.faults();
    let what = faults[0].0.what;
    assert!(
        what.as_str() == "counter_service.up" && twice(&faults[0].1),
        "{schedule}"
    );
    assert_eq!(verdict.name(), "counted twice");
    let tried = |operation: &str| {
        let row = score.grid.get(&(Name::of("order1"), Name::new(operation)));
        let words = row.map(|row| row.keys().copied().collect::<Vec<_>>());
        words.unwrap_or_default()
    };
    assert_eq!(
        tried("counter_service.up"),
        ["declined", "request twice after"]
    );
    assert_eq!(tried("counter_service.how_far"), ["request twice after"]);
}

/// Two operations of one name.
#[derive(Clone)]
struct Stutters;

/// What a flow must not be able to say.
#[derive(Clone)]
struct Impostor;

/// The same name as [`Counter`], and other operations.
#[derive(Clone)]
struct Double;

macro_rules! answers_nothing {
    ($service:ident, $name:literal, $operations:expr) => {
        impl Service for $service {
            const NAME: &'static str = $name;
            type Request = ();
            type Reply = ();

            fn operations() -> Vec<(&'static str, Manner)> {
                $operations
            }

            fn operation(_: &()) -> &'static str {
                "ask"
            }

            fn execute(&mut self, _: Ms, _: Ms, _: &(), _: bool) -> Executed<()> {
                Executed::anew(Err(CallError::Invalid))
            }
        }
    };
}

answers_nothing!(
    Stutters,
    "stutters",
    vec![("ask", Manner::asks()), ("ask", Manner::changes())]
);
answers_nothing!(Impostor, "payment", vec![("ask", Manner::asks())]);
answers_nothing!(Double, "counter_service", vec![("ask", Manner::asks())]);

#[test]
fn a_service_that_is_not_sound_is_named() {
    let slip = |setup: Setup| setup.check().expect_err("it is not sound");
    assert_eq!(
        slip(Setup::new().service(Stutters)),
        "the service `stutters` has two operations called `ask`"
    );
    assert_eq!(
        slip(Setup::new().service(Impostor)),
        "a service cannot be called `payment`: the lab has steps of that name"
    );
    assert_eq!(
        slip(counted().service(Counter::new())),
        "there are two services called `counter_service`"
    );
    assert_eq!(
        slip(counted().service(Double)),
        "two services are called `counter_service`, and their operations differ"
    );
}

#[test]
fn a_client_for_a_service_that_is_not_there_is_named() {
    let run = under(&Setup::new().without_payment(), "");
    let halt = run.evidence.halt.as_ref().map(|halt| format!("{halt:?}"));
    let halt = halt.expect("it panics");
    assert!(
        halt.contains("this world has no service `counter_service`"),
        "{halt}"
    );
    assert!(halt.contains("services_strangers.rs"), "{halt}");
    assert_eq!(
        judge(&run).map(|verdict| verdict.name()),
        Some("the code panicked")
    );
}

/// Charges by the client that any service has.
struct ByType {
    shop: Shop,
}

impl OrderFlow for ByType {
    fn start(shop: Shop) -> Self {
        ByType { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let request = Request::Charge {
            order: order.name(),
            amount: order.amount,
            key: None,
        };
        self.shop.client::<Payment>().call(request).await?;
        Ok(Answer::Pending)
    }
}

#[test]
fn the_lab_s_own_services_have_such_clients_too() {
    let code = Code::of::<ByType>("by type");
    let run = replay(&Setup::new(), code, &Schedule::CALM);
    assert_eq!(run.evidence.charges.len(), 1);
    let steps = run.steps();
    assert!(
        steps
            .iter()
            .any(|step| step.what.as_str() == "payment.charge"),
        "{steps:?}"
    );
}
