//! Reads the fault: the text behind the colon.

use super::piece::Piece;
use super::span::{likely_span, span};
use crate::language::fault::{Fault, VOCABULARY, menu};
use crate::language::message::operations;
use crate::language::name::Name;
use crate::language::schedule_error::{Expected, Offer, Place, Problem, ScheduleError, nearest};
use crate::language::step::{Step, StepKind, kind_of};

/// The fault that this text names at this step.
pub(super) fn read(text: Piece, step: &Step) -> Result<Fault, ScheduleError> {
    let words = text.words();
    if words.is_empty() {
        return Err(text
            .error(Problem::NoFault)
            .expecting(Expected::Offer(offer(step))));
    }
    let said = VOCABULARY
        .into_iter()
        .filter(|fault| {
            let known = fault.words().split(' ');
            let len = known.clone().count();
            known.eq(words.iter().take(len).map(|word| word.as_str()))
        })
        // If a word has several spans, the first is the example.
        .rev()
        // `fails after` also begins with `fails`.
        .max_by_key(|fault| fault.words().len());
    let Some(fault) = said else {
        return Err(unknown(text, &words, step));
    };
    if !fault.applies_to(step) {
        return Err(out_of_place(text, fault, step));
    }
    let rest = words
        .get(fault.words().split(' ').count())
        .map(|first| first.up_to(text));
    match (fault.span(), rest) {
        (None, None) => Ok(fault),
        (Some(_), Some(rest)) => Ok(fault.with_span(span(rest, fault.shortest())?)),
        (Some(_), None) => Err(text
            .end()
            .error(Problem::NeedsASpan(fault))
            .perhaps(Some(fault))
            .expecting(Expected::ASpan)),
        (None, Some(rest)) => Err(rest
            .error(Problem::Complete {
                fault,
                without: rest.quoted(),
            })
            .perhaps(Some(fault))),
    }
}

fn unknown(text: Piece, words: &[Piece], step: &Step) -> ScheduleError {
    let is_number = |word: &&Piece| word.as_str().starts_with(|c: char| c.is_ascii_digit());
    let amount = words.iter().find(is_number).map(|first| first.up_to(text));
    let told = words.iter().take_while(|word| !is_number(word)).last();
    let told = told.map_or(text, |last| text.up_to(*last));
    let offers = menu(step);
    let near = nearest(&told.tidy(), offers.iter().map(|fault| fault.words()));
    let meant = near.and_then(|near| offers.iter().find(|fault| fault.words() == near));
    let meant = meant.map(|fault| match amount.and_then(likely_span) {
        Some(span) => fault.with_span(span),
        None => *fault,
    });
    text.error(Problem::UnknownFault(told.quoted()))
        .perhaps(meant)
        .expecting(Expected::Offer(offer(step)))
}

fn out_of_place(text: Piece, fault: Fault, step: &Step) -> ScheduleError {
    let (here, there) = if fault == Fault::Declined && step.kind() == StepKind::Call {
        let operations = operations().into_iter();
        let declinable = operations.filter(|operation| operation.manner.may_be_declined);
        let there = declinable.map(|it| Place::In(it.what)).collect();
        (Place::In(step.what), there)
    } else {
        (Place::At(step.kind()), homes(fault))
    };
    text.error(Problem::NotHere { fault, here })
        .expecting(Expected::Elsewhere(there, offer(step)))
}

/// The kinds of step that can suffer this fault.
fn homes(fault: Fault) -> Vec<Place> {
    let samples = [
        "payment.charge",
        "db.begin",
        "db.commit",
        "submit",
        "",
        "webhook.captured",
    ];
    samples
        .into_iter()
        .map(|what| Step::new(Name::of("order1"), Name::of(what), 1))
        .filter(|step| fault.applies_to(step))
        .map(|step| Place::At(kind_of(step.what)))
        .collect()
}

/// What this step can suffer, each word once.
fn offer(step: &Step) -> Offer {
    let mut faults = menu(step);
    faults.dedup_by_key(|fault| fault.words());
    let whose = match step.what.as_str() {
        "" => step.actor.to_string(),
        what => what.to_owned(),
    };
    Offer { whose, faults }
}
