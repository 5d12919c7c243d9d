//! From a trace to a scene: one pass over the entries.

use crate::engine::trace::{CallId, Entry, Event, Rollback, Trace};
use crate::language::instance::{Instance, unmarked};
use crate::language::message::{Notice, Service};
use crate::language::name::Name;
use crate::language::step::{BACKGROUND, RECOVER, SHOP};
use crate::tell::scene::calls::Call;
use crate::tell::scene::fact::Fact;
use crate::tell::scene::fault_notes;
use crate::tell::scene::idle::Quiet;
use crate::tell::scene::{Fate, Lane, Line, LineKind, Moment, Note, Scene, Span, SpanKind};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Staging<'a> {
    pub(crate) entries: &'a [Entry],
    /// There is more than one order, so lines say whose they are.
    pub(crate) several: bool,
    /// There is more than one submission, so their arrival is news.
    crowded: bool,
    /// Uneventful runs of the periodic job.
    quiet: Quiet,
    pub(crate) notes: BTreeMap<usize, Vec<Note>>,
    pub(crate) calls: BTreeMap<CallId, Call<'a>>,
    /// Webhooks under way.
    webhooks: Vec<(Service, &'a Notice, Moment)>,
    /// The last thing drawn is a line of the shop's work, which the next statement may join.
    pub(crate) joinable: bool,
    pub(crate) scene: Scene,
}

impl<'a> Staging<'a> {
    pub(crate) fn new(trace: &'a Trace) -> Staging<'a> {
        let entries = &trace.entries;
        let orders: BTreeSet<Name> = entries
            .iter()
            .filter(|entry| {
                matches!(
                    entry.event,
                    Event::Submitted | Event::Sent { .. } | Event::Sql { .. }
                )
            })
            .map(|entry| entry.actor)
            .filter(|actor| ![RECOVER, BACKGROUND].contains(&unmarked(*actor)))
            .collect();
        let submissions = entries
            .iter()
            .filter(|entry| entry.event == Event::Submitted);
        let notes = fault_notes::notes(entries);
        Staging {
            entries,
            several: orders.len() > 1,
            crowded: submissions.count() > 1,
            quiet: Quiet::of(entries, |turn| notes.contains_key(&turn)),
            notes,
            calls: BTreeMap::new(),
            webhooks: Vec::new(),
            joinable: false,
            scene: Scene::default(),
        }
    }

    pub(crate) fn scene(mut self) -> Scene {
        for (turn, entry) in self.entries.iter().enumerate() {
            let now = Moment { at: entry.at, turn };
            if let Some(repeats) = self.quiet.repeats.get(&turn) {
                let fact = Fact::Repeats(*repeats);
                self.line(now, entry.actor, LineKind::Repeats, fact);
            } else if !self.quiet.hidden.contains(&turn) {
                self.stage(now, entry);
            }
        }
        for (service, notice, sent) in std::mem::take(&mut self.webhooks) {
            self.service(sent, service, None, Fact::WebhookUnderWay(notice.clone()));
        }
        let mut scene = self.scene;
        scene.lines.sort_by_key(|line| line.moment);
        // A lock that is taken and released within a millisecond blocks nobody.
        scene
            .spans
            .retain(|span| span.until.is_none_or(|until| until.at > span.from.at));
        let at_lines = scene.lines.iter().map(|line| line.lane);
        let at_messages = scene
            .messages
            .iter()
            .map(|message| Lane::Service(message.service));
        let lanes: BTreeSet<Lane> = at_lines.chain(at_messages).chain([Lane::Shop]).collect();
        scene.lanes = lanes.into_iter().collect();
        scene
    }

    fn stage(&mut self, now: Moment, entry: &'a Entry) {
        let actor = entry.actor;
        match &entry.event {
            Event::Submitted if self.crowded => self.work(now, actor, Fact::ComesIn(actor)),
            Event::Submitted | Event::Started(1) => {}
            Event::Told(told) => self.line(now, actor, LineKind::Told, Fact::Told(told.clone())),
            Event::Started(_) => self.line(now, actor, LineKind::Restarted, Fact::Restarted),
            Event::Crashed => self.crash(now, actor),
            Event::Paused => self.line(now, actor, LineKind::Paused, Fact::Paused),
            Event::WentOn => self.line(now, actor, LineKind::WentOn, Fact::WentOn),
            Event::RecoverBegan(run) => self.work(now, actor, Fact::Recover(*run)),
            Event::RecoverEnded { run, error, .. } => {
                if let Some(error) = error {
                    let (run, error) = (*run, error.clone());
                    let fact = Fact::RecoverFailed { run, error };
                    self.line(now, actor, LineKind::Trouble, fact);
                }
            }
            Event::Log(text) => self.line(now, actor, LineKind::Log, Fact::Logged(text.clone())),
            Event::Sql { label, error: None } => self.work(now, actor, Fact::Sql(*label)),
            Event::Sql {
                label,
                error: Some(error),
            } => {
                self.unlock(now, actor, SpanKind::LockWait);
                let (label, error) = (*label, error.clone());
                let fact = Fact::SqlFailed { label, error };
                self.line(now, actor, LineKind::Trouble, fact);
            }
            Event::LockTaken => {
                self.unlock(now, actor, SpanKind::LockWait);
                self.span(now, actor, SpanKind::LockHeld);
            }
            Event::LockFreed => self.unlock(now, actor, SpanKind::LockHeld),
            Event::LockWaits { holder } => {
                self.span(now, actor, SpanKind::LockWait);
                let fact = Fact::WaitsForLock { holder: *holder };
                self.line(now, actor, LineKind::Trouble, fact);
            }
            Event::RowLocked { service, .. } => {
                self.span_on(now, Lane::Service(*service), actor, SpanKind::RowLocked);
            }
            Event::RowFreed { service, .. } => {
                let lane = Lane::Service(*service);
                for span in &mut self.scene.spans {
                    if span.lane == lane && span.actor == actor {
                        span.until.get_or_insert(now);
                    }
                }
            }
            Event::RolledBack(why) => self.rolled_back(now, actor, *why),
            Event::Sent {
                call,
                request,
                arrives_at,
            } => self.sent(now, actor, *call, request, *arrives_at),
            Event::NoConnection { call, request } => {
                self.sent(now, actor, *call, request, Some(now.at));
                self.refused(*call);
            }
            Event::Executed {
                call,
                response,
                replayed,
                duplicate,
                ..
            } => self.executed(now, *call, response, *replayed, *duplicate),
            Event::ReplyLost {
                call,
                service,
                response,
            } => self.reply(now, *call, *service, response, Fate::Lost),
            Event::Replied {
                call,
                service,
                response,
                unheard,
            } => {
                let fate = match unheard {
                    true => Fate::Unheard,
                    false => Fate::Arrives,
                };
                self.reply(now, *call, *service, response, fate);
            }
            Event::GaveUp { call, waited } => self.gave_up(now, actor, *call, *waited),
            Event::Settled { service, what } => {
                let what = what.clone();
                self.service(now, *service, None, Fact::Settled { actor, what });
            }
            Event::WebhookSent {
                service,
                notice,
                arrives_at,
            } => match arrives_at {
                Some(_) => self.webhooks.push((*service, notice, now)),
                None => self.webhook(now, now, *service, notice, Fate::Lost),
            },
            Event::WebhookArrived { service, notice } => {
                let under_way = self
                    .webhooks
                    .iter()
                    .position(|(from, told, _)| from == service && *told == notice);
                let sent = under_way.map_or(now, |place| self.webhooks.remove(place).2);
                self.webhook(sent, now, *service, notice, Fate::Arrives);
            }
            // Drawn as a note where it shows; only a fault that shows nowhere gets its own line.
            Event::Struck { .. } if self.notes.contains_key(&now.turn) => {
                self.line(now, actor, LineKind::Trouble, Fact::Noted);
            }
            Event::Struck { .. } => {}
        }
    }

    /// Whose action it is, if the text does not make that plain.
    pub(crate) fn whose(&self, actor: Name, fact: &Fact) -> Option<Name> {
        let is_plain = !self.several && actor != BACKGROUND || fact.names(actor);
        (!is_plain).then_some(actor)
    }

    fn push_line(&mut self, line: Line) {
        let notes = self.notes.remove(&line.moment.turn).unwrap_or_default();
        self.joinable = line.kind == LineKind::Work;
        self.scene.lines.push(Line { notes, ..line });
    }

    pub(crate) fn line(&mut self, now: Moment, actor: Name, kind: LineKind, fact: Fact) {
        let whose = match kind {
            LineKind::Died | LineKind::Restarted | LineKind::Paused | LineKind::WentOn => {
                let process = Instance::of(actor);
                (process != Instance::FIRST).then(|| process.marks(SHOP))
            }
            _ => self.whose(actor, &fact),
        };
        self.push_line(Line {
            moment: now,
            lane: Lane::Shop,
            actor,
            kind,
            whose,
            facts: vec![fact],
            notes: Vec::new(),
        });
    }

    /// Something the service decided. The entry's actor is kept to find the line again.
    pub(crate) fn service(
        &mut self,
        now: Moment,
        service: Service,
        whose: Option<Name>,
        fact: Fact,
    ) {
        self.push_line(Line {
            moment: now,
            lane: Lane::Service(service),
            actor: self.entries[now.turn].actor,
            kind: LineKind::Service,
            whose,
            facts: vec![fact],
            notes: Vec::new(),
        });
    }

    /// A piece of the shop's work. What one actor does in one millisecond goes into one line.
    fn work(&mut self, now: Moment, actor: Name, fact: Fact) {
        if let Some(line) = self
            .scene
            .lines
            .last_mut()
            .filter(|line| self.joinable && line.actor == actor && line.moment.at == now.at)
        {
            line.facts.push(fact);
            line.notes
                .extend(self.notes.remove(&now.turn).unwrap_or_default());
            return;
        }
        self.line(now, actor, LineKind::Work, fact);
    }

    fn rolled_back(&mut self, now: Moment, actor: Name, why: Rollback) {
        // Code that says `rollback` shows up as a statement, too; it is one action.
        let said = self.scene.lines.last().is_some_and(|line| {
            let asked = why == Rollback::Asked && line.actor == actor;
            asked && line.moment.at == now.at && line.facts.last().is_some_and(says_rollback)
        });
        if !said {
            self.work(now, actor, Fact::RolledBack(why));
        }
    }

    fn crash(&mut self, now: Moment, actor: Name) {
        let process = Instance::of(actor);
        for call in self.calls.values_mut() {
            call.given_up |= Instance::of(call.actor) == process;
        }
        // What others have promised outlives it.
        for span in &mut self.scene.spans {
            if span.lane == Lane::Shop && Instance::of(span.actor) == process {
                span.until.get_or_insert(now);
            }
        }
        self.line(now, actor, LineKind::Died, Fact::Died);
    }

    fn span(&mut self, from: Moment, actor: Name, kind: SpanKind) {
        self.span_on(from, Lane::Shop, actor, kind);
    }

    fn span_on(&mut self, from: Moment, lane: Lane, actor: Name, kind: SpanKind) {
        self.scene.spans.push(Span {
            lane,
            kind,
            actor,
            from,
            until: None,
        });
    }

    fn unlock(&mut self, now: Moment, actor: Name, kind: SpanKind) {
        for span in &mut self.scene.spans {
            if span.actor == actor && span.kind == kind {
                span.until.get_or_insert(now);
            }
        }
    }
}

/// Whether this is a transaction that the code itself takes back.
fn says_rollback(fact: &Fact) -> bool {
    match fact {
        Fact::Sql(label) => label.as_str() == "rollback",
        Fact::RolledBack(why) => *why == Rollback::Asked,
        _ => false,
    }
}
