//! The scene as JSON: what the picture shows, for a program that draws it anew. The book's player does.
//!
//! Every sentence is a list of itself in each [`Language`], in the order of [`Language::ALL`]: English, Japanese.

use crate::crowd::{self, Row};
use crate::json::{list, object, or_null, text};
use crate::{captions, svg};
use lab::judge::claim::Claim;
use lab::judge::evidence::Evidence;
use lab::tell::scene::{Fate, Lane, MessageKind, Moment, Scene, SpanKind};
use lab::tell::{Language, Say};

/// The scene as one JSON object.
///
/// - `lanes`: the names of the lanes, the shop first.
/// - `said`: words beside a lane, in order: `at` and `turn` (things of the same millisecond have their turns), `lane`,
///   `band` where the process dies or starts again, and `texts`, each with its tone.
/// - `messages`: arrows between the shop and `service`: `kind`, `fate`, `from` and `to` (a pair of time and turn), and
///   `text`. `silent` ones say what stands beside them already.
/// - `spans`: bars on a `lane`: `kind`, `from` and `until`, which is `null` if it is still so at the end.
pub fn scene(scene: &Scene) -> String {
    let [all, others] = Language::ALL.map(|language| captions::all(scene, language));
    let said = all.iter().zip(&others).map(|(said, other)| {
        // The languages differ in nothing but the words.
        let pairs = said.texts.iter().zip(&other.texts);
        let pairs = pairs.map(|((one, tone), (other, _))| {
            list([list([text(one), text(other)]), text(tone.class())])
        });
        object(&[
            ("at", said.moment.at.0.to_string()),
            ("turn", said.moment.turn.to_string()),
            ("lane", text(said.lane.name())),
            ("band", said.in_band.to_string()),
            ("texts", list(pairs)),
        ])
    });
    let messages = scene.messages.iter().map(|message| {
        let kind = match message.kind {
            MessageKind::Request => "request",
            MessageKind::Again => "again",
            MessageKind::Reply => "reply",
            MessageKind::Webhook => "webhook",
        };
        let fate = match message.fate {
            Fate::Arrives => "arrives",
            Fate::Unheard => "unheard",
            Fate::Lost => "lost",
            Fate::Refused => "refused",
        };
        let shop =
            |said: &&captions::Said| said.lane == Lane::Shop && said.moment == message.arrives;
        let silent = (message.kind, message.fate) == (MessageKind::Reply, Fate::Arrives)
            && !all.iter().any(|said| shop(&said));
        object(&[
            ("service", text(message.service.name())),
            ("kind", text(kind)),
            ("fate", text(fate)),
            ("from", moment(message.sent)),
            ("to", moment(message.arrives)),
            ("text", in_each(|language| message.text(language))),
            ("silent", silent.to_string()),
        ])
    });
    let spans = scene.spans.iter().map(|span| {
        let kind = match span.kind {
            SpanKind::RowLocked => "row-locked",
            kind => svg::class(kind),
        };
        object(&[
            ("kind", text(kind)),
            ("lane", text(span.lane.name())),
            ("from", moment(span.from)),
            ("until", or_null(span.until.map(moment))),
        ])
    });
    object(&[
        (
            "lanes",
            list(scene.lanes.iter().map(|lane| text(lane.name()))),
        ),
        ("said", list(said)),
        ("messages", list(messages)),
        ("spans", list(spans)),
    ])
}

/// The rows of a crowd, one for each customer: who, `came` and `told` (virtual ms), how it ended, and the bars.
pub fn rows(evidence: &Evidence) -> String {
    let rows = crowd::rows(evidence).into_iter().map(|row| {
        let Row {
            order,
            came,
            told,
            ending,
            bars,
        } = row;
        let bars = bars.iter().map(|(from, until, class)| {
            list([from.0.to_string(), until.0.to_string(), text(class)])
        });
        object(&[
            ("order", text(&order)),
            ("came", or_null(came.map(|at| at.0.to_string()))),
            ("told", told.0.to_string()),
            ("ending", sentence(&ending)),
            ("tone", text(crowd::tone(&ending).class())),
            ("bars", list(bars)),
        ])
    });
    list(rows)
}

/// What both sides hold to be so, as lists of sentences.
pub fn both_sides(believes: &[Claim], knows: &[Claim]) -> [(&'static str, String); 2] {
    let sentences = |claims: &[Claim]| list(claims.iter().map(sentence));
    [
        ("believes", sentences(believes)),
        ("knows", sentences(knows)),
    ]
}

/// A fact as a sentence in each language.
pub fn sentence(fact: &impl Say) -> String {
    in_each(|language| fact.say(language))
}

/// A sentence in each language.
pub fn in_each(say: impl Fn(Language) -> String) -> String {
    list(Language::ALL.map(|language| text(&say(language))))
}

fn moment(moment: Moment) -> String {
    list([moment.at.0.to_string(), moment.turn.to_string()])
}
