//! A seeded simulation of the kernel on one thread, under virtual time: one scheduler decides who goes on,
//! and what fails; then the rules' promises are checked.
//!
//! It drives the pure core as the engine's threads do, over the store in memory. A failing run prints its
//! seed; `SEED=n TRIES=1 cargo test --test sim NAME` runs that one alone, `TRIES=n` as many. The same seed
//! decides the same, so it can be looked at as often as it takes.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../common/tally.rs"]
mod tally;

mod attempts;
mod clients;
mod equality;
mod faults;
mod known;
mod life;
mod once;
mod plan;
mod reads;
mod rest;
mod scheduler;
mod trace;
mod workload;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use faults::{CrashPoint, Moment};
use plan::Plan;
use scheduler::Policy;
use tally::Tally;
use world::{Done, World};

/// Runs what may fail, and says how to run it again if it does.
fn attempt(seed: u64, how: impl std::fmt::Display, run: impl FnOnce() -> Done) -> Done {
    std::panic::set_hook(Box::new(|panic| {
        // Turns panic on purpose.
        let text = panic.to_string();
        if !text.contains("a turn that panics") && !text.contains("an unlucky operation") {
            eprintln!("{panic}");
        }
    }));
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| panic!("the simulation fails with SEED={seed} TRIES=1 ({how})"))
}

/// Runs seeds until one fails, each with its own faults.
fn simulate(policy: Policy, seeds: u64) {
    let mut runs = Tally::new(
        4,
        "seeds of the simulation: what was accepted completes once",
    );
    let mut money = Tally::new(7, "transfers of the simulation: each moves its coins once");
    let mut equal = Tally::new(
        10,
        "instances reloaded in the simulation: as memory has them",
    );
    let mut clocks = Tally::new(
        17,
        "clock jumps of the simulation: no timer early, none lost",
    );
    for seed in tally::seeds(seeds) {
        runs.tried(1);
        let run = || World::new(seed, policy, None).run(World::STEPS);
        let done = attempt(seed, format_args!("{policy:?}"), run);
        money.tried(done.transfers);
        equal.tried(done.compared);
        clocks.tried(done.clock_jumps);
    }
}

#[test]
fn what_was_accepted_completes_once_whoever_goes_on_at_random() {
    simulate(Policy::Random, 100);
}

#[test]
fn what_was_accepted_completes_once_whoever_goes_first() {
    simulate(Policy::Priorities, 100);
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let mut tally = Tally::new(5, "seeds of the simulation, twice: the same trace");
    let mut traces = std::collections::BTreeSet::new();
    for seed in tally::seeds(10) {
        tally.tried(1);
        let policy = [Policy::Random, Policy::Priorities][seed as usize % 2];
        let run = || World::new(seed, policy, Some(Plan::ALL)).run(World::STEPS);
        let first = attempt(seed, "once", run);
        let second = attempt(seed, "twice", run);
        assert_eq!(first.trace, second.trace, "SEED={seed}");
        assert!(traces.insert(first.trace), "SEED={seed} is like another");
    }
}

/// A short run without other faults, with a crash at each of its commits, and at each step of the
/// recovery after one of them.
#[test]
fn a_crash_before_inside_or_after_each_commit_loses_nothing() {
    const STEPS: u32 = 250;
    let mut tally = Tally::new(4, "crashes of the simulation at each commit in turn");
    for seed in tally::seeds(1) {
        let peace = attempt(seed, "in peace", || {
            World::new(seed, Policy::Random, Some(Plan::default())).run(STEPS)
        });
        for commit in 1..=u32::try_from(peace.commits).unwrap() {
            for moment in Moment::ALL {
                tally.tried(1);
                let how = format!("a crash at commit {commit}, {moment:?}");
                attempt(seed, how, || {
                    let mut world = World::new(seed, Policy::Random, Some(Plan::default()));
                    world.crash_point = Some(CrashPoint::Commit(commit, moment));
                    world.run(STEPS)
                });
            }
        }
    }
}
