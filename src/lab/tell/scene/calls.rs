//! Follows a call to the service and back.

use crate::engine::trace::{CallId, Event, Told};
use crate::language::message::{CallError, Notice, Part, Request, Response, Service};
use crate::language::name::Name;
use crate::language::order::Answer;
use crate::language::time::Ms;
use crate::tell::scene::build::Staging;
use crate::tell::scene::fact::{Fact, Understood};
use crate::tell::scene::{Fate, LineKind, Message, MessageKind, Moment};

/// A call as far as it has come.
pub(crate) struct Call<'a> {
    pub(crate) actor: Name,
    request: &'a Request,
    /// When the service last did something about it; until then, when the request reaches it.
    at_service: Moment,
    /// Nobody in the shop waits for it any more.
    pub(crate) given_up: bool,
    /// Its place among the scene's messages.
    message: usize,
}

impl<'a> Staging<'a> {
    pub(crate) fn sent(
        &mut self,
        now: Moment,
        actor: Name,
        id: CallId,
        request: &'a Request,
        arrives_at: Option<Ms>,
    ) {
        let (arrives, fate) = match arrives_at {
            // The turn is known when the service handles it.
            Some(at) => {
                let turn = self.entries.len();
                (Moment { at, turn }, Fate::Arrives)
            }
            None => (now, Fate::Lost),
        };
        let call = Call {
            actor,
            request,
            at_service: arrives,
            given_up: false,
            message: self.scene.messages.len(),
        };
        self.calls.insert(id, call);
        let fact = Fact::Asks(request.clone());
        self.message(
            now,
            Message {
                service: request.service(),
                kind: MessageKind::Request,
                whose: self.whose(actor, &fact),
                fact,
                sent: now,
                arrives,
                fate,
                notes: Vec::new(),
            },
        );
    }

    pub(crate) fn refused(&mut self, id: CallId) {
        if let Some(call) = self.calls.get(&id) {
            self.scene.messages[call.message].fate = Fate::Refused;
        }
    }

    pub(crate) fn executed(
        &mut self,
        now: Moment,
        id: CallId,
        response: &Response,
        replayed: bool,
        duplicate: bool,
    ) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.at_service = now;
        let service = call.request.service();
        if duplicate {
            let again = Message {
                kind: MessageKind::Again,
                arrives: now,
                fate: Fate::Unheard,
                notes: Vec::new(),
                ..self.scene.messages[call.message].clone()
            };
            self.scene.messages.push(again);
        } else {
            let message = &mut self.scene.messages[call.message];
            message.arrives = now;
            if call.given_up {
                message.fate = Fate::Unheard;
            }
        }
        let whose = call.request.order().unwrap_or(call.actor);
        let fact = Fact::Answers {
            response: response.clone(),
            replayed,
        };
        self.service(now, service, self.whose(whose, &fact), fact);
    }

    pub(crate) fn reply(
        &mut self,
        now: Moment,
        id: CallId,
        service: Service,
        response: &Response,
        fate: Fate,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        // The connection is refused: the caller's own network says so, and no message crosses.
        if *response == Err(CallError::ConnectionRefused) {
            return;
        }
        let sent = call.at_service.min(now);
        let whose = call.request.order().unwrap_or(call.actor);
        let fact = Fact::Reply {
            to: self.several.then_some(whose),
            response: response.clone(),
        };
        self.message(
            now,
            Message {
                service,
                kind: MessageKind::Reply,
                whose: None,
                fact,
                sent,
                arrives: now,
                fate,
                notes: Vec::new(),
            },
        );
    }

    pub(crate) fn webhook(
        &mut self,
        sent: Moment,
        now: Moment,
        service: Service,
        notice: &Notice,
        fate: Fate,
    ) {
        // A fault may have been pointed at either end.
        let notes = self.notes.remove(&sent.turn).unwrap_or_default();
        self.message(
            now,
            Message {
                service,
                kind: MessageKind::Webhook,
                whose: None,
                fact: Fact::Webhook(notice.clone()),
                sent,
                arrives: now,
                fate,
                notes,
            },
        );
    }

    pub(crate) fn gave_up(&mut self, now: Moment, actor: Name, id: CallId, waited: Ms) {
        // A reply that nobody hears and a customer who is gone: the code was dropped where it waited.
        let hung_up = Event::Told(Told::HungUp);
        let is_cut_short = self.entries[..now.turn]
            .iter()
            .rev()
            .take_while(|entry| entry.at == now.at)
            .any(|entry| entry.actor == actor && entry.event == hung_up);
        let mut effect = true;
        if let Some(call) = self.calls.get_mut(&id) {
            call.given_up = true;
            effect = !call.request.is_look_up();
        }
        // What the caller concludes shows in what it does in the same millisecond.
        let decides = self.entries[now.turn..]
            .iter()
            .take_while(|entry| entry.at == now.at)
            .filter(|entry| entry.actor == actor)
            .any(|entry| {
                matches!(
                    entry.event,
                    Event::RolledBack(_)
                        | Event::Told(Told::Answer(Answer::Cancelled))
                        | Event::Sent {
                            request: Request::Part {
                                part: Part::Abort { .. },
                                ..
                            },
                            ..
                        }
                )
            });
        let takes_it = if is_cut_short {
            Understood::ByNobody
        } else if !effect {
            Understood::AsNoAnswer
        } else if decides {
            Understood::AsFailure
        } else {
            Understood::AsUnknown
        };
        self.line(
            now,
            actor,
            LineKind::GaveUp,
            Fact::GaveUp { waited, takes_it },
        );
    }

    /// Adds a message that is drawn at the entry `now`.
    fn message(&mut self, now: Moment, mut message: Message) {
        self.joinable = false;
        let notes = self.notes.remove(&now.turn).unwrap_or_default();
        message.notes.extend(notes);
        self.scene.messages.push(message);
    }
}
