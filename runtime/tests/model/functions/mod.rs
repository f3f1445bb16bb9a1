//! The Durable Functions model: programs of orchestrations, entities and critical sections.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::tally::{self, Tally};
use crate::world::World;
use crate::{invariants, panics};
use programs::Programs;
use spec::Stage;
use undying::core::Command;
use watched::Watched;

mod abstraction;
mod bodies;
mod explained;
mod programs;
mod refused;
mod spec;
mod watched;

pub(crate) use abstraction::{activity, noted, seen, text};
pub(crate) use bodies::Book;

/// The world of a seed.
fn world(seed: u64) -> World<Watched> {
    let programs = Programs::random(seed);
    let commands = watched::commands(&programs);
    World::new(seed, watched::items(), commands, Watched::new(programs))
}

/// Runs to rest, where the model rests, too, and whoever waits, waits for who goes on waiting.
fn run(world: &mut World<Watched>) {
    let standing = world.run();
    invariants::at_rest(&standing);
    let spec = &world.observer.run.spec;
    let possible = spec.possible();
    assert!(
        possible.is_empty(),
        "the kernel rests, the model can go on: {possible:#?}"
    );
    for command in world.unanswered() {
        let waits = match command {
            Command::Result { id } => spec.orchestrations[id].stage == Stage::Waits,
            _ => false,
        };
        assert!(waits, "nobody answers {command:?}");
    }
}

#[test]
fn after_every_commit_the_durable_functions_model_can_be_where_the_kernel_is() {
    let mut tally = Tally::new(
        26,
        "traces of random programs allowed by the Durable Functions model",
    );
    let mut invariants = Tally::new(28, "invariants I1 to I5 after every commit");
    panics::quiet();
    let mut steps = 0;
    for seed in tally::seeds(60) {
        tally.tried(1);
        let mut world = world(seed);
        if catch_unwind(AssertUnwindSafe(|| run(&mut world))).is_err() {
            panic!("the functions of SEED={seed} TRIES=1 do what the model does not");
        }
        steps += world.observer.run.steps;
        invariants.tried(world.observer.invariants.commits);
    }
    println!("{steps} steps of the model");
}
