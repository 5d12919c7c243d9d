//! A process that stands still: a long collection of garbage, a suspended machine. The world goes on, and then the
//! process does, unaware.
//!
//! Nothing of the process gets a turn meanwhile. Its transactions stay open and its locks held; replies and clicks wait
//! in its sockets; timers that come due wait, too. When it goes on, the paused step goes first, and then everything else
//! in the order in which it came due. A reply that has arrived wins over a timer that has expired, even if the timer was
//! first: `tokio::time::timeout` polls what it limits before it looks at the clock
//! (<https://docs.rs/tokio/latest/tokio/time/fn.timeout.html>).
//!
//! Tasks that the order code has spawned itself stop at their next step. Their own timers run on, because the runtime
//! polls them without asking the lab.
//!
//! Why a pause matters: Martin Kleppmann, "How to do distributed locking",
//! <https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html>.

use crate::language::instance::Instance;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

thread_local! {
    static STILL: Cell<[bool; 2]> = const { Cell::new([false; 2]) };
    static DUE: RefCell<[Vec<Waker>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// This process stands still from here on.
pub(crate) fn begin(whose: Instance) {
    set(whose, true);
}

/// The process goes on, or is dead; whoever has come due gets a turn, in that order.
pub(crate) fn end(whose: Instance) {
    set(whose, false);
    let due = DUE.with_borrow_mut(|due| std::mem::take(&mut due[whose.index()]));
    for task in due {
        task.wake();
    }
}

fn set(whose: Instance, still: bool) {
    let mut all = STILL.get();
    all[whose.index()] = still;
    STILL.set(all);
}

/// Whether this process stands still.
pub(crate) fn is_on(whose: Instance) -> bool {
    STILL.get()[whose.index()]
}

/// This task of the process has come due, and gets its turn when the process goes on.
pub(crate) fn puts_off(whose: Instance, task: &Waker) {
    DUE.with_borrow_mut(|due| {
        let due = &mut due[whose.index()];
        if !due.iter().any(|known| known.will_wake(task)) {
            due.push(task.clone());
        }
    });
}

/// Waits until this process goes on.
pub(crate) async fn over(whose: Instance) {
    poll_fn(|context| {
        if !is_on(whose) {
            return Poll::Ready(());
        }
        puts_off(whose, context.waker());
        Poll::Pending
    })
    .await;
}
