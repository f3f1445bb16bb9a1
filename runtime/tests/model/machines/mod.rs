//! The model of Reliable State Machines: programs of machines with random charts.

use std::panic::{AssertUnwindSafe, catch_unwind};

use undying::durable::rsm::Rsm;

use crate::tally::{self, Tally};
use crate::world::World;
use crate::{invariants, panics};
use bodies::Random;
use watched::Watched;

mod behaviour;
mod bodies;
mod charts;
mod refused;
mod run;
mod spec;
mod watched;

/// A world of machines of one chart.
fn of_chart<const S: u64>(seed: u64) -> World<Watched> {
    let (commands, watched) = watched::program::<S>(seed, Random::<S>::CHART);
    World::new(seed, watched::items::<S>(), commands, watched)
}

/// The world of a seed.
fn world(seed: u64) -> World<Watched> {
    let charts = [
        of_chart::<0>,
        of_chart::<1>,
        of_chart::<2>,
        of_chart::<3>,
        of_chart::<4>,
        of_chart::<5>,
        of_chart::<6>,
        of_chart::<7>,
        of_chart::<8>,
        of_chart::<9>,
        of_chart::<10>,
        of_chart::<11>,
    ];
    charts[seed as usize % charts.len()](seed)
}

/// Runs to rest.
fn run(world: &mut World<Watched>) {
    let standing = world.run();
    invariants::at_rest(&standing);
    world.observer.at_rest(&standing);
    assert_eq!(world.unanswered().count(), 0, "nobody answers a client");
}

#[test]
fn after_every_commit_what_machines_have_done_is_a_run_without_failures() {
    let mut tally = Tally::new(27, "traces of random programs allowed by the RSM model");
    let mut invariants = Tally::new(28, "invariants I1 to I5 after every commit");
    panics::quiet();
    let mut handled = 0;
    for seed in tally::seeds(60) {
        tally.tried(1);
        let mut world = world(seed);
        if catch_unwind(AssertUnwindSafe(|| run(&mut world))).is_err() {
            panic!("the machines of SEED={seed} TRIES=1 do what the model does not");
        }
        handled += world.observer.handled;
        invariants.tried(world.observer.invariants.commits);
    }
    println!("{handled} events handled");
}
