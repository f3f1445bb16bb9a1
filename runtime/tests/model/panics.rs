//! Turns of user code that fail when they are told to.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// How many places it still passes before it fails; 0 is never.
    static LEFT: Cell<u64> = const { Cell::new(0) };
    /// Whether every panic is meant.
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Nothing fails.
pub(crate) fn reset() {
    LEFT.set(0);
}

/// The n-th place from here fails, once.
pub(crate) fn soon(n: u64) {
    LEFT.set(n);
}

/// A place in user code where it may fail.
pub(crate) fn may_fail() {
    match LEFT.get() {
        0 => {}
        1 => {
            LEFT.set(0);
            panic!("a turn that panics");
        }
        left => LEFT.set(left - 1),
    }
}

/// Panics that are meant are not printed.
pub(crate) fn quiet() {
    std::panic::set_hook(Box::new(|panic| {
        if !SILENT.get() && !panic.to_string().contains("a turn that panics") {
            eprintln!("{panic}");
        }
    }));
}

/// Whether this panics, which nobody hears of.
pub(crate) fn fails(run: impl FnOnce()) -> bool {
    quiet();
    SILENT.set(true);
    let failed = catch_unwind(AssertUnwindSafe(run)).is_err();
    SILENT.set(false);
    failed
}
