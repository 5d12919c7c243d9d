//! Order code has its turn within a task of the host's: it ends there as it would in a task of its own.
//!
//! A task costs more than most turns of order code do. What a task is good for is kept: its turn comes after everybody who is
//! in line already, a panic ends nobody else, and a process that dies takes it along.

use crate::engine::behalf::OnBehalf;
use crate::engine::process::Boxed;
use crate::language::name::Name;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Gives everybody a turn who is in line already.
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

/// Who is served by the process, as long as it lives.
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

    /// The life that the process is in, counted from 0.
    pub(crate) fn life(&self) -> u32 {
        self.deaths.get()
    }

    /// Runs order code on behalf of `actor`, when everybody has had a turn who is in line already; and whoever is in line when
    /// it is through has one before its caller goes on. Nothing if the process dies meanwhile, or if the code panics.
    pub(crate) async fn serve_in_line<'a, T>(
        &self,
        actor: Name,
        code: impl FnOnce() -> Boxed<'a, T>,
    ) -> Option<T> {
        let life = self.life();
        in_line().await;
        let told = self.serve(life, actor, code).await;
        in_line().await;
        told
    }

    /// The same at once, in a task that has been in line: since this life of the process.
    pub(crate) async fn serve<'a, T>(
        &self,
        life: u32,
        actor: Name,
        code: impl FnOnce() -> Boxed<'a, T>,
    ) -> Option<T> {
        let is_alive = || self.life() == life;
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

/// Nothing if it panics (the [hook](crate::engine::panics) keeps what it has said), or does not live that long.
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
        // What it holds may panic, too, when it is let go.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(code.take())));
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
