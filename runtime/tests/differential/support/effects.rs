//! The effects a body can have: each writes one line to the trace of its thread.

use std::cell::RefCell;
use std::fmt::Debug;

use super::why::Why;

thread_local! {
    static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Takes the trace of this thread, and leaves an empty one.
pub fn trace() -> Vec<String> {
    TRACE.take()
}

/// Writes a line.
pub fn log(line: impl Debug) {
    TRACE.with_borrow_mut(|trace| trace.push(format!("{line:?}")));
}

/// Writes the value and gives it back: to see when an operand is evaluated.
pub fn tr<T: Debug>(value: T) -> T {
    log(&value);
    value
}

/// An operator that is not commutative and never overflows.
pub fn mix(a: i64, b: i64) -> i64 {
    (a.wrapping_mul(3).wrapping_add(b)) % 1000
}

/// Two numbers with names.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Pair {
    pub a: i64,
    pub b: i64,
}

/// One more.
pub fn inc(x: i64) -> i64 {
    log(("inc", x));
    x.wrapping_add(1)
}

/// Twice as much, if that is not negative.
pub fn check(x: i64) -> Result<i64, Why> {
    log(("check", x));
    if x < 0 { Err("neg".into()) } else { Ok(2 * x) }
}

/// Anything but 0 is found.
pub fn find(x: i64) -> Option<i64> {
    log(("find", x));
    (x != 0).then_some(x)
}

/// A name for it.
pub fn name(x: i64) -> String {
    log(("name", x));
    format!("n{x}")
}

/// Up to five numbers.
pub fn many(x: i64) -> Vec<i64> {
    log(("many", x));
    (0..x.clamp(0, 5)).collect()
}

/// Whether it is odd.
pub fn odd(x: i64) -> bool {
    log(("odd", x));
    x % 2 != 0
}

/// Nothing but the effect.
pub fn ping() {
    log("ping");
}

/// Writes a line when it is dropped.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Guard(pub i64);

impl Drop for Guard {
    fn drop(&mut self) {
        log(("drop", self.0));
    }
}
