//! The idempotency keys that a service remembers.
//!
//! The rules are those of Stripe's API v1 (<https://docs.stripe.com/api/idempotent_requests>,
//! <https://docs.stripe.com/error-low-level>) and of the IETF draft on the `Idempotency-Key` header
//! (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>):
//!
//! - The first answer is stored, success or decline, and is replayed word for word: a replay says what was decided
//!   *then*. For the present state, look it up.
//! - The same key for another operation, or with other parameters, is refused. (Stripe calls it an
//!   `idempotency_error`, the draft suggests status 422.)
//! - While the first request is executing, another with its key is refused (409 in both).
//! - A request that fails validation leaves nothing behind, so the key is free for a corrected one.
//! - A key is forgotten after [`REMEMBERED`], and the same request is then a *new* request. (Stripe may prune
//!   keys once they are 24 hours old; here it happens to the millisecond. Stripe's API v2 keeps them for 30
//!   days.)
//!
//! One difference matters: once execution has begun, Stripe's API v1 stores any answer, even a 500, and replays it.
//! Here a 500 comes from the network in between, so a service stores only successes and declines, and a retry under the
//! same key learns what really happened. With Stripe one would have to look it up.
//!
//! An undo (void, release, cancel) is sent under the key of what it undoes. It replaces the original's stored answer:
//! the tombstone. It lasts as long as any key, counted from the undo, so an original that arrives even later is
//! executed after all.

use super::Executed;
use crate::language::message::{By, CallError, Key, Reply, Request};
use crate::language::time::Ms;
use std::collections::BTreeMap;

/// How long a service remembers a key, from when the request it was first used for was done: 24 virtual hours, unless
/// the world says otherwise.
pub const REMEMBERED: Ms = Ms::hours(24);

/// The keys of one service; its operations share one key space.
#[derive(Clone)]
pub struct Keys<Q = Request, R = Reply> {
    entries: BTreeMap<Key, Entry<Q, R>>,
    remembered_for: Ms,
    undoes: fn(&Q, &Q) -> bool,
}

impl Default for Keys {
    /// The keys of one of the lab's own services.
    fn default() -> Keys {
        Keys::new().undoing(undoes)
    }
}

/// What a key was first used for, or the undo that took its place.
#[derive(Clone)]
struct Entry<Q, R> {
    request: Q,
    done: Ms,
    answer: Result<R, CallError>,
}

impl<Q: Clone + PartialEq, R: Clone> Keys<Q, R> {
    /// No key has been used yet, and none will be forgotten for [`REMEMBERED`].
    #[allow(clippy::new_without_default)] // The default is that of the lab's own services.
    pub fn new() -> Keys<Q, R> {
        Keys {
            entries: BTreeMap::new(),
            remembered_for: REMEMBERED,
            undoes: |_, _| false,
        }
    }

    /// Says which request undoes which under the same key, the undo first; an undo leaves a tombstone.
    pub fn undoing(self, undoes: fn(&Q, &Q) -> bool) -> Keys<Q, R> {
        Keys { undoes, ..self }
    }

    /// Keys are remembered for this long.
    pub fn remembering(self, span: Ms) -> Keys<Q, R> {
        Keys {
            remembered_for: span,
            ..self
        }
    }

    /// From now on, keys are remembered for this long.
    pub(super) fn remember_for(&mut self, span: Ms) {
        self.remembered_for = span;
    }

    /// Executes the request unless its key says otherwise; a request without a key is always executed.
    pub fn once(
        &mut self,
        arrived: Ms,
        done: Ms,
        key: Option<&Key>,
        request: &Q,
        execute: impl FnOnce() -> Result<R, CallError>,
    ) -> Executed<R> {
        let Some(key) = key else {
            return Executed::anew(execute());
        };
        if let Some(entry) = self.remembered(arrived, key) {
            let tombstone = (self.undoes)(&entry.request, request);
            let undo = (self.undoes)(request, &entry.request);
            if *request != entry.request && !tombstone && !undo {
                return Executed::refused(CallError::KeyReused);
            }
            if arrived < entry.done {
                return Executed::refused(CallError::InFlight);
            }
            if tombstone {
                return Executed::refused(CallError::Undone);
            }
            if !undo {
                return Executed {
                    response: entry.answer.clone(),
                    replayed: true,
                    from_memory: true,
                };
            }
        }
        let response = execute();
        // Only an answer that never changes is stored. A request that could not even be tried is not stored, and takes
        // no time.
        match response {
            Ok(_) | Err(CallError::Declined) => {
                let entry = Entry {
                    request: request.clone(),
                    done,
                    answer: response.clone(),
                };
                self.entries.insert(key.clone(), entry);
                Executed::anew(response)
            }
            Err(error) => Executed::refused(error),
        }
    }

    /// Whether a request under this key is still executing.
    pub(super) fn in_flight(&self, arrived: Ms, key: &Key) -> bool {
        self.remembered(arrived, key)
            .is_some_and(|entry| arrived < entry.done)
    }

    fn remembered(&self, arrived: Ms, key: &Key) -> Option<&Entry<Q, R>> {
        self.entries
            .get(key)
            .filter(|entry| arrived < entry.done + self.remembered_for)
    }
}

/// The key that makes repeated deliveries of this request one. A confirmation or a capture only *names* its subject by
/// a key; it is idempotent by itself, as are the messages of a transaction across services.
pub(super) fn key_of(request: &Request) -> Option<&Key> {
    match request {
        Request::Charge { key, .. } | Request::Ship { key, .. } | Request::Restock { key, .. } => {
            key.as_ref()
        }
        Request::Refund { key, .. }
        | Request::Void { key }
        | Request::Authorize { key, .. }
        | Request::Reserve { key, .. }
        | Request::Release { key }
        | Request::CancelParcel(By::Key(key)) => Some(key),
        Request::Confirm { .. }
        | Request::Capture { .. }
        | Request::Part { .. }
        | Request::Find(_)
        | Request::FindParcels(_)
        | Request::CancelParcel(By::Order(_))
        | Request::Other(_) => None,
    }
}

/// Whether `undo` is the operation that undoes `original`, both being sent under the same key.
fn undoes(undo: &Request, original: &Request) -> bool {
    matches!(
        (undo, original),
        (
            Request::Void { .. },
            Request::Charge { .. } | Request::Authorize { .. }
        ) | (Request::Release { .. }, Request::Reserve { .. })
            | (Request::CancelParcel(By::Key(_)), Request::Ship { .. })
    )
}
