//! Linearizability: what concurrent clients are told is what they could have been told by one store
//! that does one thing at a time, each between its question and its answer.
//!
//! Clients ask entities and the engine itself, on the kernel driven by a seed, while commits are lost,
//! processes die and the number of shards changes. What each asked and was told, in the order in which
//! that was, is a history, which a checker compares with a model (Wing and Gong's search, by
//! `porcupine-rs`). What was never answered may have been done, at any time after it was asked, or not.
//! `SEED=n TRIES=1` replays one history.
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

mod cells;
mod history;
mod instances;
mod world;
