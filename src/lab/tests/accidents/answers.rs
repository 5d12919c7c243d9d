//! Accidents with what customers are told, or are not.

use super::day::*;
use lab::engine::record::Entered;
use lab::engine::trace::Told;
use lab::judge::accident::AT_ONCE;
use lab::judge::accident::Accident::*;
use lab::judge::evidence::Evidence;
use lab::judge::terms::Terms;
use lab::language::order::{Answer, Yen};
use lab::language::time::Ms;
use lab::services::record::ParcelRecord;

#[test]
fn never_settled() {
    // Somebody still waits for an answer, or an order is neither confirmed nor cancelled.
    breaks(good_day(), |it| it.submissions[0].told = None, NeverSettled);
    breaks(
        stormy(good_day()),
        |it| {
            it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Pending)));
            it.orders[0].status = "pending".to_owned();
        },
        NeverSettled,
    );
}

#[test]
fn on_a_calm_day_an_answer_comes_at_once() {
    let told_at = |at| {
        move |it: &mut Evidence| {
            it.submissions[0].at = Some(Ms(500));
            it.submissions[0].told = Some((at, Told::Answer(Answer::Confirmed)));
        }
    };
    let in_time = Ms(500) + AT_ONCE;
    holds(good_day(), told_at(in_time));
    breaks(good_day(), told_at(in_time + Ms(1)), NeverSettled);
    // When something went wrong, it may take longer.
    holds(stormy(good_day()), told_at(in_time + Ms(1)));
}

#[test]
fn where_payments_settle_later_pending_is_an_answer_if_it_comes_true() {
    let pending = |it: &mut Evidence| {
        it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Pending)));
    };
    // There is an order, and nobody has ever been told.
    breaks(good_day(), pending, NeverSettled);
    let later = || Evidence {
        terms: Terms {
            settles_later: true,
            ..good_day().terms
        },
        ..good_day()
    };
    holds(later(), pending);
    let never = |it: &mut Evidence| {
        pending(it);
        it.orders[0].status = "pending".to_owned();
    };
    breaks(later(), never, NeverSettled);
    // It excuses no refusal.
    let refused = |it: &mut Evidence| {
        let told = Told::ErrorPage("sorry".to_owned());
        it.submissions[0].told = Some((Ms(200), told));
    };
    breaks(later(), refused, NeverSettled);
}

#[test]
fn a_legitimate_request_swallowed() {
    // On a calm day everybody is entitled to an order, whatever the others got.
    for told in [
        Told::Answer(Answer::Cancelled),
        Told::ErrorPage("sorry".to_owned()),
        Told::ConnectionLost,
    ] {
        let refused = |it: &mut Evidence| {
            it.submissions.push(submission(ORDER2, Some(told)));
        };
        breaks(good_day(), refused, ALegitimateRequestSwallowed);
    }
    holds(cancelled_day(), |_| {});
}

#[test]
fn what_was_called_off_is_not_owed() {
    let called_off = |dispatched_at| Evidence {
        terms: Terms {
            called_off: true,
            ships: true,
            paid_by_card: false,
            ..good_day().terms
        },
        charges: vec![],
        parcels: vec![ParcelRecord {
            dispatched_at,
            ..parcel(false)
        }],
        books: vec![Entered {
            at: Ms::minutes(1),
            order: ORDER1,
            status: Some("confirmed".to_owned()),
            paid: Yen(0),
            whole_at: None,
        }],
        ..good_day()
    };
    // The parcel had left when the books came to say that it was too late; so the order goes forward.
    let pending = |it: &mut Evidence| {
        it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Pending)));
    };
    holds(called_off(Ms::minutes(1)), pending);
    // It had not.
    let too_early = |it: &mut Evidence| it.parcels[0].dispatched_at = Ms(60_001);
    breaks(
        called_off(Ms::minutes(1)),
        too_early,
        ALegitimateRequestSwallowed,
    );
    // It is cancelled, and on its way.
    let cancelled = |it: &mut Evidence| {
        it.books.clear();
        it.orders[0].status = "cancelled".to_owned();
        pending(it);
    };
    let day = called_off(Ms::minutes(1));
    breaks(day, cancelled, AFinalWordTakenBack);
    let stopped = |it: &mut Evidence| {
        cancelled(it);
        it.parcels[0].cancelled_at = Some(Ms::minutes(1));
    };
    holds(called_off(Ms::minutes(1)), stopped);
}
