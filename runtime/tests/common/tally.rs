//! Tallies: how often a property is tried, from which seed, and how often it did not hold.
//!
//! A test of a property that is tried many times asks here how often (`TRIES`) and from which seed on
//! (`SEED`), and leaves one line of JSON, which the scoreboard gathers. So `SEED=17 TRIES=1` repeats
//! what failed with seed 17 alone.
#![allow(dead_code, reason = "each test uses its part")]

use std::ops::Range;

/// The tries of one property. Dropped in a panic, it tells of a violation.
#[derive(Debug)]
pub(crate) struct Tally {
    line: u32,
    property: &'static str,
    tried: u64,
    violations: u64,
}

impl Tally {
    /// A property, and the line of the scoreboard that it belongs to.
    pub(crate) fn new(line: u32, property: &'static str) -> Tally {
        Tally {
            line,
            property,
            tried: 0,
            violations: 0,
        }
    }

    /// It was tried so many times more.
    pub(crate) fn tried(&mut self, times: u64) {
        self.tried += times;
    }

    /// It did not hold; for tests that go on to the next try.
    pub(crate) fn violated(&mut self) {
        self.violations += 1;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let Tally {
            line,
            property,
            tried,
            ..
        } = self;
        let violations = self.violations.max(u64::from(std::thread::panicking()));
        println!(
            r#"{{"line":{line},"property":"{property}","tried":{tried},"violations":{violations}}}"#
        );
        if !std::thread::panicking() {
            assert_eq!(violations, 0, "{property}");
        }
    }
}

/// How often to try: `TRIES`, or so often where nothing is said.
pub(crate) fn tries(otherwise: u64) -> u64 {
    number("TRIES").unwrap_or(otherwise)
}

/// The seed to begin with: `SEED`, or 0.
pub(crate) fn seed() -> u64 {
    number("SEED").unwrap_or(0)
}

/// The seeds to try, one after the other.
pub(crate) fn seeds(otherwise: u64) -> Range<u64> {
    let first = seed();
    first..first.saturating_add(tries(otherwise))
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.replace('_', "").parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")))
}
