//! Failure transparency: whatever a run of a program with crashes shows is what some run without
//! crashes shows (Reliable State Machines, ECOOP 2019).
//!
//! A program of machines runs on the kernel by a seed, first in peace, then with the process dying at
//! every commit (lost, landed without anything having left, or just after) and in every turn of user
//! code, and with every turn failing once. What clients and activities were told and the fields in the
//! end must be among what the runs in peace show.
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

mod broker;
mod hooked;
mod small;
mod transparent;
mod words;
mod world;

pub(crate) use transparent::transparent;
