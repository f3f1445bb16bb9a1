//! A seeded simulation of the kernel: random interleaving, crashes, failed commits, late and
//! doubled completions, under virtual time; then the rules' promises are checked.
//!
//! One thread drives the pure core as the engine's threads do, over the store in memory. A failing
//! run prints its seed; `SEED=n TRIES=1 cargo test --test sim` runs that one alone, `TRIES=n` as many.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../common/tally.rs"]
mod tally;

mod clients;
mod life;
mod once;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use tally::Tally;
use world::{Plan, World};

/// Runs seeds until one fails.
fn simulate(name: &str, plan: Plan, seeds: u64) {
    let mut tally = Tally::new(4, "seeds of the simulation");
    std::panic::set_hook(Box::new(|panic| {
        // Turns panic on purpose.
        if !panic.to_string().contains("a turn that panics") {
            eprintln!("{panic}");
        }
    }));
    for seed in tally::seeds(seeds) {
        tally.tried(1);
        let run = || World::new(seed, plan).run();
        if catch_unwind(AssertUnwindSafe(run)).is_err() {
            panic!("the simulation `{name}` fails with SEED={seed} TRIES=1");
        }
    }
}

#[test]
fn everything_that_was_accepted_completes_once_whatever_happens() {
    simulate("all faults", Plan::ALL, 50);
}

#[test]
fn everything_completes_when_nothing_fails() {
    simulate("no faults", Plan::default(), 10);
}

#[test]
fn failed_and_unknown_commits_lose_nothing() {
    let plan = Plan {
        commits: true,
        ..Plan::default()
    };
    simulate("commits", plan, 15);
}

#[test]
fn crashes_lose_nothing() {
    let plan = Plan {
        crashes: true,
        ..Plan::default()
    };
    simulate("crashes", plan, 15);
}

#[test]
fn turns_that_panic_or_cannot_be_saved_are_undone_alone() {
    let plan = Plan {
        turns: true,
        ..Plan::default()
    };
    simulate("turns", plan, 15);
}
