//! Whether something panics, also where a panic is caught.

use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    /// The first panic on this thread, while it is watched.
    static SEEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

static WATCHED: Once = Once::new();

/// Runs something in which nothing may panic, not even where the kernel would catch it.
pub fn none<T>(run: impl FnOnce() -> T) -> T {
    WATCHED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // The programs of the tests may say that a value makes no sense to them.
            let place = panic.location().map_or("", |location| location.file());
            if !place.contains("support/") {
                SEEN.with_borrow_mut(|seen| _ = seen.get_or_insert_with(|| panic.to_string()));
                before(panic);
            }
        }));
    });
    SEEN.take();
    let out = run();
    if let Some(panic) = SEEN.take() {
        panic!("a panic that was caught: {panic}");
    }
    out
}
