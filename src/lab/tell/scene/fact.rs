//! What is said in a scene: facts, and how they are understood.

use crate::engine::trace::{Rollback, Settled, Told};
use crate::language::db_error::DbError;
use crate::language::instance::unmarked;
use crate::language::message::{Notice, Reply, Request, Response};
use crate::language::name::Name;
use crate::language::time::Ms;
use crate::tell::scene::idle::Repeats;

/// One thing that happened, or that somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "what the fields are, the line above them says")]
pub enum Fact {
    /// A customer's submission reached the shop.
    ComesIn(Name),
    /// A customer was told this.
    Told(Told),
    /// The periodic job began, for the n-th time.
    Recover(u32),
    /// Its n-th run ended with this error.
    RecoverFailed { run: u32, error: String },
    /// Runs that did the same as the one before.
    Repeats(Repeats),
    /// The order code's own words.
    Logged(String),
    /// A statement was executed.
    Sql(Name),
    /// A statement failed.
    SqlFailed { label: Name, error: DbError },
    /// A statement waits for the lock that this one's transaction holds.
    WaitsForLock { holder: Name },
    /// A transaction was taken back.
    RolledBack(Rollback),
    /// The caller stopped waiting, after so long, and makes this of it.
    GaveUp { waited: Ms, takes_it: Understood },
    /// The shop's process died.
    Died,
    /// It started again.
    Restarted,
    /// It stands still.
    Paused,
    /// It goes on.
    WentOn,
    /// The shop asks a service.
    Asks(Request),
    /// A service has done what it was asked, or will not.
    Answers { response: Response, replayed: bool },
    /// The answer on its way; to whom, if that is not plain.
    Reply {
        to: Option<Name>,
        response: Response,
    },
    /// A service decided something on its own, for this order or customer.
    Settled { actor: Name, what: Settled },
    /// News of a charge.
    Webhook(Notice),
    /// News of a charge that is on its way when the world ends.
    WebhookUnderWay(Notice),
    /// Something that only a note tells of.
    Noted,
}

/// What a caller makes of having heard nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Understood {
    /// It was only a question, and the caller knows no more than before.
    AsNoAnswer,
    /// It goes on as if nothing had been done.
    AsFailure,
    /// It leaves the question open.
    AsUnknown,
    /// Its customer has hung up, and nobody is left to make anything of it.
    ByNobody,
}

impl Fact {
    /// Whether this fact tells its reader the name.
    pub(crate) fn names(&self, name: Name) -> bool {
        match self {
            Fact::ComesIn(actor) | Fact::Settled { actor, .. } => *actor == name,
            Fact::Recover(_) | Fact::RecoverFailed { .. } | Fact::Repeats(_) => {
                unmarked(name) == crate::language::step::RECOVER
            }
            Fact::Logged(text) | Fact::Told(Told::ErrorPage(text)) => has(text, name),
            Fact::Sql(label) => has(label.as_str(), name),
            Fact::SqlFailed { label, error } => {
                has(label.as_str(), name) || has(&error.to_string(), name)
            }
            Fact::WaitsForLock { holder } => *holder == name,
            Fact::Asks(request) => {
                let key = request.key();
                request.order() == Some(name) || key.is_some_and(|key| has(key.as_str(), name))
            }
            Fact::Answers { response, .. } => match response {
                Ok(Reply::Prepared(row)) => has(row.as_str(), name),
                Ok(Reply::InDoubt(open)) => open.iter().any(|open| has(open.tx.as_str(), name)),
                _ => false,
            },
            Fact::Reply { to, .. } => *to == Some(name),
            Fact::Told(Told::Answer(_) | Told::ConnectionLost | Told::HungUp)
            | Fact::RolledBack(_)
            | Fact::GaveUp { .. }
            | Fact::Died
            | Fact::Restarted
            | Fact::Paused
            | Fact::WentOn
            | Fact::Webhook(_)
            | Fact::WebhookUnderWay(_)
            | Fact::Noted => false,
        }
    }
}

/// Whether the order code's own words, a key or a line of its log, have this name in them: `order1` is not in `order10`.
fn has(own_words: &str, name: Name) -> bool {
    let mut found = own_words.match_indices(name.as_str());
    found.any(|(at, name)| !own_words[at + name.len()..].starts_with(|c: char| c.is_ascii_digit()))
}
