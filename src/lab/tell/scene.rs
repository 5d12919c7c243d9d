//! The scene: a trace arranged for drawing.
//!
//! Text and picture are made from the same scene, so they cannot tell different stories. Everything that takes
//! judgement (what belongs together, what the shop cannot know, where belief and truth diverge) is decided here; a
//! renderer only places it.

pub(crate) mod build;
pub(crate) mod calls;
pub(crate) mod divergence;
pub(crate) mod doubt;
pub mod fact;
pub(crate) mod fault_notes;
pub(crate) mod idle;
pub(crate) mod steps;

use crate::engine::trace::Event;
use crate::judge::evidence::Evidence;
use crate::language::fault::Fault;
use crate::language::message::Service;
use crate::language::name::Name;
use crate::language::step::Step;
use crate::language::time::Ms;
use crate::tell::catalogue::{Language, Say, joined};
use crate::tell::words;
use build::Staging;
use doubt::Story;
pub use fact::Fact;

/// A point in the story: things of the same millisecond keep the order in which they came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// When.
    pub at: Ms,
    /// The place in the trace.
    pub turn: usize,
}

/// A column of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The shop, with its database.
    Shop,
    /// One of the services.
    Service(Service),
}

impl Lane {
    /// The heading.
    pub fn name(self) -> &'static str {
        match self {
            Lane::Shop => "shop",
            Lane::Service(service) => service.name(),
        }
    }
}

/// A note beside a line or a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A scheduled fault took hold here. The note points at its step and need not name it, unless the whole process
    /// dies.
    Fault {
        /// Which fault.
        fault: Fault,
        /// At which step, if that has to be said.
        at: Option<Step>,
    },
    /// From here on the shop believes something false, and nothing ever corrects it.
    Parting,
}

/// What kind of thing happened in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// The shop's own work: SQL, a submission taken, a run of the periodic job.
    Work,
    /// Runs of the periodic job that repeat the one before them, at the time of the last.
    Repeats,
    /// What the customer is told, or sees.
    Told,
    /// The caller stopped waiting.
    GaveUp,
    /// The order code's own words.
    Log,
    /// Something went wrong inside the shop, or it waits for a lock.
    Trouble,
    /// A service decided or did something.
    Service,
    /// The shop's process died.
    Died,
    /// The shop's process started again.
    Restarted,
    /// The shop's process stands still.
    Paused,
    /// The shop's process goes on.
    WentOn,
}

/// Something that happened within one lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub moment: Moment,
    /// Where.
    pub lane: Lane,
    /// Whose doing it was.
    pub actor: Name,
    /// What kind of thing.
    pub kind: LineKind,
    /// Whose doing it was, where that has to be said.
    pub whose: Option<Name>,
    /// What happened, one thing after the other.
    pub facts: Vec<Fact>,
    /// What is said at the margin.
    pub notes: Vec<Note>,
}

impl Line {
    /// The line in words.
    pub fn text(&self, language: Language) -> String {
        named(self.whose, &joined(&self.facts, " · ", language))
    }
}

/// The text behind the name of the one whose doing it is, where that has to be said. It has one line.
fn named(whose: Option<Name>, text: &str) -> String {
    let text = words::one_line(text);
    match whose {
        Some(name) => format!("{name}: {text}"),
        None => text,
    }
}

/// Which way a message goes and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// From the shop to a service.
    Request,
    /// The same request, delivered once more.
    Again,
    /// The answer to a request.
    Reply,
    /// From a service to the shop, unasked.
    Webhook,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives, and somebody is waiting for it.
    Arrives,
    /// It arrives too late: a reply that nobody hears, or a request that is carried out although the caller has given
    /// up.
    Unheard,
    /// It never arrives.
    Lost,
    /// The service refuses the connection.
    Refused,
}

/// A message between two lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The service at the other end; the shop is always at this one.
    pub service: Service,
    /// Which way it goes.
    pub kind: MessageKind,
    /// Whose it is, where that has to be said.
    pub whose: Option<Name>,
    /// What it says.
    pub fact: Fact,
    /// When it left.
    pub sent: Moment,
    /// When it arrives; of a message that never does, when it was lost.
    pub arrives: Moment,
    /// What becomes of it.
    pub fate: Fate,
    /// What is said at the margin.
    pub notes: Vec<Note>,
}

impl Message {
    /// What it says, in words.
    pub fn text(&self, language: Language) -> String {
        named(self.whose, &self.fact.say(language))
    }
}

/// What a span of time means for the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpanKind {
    /// The shop does not know whether its request took effect.
    InDoubt,
    /// A transaction holds the database's write lock.
    LockHeld,
    /// A statement waits for that lock.
    LockWait,
    /// A participant has promised, and keeps a row locked until it is told how the transaction ends.
    RowLocked,
}

/// A span of time on a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Whose lane.
    pub lane: Lane,
    /// What it means.
    pub kind: SpanKind,
    /// Whose it is.
    pub actor: Name,
    /// Since when.
    pub from: Moment,
    /// Until when; `None` if it still holds at the end.
    pub until: Option<Moment>,
}

impl Span {
    /// Whether it is so at this moment.
    pub fn covers(&self, moment: Moment) -> bool {
        self.from <= moment && self.until.is_none_or(|until| moment < until)
    }
}

/// A run, arranged for drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// The columns that are used, the shop first.
    pub lanes: Vec<Lane>,
    /// What happened within a lane, in order.
    pub lines: Vec<Line>,
    /// What went from lane to lane, in the order of sending.
    pub messages: Vec<Message>,
    /// What held for a while, in the order of beginning.
    pub spans: Vec<Span>,
    /// The places in the trace of the steps that carry a number, the first first; of most scenes, none do.
    pub numbered: Vec<usize>,
}

/// When what this step asks for (`shipping.request`) first took effect; `None` if it never did.
pub fn takes_effect(evidence: &Evidence, what: Name) -> Option<Moment> {
    let story = Story::of(&evidence.trace);
    let turn = story.entries.iter().position(|entry| match entry.event {
        Event::Executed {
            call,
            response: Ok(_),
            replayed: false,
            ..
        } => story
            .request(call)
            .is_some_and(|sent| sent.request.what() == what),
        _ => false,
    })?;
    let at = story.entries[turn].at;
    Some(Moment { at, turn })
}

impl Scene {
    /// The scene of a run.
    pub fn of(evidence: &Evidence) -> Scene {
        let mut scene = Staging::new(&evidence.trace).scene();
        let story = Story::of(&evidence.trace);
        scene.spans.extend(doubt::spans(&story));
        scene.spans.sort_by_key(|span| (span.from, span.kind));
        if let Some(turn) = divergence::turn(&story, evidence) {
            scene.mark_parting(&evidence.trace.entries[turn].actor, turn);
        }
        scene
    }

    /// The same scene with numbers at the five steps of a request that succeeded but looks failed: sent, processed, its
    /// reply lost or late, given up, rolled back. `None` if this run is a different story.
    pub fn numbered(evidence: &Evidence) -> Option<Scene> {
        let numbered = steps::turns(&evidence.trace)?.to_vec();
        Some(Scene {
            numbered,
            ..Scene::of(evidence)
        })
    }

    /// The sign of the numbered step that this moment is.
    pub fn sign(&self, moment: Moment) -> Option<&'static str> {
        steps::sign(&self.numbered, moment.turn)
    }

    /// The last moment at which anything is drawn.
    pub fn end(&self) -> Option<Moment> {
        let lines = self.lines.iter().map(|line| line.moment);
        let messages = self.messages.iter().map(|message| message.arrives);
        lines.chain(messages).max()
    }

    /// Puts the note where entry `turn` of the trace is drawn: on the message that is received then, or else
    /// on the line of the same actor that it went into.
    fn mark_parting(&mut self, actor: &Name, turn: usize) {
        let received = self
            .messages
            .iter_mut()
            .find(|message| message.kind == MessageKind::Reply && message.arrives.turn == turn);
        if let Some(message) = received {
            return message.notes.push(Note::Parting);
        }
        let line = self
            .lines
            .iter_mut()
            .rfind(|line| line.actor == *actor && line.moment.turn <= turn);
        if let Some(line) = line {
            line.notes.push(Note::Parting);
        }
    }
}
