//! Accidents between transactions.

use super::day::*;
use lab::engine::record::{LockWait, StockRecord};
use lab::engine::trace::{CallId, Entry, Event, Told};
use lab::judge::accident::Accident::*;
use lab::judge::accident::{LOCKED_OUT_AFTER, TOLD_WITHIN};
use lab::judge::evidence::Evidence;
use lab::language::instance::Instance;
use lab::language::message::{Part, Request, Service, TxId};
use lab::language::name::Name;
use lab::language::order::Answer;
use lab::language::time::Ms;
use lab::services::record::{ChargeRecord, ReservationRecord, ReservationStatus};
use lab::two_phase::record::{Outcome, Participation, RowWait, WalkIn};

#[test]
fn other_orders_locked_out() {
    let waited = |actor, holder, until: Option<Ms>| {
        move |it: &mut Evidence| {
            it.submissions
                .push(submission(ORDER2, Some(Told::Answer(Answer::Confirmed))));
            it.orders.push(row(ORDER2, "confirmed"));
            it.charges.push(ChargeRecord {
                order: ORDER2,
                ..captured()
            });
            it.lock_waits = vec![LockWait {
                process: Instance::FIRST,
                actor,
                holder,
                from: Ms(100),
                until,
            }];
        }
    };
    let long = Some(Ms(100) + LOCKED_OUT_AFTER);
    let short = Some(Ms(99) + LOCKED_OUT_AFTER);
    let recover = Name::of("recover");
    breaks(
        good_day(),
        waited(ORDER2, ORDER1, long),
        OtherOrdersLockedOut,
    );
    breaks(
        good_day(),
        waited(ORDER2, ORDER1, None),
        OtherOrdersLockedOut,
    );
    holds(good_day(), waited(ORDER2, ORDER1, short));
    holds(good_day(), waited(ORDER1, ORDER1, long));
    holds(good_day(), waited(recover, ORDER1, long));
    // The job's lock is like any other, as long as a customer waits for it.
    holds(good_day(), waited(ORDER1, recover, long));
    let told_late = |holder| {
        move |it: &mut Evidence| {
            waited(ORDER1, holder, long)(it);
            it.submissions[0].told = Some((Ms(1_100), Told::Answer(Answer::Confirmed)));
        }
    };
    for holder in [recover, Name::of("background")] {
        breaks(good_day(), told_late(holder), OtherOrdersLockedOut);
    }
    holds(good_day(), told_late(ORDER1));
}

#[test]
fn a_lock_may_be_kept_while_its_holder_stands_still() {
    let still = |from: u64, to: u64| {
        move |it: &mut Evidence| {
            let recover = Name::of("recover");
            let at = |at, event| Entry {
                at: Ms(at),
                actor: recover,
                event,
            };
            let elsewhere = Entry {
                actor: Name::of("recover@2"),
                ..at(from + 10, Event::Crashed)
            };
            it.trace.entries = vec![at(from, Event::Paused), elsewhere, at(to, Event::WentOn)];
            it.submissions
                .push(submission(ORDER2, Some(Told::Answer(Answer::Confirmed))));
            it.orders.push(row(ORDER2, "confirmed"));
            it.charges.push(ChargeRecord {
                order: ORDER2,
                ..captured()
            });
            it.lock_waits = vec![LockWait {
                process: Instance::FIRST,
                actor: ORDER2,
                holder: ORDER1,
                from: Ms(100),
                until: Some(Ms(5_100)),
            }];
        }
    };
    holds(good_day(), still(50, 10_000));
    holds(good_day(), still(500, 4_700));
    // What it keeps afterwards is its own doing.
    breaks(good_day(), still(50, 4_100), OtherOrdersLockedOut);
}

#[test]
fn whoever_is_put_off_at_a_strangers_lock_is_locked_out_however_short_the_wait() {
    let put_off = |told, until| {
        move |it: &mut Evidence| {
            it.terms.strangers = Some(Ms::minutes(15));
            it.submissions.push(submission(ORDER2, Some(told)));
            it.lock_waits = vec![LockWait {
                process: Instance::FIRST,
                actor: ORDER2,
                holder: ORDER1,
                from: Ms(100),
                until: Some(until),
            }];
        }
    };
    let error = || Told::ErrorPage("no patience".to_owned());
    breaks(good_day(), put_off(error(), Ms(600)), OtherOrdersLockedOut);
    let lost_a_race = put_off(error(), Ms(100));
    breaks(good_day(), lost_a_race, ALegitimateRequestSwallowed);
    // "Sold out" is no word for a lock.
    let refused = put_off(Told::Answer(Answer::Cancelled), Ms(600));
    breaks(good_day(), refused, ALegitimateRequestSwallowed);
}

#[test]
fn whoever_is_turned_away_at_a_strangers_row_is_locked_out() {
    let turned_away = |served| {
        move |it: &mut Evidence| {
            it.terms.strangers = Some(Ms::minutes(15));
            it.submissions
                .push(submission(ORDER2, Some(Told::Answer(Answer::Cancelled))));
            it.row_waits = vec![RowWait {
                participant: Name::of("inventory"),
                row: Name::of("book"),
                actor: ORDER2,
                holder: ORDER1,
                from: Ms(100),
                until: Some(Ms(200)),
                served,
            }];
        }
    };
    breaks(good_day(), turned_away(false), OtherOrdersLockedOut);
    breaks(good_day(), turned_away(true), ALegitimateRequestSwallowed);
    // A promise keeps its lock when its coordinator dies. That is nobody's idea of a good day, and no accident of its own.
    let crashed = Entry {
        at: Ms(100),
        actor: ORDER1,
        event: Event::Crashed,
    };
    holds(good_day(), |it| {
        turned_away(false)(it);
        it.submissions[1].at = Some(Ms(150));
        it.trace.entries = vec![crashed];
    });
}

fn participations(outcomes: &[(&'static str, Outcome)]) -> impl FnOnce(&mut Evidence) {
    let participations = outcomes.iter().map(|(transaction, outcome)| Participation {
        transaction: Name::of(transaction),
        participant: Name::of("bank"),
        order: None,
        row: None,
        from: Ms(100),
        until: (*outcome != Outcome::InDoubt).then_some(Ms(200)),
        outcome: *outcome,
    });
    let participations = participations.collect();
    |it| it.participations = participations
}

#[test]
fn left_in_doubt() {
    use Outcome::{Aborted, Committed, InDoubt};
    let open = participations(&[("t1", Committed), ("t2", InDoubt)]);
    breaks(good_day(), open, LeftInDoubt);
    holds(
        good_day(),
        participations(&[("t1", Committed), ("t2", Aborted)]),
    );
}

#[test]
fn whoever_can_be_told_is_left_in_doubt_no_longer_than_need_be() {
    /// The orders service hears the end at once; the bank is in doubt for an hour.
    fn day(what: &[(Ms, Event)]) -> impl FnOnce(&mut Evidence) {
        let entries = what.iter().map(|(at, event)| Entry {
            at: *at,
            actor: Name::of("recover"),
            event: event.clone(),
        });
        let entries = entries.collect();
        let until = [("orders", Ms(900)), ("bank", Ms::hours(1))];
        let participations = until.map(|(participant, until)| Participation {
            transaction: Name::of("t1"),
            participant: Name::of(participant),
            order: Some(ORDER1),
            row: Some(Name::of("book")),
            from: Ms(300),
            until: Some(until),
            outcome: Outcome::Committed,
        });
        move |it| {
            it.participations = participations.into();
            it.trace.entries = entries;
        }
    }
    let run = |from: Ms| {
        let ended = Event::RecoverEnded {
            run: 1,
            idle: false,
            error: None,
        };
        [
            (from, Event::RecoverBegan(1)),
            (from + Ms::seconds(5), ended),
        ]
    };
    let tx = || TxId::from("t1");
    let refused_by = |of, part| {
        let request = Request::Part { of, part };
        let call = CallId(0);
        Event::NoConnection { call, request }
    };
    let [began, ended] = run(TOLD_WITHIN + Ms::minutes(1));
    let a_run = [began.clone(), ended.clone()];
    breaks(good_day(), day(&a_run), LeftInDoubt);
    // Not yet so long, or told in the middle of the run.
    holds(good_day(), day(&run(TOLD_WITHIN)));
    holds(good_day(), day(std::slice::from_ref(&began)));
    holds(good_day(), day(&run(Ms::hours(1) - Ms::seconds(2))));
    // It could not be told: the process, or the participant, was away.
    let in_the_way = |event: Event| [(Ms::minutes(1), event), began.clone(), ended.clone()];
    holds(stormy(good_day()), day(&in_the_way(Event::Started(2))));
    let commit = || Part::Commit { tx: tx() };
    let payment = in_the_way(refused_by(Service::Payment, commit()));
    holds(good_day(), |it| {
        day(&payment)(it);
        it.participations[1].participant = Name::of("payment");
    });
    // Whoever says "commit" to somebody else knows how it ends. Whoever asks for an abort may want to know.
    let inventory = in_the_way(refused_by(Service::Inventory, commit()));
    breaks(good_day(), day(&inventory), LeftInDoubt);
    let question = in_the_way(refused_by(Service::Orders, Part::Abort { tx: tx() }));
    holds(good_day(), day(&question));
}

#[test]
fn two_outcomes_of_one_transaction() {
    use Outcome::{Aborted, Committed};
    let two = participations(&[("t1", Committed), ("t1", Aborted)]);
    breaks(good_day(), two, TwoOutcomesOfOneTransaction);
}

#[test]
fn a_torn_transaction_has_its_own_name_whatever_the_ledgers_say() {
    use Outcome::{Aborted, Committed, InDoubt};
    // The order is off and its money is gone: pattern A, if there were no transaction.
    let torn = |outcomes: &'static [(&'static str, Outcome)]| {
        move |it: &mut Evidence| {
            it.orders.clear();
            it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Cancelled)));
            participations(outcomes)(it);
        }
    };
    breaks(
        stormy(good_day()),
        torn(&[("t1", Committed), ("t1", Aborted)]),
        TwoOutcomesOfOneTransaction,
    );
    breaks(
        stormy(good_day()),
        torn(&[("t1", Committed), ("t1", InDoubt)]),
        LeftInDoubt,
    );
    breaks(
        stormy(good_day()),
        torn(&[("t1", Committed)]),
        ChargedWithoutAnOrder,
    );
}

#[test]
fn what_is_sold_at_the_counter_is_not_missing_from_the_shops_orders() {
    let sold = |order| ReservationRecord {
        id: Name::of("res_9"),
        order,
        sku: Name::of("book"),
        quantity: 1,
        status: ReservationStatus::Confirmed,
    };
    let stock = StockRecord {
        sku: Name::of("book"),
        at_first: 10,
        free: 8,
    };
    let counter = Name::of("counter1");
    let walk_in = WalkIn {
        name: counter,
        sku: Name::of("book"),
        at: Ms(0),
        told: Some((Ms(0), true)),
    };
    let day = move |walk_ins: Vec<WalkIn>| {
        move |it: &mut Evidence| {
            it.stock = vec![stock];
            it.reservations = vec![sold(ORDER1), sold(counter)];
            it.walk_ins = walk_ins;
        }
    };
    holds(good_day(), day.clone()(vec![walk_in]));
    breaks(good_day(), day(vec![]), StockOutOfBalance);
}
