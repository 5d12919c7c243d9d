//! A run as data: what the pictures show of it, for a program that draws it anew, moment by moment. The book's player and
//! its gallery do.
//!
//! These types are the one home of the format. Recording writes them as a line of JSON, and the player reads them from
//! it. The lab's own enums are written by their names, and a new variant does not compile before it has one here.

use crate::Tone;
use crate::{captions, crowd};
use lab::judge::claim::Claim;
use lab::judge::evidence::Evidence;
use lab::language::time::Ms;
use lab::tell::scene::{self, Fate, Lane, MessageKind, SpanKind};
use lab::tell::{Language, Say};
use serde::{Deserialize, Serialize};

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Request {
    /// The code.
    pub code: String,
    /// The world, if it is not the usual one.
    pub world: Option<String>,
    /// The schedule; empty for a calm day.
    pub schedule: String,
    /// Whether the picture is wanted, too.
    pub picture: bool,
}

/// A sentence in each language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sentence {
    /// English.
    pub en: String,
    /// 日本語
    pub ja: String,
}

/// What happened in a run, and what both sides believed at each moment of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The code that ran.
    pub code: String,
    /// Its faults.
    pub schedule: String,
    /// How it ended; `None` if all was well.
    pub accident: Option<Accident>,
    /// Why it ended early, if it did.
    pub halt: Option<Sentence>,
    /// From which delay on it breaks, if the schedule has one.
    pub edge: Option<Edge>,
    /// How long a call takes on a calm day (virtual ms).
    pub usual: u64,
    /// What the two sides are called.
    pub headings: [Sentence; 2],
    /// What the two sides believed; empty for a crowd.
    pub moments: Vec<Moment>,
    /// Of a crowd, what became of each customer.
    pub rows: Option<Vec<Row>>,
    /// What the timeline shows.
    pub scene: Scene,
    /// The picture in each language, if it was wanted.
    pub svg: Option<Sentence>,
}

/// How a run ended that did not end well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accident {
    /// What it is called.
    pub name: Sentence,
    /// What it means.
    pub meaning: Sentence,
}

/// The delay at which the run begins to fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// In words.
    pub says: Sentence,
    /// The longest delay that passes (virtual ms).
    pub passes: Option<u64>,
    /// The shortest that breaks (virtual ms).
    pub breaks: Option<u64>,
}

/// What the two sides believe after everything in this millisecond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When (virtual ms).
    pub at: u64,
    /// What the shop believes.
    pub believes: Vec<Sentence>,
    /// What the others know.
    pub knows: Vec<Sentence>,
}

/// A point in the story: a time (virtual ms), and the turn among the things of the same millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// When (virtual ms).
    pub at: u64,
    /// The place in the trace.
    pub turn: usize,
}

/// What the timeline shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// The names of the lanes, the shop first.
    pub lanes: Vec<String>,
    /// The words beside the lanes, in order.
    pub said: Vec<Said>,
    /// The arrows between the shop and the services.
    pub messages: Vec<Message>,
    /// The bars on the lanes.
    pub spans: Vec<Span>,
}

/// Words beside a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub point: Point,
    /// The lane's name.
    pub lane: String,
    /// Whether the process dies or starts again here.
    pub band: bool,
    /// What is said, each on a line of its own.
    pub texts: Vec<Text>,
}

/// A sentence, and how it is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The sentence.
    pub text: Sentence,
    /// How it is meant.
    pub tone: Tone,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The name of the service's lane.
    pub service: String,
    /// Which way it goes.
    #[serde(with = "Kinds")]
    pub kind: MessageKind,
    /// What becomes of it.
    #[serde(with = "Fates")]
    pub fate: Fate,
    /// When it leaves.
    pub from: Point,
    /// When it arrives, or is lost.
    pub to: Point,
    /// What it says.
    pub text: Sentence,
    /// Whether its words already stand beside it.
    pub silent: bool,
}

/// A bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// What it means.
    #[serde(with = "Spans")]
    pub kind: SpanKind,
    /// The lane's name.
    pub lane: String,
    /// Since when.
    pub from: Point,
    /// Until when; `None` if it is still so at the end.
    pub until: Option<Point>,
}

/// What becomes of one of many customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Whose order it is.
    pub order: String,
    /// When the click came (virtual ms).
    pub came: Option<u64>,
    /// When it was over (virtual ms).
    pub told: u64,
    /// How it ended.
    pub ending: Sentence,
    /// How that is meant.
    pub tone: Tone,
    /// What was waited for.
    pub bars: Vec<Bar>,
}

/// A span of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Since when (virtual ms).
    pub from: u64,
    /// Until when (virtual ms).
    pub until: u64,
    /// What it means.
    #[serde(with = "Spans")]
    pub kind: SpanKind,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "MessageKind", rename_all = "kebab-case")]
enum Kinds {
    Request,
    Again,
    Reply,
    Webhook,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Fate", rename_all = "kebab-case")]
enum Fates {
    Arrives,
    Unheard,
    Lost,
    Refused,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SpanKind", rename_all = "kebab-case")]
enum Spans {
    InDoubt,
    LockHeld,
    LockWait,
    RowLocked,
}

impl Sentence {
    /// A fact in words.
    pub fn of(fact: &impl Say) -> Sentence {
        Sentence::in_each(|language| fact.say(language))
    }

    /// What is said in each language.
    pub fn in_each(say: impl Fn(Language) -> String) -> Sentence {
        Sentence {
            en: say(Language::English),
            ja: say(Language::Japanese),
        }
    }
}

impl Moment {
    /// What these claims say.
    pub fn of(at: Ms, believes: &[Claim], knows: &[Claim]) -> Moment {
        let sentences = |claims: &[Claim]| claims.iter().map(Sentence::of).collect();
        Moment {
            at: at.0,
            believes: sentences(believes),
            knows: sentences(knows),
        }
    }
}

impl From<scene::Moment> for Point {
    fn from(moment: scene::Moment) -> Point {
        Point {
            at: moment.at.0,
            turn: moment.turn,
        }
    }
}

impl Scene {
    /// What the picture of this scene shows.
    pub fn of(scene: &scene::Scene) -> Scene {
        let [english, japanese] =
            Language::ALL.map(|language| captions::all(scene, None, language));
        let speaks = |message: &scene::Message| {
            let at_arrival =
                |said: &captions::Said| said.lane == Lane::Shop && said.moment == message.arrives;
            english.iter().any(at_arrival)
        };
        let messages = scene.messages.iter().map(|message| Message {
            service: message.service.name().to_owned(),
            kind: message.kind,
            fate: message.fate,
            from: message.sent.into(),
            to: message.arrives.into(),
            text: Sentence::in_each(|language| message.text(language)),
            silent: (message.kind, message.fate) == (MessageKind::Reply, Fate::Arrives)
                && !speaks(message),
        });
        let spans = scene.spans.iter().map(|span| Span {
            kind: span.kind,
            lane: span.lane.name().to_owned(),
            from: span.from.into(),
            until: span.until.map(Point::from),
        });
        let lanes = scene.lanes.iter().map(|lane| lane.name().to_owned());
        Scene {
            lanes: lanes.collect(),
            messages: messages.collect(),
            spans: spans.collect(),
            said: english.iter().zip(&japanese).map(said).collect(),
        }
    }
}

/// The same words in both languages, which differ in nothing else.
fn said((english, japanese): (&captions::Said, &captions::Said)) -> Said {
    let pairs = english.texts.iter().zip(&japanese.texts);
    let texts = pairs.map(|((en, tone), (ja, _))| Text {
        text: Sentence {
            en: en.clone(),
            ja: ja.clone(),
        },
        tone: *tone,
    });
    Said {
        point: english.moment.into(),
        lane: english.lane.name().to_owned(),
        band: english.in_band,
        texts: texts.collect(),
    }
}

/// What becomes of each customer of a crowd.
pub fn rows(evidence: &Evidence) -> Vec<Row> {
    let rows = crowd::rows(evidence).into_iter();
    let row = rows.map(|row| Row {
        order: row.order,
        came: row.came.map(|at| at.0),
        told: row.told.0,
        ending: Sentence::of(&row.ending),
        tone: crowd::tone(&row.ending),
        bars: row.bars.iter().map(bar).collect(),
    });
    row.collect()
}

fn bar(&crowd::Bar { from, until, kind }: &crowd::Bar) -> Bar {
    Bar {
        from: from.0,
        until: until.0,
        kind,
    }
}
