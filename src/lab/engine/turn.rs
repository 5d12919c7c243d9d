//! Order code takes its turns inside a task of the host's, and ends as it would in its own task.
//!
//! A task costs more than most turns of order code. What a task guarantees is kept: its turn comes after everybody
//! already in line, a panic affects nobody else, and it dies with its process.

use crate::engine::behalf::OnBehalf;
use crate::engine::process::Boxed;
use crate::language::name::Name;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use tokio::time::Instant;

/// Gives everybody already in line a turn.
pub(crate) async fn in_line() {
    let mut is_in_line = false;
    poll_fn(|context| {
        if std::mem::replace(&mut is_in_line, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The customers of a process, for as long as it lives.
#[derive(Default)]
pub(crate) struct Served {
    deaths: Cell<u32>,
    tasks: RefCell<Vec<Waker>>,
}

impl Served {
    /// The process has died: nobody is served any more.
    pub(crate) fn cut_off(&self) {
        self.deaths.set(self.deaths.get() + 1);
        for task in self.tasks.take() {
            task.wake();
        }
    }

    /// The process's current life, counted from 0.
    pub(crate) fn life(&self) -> u32 {
        self.deaths.get()
    }

    /// Runs order code for `actor`, after everybody already in line has had a turn; those in line when it ends get a
    /// turn before its caller goes on. `None` if the process dies meanwhile, or if the code panics.
    pub(crate) async fn serve_in_line<'a, T>(
        &self,
        actor: Name,
        code: impl FnOnce() -> Boxed<'a, T>,
    ) -> Option<T> {
        self.serve_in_line_while(actor, code, || true).await
    }

    /// The same for a customer who hangs up at this time, unless served before: the code is dropped wherever it waits,
    /// after `hangs_up`. In that millisecond it gets no turn any more, so hanging up just before a reply and together
    /// with it are the same.
    pub(crate) async fn serve_until<'a, T>(
        &self,
        gone_at: Instant,
        actor: Name,
        code: impl FnOnce() -> Boxed<'a, T>,
        hangs_up: impl FnOnce(),
    ) -> Option<T> {
        let is_gone = Cell::new(false);
        let mut serving = pin!(self.serve_in_line_while(actor, code, || !is_gone.get()));
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(gone_at) => {}
            told = &mut serving => return told,
        }
        hangs_up();
        is_gone.set(true);
        serving.await
    }

    async fn serve_in_line_while<'a, T>(
        &self,
        actor: Name,
        code: impl FnOnce() -> Boxed<'a, T>,
        stays: impl Fn() -> bool,
    ) -> Option<T> {
        let life = self.life();
        in_line().await;
        let told = self.serve(life, actor, code, stays).await;
        in_line().await;
        told
    }

    /// The same at once, in a task that has been in line since this life of the process; `None`, too, as soon as the
    /// customer no longer stays.
    pub(crate) async fn serve<'a, T>(
        &self,
        life: u32,
        actor: Name,
        code: impl FnOnce() -> Boxed<'a, T>,
        stays: impl Fn() -> bool,
    ) -> Option<T> {
        let is_alive = || self.life() == life && stays();
        if !is_alive() {
            return None;
        }
        poll_fn(|context| {
            self.tasks.borrow_mut().push(context.waker().clone());
            Poll::Ready(())
        })
        .await;
        caught(OnBehalf::of(actor, code()), is_alive).await
    }
}

/// `None` if it panics (the [hook](crate::engine::panics) keeps the message), or is not wanted that long.
async fn caught<T>(code: OnBehalf<'_, T>, is_alive: impl Fn() -> bool) -> Option<T> {
    let mut code = Some(code);
    poll_fn(|context| {
        let turn = if is_alive() {
            catch_unwind(AssertUnwindSafe(|| poll(&mut code, context)))
        } else {
            Ok(Poll::Ready(None))
        };
        let told = match turn {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(told)) => told,
            Err(_) => None,
        };
        // What it holds may panic, too, when it is dropped.
        let _ = catch_unwind(AssertUnwindSafe(|| code.take().map(OnBehalf::cut_short)));
        Poll::Ready(told)
    })
    .await
}

fn poll<T>(code: &mut Option<OnBehalf<'_, T>>, context: &mut Context<'_>) -> Poll<Option<T>> {
    match code {
        Some(code) => Pin::new(code).poll(context).map(Some),
        None => Poll::Ready(None),
    }
}
