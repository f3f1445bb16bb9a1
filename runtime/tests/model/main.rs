//! Reference models: what random programs do on the kernel, under faults, is what a model allows.
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "the attributes make public items"
)]

#[path = "../sim/life.rs"]
#[allow(dead_code, reason = "the simulation needs more of it")]
mod life;
#[path = "../common/tally.rs"]
mod tally;

mod functions;
mod invariants;
mod items;
mod machines;
mod panics;
mod world;
