//! Replayed orchestrations without a kernel: the test oracles that the theorems of record-replay give
//! (Durable Functions, OOPSLA 2021, section 6), divergence by name, what is written.
#![allow(clippy::unwrap_used)]

mod context;
mod diverged;
mod holds;
mod stored;
mod twice;

use std::cell::RefCell;

use undying::__private::{Driver, Memory, OrchestrationCall, Stop};
use undying::prelude::*;
use undying::{Orchestration, Refusal};

thread_local! {
    static EFFECTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What activities did on this thread since this was asked last.
fn effects() -> Vec<String> {
    EFFECTS.take()
}

/// The effect of the tests: a line, and what it comes to.
#[activity]
async fn charge(account: String, amount: u64) -> u64 {
    EFFECTS.with_borrow_mut(|effects| effects.push(format!("{account} pays {amount}")));
    amount
}

#[activity]
async fn ship(order: String) -> String {
    EFFECTS.with_borrow_mut(|effects| effects.push(format!("ship {order}")));
    format!("{order} is on its way")
}

/// Runs `call` until it has come to wait so often, and goes on as `New`.
fn deploy<New: OrchestrationCall>(
    old: Orchestration<impl OrchestrationCall>,
    suspensions: usize,
) -> Result<New::Output, Stop> {
    let rest = Driver::new(Memory::Hot).run_until(old, suspensions)?;
    Driver::new(Memory::Hot).resume::<New>(rest)
}

/// Why an engine would park it.
fn refusal<T>(result: Result<T, Stop>) -> Refusal {
    match result {
        Err(Stop::Refused(refusal)) => refusal,
        Err(Stop::Failed(failure)) => panic!("it failed: {failure}"),
        Ok(_) => panic!("it went on"),
    }
}
