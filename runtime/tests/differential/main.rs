//! Differential tests of the transform: every body runs as an ordinary `async fn` and as a machine,
//! and the two must be told apart by nothing that a program can see.
#![allow(clippy::unwrap_used, unreachable_pub)]
#![recursion_limit = "512"]

mod assignment;
mod async_branches;
mod borrows;
mod branches;
mod cfgs;
mod closures;
mod combos;
mod descriptions;
mod differences;
mod for_items;
mod for_ranges;
mod frames;
mod fuzz;
mod generator;
mod generics;
mod guards;
mod helpers;
mod inference;
mod items;
mod joins;
mod jumps;
mod lets;
mod loops;
mod macro_calls;
mod matches;
mod methods;
mod moves;
mod names;
mod operands;
mod operations;
mod order;
mod parameters;
mod question;
mod races;
mod recursion;
mod support;
mod tasks;
mod timers;
mod unit;
mod unsafe_blocks;
