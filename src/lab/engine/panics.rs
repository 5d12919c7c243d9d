//! Panics in order code: caught, named, and not printed.

use crate::engine::record::Halt;
use std::cell::{Cell, RefCell};
use std::sync::Once;

thread_local! {
    static IN_WORLD: Cell<bool> = const { Cell::new(false) };
    static SEEN: RefCell<Option<Halt>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// A world begins on this thread. From here on a panic is kept for the verdict, which has a line for it, and is not
/// printed.
pub(crate) fn begin() {
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IN_WORLD.get() {
                return usual(panic);
            }
            let message = panic
                .payload_as_str()
                .unwrap_or("a panic without a message")
                .to_owned();
            let place = panic
                .location()
                .map(ToString::to_string)
                .unwrap_or_default();
            SEEN.with_borrow_mut(|seen| {
                seen.get_or_insert(Halt::Panicked { message, place });
            });
        }));
    });
    SEEN.take();
    IN_WORLD.set(true);
}

/// The world is over; the first panic in it, if there was one.
pub(crate) fn take() -> Option<Halt> {
    IN_WORLD.set(false);
    SEEN.take()
}
