//! Transactions across services: who promises what, who waits for whose row, and what survives whom.

use crate::common::{crashes, log, play, rows, seen, starts};
use lab::language::name::Name;
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;
use lab::two_phase::participant::LOCK_PATIENCE;
use lab::two_phase::record::Outcome;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Does what the customer's name says, and logs every answer: `prepare a; sleep 500; commit a`. All of it at the
/// warehouse, except for what names another participant: `orders.prepare a`.
struct Script {
    shop: Shop,
}

impl OrderFlow for Script {
    fn start(shop: Shop) -> Self {
        Script { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        for line in order.customer.split("; ") {
            self.obey(line, order).await;
        }
        Ok(Answer::Pending)
    }
}

impl Script {
    async fn obey(&self, line: &str, order: &Order) {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |n: usize| words[n].parse().expect("a number");
        let tx = || TxId::from(words[1]);
        let [orders, payment, inventory] = self.shop.participants();
        let (participant, verb) = match words[0].split_once('.') {
            Some(("orders", verb)) => (orders, verb),
            Some((_, verb)) => (payment, verb),
            None => (inventory, words[0]),
        };
        let said = |answer: Result<(), CallError>| seen(&answer.map(|()| "ok"));
        let answer = match verb {
            "sleep" => return sleep(Duration::from_millis(number(1))).await,
            "prepare" => said(participant.prepare(&tx(), order).await),
            "within" => {
                let patience = Ms(number(2));
                said(participant.prepare_within(&tx(), order, patience).await)
            }
            "hurry" => {
                let (tx, patience) = (tx(), Duration::from_millis(number(2)));
                match timeout(patience, participant.prepare(&tx, order)).await {
                    Ok(answer) => said(answer),
                    Err(_) => "gave up".to_owned(),
                }
            }
            "commit" => said(participant.commit(&tx()).await),
            "abort" => said(participant.abort(&tx()).await),
            "restart" => seen(&participant.restart().await),
            _ => {
                let open = participant.in_doubt().await;
                seen(&open.map(|open| {
                    let open = open
                        .iter()
                        .map(|open| format!("{} {}", open.tx, open.order));
                    open.collect::<Vec<_>>().join(", ")
                }))
            }
        };
        self.shop.log(format!("{line}: {answer}"));
    }
}

/// Customers that come at these times and do this.
fn scripts<const N: usize>(scripts: [(u64, &str); N]) -> Setup {
    let orders = scripts.into_iter().enumerate().map(|(n, (at, script))| {
        let order = Order {
            customer: script.to_owned(),
            ..Order::new(&format!("order{}", n + 1), Yen(1_200))
        };
        (Ms(at), order)
    });
    Setup::new().orders(orders)
}

fn run<const N: usize>(of: [(u64, &str); N]) -> Run {
    play::<Script>(&scripts(of), "")
}

/// How it ended for each participant that heard of this transaction.
fn outcomes(run: &Run, tx: &str) -> Vec<(&'static str, Outcome)> {
    let all = run.evidence.participations.iter();
    let of = all.filter(|it| it.transaction.as_str() == tx);
    of.map(|it| (it.participant.as_str(), it.outcome)).collect()
}

fn free(run: &Run) -> i64 {
    run.evidence.stock[0].free
}

#[test]
fn a_promise_does_nothing_yet_and_a_commit_does_it_once() {
    let promised = run([(0, "prepare a; payment.prepare a; orders.prepare a")]);
    assert_eq!(
        outcomes(&promised, "a"),
        [
            ("orders", Outcome::InDoubt),
            ("payment", Outcome::InDoubt),
            ("inventory", Outcome::InDoubt)
        ]
    );
    assert_eq!(promised.evidence.charges, []);
    assert_eq!(rows(&promised), [("order1", "in doubt")]);
    // The goods are out of everybody's reach, and not sold.
    assert_eq!(free(&promised), 9);

    let done = run([(
        0,
        "prepare a; payment.prepare a; orders.prepare a; commit a; payment.commit a; orders.commit a",
    )]);
    assert_eq!(done.evidence.kept(Name::of("order1")), Yen(1_200));
    assert_eq!(rows(&done), [("order1", "confirmed")]);
    assert_eq!(free(&done), 9);

    let undone = run([(0, "prepare a; abort a")]);
    assert_eq!(outcomes(&undone, "a"), [("inventory", Outcome::Aborted)]);
    assert_eq!(free(&undone), 10);
}

#[test]
fn what_does_not_fit_is_answered_as_real_participants_do() {
    let said = |script: &str| -> String {
        let run = run([(0, script)]);
        let (_, last) = *log(&run).last().expect("something was answered");
        last.rsplit(": ").next().unwrap_or_default().to_owned()
    };
    assert_eq!(said("prepare a; prepare a"), "ok");
    assert_eq!(said("commit a"), "not found");
    assert_eq!(said("prepare a; commit a; commit a"), "not found");
    assert!(said("prepare a; abort a; commit a").contains("aborted"));
    assert_eq!(said("prepare a; commit a; abort a"), "too late");
    assert_eq!(said("prepare a; abort a; abort a"), "ok");
    assert_eq!(said("abort a"), "ok");
    assert_eq!(said("prepare a; commit a; prepare a"), "too late");
    assert!(said("abort a; prepare a").contains("aborted"));
    // An order is there once, under whatever id.
    assert_eq!(
        said("orders.prepare a; orders.commit a; orders.prepare b"),
        "declined"
    );
    assert_eq!(said("prepare a; doubt"), "a order1");
    assert_eq!(said("prepare a; commit a; doubt"), "");
}

#[test]
fn an_id_belongs_to_the_work_it_was_first_used_for() {
    let run = run([(0, "prepare a; commit a"), (1_000, "prepare a")]);
    let (_, last) = *log(&run).last().expect("something was answered");
    assert_eq!(last, "prepare a: key reused for another request");
    assert_eq!(outcomes(&run, "a"), [("inventory", Outcome::Committed)]);
}

#[test]
fn who_cannot_says_no_and_has_aborted() {
    let sold_out = scripts([(0, "prepare a; commit a")]).stock([("book", 0)]);
    let run = play::<Script>(&sold_out, "");
    let all: Vec<&str> = log(&run).into_iter().map(|(_, line)| line).collect();
    assert_eq!(all[0], "prepare a: declined");
    assert_eq!(outcomes(&run, "a"), [("inventory", Outcome::Aborted)]);
    let run = play::<Script>(
        &scripts([(0, "prepare a; doubt")]),
        "order1/inventory.prepare#1: declined",
    );
    assert_eq!(outcomes(&run, "a"), [("inventory", Outcome::Aborted)]);
    assert_eq!(free(&run), 10);
}

#[test]
fn a_second_order_waits_for_the_row_exactly_as_long_as_it_is_locked() {
    // The first one has it from 100 ms, when its request arrives, to 1,300 ms, when its commit does.
    let first = (0, "prepare a; sleep 1000; commit a");
    let run = run([first, (100, "prepare b")]);
    assert_eq!(
        log(&run),
        [
            (200, "prepare a: ok"),
            (1_400, "commit a: ok"),
            (1_400, "prepare b: ok")
        ]
    );
    let wait = &run.evidence.row_waits[0];
    let waited = (wait.actor.as_str(), wait.holder.as_str());
    assert_eq!(waited, ("order2", "order1"));
    assert_eq!((wait.from, wait.until), (Ms(200), Some(Ms(1_300))));
    assert!(wait.served);
}

#[test]
fn those_who_wait_are_served_in_the_order_in_which_they_came() {
    let run = run([
        (0, "prepare a; sleep 1000; commit a"),
        (200, "prepare b; sleep 1000; abort b"),
        (100, "prepare c; sleep 1000; commit c"),
    ]);
    let served = log(&run)
        .into_iter()
        .filter(|(_, line)| line.starts_with("prepare"));
    let served: Vec<(u64, &str)> = served.collect();
    assert_eq!(
        served,
        [
            (200, "prepare a: ok"),
            (1_400, "prepare c: ok"),
            (2_600, "prepare b: ok")
        ]
    );
}

#[test]
fn nobody_has_to_wait_for_ever() {
    let run = run([(0, "prepare a"), (100, "prepare b; prepare b")]);
    let patience = LOCK_PATIENCE.0;
    let locked = "prepare b: locked: another transaction holds the row";
    assert_eq!(log(&run)[1], (200 + patience + 100, locked));
    // That was a no, and a no is an abort.
    assert!(log(&run)[2].1.contains("aborted"));
}

#[test]
fn whoever_gives_up_may_be_promised_all_the_same() {
    let run = run([(0, "prepare a; sleep 1000; commit a"), (100, "hurry b 500")]);
    assert_eq!(log(&run)[1], (600, "hurry b 500: gave up"));
    assert_eq!(outcomes(&run, "b"), [("inventory", Outcome::InDoubt)]);
}

#[test]
fn an_abort_takes_back_a_request_that_still_waits() {
    let run = run([
        (0, "prepare a; sleep 2000; commit a"),
        (100, "hurry b 500; abort b"),
    ]);
    assert_eq!(outcomes(&run, "b"), [("inventory", Outcome::Aborted)]);
    assert_eq!(log(&run)[2], (800, "abort b: ok"));
    let wait = &run.evidence.row_waits[0];
    assert_eq!((wait.until, wait.served), (Some(Ms(700)), false));
}

#[test]
fn a_restart_frees_nothing_and_sends_those_away_who_wait() {
    let run = run([
        (0, "prepare a; sleep 1000; restart; doubt"),
        (100, "prepare b"),
    ]);
    assert_eq!(
        log(&run),
        [
            (200, "prepare a: ok"),
            (1_400, "restart: 1"),
            (1_400, "prepare b: 500 server error"),
            (1_600, "doubt: a order1")
        ]
    );
    // To be down is to restart.
    let setup = scripts([(0, "prepare a; commit a; sleep 60000; commit a")]);
    let down = play::<Script>(&setup, "order1/inventory.commit#1: down 10s");
    assert_eq!(outcomes(&down, "a"), [("inventory", Outcome::Committed)]);
}

#[test]
fn a_participant_with_leave_to_do_so_gives_up_after_exactly_that_long() {
    let kept = run([(0, "within a 1000; sleep 799; commit a")]);
    assert_eq!(log(&kept).last(), Some(&(1_199, "commit a: ok")));
    // A tie at the participant goes to whatever was set in motion first: it gives up.
    let gone = run([
        (0, "within a 1000; sleep 800; commit a"),
        (1_050, "prepare b"),
    ]);
    assert!(
        log(&gone)
            .iter()
            .any(|(_, line)| line.contains("commit a: undone"))
    );
    assert_eq!(outcomes(&gone, "a"), [("inventory", Outcome::Aborted)]);
    assert_eq!(outcomes(&gone, "b"), [("inventory", Outcome::InDoubt)]);
}

#[test]
fn a_lost_reply_stays_lost_for_those_who_had_to_wait() {
    let setup = scripts([(0, "prepare a; sleep 1000; commit a"), (100, "prepare b")]);
    let run = play::<Script>(&setup, "order2/inventory.prepare#1: reply lost");
    assert_eq!(log(&run).len(), 2);
    assert_eq!(outcomes(&run, "b"), [("inventory", Outcome::InDoubt)]);
    let late = play::<Script>(&setup, "order2/inventory.prepare#1: reply late 500ms");
    assert_eq!(log(&late).last(), Some(&(1_900, "prepare b: ok")));
}

#[test]
fn the_dead_are_not_answered_and_what_they_asked_for_is_promised() {
    let setup = scripts([
        (0, "prepare a; sleep 3000; commit a"),
        (100, "prepare b; commit b"),
        (500, "orders.prepare c"),
    ])
    .restarts_after(Ms::minutes(2));
    let run = play::<Script>(&setup, "order3/orders.prepare#1: crash after");
    assert_eq!(crashes(&run), [700]);
    assert_eq!(starts(&run), [0, 120_700]);
    // Nobody committed the first one, so the second one waits until it may not any more.
    assert_eq!(outcomes(&run, "a"), [("inventory", Outcome::InDoubt)]);
    assert_eq!(outcomes(&run, "b"), [("inventory", Outcome::Aborted)]);
    assert_eq!(log(&run).len(), 1);
}

#[test]
fn at_the_counter_a_locked_row_means_waiting_and_a_free_one_does_not() {
    let setup = scripts([(0, "prepare a; sleep 60000; commit a")])
        .stock([("book", 3)])
        .counter([Ms(50), Ms(1_000), Ms(20_000), Ms(70_000)]);
    let run = play::<Script>(&setup, "");
    let told = run.evidence.walk_ins.iter().map(|it| it.told);
    let told: Vec<Option<(Ms, bool)>> = told.collect();
    assert_eq!(
        told,
        [
            Some((Ms(50), true)),
            Some((Ms(51_000), false)),
            Some((Ms(60_300), true)),
            // One to the order, two at the counter: none is left.
            Some((Ms(70_000), false)),
        ]
    );
    // What is sold at the counter is no accident of the shop's.
    assert_eq!(free(&run), 0);
}

#[test]
fn what_belongs_to_the_story_happens_under_every_schedule() {
    let setup =
        scripts([(0, "prepare a; commit a")]).given("order1/inventory.commit#1: reply lost");
    let calm = play::<Script>(&setup, "");
    assert_eq!(
        calm.evidence.fired.to_string(),
        "order1/inventory.commit#1: reply lost"
    );
    let both = play::<Script>(&setup, "order1/inventory.prepare#1: reply late 1s");
    assert_eq!(both.evidence.fired.faults().len(), 2);
}

#[test]
fn the_same_schedule_gives_the_same_trace() {
    let setup = scripts([
        (0, "prepare a; sleep 1000; commit a"),
        (100, "prepare b; sleep 10; abort b"),
        (100, "within c 3000; doubt"),
    ]);
    let schedule = "order2/inventory.prepare#1: request twice after 300ms";
    let [one, other] = [(); 2].map(|()| play::<Script>(&setup, schedule));
    assert_eq!(one.evidence, other.evidence);
}
