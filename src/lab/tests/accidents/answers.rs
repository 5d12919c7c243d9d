//! Accidents with what customers are told, or are not.

use crate::day::*;
use lab::accident::AT_ONCE;
use lab::accident::Accident::*;
use lab::evidence::Evidence;
use lab::order::Answer;
use lab::time::Ms;
use lab::trace::Told;

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
    breaks(good_day(), pending, ALegitimateRequestSwallowed);
    let later = || Evidence {
        settles_later: true,
        ..good_day()
    };
    holds(later(), pending);
    let never = |it: &mut Evidence| {
        pending(it);
        it.orders[0].status = "pending".to_owned();
    };
    breaks(later(), never, ALegitimateRequestSwallowed);
    // It excuses no refusal.
    let refused = |it: &mut Evidence| {
        let told = Told::ErrorPage("sorry".to_owned());
        it.submissions[0].told = Some((Ms(200), told));
    };
    breaks(later(), refused, ALegitimateRequestSwallowed);
}

#[test]
fn a_legitimate_request_swallowed() {
    // "Thank you for your order" was a promise.
    let promised = |it: &mut Evidence| {
        it.submissions[0].told = Some((Ms(200), Told::Answer(Answer::Confirmed)));
    };
    breaks(cancelled_day(), promised, ALegitimateRequestSwallowed);
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
