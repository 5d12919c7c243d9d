//! The words in the picture and the lanes they belong to, not yet placed.

use crate::catalogue::the_pivot;
use crate::writer::Tone;
use lab::language::message::{CallError, Reply, Response};
use lab::language::order::Yen;
use lab::tell::catalogue::lost_reply;
use lab::tell::scene::{
    Fact, Fate, Lane, Line, LineKind, Message, MessageKind, Moment, Note, Scene,
};
use lab::tell::{Language, Say};

/// Words that belong to a moment of a lane.
pub(crate) struct Said {
    pub(crate) moment: Moment,
    pub(crate) lane: Lane,
    /// Each text begins a line.
    pub(crate) texts: Vec<(String, Tone)>,
    /// It stands in the band in which the process dies or starts, or above the line of the pivot.
    pub(crate) in_band: bool,
}

/// All words in the picture of the scene, in order of time.
pub(crate) fn all(scene: &Scene, pivot: Option<Moment>, language: Language) -> Vec<Said> {
    let lines = scene.lines.iter().map(|it| line(it, language));
    let messages = scene
        .messages
        .iter()
        .flat_map(|message| of_message(scene, message, language));
    let pivot = pivot.map(|moment| Said {
        moment,
        lane: Lane::Shop,
        texts: vec![(the_pivot(language), Tone::Strong)],
        in_band: true,
    });
    let mut all: Vec<Said> = lines.chain(messages).chain(pivot).collect();
    all.sort_by_key(|said| said.moment);
    for said in &mut all {
        if let (Some(sign), Some((text, _))) = (scene.sign(said.moment), said.texts.first_mut()) {
            *text = format!("{sign} {text}");
        }
    }
    all
}

/// Whether the process dies, starts, stands still or goes on here.
pub(crate) fn is_band(line: &Line) -> bool {
    matches!(
        line.kind,
        LineKind::Died | LineKind::Restarted | LineKind::Paused | LineKind::WentOn
    )
}

fn line(line: &Line, language: Language) -> Said {
    let (sign, tone) = match line.kind {
        LineKind::Work | LineKind::Repeats | LineKind::Told => ("", Tone::Plain),
        LineKind::Service => ("", Tone::Good),
        LineKind::Log => ("", Tone::Faint),
        LineKind::GaveUp => ("", Tone::Doubt),
        LineKind::Trouble => ("", Tone::Bad),
        LineKind::Died => ("✖ ", Tone::Strong),
        LineKind::Restarted => ("↻ ", Tone::Strong),
        LineKind::Paused => ("‖ ", Tone::Strong),
        LineKind::WentOn => ("▷ ", Tone::Strong),
    };
    Said {
        moment: line.moment,
        lane: line.lane,
        texts: with_notes(
            &format!("{sign}{}", line.text(language)),
            tone,
            &line.notes,
            language,
        ),
        in_band: is_band(line),
    }
}

fn of_message(scene: &Scene, message: &Message, language: Language) -> Vec<Said> {
    let service = Lane::Service(message.service);
    let said = |moment, lane, text: &str, tone, notes| Said {
        moment,
        lane,
        texts: with_notes(text, tone, notes, language),
        in_band: false,
    };
    let (text, notes) = (message.text(language), message.notes.as_slice());
    let remark = message.fate.remark(language);
    let arrives = message.arrives;
    match (message.kind, message.fate) {
        (MessageKind::Request, fate) => {
            let mut both = vec![said(message.sent, Lane::Shop, &text, Tone::Plain, notes)];
            if fate == Fate::Refused {
                both.push(said(arrives, service, &remark, Tone::Bad, &[]));
            }
            both
        }
        // A repetition's words stand at the repetition.
        (MessageKind::Again, _) => vec![said(arrives, service, "", Tone::Plain, notes)],
        (MessageKind::Reply, Fate::Lost) => {
            let text = lost_reply(language);
            vec![said(arrives, service, &text, Tone::Bad, notes)]
        }
        (MessageKind::Webhook, Fate::Lost) => {
            let text = format!("{text}{remark}");
            vec![said(arrives, service, &text, Tone::Bad, notes)]
        }
        (_, Fate::Unheard) => {
            let text = format!("{text}{remark}");
            vec![said(arrives, Lane::Shop, &text, Tone::Doubt, notes)]
        }
        // A reply needs no words if they are already written where it comes from.
        (MessageKind::Reply, _) if !is_news(scene, message) => Vec::new(),
        _ => vec![said(arrives, Lane::Shop, &text, Tone::Good, notes)],
    }
}

/// Whether a reply says more than its service's line where it was sent.
fn is_news(scene: &Scene, message: &Message) -> bool {
    let service = Lane::Service(message.service);
    let written = scene
        .lines
        .iter()
        .find(|line| line.lane == service && line.moment == message.sent);
    let says_it = |line: &Line| match (line.facts.last(), &message.fact) {
        (Some(Fact::Answers { response: own, .. }), Fact::Reply { response, .. }) => {
            own == response && !explains_itself(response)
        }
        _ => false,
    };
    !message.notes.is_empty() || !written.is_some_and(says_it)
}

/// Whether an answer says more than what was done, and is worth reading where it arrives.
fn explains_itself(response: &Response) -> bool {
    match response {
        Ok(Reply::Voided(back)) => *back == Yen(0),
        Ok(Reply::InDoubt(open)) => !open.is_empty(),
        Ok(Reply::Restarted(_)) => true,
        Ok(_) => false,
        Err(error) => matches!(
            error,
            CallError::InFlight | CallError::Undone | CallError::Locked
        ),
    }
}

/// The words, and the notes under them.
fn with_notes(text: &str, tone: Tone, notes: &[Note], language: Language) -> Vec<(String, Tone)> {
    let notes = notes.iter().map(|note| match note {
        Note::Fault { .. } => (note.say(language), Tone::Bad),
        Note::Parting => (note.say(language), Tone::Alarm),
    });
    let own = Some((text.to_owned(), tone)).filter(|(text, _)| !text.is_empty());
    own.into_iter().chain(notes).collect()
}
