//! The recordings of a chapter, packed for the player: every sentence once, everything else as numbers.
//!
//! What `docs/theme/player.js` reads is written here, so the two have to agree: see `Runs::run`.

use anyhow::{Context, Result};
use guide::language::Language;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of bars, messages and fates, in the order of their numbers.
const BARS: &[&str] = &["in-doubt", "lock-held", "lock-wait", "row-locked"];
const KINDS: &[&str] = &["request", "again", "reply", "webhook"];
const FATES: &[&str] = &["arrives", "unheard", "lost", "refused"];

/// A sentence, in English and in Japanese.
pub type Sentence = [String; 2];

/// A sentence of a recording. `None` if it is none.
pub fn sentence(value: &Value) -> Option<Sentence> {
    Some([value[0].as_str()?.to_owned(), value[1].as_str()?.to_owned()])
}

/// Runs in the making.
#[derive(Default)]
pub struct Runs {
    sentences: Vec<Sentence>,
    places: BTreeMap<Sentence, usize>,
    /// Every run, once.
    runs: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl Runs {
    /// Adds a recording. Gives back the number of its run.
    ///
    /// # Errors
    /// The recording is not what the lab writes.
    pub fn add(&mut self, recording: &Value) -> Result<usize> {
        let run = self
            .run(recording)
            .context("a recording has no such form")?;
        let text = run.to_string();
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
        let own = sentences.map(|[english, japanese]| language.pick(english, japanese).as_str());
        own.collect()
    }

    /// The runs as a JSON array.
    pub fn runs(&self) -> String {
        format!("[{}]", self.runs.join(","))
    }

    fn say(&mut self, said: &Value) -> Option<usize> {
        let sentence = sentence(said)?;
        if let Some(place) = self.places.get(&sentence) {
            return Some(*place);
        }
        self.places.insert(sentence.clone(), self.sentences.len());
        self.sentences.push(sentence);
        Some(self.sentences.len() - 1)
    }

    fn all(&mut self, sentences: &Value) -> Option<Vec<usize>> {
        let sentences = sentences.as_array()?.iter();
        sentences.map(|said| self.say(said)).collect()
    }

    /// A run:
    ///
    /// - `v`: the accident's name, its sentence; absent if all is well
    /// - `h`: the headings of what the two sides hold to be so
    /// - `l`: the lanes
    /// - `t`: the moments, as pairs: the time (virtual ms), and how often the process died or came up in that
    ///   millisecond before. All else names moments by their places here.
    /// - `w`: words: moment, lane, whether in a band, and pairs of sentence and tone
    /// - `m`: messages: lane, kind, fate, moment sent, moment of arrival, sentence, whether its words are nowhere in `w`
    /// - `b`: bars: kind, from, until (-1: still so at the end), lane
    /// - `s`: what the sides hold to be so: time, the shop's sentences, the others' sentences
    /// - `r`: of a crowd, its rows: order, came, told, sentence, tone, bars as from, until, kind
    fn run(&mut self, recording: &Value) -> Option<Value> {
        let scene = &recording["scene"];
        let said = scene["said"].as_array()?;
        let pair = |value: &Value| Some((value[0].as_u64()?, value[1].as_u64()?));
        let bands: Vec<(u64, u64)> = said
            .iter()
            .filter(|said| said["band"] == true)
            .map(|said| Some((said["at"].as_u64()?, said["turn"].as_u64()?)))
            .collect::<Option<_>>()?;
        let moment = |(at, turn): (u64, u64)| {
            let before = bands.iter().filter(|band| band.0 == at && band.1 < turn);
            (at, before.count())
        };
        let of_said = |said: &Value| Some(moment((said["at"].as_u64()?, said["turn"].as_u64()?)));
        let messages = scene["messages"].as_array()?;
        let spans = scene["spans"].as_array()?;

        let mut moments = BTreeSet::new();
        for said in said {
            moments.insert(of_said(said)?);
        }
        for message in messages {
            moments.insert(moment(pair(&message["from"])?));
            moments.insert(moment(pair(&message["to"])?));
        }
        for span in spans {
            moments.insert(moment(pair(&span["from"])?));
            moments.extend(pair(&span["until"]).map(moment));
        }
        let moments: Vec<(u64, usize)> = moments.into_iter().collect();
        let place = |moment: (u64, usize)| moments.binary_search(&moment).ok();

        let lanes = scene["lanes"].as_array()?;
        // A lane is called the same in every language.
        let names = lanes.iter().map(|name| json!([name, name])).collect();
        let lane = |name: &Value| lanes.iter().position(|lane| lane == name);
        let words = said.iter().map(|said| {
            let texts = said["texts"].as_array()?.iter().map(|text| {
                let tone = text[1].as_str()?.get(..1)?;
                Some(json!([self.say(&text[0])?, tone]))
            });
            let texts: Option<Vec<Value>> = texts.collect();
            let band = u8::from(said["band"] == true);
            Some(json!([
                place(of_said(said)?)?,
                lane(&said["lane"])?,
                band,
                texts?
            ]))
        });
        let words: Vec<Value> = words.collect::<Option<_>>()?;
        let messages = messages.iter().map(|message| {
            Some(json!([
                lane(&message["service"])?,
                number(KINDS, &message["kind"])?,
                number(FATES, &message["fate"])?,
                place(moment(pair(&message["from"])?))?,
                place(moment(pair(&message["to"])?))?,
                self.say(&message["text"])?,
                u8::from(message["silent"] == true),
            ]))
        });
        let messages: Vec<Value> = messages.collect::<Option<_>>()?;
        let bars = spans.iter().map(|span| {
            let until = match pair(&span["until"]) {
                Some(until) => i64::try_from(place(moment(until))?).ok()?,
                None => -1,
            };
            let from = place(moment(pair(&span["from"])?))?;
            let kind = number(BARS, &span["kind"])?;
            Some(json!([kind, from, until, lane(&span["lane"])?]))
        });
        let bars: Vec<Value> = bars.collect::<Option<_>>()?;
        let states = recording["moments"].as_array()?.iter().map(|state| {
            let believes = self.all(&state["believes"])?;
            Some(json!([state["at"], believes, self.all(&state["knows"])?]))
        });
        let states: Vec<Value> = states.collect::<Option<_>>()?;

        let moments = moments.iter().map(|(at, bands)| json!([at, bands]));
        let mut run = json!({
            "h": self.all(&recording["headings"])?,
            "l": self.all(&names)?,
            "t": moments.collect::<Vec<Value>>(),
            "w": words,
            "m": messages,
            "b": bars,
            "s": states,
        });
        if let Some(halt) = self.say(&recording["halt"]) {
            run["v"] = json!([halt, halt]);
        } else if let Some(name) = self.say(&recording["accident"]["name"]) {
            run["v"] = json!([name, self.say(&recording["accident"]["sentence"])?]);
        }
        if let Some(rows) = recording["rows"].as_array() {
            let rows = rows.iter().map(|row| self.row(row));
            run["r"] = rows.collect::<Option<Vec<Value>>>()?.into();
        }
        Some(run)
    }

    fn row(&mut self, row: &Value) -> Option<Value> {
        let bars = row["bars"].as_array()?.iter();
        let bars = bars.map(|bar| Some(json!([bar[0], bar[1], number(BARS, &bar[2])?])));
        let bars: Vec<Value> = bars.collect::<Option<_>>()?;
        Some(json!([
            row["order"],
            row["came"],
            row["told"],
            self.say(&row["ending"])?,
            row["tone"].as_str()?.get(..1)?,
            bars,
        ]))
    }
}

fn number(names: &[&str], name: &Value) -> Option<usize> {
    names.iter().position(|known| name == known)
}
