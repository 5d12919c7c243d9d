//! Final words, and what takes them back.

use super::day::*;
use super::script::{accident, customers, play, said, world};
use lab::engine::record::Entered;
use lab::engine::trace::Told;
use lab::judge::accident::Accident::*;
use lab::judge::accident::find;
use lab::judge::evidence::Evidence;
use lab::language::order::{Answer, Yen};
use lab::language::time::Ms;
use lab::tell::Say;

/// The books came to say this of order1, every minute something else.
fn books(statuses: &[Option<&'static str>]) -> impl FnOnce(&mut Evidence) + use<> {
    let entered = statuses.iter().zip(1..).map(|(status, minute)| Entered {
        at: Ms::minutes(minute),
        order: ORDER1,
        status: status.map(str::to_owned),
        paid: Yen(1_200),
        whole_at: status.map(|_| Ms::minutes(minute)),
    });
    let entered: Vec<Entered> = entered.collect();
    |it| it.books = entered
}

#[test]
fn a_row_that_was_final_stays() {
    let (open, yes, no) = (Some("pending"), Some("confirmed"), Some("cancelled"));
    for kept in [&[open, yes] as &[_], &[yes], &[open, None, open, yes]] {
        holds(good_day(), books(kept));
    }
    for taken_back in [
        &[no, yes] as &[_],
        &[yes, open, yes],
        &[yes, None, yes],
        &[open, yes, no, yes],
    ] {
        breaks(good_day(), books(taken_back), AFinalWordTakenBack);
    }
    // With the money back, too.
    breaks(cancelled_day(), books(&[yes, no]), AFinalWordTakenBack);
    breaks(cancelled_day(), books(&[no, None]), AFinalWordTakenBack);
}

#[test]
fn what_the_books_came_to_say_is_noted_and_so_is_that_a_row_is_gone() {
    let whole = "charge a; history";
    let kept = world(&format!(
        "insert pending; {whole}; update confirmed; confirmed"
    ));
    assert_eq!(accident(&kept, ""), None);
    for taken_back in [
        "insert confirmed; sleep 10; update cancelled; void a; cancelled",
        "insert confirmed; sleep 10; forget; delete; void a; cancelled",
        "insert confirmed; sleep 10; delete; sleep 10; insert confirmed; confirmed",
    ] {
        let setup = world(&format!("{whole}; {taken_back}"));
        assert_eq!(
            accident(&setup, ""),
            Some(AFinalWordTakenBack),
            "{taken_back}"
        );
    }
    let run = play(
        &world("insert pending; delete; insert cancelled; cancelled"),
        "",
    );
    let expected = [Some("pending"), None, Some("cancelled")];
    assert_eq!(said(&run.evidence), expected);
}

#[test]
fn an_order_that_was_half_there_is_not_mended_by_taking_it_back() {
    let half = world("charge a; insert confirmed; sleep 10; update cancelled; void a; cancelled");
    assert_eq!(accident(&half, ""), Some(HalfAnOrder));
    // In the same millisecond nobody can have looked.
    let at_once = world("charge a; insert confirmed; update cancelled; void a; cancelled");
    assert_eq!(accident(&at_once, ""), Some(AFinalWordTakenBack));
    // What comes to an order that is off does not complete it.
    let late = "charge a; insert confirmed; update cancelled; void a; history; cancelled";
    assert_eq!(accident(&world(late), ""), Some(AFinalWordTakenBack));
}

#[test]
fn what_a_customer_was_told_stays() {
    // "You have not paid, and nothing will come" was a promise.
    let told = |answer| {
        move |it: &mut Evidence| it.submissions[0].told = Some((Ms(200), Told::Answer(answer)))
    };
    let off = told(Answer::Cancelled);
    breaks(stormy(good_day()), off, AFinalWordTakenBack);
    // "Thank you for your order" was one, too.
    let on = told(Answer::Confirmed);
    breaks(cancelled_day(), on, AFinalWordTakenBack);
    // Of an order that the books have never known, nothing is taken back.
    let unheard_of = |it: &mut Evidence| {
        on(it);
        it.orders.clear();
    };
    breaks(cancelled_day(), unheard_of, ALegitimateRequestSwallowed);
    // The books came to say "confirmed" when the customer had been told otherwise.
    let confirmed = |it: &mut Evidence| {
        off(it);
        books(&[Some("confirmed")])(it);
    };
    breaks(stormy(good_day()), confirmed, AFinalWordTakenBack);
}

#[test]
fn who_asks_again_hears_the_same_again() {
    let first = (0, "charge a; insert confirmed; history; confirmed");
    let same = customers(&[first, (60_000, "confirmed")]);
    assert_eq!(accident(&same, ""), None);
    let other = customers(&[first, (60_000, "cancelled")]);
    let finding = find(&play(&other, "").evidence).expect("an accident");
    assert_eq!(finding.accident, AFinalWordTakenBack);
    assert_eq!(
        finding.expected.english(),
        "who asks for order1 again hears the same again"
    );
}

#[test]
fn a_parcel_for_who_has_no_order_is_a_word_taken_back() {
    let sent = |cancelled| {
        move |it: &mut Evidence| {
            it.terms.ships = true;
            it.terms.paid_by_card = false;
            it.parcels = vec![parcel(cancelled)];
        }
    };
    breaks(cancelled_day(), sent(false), AFinalWordTakenBack);
    holds(cancelled_day(), sent(true));
}
