//! The comparison: a plain `async fn` and its machine must be told apart by nothing that a program
//! can see.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use undying::__private::{Driver, Memory, OrchestrationCall};
use undying::Orchestration;

use super::{effects, executor};

/// The inputs every case is run with.
const INPUTS: std::ops::Range<i64> = 0..9;
/// How many random orders of completion a concurrent case is run with.
const SEEDS: u64 = 6;

/// What is promised about effects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effects {
    /// The plain ones in the plain order.
    Ordered,
    /// The plain ones in any order, and the plain output whatever completes first.
    Concurrent,
    /// The plain output when all that can complete does; who wins depends on what completes
    /// first, and is the same hot and cold. A loser may not have begun what a future had.
    Raced,
    /// The plain ones in the plain order, hot: cold, values are dropped and rebuilt, which their
    /// destructors see.
    Dropping,
}

/// What a run showed.
#[derive(PartialEq, Eq, Debug)]
pub struct Seen {
    output: String,
    trace: Vec<String>,
}

impl Seen {
    fn sorted(mut self) -> Self {
        self.trace.sort();
        self
    }
}

fn observe(run: &mut dyn FnMut() -> String) -> Seen {
    effects::trace();
    let output = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        format!("panicked: {words:?}")
    });
    Seen {
        output,
        trace: effects::trace(),
    }
}

/// Runs a plain body.
pub fn plain<F: Future<Output: Debug>>(body: F) -> Seen {
    let mut body = Some(body);
    observe(&mut || {
        let body = body.take().expect("it runs once");
        format!("{:?}", executor::run(body))
    })
}

/// Runs a machine.
pub fn machine<O: OrchestrationCall<Output: Debug>>(
    mut driver: Driver,
    call: Orchestration<O>,
) -> Seen {
    let mut call = Some(call);
    observe(&mut || {
        let call = call.take().expect("it runs once");
        match driver.run(call) {
            Ok(output) => format!("{output:?}"),
            Err(stop) => format!("stopped: {stop}"),
        }
    })
}

/// Compares a plain body with its machine, for all inputs and ways to keep it.
///
/// # Panics
/// When they differ.
#[track_caller]
pub fn compare(
    effects: Effects,
    plain: &dyn Fn(i64) -> Seen,
    machine: &dyn Fn(Driver, i64) -> Seen,
) {
    for n in INPUTS {
        let expected = plain(n);
        let hot = machine(Driver::new(Memory::Hot), n);
        let case = format!("n = {n}; left: machine, right: plain");
        match effects {
            Effects::Ordered | Effects::Dropping => assert_eq!(hot, expected, "{case}"),
            Effects::Raced => assert_eq!(hot.output, expected.output, "{case}"),
            Effects::Concurrent => {
                assert_eq!(hot.sorted(), expected.sorted(), "{case}");
            }
        }
        if effects == Effects::Dropping {
            continue;
        }
        same_when_written(machine, n, None);
        if effects == Effects::Ordered {
            continue;
        }
        for seed in 0..SEEDS {
            same_when_written(machine, n, Some(seed));
            if effects == Effects::Concurrent {
                let seen = machine(Driver::new(Memory::Cold).seeded(seed), n);
                assert_eq!(seen.sorted(), plain(n).sorted(), "{case}; seed {seed}");
            }
        }
    }
}

/// Compares a plain body with its replayed machine. Cold, it is led through its recording at every
/// suspension, so all its code runs again: then only what it came to can be compared.
///
/// # Panics
/// When they differ.
#[track_caller]
pub fn compare_replayed(
    effects: Effects,
    plain: &dyn Fn(i64) -> Seen,
    machine: &dyn Fn(Driver, i64) -> Seen,
) {
    for n in INPUTS {
        let expected = plain(n);
        let hot = machine(Driver::new(Memory::Hot), n);
        let case = format!("n = {n}; left: replayed, right: plain");
        let cold = machine(Driver::new(Memory::Cold), n);
        assert_eq!(cold.output, hot.output, "n = {n}; left: cold, right: hot");
        match effects {
            Effects::Ordered | Effects::Dropping => assert_eq!(hot, expected, "{case}"),
            Effects::Raced => assert_eq!(hot.output, expected.output, "{case}"),
            Effects::Concurrent => assert_eq!(hot.sorted(), expected.sorted(), "{case}"),
        }
        if matches!(effects, Effects::Ordered | Effects::Dropping) {
            continue;
        }
        for seed in 0..SEEDS {
            let run = |memory| machine(Driver::new(memory).seeded(seed), n).output;
            assert_eq!(run(Memory::Cold), run(Memory::Hot), "n = {n}, seed {seed}");
        }
    }
}

#[track_caller]
fn same_when_written(machine: &dyn Fn(Driver, i64) -> Seen, n: i64, seed: Option<u64>) {
    let driver = |memory| match seed {
        Some(seed) => Driver::new(memory).seeded(seed),
        None => Driver::new(memory),
    };
    let hot = machine(driver(Memory::Hot), n);
    for memory in [Memory::Written, Memory::Cold] {
        let seen = machine(driver(memory), n);
        assert_eq!(
            seen, hot,
            "n = {n}, seed {seed:?}; left: {memory:?}, right: hot"
        );
    }
}
