//! The recordings of a chapter, packed for the player: every sentence once, everything else as numbers.
//!
//! What `docs/theme/player.js` reads is written here, so the two have to agree: see `Run`.

use anyhow::{Context, Result};
use guide::language::Language;
use lab::tell::scene::{Fate, MessageKind, SpanKind};
use picture::Tone;
use picture::recording::{self, Moment, Point, Recording, Sentence};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Runs in the making.
#[derive(Default)]
pub struct Runs {
    sentences: Vec<Sentence>,
    places: BTreeMap<Sentence, Said>,
    /// Every run, once.
    runs: Vec<String>,
    known: BTreeMap<String, usize>,
}

/// The place of a sentence among all of them.
type Said = usize;
/// The place of a moment among those of its run.
type Place = usize;
/// The place of a lane.
type Lane = usize;

/// A run as the player reads it.
#[derive(Serialize)]
struct Run {
    /// Bars: kind, from, until (-1: still so at the end), lane.
    b: Vec<(u8, Place, i64, Lane)>,
    /// The headings of what the two sides hold to be so.
    h: Vec<Said>,
    /// The lanes.
    l: Vec<Said>,
    /// Messages: lane, kind, fate, moment sent, moment of arrival, sentence, whether its words are nowhere in `w`.
    m: Vec<(Lane, u8, u8, Place, Place, Said, u8)>,
    /// Of a crowd, its rows: order, came, told, sentence, tone, bars as from, until, kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<Vec<Row>>,
    /// What the sides hold to be so: time, the shop's sentences, the others' sentences.
    s: Vec<(u64, Vec<Said>, Vec<Said>)>,
    /// The moments, as pairs: the time (virtual ms), and how often the process died or came up in that millisecond before.
    /// All else names moments by their places here.
    t: Vec<(u64, usize)>,
    /// The accident's name, its sentence; absent if all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<(Said, Said)>,
    /// Words: moment, lane, whether in a band, and pairs of sentence and tone.
    w: Vec<Words>,
}

type Words = (Place, Lane, u8, Vec<(Said, char)>);
type Row = (String, Option<u64>, u64, Said, char, Vec<(u64, u64, u8)>);

impl Runs {
    /// Adds a recording. Gives back the number of its run.
    ///
    /// # Errors
    /// It speaks of a lane that it does not have.
    pub fn add(&mut self, recording: &Recording) -> Result<usize> {
        let run = self.run(recording).context("a lane is missing")?;
        let text = serde_json::to_string(&run)?;
        if let Some(place) = self.known.get(&text) {
            return Ok(*place);
        }
        self.known.insert(text.clone(), self.runs.len());
        self.runs.push(text);
        Ok(self.runs.len() - 1)
    }

    /// The sentences in a language.
    pub fn sentences(&self, language: Language) -> Vec<&str> {
        let sentences = self.sentences.iter();
        let own = sentences.map(|Sentence { en, ja }| language.pick(en, ja).as_str());
        own.collect()
    }

    /// The runs as a JSON array.
    pub fn runs(&self) -> String {
        format!("[{}]", self.runs.join(","))
    }

    fn say(&mut self, sentence: &Sentence) -> Said {
        if let Some(place) = self.places.get(sentence) {
            return *place;
        }
        self.places.insert(sentence.clone(), self.sentences.len());
        self.sentences.push(sentence.clone());
        self.sentences.len() - 1
    }

    fn all<'a>(&mut self, sentences: impl IntoIterator<Item = &'a Sentence>) -> Vec<Said> {
        let sentences = sentences.into_iter();
        sentences.map(|sentence| self.say(sentence)).collect()
    }

    fn run(&mut self, recording: &Recording) -> Option<Run> {
        let recording::Scene {
            lanes,
            said,
            messages,
            spans,
        } = &recording.scene;
        let bands: Vec<Point> = said
            .iter()
            .filter(|it| it.band)
            .map(|it| it.point)
            .collect();
        let moment = |point: Point| {
            let before = bands
                .iter()
                .filter(|band| band.at == point.at && band.turn < point.turn);
            (point.at, before.count())
        };
        let mut moments = BTreeSet::new();
        moments.extend(said.iter().map(|said| moment(said.point)));
        for message in messages {
            moments.extend([message.from, message.to].map(moment));
        }
        for span in spans {
            moments.insert(moment(span.from));
            moments.extend(span.until.map(moment));
        }
        let moments: Vec<(u64, usize)> = moments.into_iter().collect();
        let place = |point: Point| moments.binary_search(&moment(point)).ok();
        let lane = |name: &String| lanes.iter().position(|lane| lane == name);

        let words = said.iter().map(|said| {
            let texts = said.texts.iter();
            let texts = texts.map(|text| (self.say(&text.text), letter(text.tone)));
            let texts = texts.collect();
            let band = u8::from(said.band);
            Some((place(said.point)?, lane(&said.lane)?, band, texts))
        });
        let words = words.collect::<Option<_>>()?;
        let messages = messages.iter().map(|message| {
            Some((
                lane(&message.service)?,
                kind(message.kind),
                fate(message.fate),
                place(message.from)?,
                place(message.to)?,
                self.say(&message.text),
                u8::from(message.silent),
            ))
        });
        let messages = messages.collect::<Option<_>>()?;
        let bars = spans.iter().map(|span| {
            let until = match span.until {
                Some(until) => i64::try_from(place(until)?).ok()?,
                None => -1,
            };
            Some((bar(span.kind), place(span.from)?, until, lane(&span.lane)?))
        });
        let bars = bars.collect::<Option<_>>()?;
        let sides = recording.moments.iter().map(|moment| {
            let Moment {
                at,
                believes,
                knows,
            } = moment;
            (*at, self.all(believes), self.all(knows))
        });
        let sides = sides.collect();
        let headings = self.all(&recording.headings);
        // A lane is called the same in every language.
        let names = lanes.iter().map(|name| Sentence {
            en: name.clone(),
            ja: name.clone(),
        });
        let names: Vec<Sentence> = names.collect();
        let lanes = self.all(&names);
        let ending = match (&recording.halt, &recording.accident) {
            (Some(halt), _) => Some((self.say(halt), self.say(halt))),
            (None, Some(it)) => Some((self.say(&it.name), self.say(&it.meaning))),
            (None, None) => None,
        };
        let rows = recording.rows.as_ref();
        let rows = rows.map(|rows| rows.iter().map(|row| self.row(row)).collect());
        Some(Run {
            b: bars,
            h: headings,
            l: lanes,
            m: messages,
            r: rows,
            s: sides,
            t: moments,
            v: ending,
            w: words,
        })
    }

    fn row(&mut self, row: &recording::Row) -> Row {
        let bars = row.bars.iter();
        let bars = bars.map(|it| (it.from, it.until, bar(it.kind)));
        (
            row.order.clone(),
            row.came,
            row.told,
            self.say(&row.ending),
            letter(row.tone),
            bars.collect(),
        )
    }
}

fn bar(kind: SpanKind) -> u8 {
    match kind {
        SpanKind::InDoubt => 0,
        SpanKind::LockHeld => 1,
        SpanKind::LockWait => 2,
        SpanKind::RowLocked => 3,
    }
}

fn kind(kind: MessageKind) -> u8 {
    match kind {
        MessageKind::Request => 0,
        MessageKind::Again => 1,
        MessageKind::Reply => 2,
        MessageKind::Webhook => 3,
    }
}

fn fate(fate: Fate) -> u8 {
    match fate {
        Fate::Arrives => 0,
        Fate::Unheard => 1,
        Fate::Lost => 2,
        Fate::Refused => 3,
    }
}

fn letter(tone: Tone) -> char {
    match tone {
        Tone::Plain => 'p',
        Tone::Faint => 'f',
        Tone::Strong => 's',
        Tone::Good => 'g',
        Tone::Doubt => 'd',
        Tone::Bad => 'b',
        Tone::Alarm => 'a',
        Tone::Title => 't',
    }
}
