//! For whom order code runs: a step is named after the customer, the job or the webhook.

use crate::engine::pause;
use crate::engine::process::Boxed;
use crate::engine::watchdog;
use crate::language::instance::Instance;
use crate::language::name::Name;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

thread_local! {
    static ACTOR: Cell<Option<Name>> = const { Cell::new(None) };
    static POLLS: Cell<u64> = const { Cell::new(0) };
    static AT_WORK: Cell<u32> = const { Cell::new(0) };
}

/// Whose code is running right now; `None` in a task that the order code spawned.
pub(crate) fn current_actor() -> Option<Name> {
    ACTOR.get()
}

/// For how many customers, jobs and webhooks the order code is working right now.
pub(crate) fn at_work() -> u32 {
    AT_WORK.get()
}

/// How often order code has been polled since the last call of this function.
pub(crate) fn take_polls() -> u64 {
    POLLS.take()
}

/// How often order code may be polled in one world. Sensible code needs a few hundred.
pub(crate) const POLL_BUDGET: u64 = 1_000_000;

/// Held while the order code works for somebody, or is about to.
pub(crate) struct AtWork(());

impl AtWork {
    pub(crate) fn begin() -> AtWork {
        AT_WORK.set(AT_WORK.get() + 1);
        AtWork(())
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.set(AT_WORK.get() - 1);
    }
}

/// Held while code runs for somebody. Dropped by a panic, too: what runs next on this thread, in this world or another,
/// is not for the same customer.
struct Acting {
    outer: Option<Name>,
}

impl Acting {
    fn for_one(actor: Name) -> Acting {
        Acting {
            outer: ACTOR.replace(Some(actor)),
        }
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        ACTOR.set(self.outer);
    }
}

/// Runs order code on behalf of `actor`.
pub(crate) struct OnBehalf<'a, T> {
    actor: Name,
    instance: Instance,
    code: Boxed<'a, T>,
    _at_work: AtWork,
}

impl<'a, T> OnBehalf<'a, T> {
    pub(crate) fn of(actor: Name, code: Boxed<'a, T>) -> OnBehalf<'a, T> {
        OnBehalf {
            actor,
            instance: Instance::of(actor),
            code,
            _at_work: AtWork::begin(),
        }
    }

    /// Drops the code in the middle of its work. What its guards do then, they do for the same customer.
    pub(crate) fn cut_short(self) {
        let OnBehalf { actor, code, .. } = self;
        let _acting = Acting::for_one(actor);
        drop(code);
    }
}

impl<T> Future for OnBehalf<'_, T> {
    type Output = T;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if pause::is_on(self.instance) {
            pause::puts_off(self.instance, context.waker());
            return Poll::Pending;
        }
        POLLS.set(POLLS.get() + 1);
        if POLLS.get() > POLL_BUDGET {
            // Never woken again: the world notices the overrun and ends.
            return Poll::Pending;
        }
        let _acting = Acting::for_one(self.actor);
        let since = watchdog::ticks();
        let result = self.code.as_mut().poll(context);
        watchdog::turn_taken(since);
        result
    }
}
