//! The store on disks that fail: damaged files, full disks, system calls that go wrong.
//!
//! What is asked of every try: data that is right or an error that is named, and nothing lost that
//! was acknowledged. `damage` tries files at random, `faults` system calls;
//! `damaged`, `full`, `limits` and `unreadable` are cases of their own.
#![allow(clippy::unwrap_used, reason = "a test fails where it is wrong")]

#[path = "../common/mod.rs"]
mod common;
mod damage;
mod damaged;
mod faults;
mod folder;
mod full;
mod limits;
mod markers;
mod rows;
mod shim;
#[path = "../common/tables.rs"]
mod tables;
#[path = "../common/tally.rs"]
mod tally;
mod unreadable;
